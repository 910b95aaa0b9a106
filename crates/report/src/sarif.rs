//! SARIF 2.1.0, as GitHub code scanning and other viewers take it.

use std::collections::{BTreeMap, HashMap};
use std::io;

use plimsoll_rules::{Category, Edit, Finding, InputError, Outcome, RuleMeta, Severity};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, Fix, Invocation, Location, LogicalLocation, Message,
    MultiformatMessageString, Notification, PhysicalLocation, PropertyBag, Region, Replacement,
    ReportingConfiguration, ReportingDescriptor, Result as SarifResult, ResultLevel, Run, Sarif, Tool,
    ToolComponent,
};

use crate::fingerprint::{Fingerprint, fingerprints};
use crate::snippet::Source;
use crate::{Options, clean, json, text, uri};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
const SOURCE_ROOT: &str = "%SRCROOT%";

pub(crate) fn write(outcome: &Outcome, options: &Options, out: &mut impl io::Write) -> io::Result<()> {
    let log = Sarif {
        schema: Some(SCHEMA.to_owned()),
        inline_external_properties: None,
        properties: None,
        runs: vec![run(outcome, options)],
        version: json!("2.1.0"),
    };
    json::write_value(&log, out)
}

fn run(outcome: &Outcome, options: &Options) -> Run {
    let mut rules = Rules::default();
    let mut source: Option<(&str, Source<'_>)> = None;
    let mut results = Vec::with_capacity(outcome.findings.len());
    for (finding, fingerprint) in outcome.findings.iter().zip(fingerprints(outcome)) {
        let index = rules.index_of(finding, options);
        let source = Source::select(&mut source, outcome, finding);
        results.push(result(finding, index, &fingerprint, source));
    }
    let mut driver = ToolComponent::builder().name("plimsoll").build();
    driver.version = Some(env!("CARGO_PKG_VERSION").to_owned());
    driver.semantic_version.clone_from(&driver.version);
    driver.information_uri = Some(env!("CARGO_PKG_REPOSITORY").to_owned());
    driver.rules = Some(rules.descriptors);

    let root =
        ArtifactLocation::builder().description(message("The folder in which plimsoll was started.")).build();
    let mut run = Run::builder().tool(Tool::builder().driver(driver).build()).build();
    run.column_kind = Some(json!("unicodeCodePoints"));
    run.original_uri_base_ids = Some(BTreeMap::from([(SOURCE_ROOT.to_owned(), root)]));
    run.invocations = Some(vec![invocation(outcome)]);
    run.results = Some(results);
    run
}

/// The rules that were used, each described once.
#[derive(Default)]
struct Rules {
    descriptors: Vec<ReportingDescriptor>,
    indexes: HashMap<String, i64>,
}

impl Rules {
    fn index_of(&mut self, finding: &Finding, options: &Options) -> i64 {
        if let Some(&index) = self.indexes.get(finding.rule.as_ref()) {
            return index;
        }
        let index = i64::try_from(self.descriptors.len()).unwrap_or(i64::MAX);
        self.indexes.insert(finding.rule.clone().into_owned(), index);
        self.descriptors.push(match (options.rules)(&finding.rule) {
            Some(meta) => describe(meta),
            None => undescribed(finding),
        });
        index
    }
}

fn describe(meta: &RuleMeta) -> ReportingDescriptor {
    let mut rule = ReportingDescriptor::builder().id(meta.name).build();
    rule.name = Some(pascal_case(meta.name));
    rule.short_description = Some(text_string(&sentence(meta.title)));
    rule.full_description.clone_from(&rule.short_description);
    let mut help = text_string(meta.body());
    help.markdown = Some(meta.body().to_owned());
    rule.help = Some(help);
    rule.help_uri = meta.references.iter().find(|r| r.starts_with("http")).map(|r| (*r).to_owned());
    rule.default_configuration = Some(configuration(meta.severity));
    rule.properties = Some(rule_properties(meta.category, meta.severity, meta.references));
    rule
}

/// A rule that has no page here, such as a project's own.
fn undescribed(finding: &Finding) -> ReportingDescriptor {
    let mut rule = ReportingDescriptor::builder().id(clean::line(&finding.rule).into_owned()).build();
    // GitHub wants all three.
    rule.short_description = Some(text_string(&sentence(&rule.id.replace('-', " "))));
    rule.full_description.clone_from(&rule.short_description);
    rule.help.clone_from(&rule.short_description);
    rule.default_configuration = Some(configuration(finding.severity));
    rule.properties = Some(rule_properties(finding.category, finding.severity, &[]));
    rule
}

fn configuration(severity: Severity) -> ReportingConfiguration {
    ReportingConfiguration { level: Some(json!(level_name(severity))), ..Default::default() }
}

fn rule_properties(category: Category, severity: Severity, references: &[&str]) -> PropertyBag {
    let weaknesses: Vec<_> = references
        .iter()
        .filter(|reference| reference.starts_with("CWE-"))
        .map(|cwe| format!("external/cwe/{}", cwe.to_ascii_lowercase()))
        .collect();
    let is_security = !weaknesses.is_empty() || is_security(category);
    let mut tags = vec![category.as_str().to_owned()];
    tags.extend(is_security.then(|| "security".to_owned()));
    tags.extend(weaknesses);
    let mut properties = PropertyBag { tags: Some(tags), ..Default::default() };
    if is_security {
        let score = security_severity(category, severity);
        properties.additional_properties.insert("security-severity".to_owned(), json!(score));
    }
    properties
}

fn is_security(category: Category) -> bool {
    matches!(
        category,
        Category::Secrets | Category::User | Category::BaseImage | Category::SupplyChain | Category::Compose
    )
}

/// GitHub reads it as a CVSS score: from 9.0 critical, from 7.0 high, from 4.0 medium, below that low.
fn security_severity(category: Category, severity: Severity) -> &'static str {
    match (severity, category) {
        (Severity::Error, Category::Secrets) => "9.1",
        (Severity::Error, _) => "8.0",
        (Severity::Warning, _) => "5.5",
        (Severity::Info, _) => "3.0",
        (Severity::Style, _) => "1.0",
    }
}

