FROM debian:13
ENV GOOGLE_APPLICATION_CREDENTIALS=/key.json
RUN --mount=type=secret,id=x gcloud auth activate-service-account --key-file=/run/secrets/x
RUN gcloud config set x y
USER 1
HEALTHCHECK NONE
