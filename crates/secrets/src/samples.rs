//! Values that issuers and standards publish as samples. Kept as hashes, so that none stands here.

use sha2::{Digest, Sha256};

/// The first eight bytes of the SHA-256 of each.
static PUBLIC: &[u64] = &include!("samples.in");

/// Whether the value is a published sample.
pub(crate) fn is_public(value: &[u8]) -> bool {
    let digest = Sha256::digest(value);
    let head = digest.first_chunk::<8>().map_or(0, |head| u64::from_be_bytes(*head));
    PUBLIC.binary_search(&head).is_ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn hashes_are_in_order_for_the_search() {
        assert!(super::PUBLIC.is_sorted());
        assert!(super::is_public(["sk", "_test_4eC39HqLyjW", "DarjtT1zdp7dc"].concat().as_bytes()));
    }
}
