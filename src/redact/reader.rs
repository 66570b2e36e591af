//! Reads a text by characters that may be escaped for an address or for JSON.
//!
//! Input: a text and a place in it. Output: bytes, and what an escape stands for. Invariant: no place
//! is out of bounds; behind the text there are zeros. Absent on purpose: characters outside ASCII,
//! which count as letters.

/// In words: letters, digits, low lines and dashes.
pub(super) const WORD: u8 = 1;
/// May begin a word: a leading dash belongs to an option (`--api-key`), not to the name.
pub(super) const START: u8 = 2;
/// Digits.
pub(super) const DIGIT: u8 = 4;
/// May stand before the `@` of an e-mail address.
pub(super) const MAIL: u8 = 8;
/// May stand behind the name of a secret.
pub(super) const FOLLOWS: u8 = 16;
/// Begins something beside a word: an escape, an address, a number, a key.
pub(super) const SIGN: u8 = 32;
/// Ends a value without quotes.
pub(super) const ENDS_BARE: u8 = 64;
/// May stand in a token behind `Bearer`.
pub(super) const TOKEN: u8 = 128;

static KINDS: [u8; 256] = kinds();

const fn kinds() -> [u8; 256] {
    let mut kinds = [0; 256];
    let mut at = 0;
    while at < 256 {
        let byte = at as u8;
        if byte.is_ascii_digit() {
            kinds[at] = WORD | START | DIGIT | MAIL | TOKEN;
        } else if byte.is_ascii_alphabetic() {
            kinds[at] = WORD | START | MAIL | TOKEN;
        } else if byte >= 0x80 {
            kinds[at] = MAIL;
        } else if byte <= b' ' {
            kinds[at] = ENDS_BARE;
        }
        at += 1;
    }
    add(&mut kinds, b"_", WORD | START);
    add(&mut kinds, b"-", WORD);
    add(&mut kinds, b"_-.+~", MAIL | TOKEN);
    add(&mut kinds, b"/=", TOKEN);
    add(&mut kinds, b":=|\"'`%\\(>", FOLLOWS);
    add(&mut kinds, b"'", MAIL);
    add(&mut kinds, b"\\%:@+(~-", SIGN);
    add(&mut kinds, b"&#\"'<>`|,;()[]{}", ENDS_BARE);
    kinds
}

const fn add(kinds: &mut [u8; 256], bytes: &[u8], kind: u8) {
    let mut at = 0;
    while at < bytes.len() {
        kinds[bytes[at] as usize] |= kind;
        at += 1;
    }
}

/// Whether a byte is of a kind.
pub(super) fn is(byte: u8, kind: u8) -> bool {
    KINDS[usize::from(byte)] & kind != 0
}

/// A text that is read at any place.
#[derive(Clone, Copy)]
pub(super) struct Reader<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
}

impl<'t> Reader<'t> {
    pub(super) const fn new(text: &'t str) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
        }
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    pub(super) fn rest(&self, at: usize) -> &'t [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// The bytes between two places, as far as there are.
    pub(super) fn piece(&self, start: usize, end: usize) -> &'t [u8] {
        let end = end.min(self.bytes.len());
        self.bytes.get(start..end).unwrap_or_default()
    }

    /// The first place from `at` on whose byte is not of a kind.
    pub(super) fn skip(&self, at: usize, kind: u8) -> usize {
        let mut at = at;
        while let Some(&byte) = self.bytes.get(at) {
            if !is(byte, kind) {
                break;
            }
            at += 1;
        }
        at
    }

    /// Number of equal bytes from `at` on.
    pub(super) fn run(&self, at: usize, byte: u8) -> usize {
        let rest = self.rest(at);
        rest.iter()
            .position(|&other| other != byte)
            .unwrap_or(rest.len())
    }

    /// What `%26`, `\u0026` or `\n` stands for, and its length; letters outside ASCII are `0x80`.
    /// Backslashes before what needs none are one, however often the text is escaped.
    pub(super) fn escape(&self, at: usize) -> Option<(u8, usize)> {
        match self.byte(at) {
            b'%' => Some((hex(self.piece(at + 1, at + 3), 2)? as u8, 3)),
            b'\\' => {
                let n_backslashes = self.run(at, b'\\');
                let behind = at + n_backslashes;
                Some(match self.byte(behind) {
                    b'u' => match hex(self.piece(behind + 1, behind + 5), 4) {
                        Some(code) => (code.min(0x80) as u8, n_backslashes + 5),
                        None => (b'\\', n_backslashes),
                    },
                    b'n' => (b'\n', n_backslashes + 1),
                    b'r' => (b'\r', n_backslashes + 1),
                    b't' => (b'\t', n_backslashes + 1),
                    _ => (b'\\', n_backslashes),
                })
            }
            _ => None,
        }
    }

    /// The character at a place and its length, be it escaped or not; blanks and dashes that print
    /// does not break at are blanks and dashes.
    pub(super) fn unit(&self, at: usize) -> (u8, usize) {
        let byte = self.byte(at);
        match byte {
            b'%' | b'\\' => self.escape(at).unwrap_or((byte, 1)),
            0xc2 | 0xe2 => match self.char(at) {
                Some(character @ ('\u{a0}' | '\u{2009}' | '\u{202f}')) => {
                    (b' ', character.len_utf8())
                }
                Some(character @ '\u{2010}'..='\u{2013}') => (b'-', character.len_utf8()),
                _ => (byte, 1),
            },
            _ => (byte, 1),
        }
    }

    /// The character that begins at a place.
    pub(super) fn char(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    /// The character that ends at a place.
    pub(super) fn char_before(&self, at: usize) -> Option<char> {
        self.text.get(..at)?.chars().next_back()
    }
}

/// The number that so many hexadecimal digits are.
pub(super) fn hex(digits: &[u8], n_digits: usize) -> Option<u16> {
    if digits.len() != n_digits {
        return None;
    }
    digits.iter().try_fold(0, |number: u16, &digit| {
        Some(number << 4 | char::from(digit).to_digit(16)? as u16)
    })
}
