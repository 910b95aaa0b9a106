FROM node:24
RUN npm install express
USER node
RUN npm install -g express@4.1.0
RUN npm install --global yarn
RUN npm ci
RUN npm install
RUN npm i express
RUN npm add express
RUN npm install express@latest
RUN npm install express@^4
RUN npm install git+https://x.example/y.git
RUN npm install git+https://x.example/y.git#v1.0
RUN npm install ./local
RUN npm install --production
RUN npm install @scope/pkg
RUN npm install @scope/pkg@1.2.3
RUN npm --registry https://x.example install express
RUN npm install file.tgz
RUN npm install user/repo
RUN npm config set strict-ssl false
RUN yarn install
RUN yarn install && yarn cache clean
RUN yarn add express
RUN yarn --frozen-lockfile
RUN yarn global add serve
RUN --mount=type=cache,target=/usr/local/share/.cache/yarn yarn install
RUN pnpm install express
RUN npm install -g pnpm@9 yarn
RUN npm install --save express
RUN npm install express@1.x
RUN npm update
RUN yarn cache clean && yarn install
RUN --mount=type=cache,target=/usr/local/share/.cache/yarn/v6 yarn install
