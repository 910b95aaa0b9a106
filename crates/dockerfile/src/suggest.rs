//! What a misspelt name was meant to be.

/// Longer words are not looked at: no name is that long.
const MAX_LENGTH: usize = 24;

/// The candidate nearest to `word`, case aside, if one is near enough to be meant: one slip in a short word,
/// two in a longer one.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if !word.is_ascii() || word.len() < 3 || word.len() > MAX_LENGTH {
        return None;
    }
    let allowed = if word.len() < 6 { 1 } else { 2 };
    candidates
        .into_iter()
        .map(|candidate| (distance(word.as_bytes(), candidate.as_bytes()), candidate))
        .filter(|&(slips, _)| slips <= allowed)
        .min_by_key(|&(slips, _)| slips)
        .map(|(_, candidate)| candidate)
}

/// How many letters must be added, dropped, changed or swapped with a neighbour.
pub(crate) fn distance(a: &[u8], b: &[u8]) -> usize {
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return usize::MAX;
    }
    let mut two_back = [0usize; MAX_LENGTH + 1];
    let mut back = [0usize; MAX_LENGTH + 1];
    let mut row = [0usize; MAX_LENGTH + 1];
    for (index, cell) in back.iter_mut().enumerate() {
        *cell = index;
    }
    for (i, x) in a.iter().enumerate() {
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let same = x.eq_ignore_ascii_case(y);
            let mut best = (back[j] + usize::from(!same)).min(back[j + 1] + 1).min(row[j] + 1);
            let swapped =
                i > 0 && j > 0 && x.eq_ignore_ascii_case(&b[j - 1]) && a[i - 1].eq_ignore_ascii_case(y);
            if swapped {
                best = best.min(two_back[j - 1] + 1);
            }
            row[j + 1] = best;
        }
        two_back = back;
        back = row;
    }
    back[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found() {
        assert_eq!(nearest("COPPY", ["ADD", "COPY"]), Some("COPY"));
        assert_eq!(nearest("ENTRYPIONT", ["ENTRYPOINT"]), Some("ENTRYPOINT"));
        assert_eq!(nearest("chwon", ["chmod", "chown"]), Some("chown"));
        assert_eq!(nearest("echo", ["ENV", "COPY", "CMD"]), None);
        assert_eq!(nearest("", ["ENV"]), None);
    }
}
