//! That time grows as the file does: hostile files of 1, 2, 4 and 8 MB, at about the same speed each.
//!
//! usage: cargo bench -p plimsoll-dockerfile --bench growth

use std::hint::black_box;

use divan::Bencher;
use divan::counter::BytesCount;
use plimsoll_dockerfile::meaning::{BuildOptions, Meaning};
use plimsoll_dockerfile::{Source, parse};

const SIZES: &[usize] = &[1, 2, 4, 8];

fn main() {
    divan::main();
}

/// A file of so many megabytes made of a beginning and copies of a piece.
fn file(megabytes: usize, head: &str, piece: &str) -> Source {
    let count = megabytes * 1_000_000 / piece.len();
    Source::new(format!("{head}{}\n", piece.repeat(count)))
}

fn read(bencher: Bencher<'_, '_>, source: &Source) {
    bencher.counter(BytesCount::new(source.text().len())).bench_local(|| {
        let file = parse(black_box(source));
        let meaning = Meaning::new(&file, &BuildOptions::default());
        let expanded = file
            .instructions
            .last()
            .map(|last| meaning.scope(file.instructions.len()).expand(&last.arguments_text()).value.len());
        black_box((file.tokens().count(), expanded));
    });
}

macro_rules! growth {
    ($($name:ident: $head:expr, $piece:expr;)*) => {
        $(
            #[divan::bench(args = SIZES, sample_count = 3, sample_size = 1)]
            fn $name(bencher: Bencher<'_, '_>, megabytes: usize) {
                read(bencher, &file(megabytes, $head, $piece));
            }
        )*
    };
}

growth! {
    continuations: "FROM a\nRUN x", " \\\n  && echo hello world";
    continuations_with_comments: "FROM a\nRUN x", " \\\n# why\n\n y";
    one_heredoc: "FROM a\nRUN <<EOF\n", "echo hello\n";
    many_heredocs: "FROM a\n", "RUN <<EOF\necho hello\nEOF\n";
    heredocs_that_never_end: "FROM a\n", "RUN <<EOF <<B\n";
    many_heredocs_of_one_line: "FROM a\nRUN ", "<<EOF ";
    nested_quotes: "FROM a\nENV A=", "\"a 'b' c\"'d \"e\" f'";
    open_quotes: "FROM a\nENV A=\"", "'\\\" ";
    nested_expansions: "FROM a\nENV A=", "${a:-";
    nested_expansions_beside_a_heredoc: "FROM a\nRUN <<E ", "${a:-";
    nested_json: "FROM a\nCMD ", "[\"a\",";
    flags: "FROM a\nRUN ", "--mount=type=cache,target=/x ";
    the_same_flag: "FROM a\nCOPY ", "--link ";
    unknown_flags: "FROM a\nCOPY ", "--lnik ";
    copied_heredocs: "FROM a\nCOPY ", "<<A a ";
    directives: "# syntax=a\n# escape=\\\n", "# check=a\n# escape=\\\n";
    onbuild: "FROM a\n", "ONBUILD ";
    onbuild_lines: "FROM a\n", "ONBUILD ONBUILD ONBUILD RUN x\n";
    stages: "", "FROM a AS b\nCOPY --from=b x y\n";
    stages_on_stages: "FROM a AS b\n", "FROM b AS b\nENV A=$B\n";
    arguments: "FROM a\n", "ARG A=1\nARG B=$A\n";
    triggers: "FROM a AS b\nONBUILD ENV A=1\nONBUILD RUN x\n", "FROM b\nONBUILD RUN $A\n";
    variables: "FROM a\nENV A=xxxxxxxx\n", "ENV A=$A$A\n";
    patterns: "FROM a\nENV A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n", "ENV B=${A//a*b/c}\n";
    misspelt: "FROM a\n", "RNU x\n";
    blank_lines: "FROM a\n", "\n";
}
