//! What holds for every file there can be.

#[path = "support/invariants.rs"]
mod invariants;
mod support;

use invariants::check_everything;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nasty_files(text in support::dockerfile()) {
        check_everything(text.as_bytes());
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_everything(&bytes);
    }

    #[test]
    fn nasty_files_with_bad_bytes(text in support::dockerfile(), at in any::<prop::sample::Index>(), byte: u8) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len() + 1);
        bytes.insert(at, byte);
        check_everything(&bytes);
    }
}

/// What the fuzzer once found a fault with.
#[test]
fn found_files() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/found");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the folder") {
        check_everything(&std::fs::read(entry.expect("an entry").path()).expect("a file"));
        count += 1;
    }
    assert!(count > 0);
}
