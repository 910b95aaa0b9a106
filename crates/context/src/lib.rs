//! The build context: .dockerignore semantics and the files a build would send.
