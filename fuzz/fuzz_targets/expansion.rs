//! A word in the first line, `NAME=value` in the others: expanding it neither panics nor grows without end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use plimsoll_dockerfile::instructions::unquote;
use plimsoll_dockerfile::meaning::expand;

fuzz_target!(|text: &str| {
    let (word, rest) = text.split_once('\n').unwrap_or((text, ""));
    let variables: Vec<(&str, &str)> = rest.lines().filter_map(|line| line.split_once('=')).collect();
    let mut get = |name: &str| {
        variables.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    for escape in ['\\', '`'] {
        if let Ok(expanded) = expand(word, escape, &mut get) {
            assert!(expanded.len() <= (1 << 14) + 4 * word.len(), "{} bytes", expanded.len());
            if !word.contains(['$', '\'', '"', escape]) {
                assert_eq!(expanded, word);
            }
        }
        unquote(word, escape);
    }
});