fn level_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Style => "note",
    }
}

fn result(
    finding: &Finding,
    rule_index: i64,
    fingerprint: &Fingerprint,
    source: Option<&mut Source<'_>>,
) -> SarifResult {
    let text = match &finding.help {
        Some(help) => format!("{}\n{}", clean::text(&finding.message), clean::text(help)),
        None => clean::text(&finding.message).into_owned(),
    };
    let mut result = SarifResult::builder().message(message(&text)).build();
    result.rule_id = Some(clean::line(&finding.rule).into_owned());
    result.rule_index = Some(rule_index);
    result.level = Some(match finding.severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Info | Severity::Style => ResultLevel::Note,
    });
    let is_nowhere = finding.file.is_none() && finding.path.is_none() && finding.image.is_none();
    result.locations = (!is_nowhere).then(|| vec![location(finding)]);
    result.partial_fingerprints = Some(BTreeMap::from([
        // The one that GitHub keeps; of its form.
        ("primaryLocationLineHash".to_owned(), format!("{}:{}", fingerprint.line, fingerprint.occurrence)),
        ("plimsoll/v1".to_owned(), fingerprint.unique()),
    ]));
    result.fixes = fix(finding, source).map(|fix| vec![fix]);
    result.properties = Some(properties(finding));
    result
}

fn location(finding: &Finding) -> Location {
    // GitHub shows nothing that has no file and line: the whole of a file is its first line.
    let mut region = Region::default();
    let artifact = match (&finding.file, &finding.path, &finding.image) {
        (Some(file), ..) => {
            region.start_line = Some(finding.line.map_or(1, i64::from));
            region.start_column = finding.column.map(i64::from);
            region.end_line = finding.end_line.map(i64::from);
            region.end_column = finding.end_column.map(i64::from);
            source_artifact(file)
        }
        (None, path, image) => {
            let line = finding.path_line.and_then(|line| i64::try_from(line).ok());
            region.start_line = Some(line.unwrap_or(1));
            let name = path.as_deref().or(image.as_deref()).unwrap_or("");
            ArtifactLocation::builder().uri(uri::encode(name.trim_start_matches('/'))).build()
        }
    };
    let place = PhysicalLocation::builder().artifact_location(artifact).region(region).build();
    let mut location = Location::builder().physical_location(place).build();
    location.logical_locations = finding.image.as_deref().map(|image| vec![logical_location(finding, image)]);
    location
}

fn source_artifact(file: &str) -> ArtifactLocation {
    let mut artifact = ArtifactLocation::builder().uri(uri::of_path(file)).build();
    artifact.uri_base_id = (!file.starts_with('/')).then(|| SOURCE_ROOT.to_owned());
    artifact
}

