//! The rules engine and every rule: findings, configuration, suppression.
