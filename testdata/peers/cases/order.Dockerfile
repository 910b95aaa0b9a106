# a comment
LABEL a=b
ARG X=1
FROM debian:13
USER 1
