FROM debian:13
RUN wget https://example.com/a
RUN wget -q https://example.com/a
RUN wget -nv https://example.com/a
RUN wget --progress=dot:giga https://example.com/a
RUN wget -O x https://example.com/a
RUN wget --quiet -O- https://example.com/a
RUN wget -qO- https://example.com/a
RUN wget --no-verbose https://example.com/a
RUN wget -o log https://example.com/a
RUN wget --output-file=log https://example.com/a
RUN wget -a log https://example.com/a
RUN curl https://example.com/a
RUN apt-get install -y wget curl
FROM debian:13
RUN curl https://example.com/a
RUN wget --progress dot https://example.com/a
FROM debian:13
RUN wget -qnc x && wget y
RUN curl -k https://example.com/a
RUN wget --no-check-certificate -q https://example.com/a
USER 1
