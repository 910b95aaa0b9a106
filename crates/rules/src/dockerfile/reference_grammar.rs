//! The grammar of image names, as registries and BuildKit check it.

/// Whether a text is `[registry/]name[:tag][@digest]`.
pub(crate) fn is_image_reference(text: &str) -> bool {
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (text, None),
    };
    let (name, tag) = match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
        _ => (name, None),
    };
    let (registry, path) = match name.split_once('/') {
        Some((first, path))
            if first.contains(['.', ':'])
                || first == "localhost"
                || first.bytes().any(|b| b.is_ascii_uppercase()) =>
        {
            (Some(first), path)
        }
        _ => (None, name),
    };
    let bare_id = registry.is_none() && path.len() == 64 && path.bytes().all(|b| b.is_ascii_hexdigit());
    registry.is_none_or(is_registry)
        && !bare_id
        && name.len() <= 255
        && path.split('/').all(is_component)
        && tag.is_none_or(is_tag)
        && digest.is_none_or(is_digest)
}

fn is_registry(text: &str) -> bool {
    if let Some(address) = text.strip_prefix('[') {
        return address.contains(']');
    }
    let (host, port) = text.split_once(':').unwrap_or((text, "0"));
    let label = |l: &str| {
        !l.is_empty()
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(label) && !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit())
}

fn is_component(text: &str) -> bool {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    let ends =
        bytes.first().is_some_and(|b| alphanumeric(*b)) && bytes.last().is_some_and(|b| alphanumeric(*b));
    ends && text
        .split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        .all(|separator| matches!(separator, "" | "." | "_" | "__") || separator.bytes().all(|b| b == b'-'))
}

fn is_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(word)
        && text.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

fn is_digest(text: &str) -> bool {
    text.split_once(':').is_some_and(|(algorithm, hex)| {
        !algorithm.is_empty()
            && algorithm.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-_".contains(&b))
            && hex.len() >= 32
            && hex.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::is_image_reference;

    #[test]
    fn names() {
        for right in ["a", "a:1", "a/b", "a.b/c", "x:5000/y:Z", "Host/y", "x/a__b--c.d/e_f", "localhost/a"] {
            assert!(is_image_reference(right), "{right}");
        }
        for wrong in [
            "",
            ":1",
            "A",
            "a:",
            "a b",
            "a/",
            "a//b",
            "-a",
            "a..b",
            "a:%%X%%",
            "%%X%%",
            "a@sha256:x",
            "a___b",
        ] {
            assert!(!is_image_reference(wrong), "{wrong}");
        }
    }
}
