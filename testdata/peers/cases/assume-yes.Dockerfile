FROM debian:13
RUN apt-get update -y && apt-get install --no-install-recommends curl
USER 1
HEALTHCHECK NONE