/// The place in an image, as `app:1/layer 4/app/.env`.
fn logical_location(finding: &Finding, image: &str) -> LogicalLocation {
    let layer = finding.layer.map(|index| format!("layer {index}"));
    let path = finding.path.as_deref().map(|path| clean::line(path.trim_start_matches('/')).into_owned());
    let parts: Vec<_> = [Some(clean::line(image).into_owned()), layer, path].into_iter().flatten().collect();
    LogicalLocation {
        kind: Some("resource".to_owned()),
        name: parts.last().cloned(),
        fully_qualified_name: Some(parts.join("/")),
        ..Default::default()
    }
}

fn fix(finding: &Finding, source: Option<&mut Source<'_>>) -> Option<Fix> {
    let (fix, file) = (finding.fix.as_ref()?, finding.file.as_deref()?);
    // SARIF replaces parts of files that are there; half a fix is none.
    if fix.files.iter().any(|change| change.new) {
        return None;
    }
    let mut changes = Vec::new();
    if !fix.edits.is_empty() {
        changes.push(artifact_change(file, &fix.edits, source));
    }
    changes.extend(fix.files.iter().map(|change| artifact_change(&change.file, &change.edits, None)));
    if changes.is_empty() {
        return None;
    }
    let mut out = Fix::builder().artifact_changes(changes).build();
    out.description = finding.help.as_deref().map(message);
    Some(out)
}

fn artifact_change(file: &str, edits: &[Edit], mut source: Option<&mut Source<'_>>) -> ArtifactChange {
    let replacements = edits.iter().map(|edit| {
        let region = deleted_region(edit.start, edit.end, source.as_deref_mut());
        let mut replacement = Replacement::builder().deleted_region(region).build();
        replacement.inserted_content = Some(ArtifactContent::builder().text(edit.text.clone()).build());
        replacement
    });
    let replacements: Vec<_> = replacements.collect();
    ArtifactChange::builder().artifact_location(source_artifact(file)).replacements(replacements).build()
}

/// Lines and columns, which every viewer understands; bytes where the text is not at hand.
fn deleted_region(start: usize, end: usize, source: Option<&mut Source<'_>>) -> Region {
    let number = |n: usize| i64::try_from(n).ok();
    let mut region = Region::default();
    if let Some(source) = source
        && let (Some(from), Some(to)) = (source.position(start), source.position(end))
    {
        (region.start_line, region.start_column) = (number(from.0), number(from.1));
        (region.end_line, region.end_column) = (number(to.0), number(to.1));
    } else {
        region.byte_offset = number(start);
        region.byte_length = number(end.saturating_sub(start));
    }
    region
}

fn properties(finding: &Finding) -> PropertyBag {
    let mut bag = PropertyBag::default();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            bag.additional_properties.insert(name.to_owned(), value);
        }
    };
    put("severity", Some(json!(finding.severity)));
    put("also", (!finding.also.is_empty()).then(|| json!(finding.also)));
    put("stage", finding.stage.as_ref().map(|stage| json!(stage)));
    put("instructionLine", finding.instruction_line.map(|line| json!(line)));
    put("image", finding.image.as_ref().map(|image| json!(image)));
    put("layer", finding.layer.map(|layer| json!(layer)));
    put("layerDigest", finding.layer_digest.as_ref().map(|digest| json!(digest)));
    put("path", finding.path.as_ref().map(|path| json!(path)));
    put("detector", finding.detector.as_ref().map(|detector| json!(detector)));
    bag
}

fn invocation(outcome: &Outcome) -> Invocation {
    let mut invocation = Invocation::builder().execution_successful(outcome.errors.is_empty()).build();
    if !outcome.errors.is_empty() {
        invocation.tool_execution_notifications = Some(outcome.errors.iter().map(notification).collect());
    }
    invocation
}

fn notification(error: &InputError) -> Notification {
    let mut notification = Notification::builder().message(message(&text::error_line(error))).build();
    notification.level = Some(json!("error"));
    if let Some(file) = &error.file {
        let place = PhysicalLocation::builder().artifact_location(source_artifact(file)).build();
        notification.locations = Some(vec![Location::builder().physical_location(place).build()]);
    }
    notification
}

fn message(text: &str) -> Message {
    Message::builder().text(clean::text(text).into_owned()).build()
}

fn text_string(text: &str) -> MultiformatMessageString {
    MultiformatMessageString::builder().text(text).build()
}

/// A heading as a sentence: viewers show it as one.
fn sentence(title: &str) -> String {
    if title.ends_with(['.', '!', '?']) { title.to_owned() } else { format!("{title}.") }
}

/// `pin-base-image` as `PinBaseImage`, the form that SARIF asks of a rule's name.
fn pascal_case(name: &str) -> String {
    name.split('-')
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect()
}
