FROM golang:1.26 AS build
COPY a b
WORKDIR src
COPY c d
COPY e f g
COPY e f g/
COPY e f .
COPY ["e", "f", "g"]
COPY e* /src/
COPY e f $DEST
COPY --from=build /a /b
COPY --from=unknown /a /b
COPY --from=0 /a /b
COPY --from=debian:13 /a /b
COPY --from=debian /a /b
COPY --from=7 /a /b
COPY --chown=1:1 a ./b
FROM golang:1.26
COPY --from=build / /
COPY --from=build /x .
COPY --from=build / /out
COPY a ./
COPY --from=alpine:3 / /
COPY a ${HOME}/x
COPY a "$HOME/x"
COPY a C:\\x
COPY <<EOF /x
a
EOF

COPY <<EOF x
a
EOF

ADD a b
ADD a.tar.gz /x
ADD https://example.com/a /x
ADD https://example.com/a.tar.gz /x
ADD a.zip /x
ADD a b.tar.xz /x/
ADD git@github.com:a/b.git /x
ADD $SRC /x
ADD --checksum=sha256:0000000000000000000000000000000000000000000000000000000000000000 https://example.com/a /x
COPY a.tar.gz /x
RUN tar xzf /x/a.tar.gz
COPY b.tgz c.tar.xz /y/
RUN tar -C / -xJf /y/c.tar.xz && unzip b.zip
COPY rootfs.tar /
RUN tar --extract --file=/rootfs.tar
COPY c.tgz /z/
RUN tar --extract -f /z/c.tgz
