FROM centos:7
RUN yum -y install httpd-2.4.6 && yum -y update
RUN yum -y install httpd-2.4.6 && yum clean all && yum -y update
USER 10001
