FROM debian:13
RUN a
RUN b
RUN c && d
RUN --mount=type=cache,target=/x e
RUN --mount=type=cache,target=/x f
RUN --network=none g
RUN a; b; c; d; e; f
RUN h
# a comment
RUN i

RUN j
ENV X=1
RUN k
RUN <<EOF
l
EOF

RUN m
RUN n
FROM debian:13
RUN o
RUN ["p"]
RUN q && \
    r
RUN s
ONBUILD RUN t
ONBUILD RUN u
USER 1
RUN v
RUN --mount=type=secret,id=x w
