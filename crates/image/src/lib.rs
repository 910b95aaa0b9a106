//! Reads container images into layer records and a merged file system with origins, without unpacking them.
