//! Users that official images come with.

/// Official images that come with a user whom their program can run as, and its name.
const OWN_USERS: &[(&str, &str)] = &[
    ("mariadb", "mysql"),
    ("memcached", "memcache"),
    ("mongo", "mongodb"),
    ("mysql", "mysql"),
    ("node", "node"),
    ("postgres", "postgres"),
    ("rabbitmq", "rabbitmq"),
    ("redis", "redis"),
    ("valkey", "valkey"),
];

/// The user that an official image has for its program.
pub(crate) fn own_user(official: &str) -> Option<&'static str> {
    OWN_USERS.iter().find(|(image, _)| *image == official).map(|(_, user)| *user)
}
