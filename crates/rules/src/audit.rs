//! Runs the rules over one image, and turns what they wrote into findings: select, place, redact.

use std::path::Path;

use plimsoll_dockerfile::meaning::BuildOptions;
use plimsoll_dockerfile::{Dockerfile, Instruction, Source};
use plimsoll_image::{Archive, Compression, Error, Image, MergedFs, Mismatch, MismatchOf, Options, Problem};
use plimsoll_secrets::Leak;

use crate::config::Settings;
use crate::draft::{Draft, Place, Reporter, Setting};
use crate::image::lines::MadeBy;
use crate::image::{Audit, SecretProbe, changes, config_secrets, lines, tree, views};
use crate::look::Look;
use crate::redact::mask;
use crate::rule::IMAGE_RULES;
use crate::{Budget, Finding, ImageSummary, InputError, LayerSummary, Outcome};

/// The Dockerfile that an image was built from.
pub struct BuiltFrom {
    /// What findings call the file.
    pub name: String,
    /// Its text.
    pub source: Source,
}

/// How an image is read and audited.
#[derive(Default)]
pub struct AuditOptions<'a> {
    /// Platform and progress.
    pub read: Options<'a>,
    /// Where the lines of its layers are looked for.
    pub built_from: Option<&'a BuiltFrom>,
    /// What is worked out for looking at besides.
    pub look: Look,
}

/// Reads and audits every image of an archive or layout. `name` is what findings call it when the archive holds one
/// image without a name of its own. What cannot be read becomes an error; the rest is audited.
pub fn audit_path(path: &Path, name: &str, settings: &Settings, options: &AuditOptions<'_>) -> Outcome {
    let probe = SecretProbe::new(settings.scanner());
    finish(plimsoll_image::open(path, &options.read, &probe), name, settings, options)
}

/// [`audit_path`] for a stream, such as what `docker save` writes into a pipe.
pub fn audit_stream(
    reader: impl std::io::Read + Send,
    name: &str,
    settings: &Settings,
    options: &AuditOptions<'_>,
) -> Outcome {
    let probe = SecretProbe::new(settings.scanner());
    finish(plimsoll_image::read_stream(reader, &options.read, &probe), name, settings, options)
}

fn finish(
    archive: Result<Archive<Leak>, Error>,
    name: &str,
    settings: &Settings,
    options: &AuditOptions<'_>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let archive = match archive {
        Ok(archive) => archive,
        Err(error) => {
            outcome.errors.push(unreadable(&error, name));
            return outcome;
        }
    };
    outcome.errors.extend(archive.problems.iter().map(|p| input_error(p, name)));
    for image in &archive.images {
        let shown = shown_name(image.names.first().map(String::as_str), name);
        outcome.errors.extend(wrong_sizes(image, &shown));
        outcome.absorb(audit_image(image, &image.merged(), &shown, settings, options));
    }
    outcome.sort();
    outcome
}

/// What an image is called. OCI tools often store the tag alone, which tells one image from another only together with
/// the file's name.
pub(crate) fn shown_name(own: Option<&str>, archive: &str) -> String {
    match own {
        None => archive.to_owned(),
        Some(tag) if !tag.contains([':', '/', '@']) => {
            let file = Path::new(archive).file_name().and_then(|file| file.to_str());
            format!("{}:{tag}", file.unwrap_or(archive))
        }
        Some(name) => name.to_owned(),
    }
}

/// An input of which nothing could be read.
pub(crate) fn unreadable(error: &Error, name: &str) -> InputError {
    let text = error.to_string();
    // The report puts the name in front.
    let message = text.strip_prefix(&format!("{name}: ")).map_or(text.clone(), str::to_owned);
    InputError { file: None, image: Some(name.to_owned()), layer: None, offset: None, message }
}

pub(crate) fn input_error(problem: &Problem, name: &str) -> InputError {
    let place = &problem.place;
    let blob = place.blob.as_ref().map(|b| format!("{}: ", b.escape_debug())).unwrap_or_default();
    InputError {
        file: None,
        image: Some(shown_name(place.image.as_deref(), name)),
        layer: place.layer,
        offset: place.offset,
        message: format!("{blob}{}", problem.kind),
    }
}

/// A stated size that is not the real one: the archive contradicts itself. A digest that does is a finding.
fn is_size(mismatch: &Mismatch) -> bool {
    matches!(mismatch.what, MismatchOf::LayerSize | MismatchOf::JsonSize)
}

/// The stated sizes that are wrong, but for blobs whose digest is wrong too: that says it already.
pub(crate) fn wrong_sizes(image: &Image<Leak>, name: &str) -> Vec<InputError> {
    let is_other = |mismatch: &Mismatch| {
        let same = |m: &&Mismatch| !is_size(m) && m.what != MismatchOf::DiffId && m.blob == mismatch.blob;
        image.mismatches.iter().any(|m| same(&m))
    };
    let sizes = image.mismatches.iter().filter(|m| is_size(m) && !is_other(m));
    sizes
        .map(|mismatch| InputError {
            file: None,
            image: Some(name.to_owned()),
            layer: mismatch.layer,
            offset: None,
            message: format!(
                "{}: has {} bytes, but {} are stated",
                mismatch.blob, mismatch.actual, mismatch.expected
            ),
        })
        .collect()
}

