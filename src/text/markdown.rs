//! Text that stands in Markdown and opens no markup.
//!
//! Input: any text. Output: Markdown that shows it. Absent on purpose: markup of one's own.

/// A text within a line or a cell: line breaks become blanks, marks are escaped.
pub fn write_inline(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '\r' => {}
            '\n' => out.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(character);
            }
            _ => out.push(character),
        }
    }
}

/// A text in a fence of its own, longer than any run of backticks in it.
pub fn write_fenced(text: &str, out: &mut String) {
    let runs = text.split(|character| character != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0).max(2) + 1);
    for piece in [&fence, "\n", text, "\n", &fence, "\n"] {
        out.push_str(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_leaves_its_place() {
        let mut out = String::new();
        write_inline("<b>a|b</b>\r\n`c`", &mut out);
        assert_eq!(out, "\\<b\\>a\\|b\\</b\\> \\`c\\`");
        out.clear();
        write_fenced("a\n````\nb", &mut out);
        assert_eq!(out, "`````\na\n````\nb\n`````\n");
    }
}
