//! Turns findings into a table, text, JSON, SARIF and what CI systems read.
