//! Compares [`Ignore`] with the official matcher on random patterns and paths; see
//! testdata/context/oracle/README.md. Arguments: the oracle program, how many cases, a seed.

use std::error::Error;
use std::io::Write;
use std::process::{Command, Stdio};

use plimsoll_context::Ignore;

const PIECES: &[&str] = &[
    "a", "b", "ab", "c", "*", "*", "**", "**/", "/", "/", "/", "?", ".", "..", "!", "#", " ", "[a-b]",
    "[^a]", "[", "]", "\\", "-", "^", "$", "+", "(", "{", "a.b", "*.b", "é",
];

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % end
    }

    fn pattern(&mut self) -> String {
        let mut text = String::new();
        if self.below(4) == 0 {
            text.push('!');
        }
        // Mostly patterns that Docker takes: the odd pieces are rare.
        for _ in 0..=self.below(5) {
            let end = if self.below(3) == 0 { PIECES.len() } else { 11 };
            text.push_str(PIECES[self.below(end)]);
        }
        text
    }

    fn paths(&mut self) -> Vec<String> {
        let mut paths = Vec::new();
        for _ in 0..4 {
            let mut path = String::new();
            for _ in 0..=self.below(4) {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(["a", "b", "ab", "c", "a.b", "^a", "é", "[", "-", "$"][self.below(10)]);
                paths.push(path.clone());
            }
        }
        paths
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let oracle = arguments.next().ok_or("usage: compare_ignore ORACLE [CASES] [SEED]")?;
    let count: usize = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let mut random = Random(arguments.next().map_or(Ok(1), |text| text.parse())?);
    let cases: Vec<(Vec<String>, Vec<String>)> = (0..count)
        .map(|_| ((0..=random.below(4)).map(|_| random.pattern()).collect(), random.paths()))
        .collect();

    let mut child = Command::new(oracle).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut stdin = child.stdin.take().ok_or("no pipe")?;
    let input: String = cases
        .iter()
        .map(|(patterns, paths)| format!("{}\x1e{}\n", patterns.join("\x1f"), paths.join("\x1f")))
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "writer failed")??;
    let answers = String::from_utf8(output.stdout)?;

    let (mut judged, mut refused, mut refused_by_us, mut differ) = (0, 0, 0, 0);
    for ((patterns, paths), theirs) in cases.iter().zip(answers.lines()) {
        let ignore = Ignore::parse(&patterns.join("\n"));
        let ours = if ignore.diagnostics().is_empty() {
            paths.iter().map(|path| if ignore.matches(path).excluded { '1' } else { '0' }).collect::<String>()
        } else {
            "error".to_owned()
        };
        match (ours.as_str(), theirs) {
            ("error", "error") => refused += 1,
            _ => judged += paths.len(),
        }
        if ours == "error" && theirs != "error" {
            // Some versions of Go look at the part behind a star only when they get there.
            refused_by_us += 1;
        } else if ours != theirs {
            differ += 1;
            if differ <= 20 {
                println!("{patterns:?}\n  {paths:?}\n  ours {ours}, theirs {theirs}");
            }
        }
    }
    let count = answers.lines().count();
    println!("{count} cases, {judged} paths judged; refused by both {refused}, by us alone {refused_by_us}");
    println!("{differ} differ");
    if differ > 0 { Err("they differ".into()) } else { Ok(()) }
}
