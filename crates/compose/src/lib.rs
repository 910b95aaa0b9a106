//! Reads compose files with positions, merged as Compose merges them.
