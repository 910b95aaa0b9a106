FROM debian:13
RUN <<EOF
apt-get update
apt-get install curl
cd /tmp
sudo ls
curl x | sh
EOF

RUN <<EOF bash
pip install flask
EOF

RUN bash <<EOF
npm install express
EOF

RUN cat <<EOF > /x
apt-get install curl
EOF

RUN <<EOF
#!/usr/bin/env python
import os
EOF

RUN <<EOF
#!/bin/bash
curl x | sh
EOF

USER 1
