//! Where a finding is, in words.

use std::collections::HashMap;
use std::fmt::Write;

use plimsoll_rules::{Finding, ImageSummary, Outcome};

use crate::clean;

/// What a finding stands in: the first word of every heading and group.
pub(crate) fn container(finding: &Finding) -> String {
    match (&finding.file, &finding.image) {
        (Some(file), _) => clean::line(file).into_owned(),
        (None, Some(image)) => clean::line(image).into_owned(),
        (None, None) => "(no file)".to_owned(),
    }
}

/// The findings by what they stand in, in the order in which that first occurs.
pub(crate) fn groups(outcome: &Outcome) -> Vec<(String, Vec<&Finding>)> {
    let mut groups: Vec<(String, Vec<&Finding>)> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for finding in &outcome.findings {
        let name = container(finding);
        let index = *known.entry(name.clone()).or_insert(groups.len());
        match groups.get_mut(index) {
            Some((_, findings)) => findings.push(finding),
            None => groups.push((name, vec![finding])),
        }
    }
    groups
}

/// `Dockerfile:3:6`, or `app:1, layer 4, /app/.env:3`.
pub(crate) fn full(finding: &Finding) -> String {
    let within = within(finding);
    let container = container(finding);
    match (&finding.file, within.as_str()) {
        (_, "") => container,
        (Some(_), _) => format!("{container}:{within}"),
        (None, _) => format!("{container}, {within}"),
    }
}

/// The place inside what [`container`] names: `3:6`, or `layer 4, /app/.env:3`; empty for the whole of it.
pub(crate) fn within(finding: &Finding) -> String {
    if finding.file.is_some() {
        return match (finding.line, finding.column) {
            (Some(line), Some(column)) => format!("{line}:{column}"),
            (Some(line), None) => line.to_string(),
            (None, _) => String::new(),
        };
    }
    let layer = finding.layer.map(|n| format!("layer {n}"));
    [layer, image_path(finding)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `/app/.env:3`, where the finding is in a file of an image.
pub(crate) fn image_path(finding: &Finding) -> Option<String> {
    let path = finding.path.as_deref()?;
    let mut out = format!("/{}", clean::line(path.trim_start_matches('/')));
    if let Some(line) = finding.path_line {
        _ = write!(out, ":{line}");
    }
    Some(out)
}

/// The images of an outcome by name, to tell which command made a layer.
pub(crate) struct Images<'o>(HashMap<&'o str, &'o ImageSummary>);

impl<'o> Images<'o> {
    pub(crate) fn of(outcome: &'o Outcome) -> Self {
        Self(outcome.images.iter().map(|image| (image.name.as_str(), image)).collect())
    }

    /// The command that made the layer of `finding`.
    fn created_by(&self, finding: &Finding) -> Option<&'o str> {
        let image = self.0.get(finding.image.as_deref()?)?;
        let index = finding.layer?;
        let layer = image.layers.iter().find(|layer| layer.index == index)?;
        (!layer.created_by.is_empty()).then_some(layer.created_by.as_str())
    }

    /// `image app:1, layer 4 (COPY . /app), /app/.env:3`, the command cut so that all fits in `width` if it can.
    pub(crate) fn describe(&self, finding: &Finding, width: usize) -> Option<String> {
        let name = finding.image.as_deref()?;
        let mut out = format!("image {}", clean::line(name));
        let path = image_path(finding).map(|path| format!(", {path}")).unwrap_or_default();
        if let Some(layer) = finding.layer {
            _ = write!(out, ", layer {layer}");
            if let Some(command) = self.created_by(finding) {
                let taken = out.chars().count() + path.chars().count() + " ()".len();
                _ = write!(out, " ({})", cut(&clean::line(command), width.saturating_sub(taken).max(24)));
            }
        }
        out.push_str(&path);
        Some(out)
    }
}

/// `text`, or its beginning and `...` where it is wider than `width` columns.
pub(crate) fn cut(text: &str, width: usize) -> String {
    use unicode_width::UnicodeWidthChar;
    let mut used = 0;
    let mut fits = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return format!("{}...", text[..fits].trim_end());
        }
        if used + 3 <= width {
            fits = at + c.len_utf8();
        }
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn cutting_counts_columns() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("RUN apt-get install", 10), "RUN apt...");
        assert_eq!(cut("世界世界世界", 8), "世界...");
        assert_eq!(cut("世界世界", 8), "世界世界");
    }
}
