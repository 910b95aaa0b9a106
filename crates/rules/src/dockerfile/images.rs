//! Base images: what is known of the official ones.

use crate::data::official_tags;

/// The newest plain release tag of an official image (`3.14` of python), preferring a slim variant; None where the
/// image is not official or has no numbered tags.
pub fn newest_tag(image: &str) -> Option<String> {
    let tags = official_tags(image)?;
    let numbered = tags.clone().filter_map(|t| Some((version(t)?, t)));
    // Two parts name a release line: `3.14`; some images only have one: `13` of debian.
    let newest = numbered
        .clone()
        .filter(|(v, _)| v.len() == 2)
        .max()
        .or_else(|| numbered.filter(|(v, _)| v.len() == 1).max())
        .map(|(_, tag)| tag)?;
    let slim = format!("{newest}-slim");
    Some(if tags.clone().any(|t| t == slim) { slim } else { newest.to_owned() })
}

/// `3.14` as [3, 14]; None for anything but numbers and dots, and for dates (`20250101`).
fn version(tag: &str) -> Option<Vec<u32>> {
    let parts: Option<Vec<u32>> =
        tag.split('.').map(|p| if p.len() <= 4 { p.parse().ok() } else { None }).collect();
    parts.filter(|p| p.len() <= 3)
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
