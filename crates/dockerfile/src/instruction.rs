//! What an instruction is made of.

use std::ops::Range;

use crate::flags::Flag;
use crate::heredoc::Heredoc;
use crate::instructions::{ArgDeclaration, CopyFiles, From, Healthcheck, Pair, Port, Run, Volume};
use crate::keyword::Kind;
use crate::source::Span;
use crate::text::{Joined, Text};

/// One instruction, from its keyword to its last line.
#[derive(Clone, Debug)]
pub struct Instruction<'s> {
    /// From the keyword to the last byte, heredocs included; the last line's ending is not.
    pub span: Span,
    /// The line it begins on, from 1. Where a lone continuation stands before the keyword, that line.
    pub start_line: u32,
    /// The last line that belongs to it.
    pub end_line: u32,
    /// The keyword as written.
    pub keyword: Text<'s>,
    /// Which instruction it is, or was meant to be.
    pub kind: Kind,
    /// Whether the keyword is misspelt and [`Instruction::kind`] is what it was meant to be.
    pub corrected: bool,
    /// The flags between the keyword and the arguments, right or wrong.
    pub flags: Vec<Flag<'s>>,
    /// Everything after the keyword and the flags.
    pub arguments: Joined<'s>,
    /// What it says.
    pub body: Body<'s>,
    /// The heredocs it announces. Those of an ONBUILD belong to the instruction inside.
    pub heredocs: Vec<Heredoc<'s>>,
    /// The comments right before it, as indices into [`Dockerfile::comments`](crate::Dockerfile::comments):
    /// those since the instruction before, or since an empty comment.
    pub comments: Range<u32>,
}

impl<'s> Instruction<'s> {
    /// The first flag with this name, or that was meant to have it.
    pub fn flag(&self, name: &str) -> Option<&Flag<'s>> {
        self.flags.iter().find(|flag| flag.meant() == name)
    }

    /// The arguments as one text, as they are expanded.
    pub fn arguments_text(&self) -> Text<'s> {
        self.arguments.to_text()
    }

    /// The instruction that an ONBUILD holds, through any nesting; any other is itself.
    pub fn innermost(&self) -> &Instruction<'s> {
        let mut instruction = self;
        while let Body::Onbuild(Some(inner)) = &instruction.body {
            instruction = inner;
        }
        instruction
    }

    /// The shell or JSON form of a RUN, CMD, ENTRYPOINT, SHELL or HEALTHCHECK.
    pub fn form(&self) -> Option<&Form<'s>> {
        match &self.body {
            Body::Run(run) => Some(&run.form),
            Body::Cmd(form) | Body::Entrypoint(form) | Body::Shell(form) => Some(form),
            Body::Healthcheck(healthcheck) => healthcheck.command(),
            _ => None,
        }
    }
}

/// What an instruction says.
#[derive(Clone, Debug)]
pub enum Body<'s> {
    /// FROM
    From(Box<From<'s>>),
    /// RUN
    Run(Run<'s>),
    /// CMD
    Cmd(Form<'s>),
    /// ENTRYPOINT
    Entrypoint(Form<'s>),
    /// COPY
    Copy(Box<CopyFiles<'s>>),
    /// ADD
    Add(Box<CopyFiles<'s>>),
    /// ENV
    Env(Vec<Pair<'s>>),
    /// ARG
    Arg(Vec<ArgDeclaration<'s>>),
    /// LABEL
    Label(Vec<Pair<'s>>),
    /// EXPOSE
    Expose(Vec<Port<'s>>),
    /// USER; empty where nothing is given
    User(Text<'s>),
    /// WORKDIR; empty where nothing is given
    Workdir(Text<'s>),
    /// VOLUME
    Volume(Volume<'s>),
    /// HEALTHCHECK
    Healthcheck(Box<Healthcheck<'s>>),
    /// ONBUILD; `None` where nothing is given
    Onbuild(Option<Box<Instruction<'s>>>),
    /// SHELL
    Shell(Form<'s>),
    /// STOPSIGNAL; empty where nothing is given
    Stopsignal(Text<'s>),
    /// MAINTAINER; empty where nothing is given
    Maintainer(Text<'s>),
    /// No instruction that exists, and near none.
    Unknown,
}

/// A command, the way it is written.
#[derive(Clone, Debug)]
pub enum Form<'s> {
    /// A JSON array of strings: run as it is. Each element's span has its quotes.
    Json(Vec<Text<'s>>),
    /// Anything else: given to the shell.
    Shell(Joined<'s>),
}

impl<'s> Form<'s> {
    /// Whether it is a JSON array.
    pub fn is_json(&self) -> bool {
        matches!(self, Form::Json(_))
    }

    /// Whether nothing is given.
    pub fn is_empty(&self) -> bool {
        match self {
            Form::Json(elements) => elements.is_empty(),
            Form::Shell(text) => text.is_empty(),
        }
    }

    /// The text of the shell form.
    pub fn shell(&self) -> Option<&Joined<'s>> {
        match self {
            Form::Json(_) => None,
            Form::Shell(text) => Some(text),
        }
    }

    /// The elements of the JSON form.
    pub fn json(&self) -> Option<&[Text<'s>]> {
        match self {
            Form::Json(elements) => Some(elements),
            Form::Shell(_) => None,
        }
    }
}
