//! Reads Dockerfiles into a lossless syntax tree with spans; never fails, reports.
