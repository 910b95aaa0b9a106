//! The shell scripts inside a Dockerfile: command lists with spans, and ShellCheck's findings.
