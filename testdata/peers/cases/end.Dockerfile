FROM debian:13 AS a
CMD echo one
CMD ["echo", "two"]
ENTRYPOINT echo one
ENTRYPOINT ["echo", "two"]
HEALTHCHECK CMD true
HEALTHCHECK NONE
FROM debian:13 AS b
CMD ["one"]
ENTRYPOINT ["x"]
FROM a
CMD []
CMD [ 'single' ]
CMD exec app
ENTRYPOINT ["a"]
HEALTHCHECK --interval=5s CMD curl -f http://localhost/ || exit 1
HEALTHCHECK --interval=5s CMD ["curl", "x"]
SHELL ["/bin/bash", "-c"]
CMD app
ENTRYPOINT exec app
USER 1
