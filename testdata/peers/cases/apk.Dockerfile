FROM alpine:3.22
RUN apk add curl
USER 1
RUN apk add --no-cache curl=8.5.0-r0 git~=2.40 'bash>5'
RUN apk --no-cache add curl git
RUN apk add --update --virtual .build gcc=13 && rm -rf /var/cache/apk/*
RUN apk add -t .deps make
RUN apk update && apk add --no-cache ssl@edge
RUN apk upgrade
RUN --mount=type=cache,target=/var/cache/apk apk add curl=1
RUN apk -U add curl=1 && apk del curl
RUN apk add --no-cache --repository=http://x --allow-untrusted a.apk
RUN apk add --no-cache -X http://x --virtual .d curl=1 python3
