FROM debian:13 AS one
USER root
FROM debian:13 AS two
USER 0
FROM debian:13 AS three
USER app
FROM one AS four
RUN useradd -u 123456 big
RUN useradd -l -u 123456 big
RUN useradd --uid 123456 --no-log-init big
RUN useradd -u 12345 small
RUN useradd --uid=9999999 big
RUN useradd -mu 123456 big
RUN adduser -u 1234567 big
RUN sudo whoami
RUN apt-get install -y sudo
RUN sudo -u app true && ls
RUN su - app
USER app:app
USER 1000:app
USER $APP
USER root:root
USER 0:0
USER app
USER root
RUN echo root:x | chpasswd
