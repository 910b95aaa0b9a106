FROM debian:13
RUN ssh host
RUN vim x
RUN shutdown -h now
RUN service nginx start
RUN ps aux
RUN free -m
RUN top
RUN kill 1
RUN mount /dev/x /y
RUN ifconfig
RUN nano x
RUN reboot
RUN systemctl start x
RUN ls && ps
RUN /bin/ps
RUN echo ps
RUN ln -s /bin/bash /bin/sh
RUN ln -sf /bin/bash /bin/sh && true
RUN ln -sfv bash /bin/sh
RUN mv x /bin/sh
RUN ln -s /a /usr/bin/sh
RUN useradd x && ln -fs bash /bin/sh
RUN kill -9 5; service x stop
USER 1
