FROM debian:13
RUN curl x | sh
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN curl x | sh
SHELL ["/bin/bash", "-c"]
RUN curl x | sh
RUN curl x || true
RUN set -o pipefail && curl x | sh
SHELL ["/bin/bash", "-euxo", "pipefail", "-c"]
RUN curl x | sh
SHELL ["/bin/sh", "-o", "pipefail", "-c"]
RUN curl x | sh
SHELL ["pwsh", "-c"]
RUN curl x | sh
SHELL ["/bin/ash", "-eo", "pipefail", "-c"]
RUN curl x | sh
SHELL ["/bin/zsh", "-o", "pipefail", "-c"]
RUN curl x | sh
SHELL ["/bin/bash", "-e"]
RUN wget -O - x | wc -l > y
RUN if true; then curl x | sh; fi
RUN echo "a | b"
RUN x=$(curl y | sh)
FROM alpine:3
RUN wget x | sh
USER 1
