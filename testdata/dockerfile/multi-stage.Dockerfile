# syntax=docker/dockerfile:1
# check=skip=JSONArgsRecommended;error=true

# The toolchain; see CONTRIBUTING.
ARG GO_VERSION=1.25
FROM --platform=$BUILDPLATFORM golang:${GO_VERSION}-alpine AS build
ARG TARGETOS
ARG TARGETARCH
WORKDIR /src
RUN --mount=type=cache,target=/go/pkg/mod,sharing=locked \
    --mount=type=bind,source=go.mod,target=go.mod \
    --mount=type=secret,id=netrc,target=/root/.netrc,required=true \
    # the module cache is shared between builds
    go mod download -x

COPY --link . .
RUN --network=none CGO_ENABLED=0 GOOS=${TARGETOS} GOARCH=${TARGETARCH} \
    go build -trimpath -ldflags "-s -w" -o /out/app ./cmd/app

FROM scratch
COPY --from=build --chown=65532:65532 --chmod=0555 /out/app /app
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
USER 65532:65532
EXPOSE 8080 9000-9010/udp
HEALTHCHECK --interval=30s --timeout=3s --start-period=1m30s --retries=3 CMD ["/app", "healthcheck"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/app"]
CMD ["--port", "8080"]
