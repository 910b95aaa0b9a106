FROM debian:13
LABEL maintainer="me" Upper=1 a_b=2 com.docker.x=3 io.docker=4 org.dockerproject.y=5
LABEL -a=1 a-=2 a.=3 .a=4 a--b=5 a..b=6 1a=7 a1=8
LABEL $x=1 "quoted"=2 "with space"=3 a/b=4 a.b-c=5
LABEL old value with spaces
LABEL a=1 \
      B=2
LABEL org.opencontainers.image.url=x.y org.opencontainers.image.created=now
MAINTAINER me
USER 1
