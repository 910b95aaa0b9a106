FROM centos:7
RUN yum module install -y nodejs:12
RUN cat list | xargs apt-get install
USER 10001
