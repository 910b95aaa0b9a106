FROM debian:latest
# hadolint ignore=DL3004
RUN sudo ls
# hadolint ignore=DL3004 because
RUN sudo ls
# hadolint ignore=DL3004

RUN sudo ls
RUN cd /tmp && ls
#hadolint ignore=DL3003,DL3059
RUN cd /tmp && ls
# hadolint ignore=DL3004
# hadolint ignore=DL3059
RUN sudo ls
# hadolint global ignore=DL3066
# trivy:ignore:DS004
EXPOSE 22
# trivy:ignore:DS004:exp:2020-01-01
EXPOSE 22
# hadolint shell=bash
RUN foo | bar $x
# hadolint ignore=SC2086
RUN ls $y
USER app
