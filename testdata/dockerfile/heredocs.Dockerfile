FROM debian:13-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN <<EOF
apt-get update
apt-get install -y --no-install-recommends curl
rm -rf /var/lib/apt/lists/*
EOF
RUN python3 <<-'PY' > /etc/answer
	# not a comment of the Dockerfile
	print("FROM here on")
	PY
COPY <<"ONE FILE" <<two /etc/app/
key = $NOT_EXPANDED
ONE FILE
key = $EXPANDED \
  still this line
two
RUN cat 3<<A /dev/fd/3 <<B
a
A
b
B
ONBUILD RUN <<-EOF
	echo child
	EOF
