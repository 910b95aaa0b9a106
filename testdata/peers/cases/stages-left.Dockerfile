FROM node:24.1-slim
RUN apt-get update && apt-get install -y --no-install-recommends make=4
RUN yarn install
FROM node:24.1-slim AS kept
RUN apt-get update && apt-get install -y --no-install-recommends make=4
FROM python:3.13-slim
RUN apt-get update && apt-get install -y --no-install-recommends make=4
COPY lib.tar.gz /tmp/
RUN tar -xzf /tmp/lib.tar.gz -C /opt
FROM kept AS next
RUN yarn install
COPY lib.tar.gz /tmp/
RUN tar -xzf /tmp/lib.tar.gz -C /opt
FROM alpine:3.22
ARG VERSION=2
COPY lib-${VERSION}.tar.gz /tmp/
RUN tar -xzf /tmp/lib-${VERSION}.tar.gz -C /opt
USER 10001
