FROM fedora:42
RUN yum install httpd
USER 1
RUN yum install -y httpd-2.4.6 && yum clean all
RUN yum -y install httpd && rm -rf /var/cache/yum
RUN yum install -y https://example.com/x.rpm && yum clean all
RUN yum -y groupinstall tools && yum clean all
RUN yum update -y
RUN dnf install httpd
RUN dnf -y install httpd-2.4 && dnf clean all
RUN dnf install -y @development-tools && dnf clean all
RUN dnf module install -y nodejs && dnf clean all
RUN dnf -y update && dnf clean all
RUN dnf upgrade
RUN microdnf install httpd
RUN microdnf install -y httpd-2.4.6 && microdnf clean all
RUN tdnf install -y httpd && tdnf clean all
RUN zypper install httpd
RUN zypper -n install httpd=2.4 && zypper clean
RUN zypper --non-interactive in -y httpd && zypper clean --all
RUN zypper dist-upgrade -y && zypper cc
RUN zypper dup -y
RUN zypper in -y ./local.rpm && zypper cc -a
RUN --mount=type=cache,target=/var/cache/dnf dnf install -y httpd-2
RUN rpm -i --nodigest x.rpm
RUN yum reinstall -y httpd && yum clean all
RUN yum --assumeyes install httpd && yum clean all
RUN dnf -q -y --setopt=tsflags=nodocs install httpd && dnf clean all
RUN yum install -y --nogpgcheck httpd-2.4 && yum clean metadata
