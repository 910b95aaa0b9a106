//! Findings about bytes that could go, for the rules that each watch over some of the causes.

use std::collections::BTreeMap;

use super::weight::{Cause, is_worthwhile};
use super::{Audit, Reporter};
use crate::draft::Place;
use crate::profile::format_size;

/// Writes one finding where these causes together weigh enough, at the layer that brings most of it. `why` ends the
/// sentence.
pub(super) fn tell(audit: &Audit<'_>, report: &mut Reporter, causes: &[Cause], why: &str) {
    let weights = audit.weights();
    let mut layers: BTreeMap<usize, u64> = BTreeMap::new();
    let mut shares: Vec<_> = Vec::new();
    for (cause, share) in weights.by_weight().into_iter().filter(|(cause, _)| causes.contains(cause)) {
        shares.push((cause, share));
        for (layer, bytes) in &share.layers {
            *layers.entry(*layer).or_default() += bytes;
        }
    }
    let total: u64 = layers.values().sum();
    let Some((&layer, &most)) =
        layers.iter().max_by_key(|(layer, bytes)| (**bytes, std::cmp::Reverse(**layer)))
    else {
        return;
    };
    if !is_worthwhile(total, audit.image.size()) {
        return;
    }
    let what: Vec<String> = shares
        .iter()
        .map(|(cause, share)| format!("{} ({})", cause.as_str(), format_size(share.bytes())))
        .collect();
    let from = if most == total { "" } else { ", most of it" };
    let named = shares.first().and_then(|(_, share)| share.heaviest.paths().next());
    let named = named.map(|path| format!(", such as /{}", path.path)).unwrap_or_default();
    let mut help: Vec<&str> = shares.iter().map(|(cause, _)| cause.remedy()).collect();
    if layer == 0 {
        help.push("a slim variant of the base image may have none");
    }
    report
        .at(
            Place::Layer(layer),
            format!("{}{from} from {}{named}: {why}", what.join(", "), audit.made_by(layer)),
        )
        .help(help.join("; "));
}
