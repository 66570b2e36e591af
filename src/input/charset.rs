//! Bytes to UTF-8, in chunks cut anywhere.
//!
//! Input: bytes. Output: valid UTF-8 without a byte order mark. Invariants: a character cut by a
//! chunk waits for its rest; bytes that are not UTF-8 are read as Windows-1252 and counted, so that
//! nothing is lost; an unpaired surrogate becomes U+FFFD.

use crate::table::is_utf8;

/// How the source spells characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf8Bom,
    Utf16Le,
    Utf16Be,
}

impl Encoding {
    /// The name in reports.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf8Bom => "utf-8-bom",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }
}

/// Bytes that tell the encoding.
const TELLING_BYTES: usize = 4;
/// Bytes of ASCII text in UTF-16 without a mark hold a zero in every other place; this many are looked at.
const PROBE_BYTES: usize = 64;

/// Windows-1252 where it differs from Latin-1: 0x80 to 0x9F.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// Decodes a stream.
#[derive(Debug, Default)]
pub(crate) struct Charset {
    encoding: Option<Encoding>,
    /// Bytes that wait for the rest of their character, or of the mark.
    pending: Vec<u8>,
    /// Bytes that were not UTF-8.
    pub(crate) n_invalid: u64,
}

impl Charset {
    /// The encoding, once it is known.
    pub(crate) fn encoding(&self) -> Encoding {
        self.encoding.unwrap_or(Encoding::Utf8)
    }

    /// How many first bytes of a chunk are UTF-8 and need no decoding; `None` when some do. What comes
    /// behind is the beginning of a character.
    pub(crate) fn plain_bytes(&self, chunk: &[u8]) -> Option<usize> {
        let is_told = matches!(self.encoding, Some(Encoding::Utf8 | Encoding::Utf8Bom));
        if !is_told || !self.pending.is_empty() {
            return None;
        }
        let (whole, cut) = chunk.split_at(chunk.len() - n_cut(chunk));
        let is_begun = match std::str::from_utf8(cut) {
            Ok(_) => true,
            Err(error) => error.error_len().is_none(),
        };
        (is_begun && is_utf8(whole)).then_some(whole.len())
    }

    /// Decodes a chunk to the end of `out`.
    pub(crate) fn push(&mut self, chunk: &[u8], is_last: bool, out: &mut Vec<u8>) {
        let joined;
        let mut bytes = chunk;
        if !self.pending.is_empty() || self.encoding.is_none() {
            self.pending.extend_from_slice(chunk);
            if self.encoding.is_none() {
                if self.pending.len() < PROBE_BYTES && !is_last {
                    return;
                }
                let (encoding, n_mark) = detect(&self.pending);
                self.encoding = Some(encoding);
                self.pending.drain(..n_mark);
            }
            joined = std::mem::take(&mut self.pending);
            bytes = &joined;
        }
        match self.encoding() {
            Encoding::Utf8 | Encoding::Utf8Bom => self.push_utf8(bytes, is_last, out),
            Encoding::Utf16Le => self.push_utf16(bytes, is_last, out, u16::from_le_bytes),
            Encoding::Utf16Be => self.push_utf16(bytes, is_last, out, u16::from_be_bytes),
        }
    }

    fn push_utf8(&mut self, mut bytes: &[u8], is_last: bool, out: &mut Vec<u8>) {
        let (whole, cut) = bytes.split_at(bytes.len() - n_cut(bytes));
        if is_utf8(whole) {
            out.extend_from_slice(whole);
            bytes = cut;
        }
        loop {
            let Err(error) = std::str::from_utf8(bytes) else {
                out.extend_from_slice(bytes);
                return;
            };
            let (valid, rest) = bytes.split_at(error.valid_up_to());
            out.extend_from_slice(valid);
            let n_bad = match error.error_len() {
                Some(n_bad) => n_bad,
                None if is_last => rest.len(),
                None => {
                    self.pending = rest.to_vec();
                    return;
                }
            };
            let (bad, rest) = rest.split_at(n_bad);
            for &byte in bad {
                self.n_invalid += 1;
                let high = usize::from(byte).wrapping_sub(0x80);
                let character = WINDOWS_1252.get(high).copied().unwrap_or(char::from(byte));
                out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            }
            bytes = rest;
        }
    }

