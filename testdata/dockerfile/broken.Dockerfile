# escape=?
RUN before the first stage
FRMO alpine
FROM alpine AS
FROM alpine named stage
COPPY --form=builder a b
COPY --chmod=rwx --link=maybe --chown=x --chown=y a b
COPY only-one
RUN --mount=type=chache,target=/c --mount=type=cache,taget=/c --mount=type=secret,size=1 true
ENV lonely
ENV GOOD=1 bad
LABEL k="never closed
EXPOSE 99999 80/http
HEALTHCHECK --interval=5 --retries=many CMND x
HEALTHCHECK
STOPSIGNAL SIGWHAT
SHELL /bin/sh -c
CMD ["a", 1]
ONBUILD FROM x
USER
RUN <<EOF
never ended
 EOF
RUN still read
