//! The lines that a RUN's commands write into a configuration file.

use plimsoll_dockerfile::Span;

use super::steps::Step;

/// A text that a command writes, and where it stands.
pub(super) struct WrittenText<'b> {
    pub(super) text: &'b str,
    pub(super) span: Span,
}

/// The texts that `echo`, `printf`, `tee` or `cat` write, and what `sed` puts in the place of others.
pub(super) fn written_texts<'b>(step: &Step<'b>) -> Vec<WrittenText<'b>> {
    let (run, command) = (step.run, step.command);
    if command.is("sed") {
        let texts = command.args().iter().map(|w| (replacement(w.text_lossy()), w.span));
        return texts.map(|(text, span)| WrittenText { text, span: run.span(span) }).collect();
    }
    if !command.is_any(&["echo", "printf", "tee", "cat"]) {
        return Vec::new();
    }
    let words = command.args().iter().map(|w| WrittenText { text: w.text_lossy(), span: run.span(w.span) });
    let bodies = command.redirects.iter().filter_map(|redirect| {
        let text = run.script.heredoc_body(redirect)?;
        Some(WrittenText { text, span: run.span(redirect.span) })
    });
    words.chain(bodies).collect()
}

/// What stands behind the second delimiter of `s/old/new/`; the whole of another script (`$ a line`).
fn replacement(script: &str) -> &str {
    let Some(rest) = script.strip_prefix('s') else { return script };
    let Some(delimiter) = rest.chars().next().filter(|c| c.is_ascii_punctuation() && *c != '-') else {
        return script;
    };
    rest.split(delimiter).nth(2).unwrap_or(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sed_puts_in_is_told_from_what_it_takes_out() {
        assert_eq!(replacement("s/#*PermitRootLogin no/PermitRootLogin yes/g"), "PermitRootLogin yes");
        assert_eq!(replacement("s|a yes|b no|"), "b no");
        assert_eq!(replacement("$ a PermitRootLogin yes"), "$ a PermitRootLogin yes");
        assert_eq!(replacement("s/broken"), "s/broken");
        assert_eq!(replacement("-i"), "-i");
    }
}
