//! What the image crate's walk found, as plain data with every text masked.

use super::Audit;
use super::weight::is_worthwhile;
use crate::look::{CauseWeight, Comparison, LayerBytes, LayerChanges, TreeNode};

/// Hides what nobody may see in a text.
pub(crate) type Mask<'m> = &'m dyn Fn(String) -> String;

fn mask_in_place(text: &mut String, masked: Mask<'_>) {
    *text = masked(std::mem::take(text));
}

/// The causes, the heaviest first.
pub(crate) fn weight(audit: &Audit<'_>, masked: Mask<'_>) -> Vec<CauseWeight> {
    let size = audit.image.size();
    let weights = audit.weights().by_weight().into_iter().map(|(cause, share)| CauseWeight {
        cause: cause.name(),
        what: cause.as_str(),
        bytes: share.bytes(),
        files: share.heaviest.files,
        worthwhile: is_worthwhile(share.bytes(), size),
        remedy: cause.remedy(),
        layers: share
            .layers
            .iter()
            .map(|(layer, bytes)| LayerBytes { layer: *layer, bytes: *bytes })
            .collect(),
        heaviest: share
            .heaviest
            .paths()
            .map(|mut heavy| {
                mask_in_place(&mut heavy.path, masked);
                heavy
            })
            .collect(),
    });
    weights.collect()
}

/// Masks the names of folders and files.
pub(crate) fn mask_tree(tree: &mut TreeNode, masked: Mask<'_>) {
    mask_in_place(&mut tree.name, masked);
    tree.children.iter_mut().for_each(|child| mask_tree(child, masked));
}

/// Masks the paths.
pub(crate) fn mask_changes(changes: &mut LayerChanges, masked: Mask<'_>) {
    let LayerChanges { added, changed, rewritten, removed } = changes;
    for heavy in [added, changed, rewritten, removed].into_iter().flat_map(|part| &mut part.heaviest) {
        mask_in_place(&mut heavy.path, masked);
    }
}

/// Masks paths and values; findings are masked already.
pub(crate) fn mask_comparison(comparison: &mut Comparison, masked: Mask<'_>) {
    mask_tree(&mut comparison.tree, masked);
    let Comparison { appeared, vanished, grew, shrank, changed, rights, .. } = comparison;
    for file in
        [appeared, vanished, grew, shrank, changed, rights].into_iter().flat_map(|kind| &mut kind.heaviest)
    {
        mask_in_place(&mut file.path, masked);
    }
    for difference in &mut comparison.config {
        let texts = [&mut difference.name, &mut difference.old, &mut difference.new];
        texts.into_iter().flatten().for_each(|text| mask_in_place(text, masked));
    }
}
