FROM debian:13
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
RUN apt-get install curl
USER 1
RUN apt-get install -yq curl=7.* wget=1.21-1
RUN apt-get -qy --no-install-recommends install curl=${CURL_VERSION} && rm -r /var/lib/apt/lists/*
RUN apt-get install --yes ./local.deb && apt-get clean
RUN DEBIAN_FRONTEND=noninteractive apt-get install --assume-yes git/bookworm-backports
RUN apt-get -y install -t bookworm git && rm -rf /var/lib/apt/lists
RUN apt-get update; apt-get -y dist-upgrade
RUN apt-get upgrade -y && apt-get -o Dpkg::Options::=--force-confold install -y vim
RUN apt update && apt install -y nano
RUN apt-get install -qq git -y=true
RUN apt-get install -q=2 git
RUN aptitude install git
RUN apt-get build-dep -y git
RUN apt-get install -y python3-pip $PACKAGES "$MORE" ${EXTRA}
RUN if true; then apt-get update && apt-get install -y --no-install-recommends less; fi
RUN apt-get -y -o APT::Install-Recommends=false install less
RUN --mount=type=cache,target=/var/lib/apt/lists --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y --no-install-recommends jq=1.6
RUN apt-get update
RUN /usr/bin/apt-get install -y jq
RUN bash -c "apt-get install -y jq"
RUN echo apt-get install jq
RUN apt-get remove -y jq && apt-get autoremove