    fn push_utf16(
        &mut self,
        bytes: &[u8],
        is_last: bool,
        out: &mut Vec<u8>,
        unit: fn([u8; 2]) -> u16,
    ) {
        let (pairs, odd) = bytes.as_chunks::<2>();
        let mut pairs = pairs;
        let mut waiting = odd.to_vec();
        // A high surrogate at the end waits for its partner.
        if let Some((last, before)) = pairs.split_last()
            && !is_last
            && (0xD800..0xDC00).contains(&unit(*last))
        {
            waiting = last.iter().chain(odd).copied().collect();
            pairs = before;
        }
        for character in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
        if is_last {
            self.n_invalid += waiting.len() as u64;
        } else {
            self.pending = waiting;
        }
    }
}

/// How many last bytes begin a character of UTF-8 that needs more.
fn n_cut(bytes: &[u8]) -> usize {
    let lengths = bytes.iter().rev().take(3).map(|byte| match byte {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        0x80.. => 0,
        _ => 1,
    });
    let first = lengths.zip(1..).find(|&(n_bytes, _)| n_bytes > 0);
    first.map_or(
        0,
        |(n_bytes, n_here)| if n_here < n_bytes { n_here } else { 0 },
    )
}

/// The encoding and the length of its mark.
fn detect(bytes: &[u8]) -> (Encoding, usize) {
    match bytes
        .get(..TELLING_BYTES.min(bytes.len()))
        .unwrap_or_default()
    {
        [0xEF, 0xBB, 0xBF, ..] => return (Encoding::Utf8Bom, 3),
        [0xFF, 0xFE, ..] => return (Encoding::Utf16Le, 2),
        [0xFE, 0xFF, ..] => return (Encoding::Utf16Be, 2),
        _ => {}
    }
    let probe = bytes
        .get(..bytes.len().min(PROBE_BYTES) & !1)
        .unwrap_or_default();
    let zeros = |odd: usize| {
        probe
            .iter()
            .skip(odd)
            .step_by(2)
            .filter(|&&byte| byte == 0)
            .count()
    };
    let n_pairs = probe.len() / 2;
    if n_pairs >= 4 && zeros(1) * 4 > n_pairs * 3 && zeros(0) == 0 {
        (Encoding::Utf16Le, 0)
    } else if n_pairs >= 4 && zeros(0) * 4 > n_pairs * 3 && zeros(1) == 0 {
        (Encoding::Utf16Be, 0)
    } else {
        (Encoding::Utf8, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8], chunk: usize) -> (String, Encoding, u64) {
        let mut charset = Charset::default();
        let mut out = Vec::new();
        for piece in bytes.chunks(chunk) {
            charset.push(piece, false, &mut out);
        }
        charset.push(&[], true, &mut out);
        (
            String::from_utf8(out).unwrap(),
            charset.encoding(),
            charset.n_invalid,
        )
    }

    #[test]
    fn every_encoding_at_every_border() {
        let text = "Zürich, 東京, 🚀 and some plain words so that the probe has something to look at, again and again";
        let mut utf16le = vec![0xFF, 0xFE];
        utf16le.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut utf16be = vec![0xFE, 0xFF];
        utf16be.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        let utf8_bom = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let unmarked: Vec<u8> = text
            .get(37..)
            .unwrap()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        for chunk in 1..40 {
            assert_eq!(
                decode(text.as_bytes(), chunk),
                (text.to_owned(), Encoding::Utf8, 0)
            );
            assert_eq!(
                decode(&utf8_bom, chunk),
                (text.to_owned(), Encoding::Utf8Bom, 0)
            );
            assert_eq!(
                decode(&utf16le, chunk),
                (text.to_owned(), Encoding::Utf16Le, 0)
            );
            assert_eq!(
                decode(&utf16be, chunk),
                (text.to_owned(), Encoding::Utf16Be, 0)
            );
            assert_eq!(
                decode(&unmarked, chunk),
                (text[37..].to_owned(), Encoding::Utf16Le, 0)
            );
        }
    }

    #[test]
    fn other_bytes_are_windows_1252() {
        for chunk in 1..5 {
            assert_eq!(
                decode(b"caf\xE9 \x80\xE2\x82", chunk),
                ("café €â‚".to_owned(), Encoding::Utf8, 4)
            );
        }
        assert_eq!(decode(b"\xFF\xFE\x00\xD8a\x00", 3).0, "\u{fffd}a");
    }
}
