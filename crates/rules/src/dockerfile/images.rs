//! Base images: what is known of the official ones.

use super::releases::release_lines;
use crate::data::official_tags;

/// The newest plain release tag of an official image (`3.14` of python), preferring a slim variant; None where the
/// image is not official or has no numbered tags.
pub fn newest_tag(image: &str) -> Option<String> {
    let tags = official_tags(image)?;
    let slimmest = |tag: &str| {
        let slim = format!("{tag}-slim");
        if tags.clone().any(|t| t == slim) { slim } else { tag.to_owned() }
    };
    if let Some(line) = release_lines(image).find(|line| tags.clone().any(|t| t == *line)) {
        return Some(slimmest(line));
    }
    let numbered = tags.clone().filter_map(|t| Some((version(t)?, t)));
    // Two parts name a release line: `3.14`; some images only have one: `13` of debian.
    let newest = numbered
        .clone()
        .filter(|((parts, _), _)| *parts == 2)
        .max()
        .or_else(|| numbered.filter(|((parts, _), _)| *parts == 1).max())
        .map(|(_, tag)| tag)?;
    Some(slimmest(newest))
}

/// `3.14` as 2 and [3, 14, 0]: how many parts there are, and what they say. None for anything but numbers and dots, and
/// for dates (`20250101`).
fn version(tag: &str) -> Option<(usize, [u32; 3])> {
    let mut parts = [0; 3];
    let mut count = 0;
    for part in tag.split('.') {
        *parts.get_mut(count)? = if part.len() <= 4 { part.parse().ok()? } else { return None };
        count += 1;
    }
    Some((count, parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_release_line_is_named() {
        assert!(newest_tag("python").is_some_and(|t| t.starts_with("3.") && t.ends_with("-slim")));
        assert!(newest_tag("debian").is_some());
        assert_eq!(newest_tag("nobody/nothing"), None);
    }
}