/// Audits one image that was read with [`SecretProbe`] and merged.
pub fn audit_image(
    image: &Image<Leak>,
    fs: &MergedFs<Leak>,
    name: &str,
    settings: &Settings,
    options: &AuditOptions<'_>,
) -> Outcome {
    let audit = Audit::new(name, image, fs, settings);
    let made = options.built_from.map(|from| Made::new(image, from, settings));
    let mut outcome = Outcome { checked: 1, ..Outcome::default() };
    let mut reporter = None::<Reporter>;
    for entry in IMAGE_RULES.iter().filter(|e| settings.selection.runs(e.meta)) {
        let reporter = reporter.get_or_insert_with(|| Reporter::new(entry.meta));
        reporter.turn_to(entry.meta);
        entry.rule.check(&audit, reporter);
    }
    let secrets = if settings.show_secrets { &[] } else { audit.config_secrets() };
    for draft in reporter.map(Reporter::into_drafts).unwrap_or_default() {
        let mut finding = place(draft, &audit, made.as_ref());
        if settings.selection.keeps(&finding) {
            finding.severity = settings.selection.severity_of(&finding);
            finding.message = masked(finding.message, secrets);
            finding.help = finding.help.map(|h| masked(h, secrets));
            outcome.findings.push(finding);
        }
    }
    outcome.images.push(summary(&audit, made.as_ref(), options.look, &|text| masked(text, secrets)));
    outcome.sort();
    outcome
}

/// The Dockerfile that an image was built from, beside its history.
struct Made<'s> {
    name: &'s str,
    file: Dockerfile<'s>,
    aligned: lines::Aligned,
}

impl<'s> Made<'s> {
    fn new(image: &Image<Leak>, from: &'s BuiltFrom, settings: &Settings) -> Self {
        let file = plimsoll_dockerfile::parse(&from.source);
        let options = BuildOptions {
            build_args: settings.build_args.clone(),
            target: settings.target.clone(),
            ..BuildOptions::default()
        };
        let aligned = lines::align(&image.config, image.layers.len(), &file, &options);
        Self { name: &from.name, file, aligned }
    }

    fn layer(&self, layer: usize) -> Option<MadeBy> {
        self.aligned.layers.get(layer).copied().flatten()
    }

    fn setting(&self, setting: &Setting) -> Option<MadeBy> {
        self.aligned.set_by(setting, &self.file)
    }

    fn instruction(&self, by: MadeBy) -> &Instruction<'s> {
        &self.file.instructions[by.instruction]
    }
}

fn place(draft: Draft, audit: &Audit<'_>, made: Option<&Made<'_>>) -> Finding {
    let (mut finding, place) = draft.into_finding();
    finding.image = Some(audit.name.to_owned());
    let mut set_by = None;
    match place {
        Place::Layer(layer) => finding.layer = Some(layer),
        Place::Path { layer, path, line } => {
            finding.layer = Some(layer);
            finding.path = Some(path);
            finding.path_line = line;
        }
        Place::Setting(setting) => set_by = made.and_then(|m| m.setting(&setting)),
        Place::Image | Place::Span(_) | Place::File(_) | Place::Sent(_) | Place::Compose(_) => {}
    }
    if let Some(made) = made
        && let Some(by) = set_by.or_else(|| made.layer(finding.layer?))
    {
        let instruction = made.instruction(by);
        finding.file = Some(made.name.to_owned());
        finding.line = Some(instruction.start_line);
        finding.end_line = Some(instruction.end_line);
        finding.instruction_line = Some(instruction.start_line);
    }
    let digest = finding.layer.and_then(|l| audit.image.layers.get(l)).and_then(|l| l.digest);
    finding.layer_digest = digest.map(|d| d.to_string());
    finding
}

fn summary(
    audit: &Audit<'_>,
    made: Option<&Made<'_>>,
    look: Look,
    masked: &dyn Fn(String) -> String,
) -> ImageSummary {
    let image = audit.image;
    let line_of = |layer: usize| {
        let made = made?;
        let by = made.layer(layer)?;
        Some((made.instruction(by).start_line, by.line_match))
    };
    let efficiency = audit.fs.efficiency();
    let budget = audit.profile.as_ref().and_then(|(profile, guessed)| {
        Some(Budget { profile: profile.name.clone(), bytes: profile.budget?, guessed: *guessed })
    });
    let mut changes = if look.layers { changes::of(image, audit.fs) } else { Vec::new() }.into_iter();
    let layers = image.layers.iter().map(|layer| LayerSummary {
        index: layer.index,
        digest: layer.digest.map(|d| d.to_string()).unwrap_or_default(),
        diff_id: layer.diff_id.map(|d| d.to_string()).unwrap_or_default(),
        size: layer.size,
        compressed_size: layer.compressed_size,
        compressed: layer.record.as_ref().is_some_and(|record| record.compression != Compression::None),
        files: layer.files as u64,
        created_by: masked(audit.created_by(layer.index)),
        dockerfile_line: line_of(layer.index).map(|(line, _)| line),
        line_match: line_of(layer.index).map(|(_, sure)| sure),
        changes: changes.next().map(|mut changes| {
            views::mask_changes(&mut changes, masked);
            changes
        }),
    });
    ImageSummary {
        name: audit.name.to_owned(),
        user: image.config.user().unwrap_or_default().to_owned(),
        size: image.size(),
        compressed_size: image.compressed_size(),
        wasted_bytes: efficiency.wasted_bytes,
        efficiency: efficiency.score,
        budget,
        layers: layers.collect(),
        removable_bytes: audit.weights().removable(),
        weight: views::weight(audit, masked),
        tree: look.tree.then(|| {
            let mut tree = tree::of(audit.fs);
            views::mask_tree(&mut tree, masked);
            tree
        }),
    }
}

pub(crate) fn masked(mut text: String, secrets: &[config_secrets::ConfigSecret]) -> String {
    for secret in secrets {
        // A value of a few letters is masked by its place alone: it may be a word of the text.
        if secret.secret.len() >= 4 && text.contains(&secret.secret) {
            text = text.replace(&secret.secret, &mask(&secret.secret));
        }
    }
    text
}
