FROM debian:13
WORKDIR app/src
WORKDIR ./app
WORKDIR /app
WORKDIR sub
WORKDIR "/quoted"
WORKDIR '/single'
WORKDIR "relative"
WORKDIR $HOME
WORKDIR ${HOME}/x
WORKDIR ~/x
WORKDIR C:/x
WORKDIR C:\\x
WORKDIR %HOME%
WORKDIR /usr/share/app
WORKDIR /etc
WORKDIR /usr/bin/
WORKDIR /bin
WORKDIR /usr/local/bin
WORKDIR /dev/shm
WORKDIR /home/app
WORKDIR x$HOME
RUN cd /tmp && ls
RUN ls && cd /tmp
RUN cd /tmp
RUN (cd /tmp && ls)
RUN cd "$HOME"; ls
RUN pushd /tmp && ls
RUN cd .. && ls
RUN bash -c "cd /tmp && ls"
RUN if true; then cd /tmp; fi
USER 1
