FROM debian:13.1-slim
RUN ["/bin/bash", "-c", "make one && cd two && make two"]
RUN ["/bin/bash", "-c", "make one && apt-get install -y curl && useradd -u 1000000 x"]
RUN make three
RUN ["/bin/sh", "-c", "make four"]
RUN ["make", "five"]
USER 10001
