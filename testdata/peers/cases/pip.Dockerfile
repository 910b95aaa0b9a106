FROM python:3.13
RUN pip install flask
USER 1
RUN pip install flask==3.0 requests>=2 'django~=5.0'
RUN pip3 install --no-cache-dir flask
RUN python -m pip install flask
RUN python3 -m pip install --no-cache-dir -r requirements.txt
RUN pip install -r requirements.txt
RUN pip install --upgrade pip
RUN pip install .
RUN pip install --no-cache-dir -e .
RUN pip install git+https://github.com/a/b.git
RUN pip install --no-cache-dir git+https://github.com/a/b.git@v1
RUN pip install --constraint constraints.txt flask
RUN pip install -c constraints.txt --no-cache-dir flask
RUN pip install --index-url https://x.example/simple flask==1
RUN pip install --trusted-host x.example flask==1
RUN --mount=type=cache,target=/root/.cache/pip pip install flask==1
RUN pipx install black
RUN pip install flask[async]==3.0
RUN pip install --no-cache flask===1
RUN pip install -U --no-cache-dir setuptools wheel
RUN pip2 install x.whl
RUN pip install --no-cache-dir --requirement=requirements.txt
RUN PIP_NO_CACHE_DIR=1 pip install flask==1
RUN pip download flask
RUN pip install "flask"
RUN pip install --no-cache-dir "flask>=1,<2"
RUN pip install --no-cache-dir flask!=1
RUN pip install --no-cache-dir --target /x flask
RUN poetry install
RUN uv pip install flask
ENV PIP_NO_CACHE_DIR=1
RUN pip install flask==2
