FROM debian:13.1-slim
RUN one
RUN name=app; groupadd "$name"
RUN useradd -g app app
RUN "$TOOL" setup && "$TOOL" check
RUN ./$NAME.sh && two
RUN three && four
RUN five
RUN version=$(six) && seven
RUN eight
ENV RUNNER=app
ARG WHO
USER ${RUNNER}
USER $WHO
USER ${WHO:-app}
USER ${RUNNER}-$WHO
USER 10001
HEALTHCHECK NONE
