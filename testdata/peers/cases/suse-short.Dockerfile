FROM opensuse/leap:15.6
RUN zypper -n in nginx=1.21
USER 10001
