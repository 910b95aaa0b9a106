from Ubuntu:22.04 as Base
maintainer Somebody <somebody@example.com>
env   PATH_TO  /a  b   c
ENV A=1 B="two words" C=three\ words D='it''s' \
    E=
LABEL "quoted key"="quoted value" plain=value
label old style label
ARG one two=2 three="3 3"
run echo one && \

    echo two \
# a comment in between
    && echo "three \
four"
VOLUME /data /more
VOLUME ["/json"]
ADD https://example.com/a.tar.gz /tmp/
ONBUILD ADD . /app/src
HEALTHCHECK NONE
CMD echo done \
