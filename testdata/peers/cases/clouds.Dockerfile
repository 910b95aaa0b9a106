FROM debian:13
ENV GOOGLE_APPLICATION_CREDENTIALS=/key.json
RUN aws configure set region x
RUN aws configure set aws_access_key_id $X && aws configure list
RUN --mount=type=secret,id=x gcloud auth activate-service-account --key-file=/run/secrets/x
USER 1
HEALTHCHECK NONE
