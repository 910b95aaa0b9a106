FROM ubuntu
RUN apt-get update && \
    # a comment inside
    apt-get install -y \
      curl \
      git
RUN set -ex; \
    apt-get update; \
    apt-get install -y --no-install-recommends ca-certificates; \
    rm -rf /var/lib/apt/lists/*
RUN { apt-get update; apt-get install -y curl; }
RUN (apt-get install curl)
RUN ! apt-get install curl
RUN X=1 apt-get install curl
RUN apt-get install curl > /dev/null 2>&1
RUN for p in a b; do apt-get install curl; done
RUN while true; do pip install x; done
RUN case x in x) npm install y;; esac
RUN f() { gem install z; }; f
RUN exec apt-get install curl
RUN command apt-get install curl
RUN eval apt-get install curl
RUN sh -c 'apt-get install curl'
RUN xargs apt-get install < list
RUN nohup apt-get install curl &
RUN ["apt-get", "install", "curl"]
RUN ["sh", "-c", "apt-get install curl"]
RUN test -f x && apt-get install curl || true
RUN "apt-get" install curl
RUN apt-get "install" curl
RUN \
  pip install x
CMD ["x"]
