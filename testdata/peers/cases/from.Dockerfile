ARG VERSION
ARG TAG=latest
FROM debian
FROM debian:latest AS a
FROM debian:$VERSION
FROM debian:${TAG}
FROM debian@sha256:0000000000000000000000000000000000000000000000000000000000000000
FROM scratch
FROM a
FROM --platform=linux/amd64 debian:13
FROM --platform=$BUILDPLATFORM debian:13 AS b
FROM --platform=$TARGETPLATFORM debian:13 AS c
FROM --platform=${TARGETPLATFORM:-linux/amd64} debian:13 AS d
FROM localhost:5000/app
FROM ghcr.io/acme/app:latest
FROM $VERSION
FROM ${VERSION}:1
FROM debian:13 AS a
FROM debian:13 AS scratch
FROM debian:13 AS context
FROM debian:13 as Mixed
FROM --platform=linux/arm64/v8 ${TAG:-x}
from debian:13
FROM debian:13 AS A
FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
FROM docker.io/library/debian
