FROM ruby:3.4
RUN gem install bundler
USER 1
RUN gem install bundler:2.0.1
RUN gem install bundler -v 2.0.1
RUN gem install bundler --version '2.0.1'
RUN gem i bundler --no-document
RUN gem install --version=2 bundler
RUN gem install ./x.gem
RUN gem update
RUN gem install rails:7 rake
RUN go install example.com/x@latest
RUN go install example.com/x@v1.2.3
RUN go get example.com/x
RUN go get -u example.com/x@v1
RUN go install ./...
RUN go install
RUN go run example.com/x
RUN go get ./...
RUN go mod download
RUN CGO_ENABLED=0 go install example.com/y
RUN go install -v example.com/z@master
RUN go build -o /x ./cmd
RUN cargo install ripgrep
