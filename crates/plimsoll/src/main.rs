//! The command: arguments, file discovery, wiring. What is found and how it looks is decided elsewhere.

// Everything here is for this program alone; `pub` says what a module offers to the others.
#![allow(unreachable_pub)]

mod advise;
mod args;
mod ast;
mod baseline;
mod builds;
mod checklist;
mod context;
mod diff;
mod discover;
mod image;
mod init;
mod lint;
mod output;
mod progress;
mod rules;
mod settings;
mod usage;

use std::process::ExitCode;

use args::Command;

fn main() -> ExitCode {
    let cli = usage::parse();
    let result = match cli.command {
        Command::Lint(args) => lint::run(&args),
        Command::Image(args) => image::run(&args),
        Command::Context(args) => context::run(&args),
        Command::Advise(args) => advise::run(&args),
        Command::Checklist(args) => checklist::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::Explain { rule } => rules::explain(&rule),
        Command::Init(args) => init::run(&args),
        Command::Rules(args) => rules::list(&args),
        Command::Ast { paths } => ast::run(&paths),
        Command::Schema => rules::schema(),
        Command::Completions { shell } => {
            // What it is given here it writes into blindly.
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut usage::command(), "plimsoll", &mut script);
            output::show(&script).map(|()| ExitCode::SUCCESS)
        }
    };
    match result {
        Ok(code) => code,
        Err(message) => {
            output::complain(&message);
            ExitCode::from(output::UNREADABLE)
        }
    }
}
