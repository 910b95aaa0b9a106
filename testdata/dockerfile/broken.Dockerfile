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
FROM --platform=lnux alpine
ENV A=${A^^} B=${ C="${D:-e}"
ENV OLD "never closed
WORKDIR "/a
COPY "a b /c
EXPOSE abc:80 80-85:90-92
HEALTHCHECK CMD []
RUN --device=a/b=c,requird --mount=type=cache,\
    target="/x",sharing=lockd true
RUN --mount=type=secret,id=a,required=1,mode=0400 --mount=type=bind,target=/s,rw=T true
ADD --checksum=abc https://example.com/a /a
run: true
RUN <<EOF
never ended
 EOF
RUN still read
