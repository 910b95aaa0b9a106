//! Finds leaked credentials in bytes: keywords first, patterns around a hit, then proof.
