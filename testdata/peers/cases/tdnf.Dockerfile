FROM mcr.microsoft.com/azurelinux/base/core:3.0
RUN tdnf install -y httpd-2.4.62
RUN wget -q https://example.com/a
RUN curl -O https://example.com/b
COPY app.json /etc/key.json
ENV GOOGLE_APPLICATION_CREDENTIALS=/etc/key.json
USER 10001
