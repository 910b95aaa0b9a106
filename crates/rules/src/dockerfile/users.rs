//! Users: which are root, and which base images do not run as root.

use super::ImageRef;
use super::base_users::{BaseUser, user_of};

/// Whether a USER's value, expanded, is root: by name or by number, with or without a group.
pub fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or("").trim();
    name == "root" || (!name.is_empty() && name.bytes().all(|b| b == b'0'))
}

/// Whether a USER's value names its user by number.
pub fn is_numeric(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or("");
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit())
}

/// Whether an image is known to set a user that is not root, so that a Dockerfile need not.
pub fn runs_unprivileged(image: &ImageRef) -> bool {
    user_of(image) == BaseUser::Unprivileged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_has_many_names() {
        for user in ["root", "0", "00", "0:0", "root:app", "0:10001"] {
            assert!(is_root(user), "{user}");
        }
        for user in ["app", "10001", "", "rooty", "1000:0"] {
            assert!(!is_root(user), "{user}");
        }
    }
}
