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

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
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
            clap_complete::generate(
                shell,
                &mut <Cli as clap::CommandFactory>::command(),
                "plimsoll",
                &mut std::io::stdout(),
            );
            Ok(ExitCode::SUCCESS)
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
