//! The difference between a text and its formatted form, as few small edits.
//!
//! Input: two texts of one query. Output: the [`Edit`]s that turn the first into the second, mostly
//! blanks between tokens, so that a caret stays at its token. Invariant: applied to the first text
//! the edits give the second. Absent on purpose: a shortest difference of any two texts; where the
//! tokens themselves differ, all from there to the common end is one edit.

use super::token::{TokenKind, tokens};
use crate::diagnostic::Edit;
use crate::text::Span;

/// The edits from one text to another.
pub fn edits(from: &str, to: &str) -> Vec<Edit> {
    let old = places(from);
    let new = places(to);
    let same = |(a, b): &(&Span, &Span)| a.of(from) == b.of(to);
    let n_same = old.iter().zip(&new).take_while(same).count();
    let behind = old.iter().rev().zip(new.iter().rev());
    let n_most = old.len().min(new.len()) - n_same;
    let n_behind = behind.take(n_most).take_while(same).count();
    let mut edits = Vec::new();
    let mut gap = |from_span: Span, to_span: Span| {
        if from_span.of(from) != to_span.of(to) {
            edits.push(Edit {
                span: from_span,
                text: to_span.of(to).to_owned(),
            });
        }
    };
    let (mut from_end, mut to_end) = (0, 0);
    let front = old.iter().zip(&new).take(n_same);
    let back = old
        .iter()
        .skip(old.len() - n_behind)
        .zip(new.iter().skip(new.len() - n_behind));
    // Between the two, whatever differs is one gap.
    for (a, b) in front.chain(back) {
        gap(Span::new(from_end, a.start), Span::new(to_end, b.start));
        (from_end, to_end) = (a.end, b.end);
    }
    gap(
        Span::new(from_end, from.len() as u32),
        Span::new(to_end, to.len() as u32),
    );
    edits
}

/// The places of the tokens without blanks.
fn places(text: &str) -> Vec<Span> {
    let (tokens, _) = tokens(text);
    let tokens = tokens.iter().filter(|token| token.kind != TokenKind::Space);
    tokens.map(|token| token.span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kql::printer;
    use crate::kql::repair::apply_edits;

    #[test]
    fn edits_are_blanks_where_tokens_stay() {
        let text = "T|where  a==1 // why\n|project b,c";
        let formatted = printer::format(text).unwrap();
        let found = edits(text, &formatted);
        assert_eq!(apply_edits(text, &found), formatted);
        assert!(
            found
                .iter()
                .all(|edit| edit.span.of(text).trim().is_empty())
        );
        assert_eq!(edits(&formatted, &formatted), []);
    }

    #[test]
    fn any_two_texts_have_edits() {
        let texts = [
            "",
            "a",
            "a b c",
            "a x c",
            "b c a",
            "a  b c ",
            "x y a b c",
            "a b c // z",
        ];
        for from in texts {
            for to in texts {
                assert_eq!(apply_edits(from, &edits(from, to)), to, "{from:?} {to:?}");
            }
        }
    }
}
