//! The view that BuildKit's own parser has of a file, to compare with it.
//!
//! It is what the `dockerfile` package for Python prints, which wraps the parser of BuildKit 0.12.

use serde::Serialize;

use crate::flags::Flag;
use crate::instruction::{Body, Form, Instruction};
use crate::instructions::{CopyFiles, Pair, split_type};
use crate::json;
use crate::keyword::Kind;
use crate::parser::{Dockerfile, Options, Version, parse_with};
use crate::source::Source;
use crate::text::Text;
use crate::words;

/// A file's instructions.
#[derive(Debug, Serialize)]
pub struct Ast<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Its instructions, in order.
    pub instructions: Vec<Node>,
}

/// One instruction.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// The keyword in upper case.
    pub cmd: String,
    /// The keyword inside an ONBUILD.
    pub sub_cmd: Option<String>,
    /// Whether the arguments are a JSON array.
    pub json: bool,
    /// The flags, quotes and escapes taken off.
    pub flags: Vec<String>,
    /// The arguments, cut as this instruction cuts them.
    pub value: Vec<String>,
    /// The first line, from 1.
    pub start_line: u32,
    /// The last line.
    pub end_line: u32,
    /// Name, descriptor and lines of each heredoc; not those inside an ONBUILD.
    pub heredocs: Vec<(String, i64, String)>,
}

/// Reads a file the way that parser does; where it would refuse the file, the rest is there all the same.
pub fn ast<'a>(file: &'a str, source: &Source) -> Ast<'a> {
    let options = Options { version: Version::V0_12, correct: false };
    Ast { file, instructions: nodes(&parse_with(source, options)) }
}

/// The view of a parsed file.
pub fn nodes(file: &Dockerfile<'_>) -> Vec<Node> {
    file.instructions.iter().map(node).collect()
}

fn node(outer: &Instruction<'_>) -> Node {
    let (sub_cmd, inner) = match &outer.body {
        Body::Onbuild(Some(inner)) => (Some(inner.keyword.to_uppercase()), &**inner),
        _ => (None, outer),
    };
    let heredocs = outer.heredocs.iter();
    Node {
        cmd: outer.keyword.to_uppercase(),
        sub_cmd,
        json: is_json(inner),
        flags: outer.flags.iter().map(flag).collect(),
        value: value(inner),
        start_line: outer.start_line,
        end_line: outer.end_line,
        heredocs: heredocs.map(|h| (h.name.to_string(), i64::from(h.fd), h.content.to_string())).collect(),
    }
}

/// The flag as BuildKit has it, which takes each byte for a character.
fn flag(flag: &Flag<'_>) -> String {
    if let Some(bytes) = &flag.cut {
        return bytes.iter().map(|&byte| char::from(byte)).collect();
    }
    let text = match &flag.value {
        Some(value) => format!("--{}={}", flag.name, value),
        None => format!("--{}", flag.name),
    };
    text.bytes().map(char::from).collect()
}

fn is_json(instruction: &Instruction<'_>) -> bool {
    match &instruction.body {
        Body::Copy(copy) | Body::Add(copy) => copy.json,
        Body::Volume(volume) => volume.json,
        Body::Healthcheck(_) => healthcheck(&instruction.arguments).1,
        _ => instruction.form().is_some_and(Form::is_json),
    }
}

fn value(instruction: &Instruction<'_>) -> Vec<String> {
    let arguments = instruction.arguments.as_str();
    let whole = || if arguments.is_empty() { vec![] } else { vec![arguments.to_owned()] };
    let plain =
        || words::plain(arguments, 0..arguments.len()).map(|word| arguments[word].to_owned()).collect();
    match &instruction.body {
        Body::Run(_) | Body::Cmd(_) | Body::Entrypoint(_) | Body::Shell(_) => {
            instruction.form().map(form).unwrap_or_default()
        }
        Body::Copy(copy) | Body::Add(copy) if copy.json => json_paths(copy),
        Body::Volume(volume) if volume.json => strings(&volume.paths),
        Body::From(_) | Body::Expose(_) | Body::Copy(_) | Body::Add(_) | Body::Volume(_) => plain(),
        Body::Env(pairs) | Body::Label(pairs) => pairs.iter().flat_map(pair).collect(),
        Body::Arg(declarations) => declarations
            .iter()
            .map(|declaration| match &declaration.default {
                Some(default) => format!("{}={}", declaration.name, default),
                None => declaration.name.to_string(),
            })
            .collect(),
        Body::Healthcheck(_) => healthcheck(arguments).0,
        Body::Onbuild(None) if instruction.kind == Kind::Onbuild && arguments.is_empty() => vec![],
        Body::Onbuild(_) | Body::Unknown => vec![String::new()],
        Body::User(_) | Body::Workdir(_) | Body::Stopsignal(_) | Body::Maintainer(_) => whole(),
    }
}

/// BuildKit cuts off the first word by bytes, whatever it is, and tries what follows as JSON.
fn healthcheck(arguments: &str) -> (Vec<String>, bool) {
    if arguments.is_empty() {
        return (vec![], false);
    }
    let (end, next) = split_type(arguments);
    let boundary = |at: usize| (at..=arguments.len()).find(|&at| arguments.is_char_boundary(at)).unwrap_or(0);
    let mut value = vec![arguments[..boundary(end)].to_owned()];
    let rest = &arguments[boundary(next)..];
    let elements = json::parse_array(rest.trim_start(), true);
    let is_json = elements.is_some();
    match elements {
        Some(elements) => value.extend(elements.into_iter().map(|element| element.value.into_owned())),
        None if rest.is_empty() => {}
        None => value.push(rest.to_owned()),
    }
    (value, is_json)
}

fn form(form: &Form<'_>) -> Vec<String> {
    match form {
        Form::Json(elements) => strings(elements),
        Form::Shell(text) if text.is_empty() => vec![],
        Form::Shell(text) => vec![text.to_string()],
    }
}

fn json_paths(copy: &CopyFiles<'_>) -> Vec<String> {
    let sources = copy.sources.iter().map(|source| source.text.to_string());
    sources.chain(copy.destination.iter().map(Text::to_string)).collect()
}

fn strings(texts: &[Text<'_>]) -> Vec<String> {
    texts.iter().map(Text::to_string).collect()
}

fn pair(pair: &Pair<'_>) -> [String; 2] {
    [pair.key.to_string(), pair.value.to_string()]
}
