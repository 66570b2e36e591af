//! What a shape gives away: addresses, numbers of phones and cards, keys of providers.
//!
//! Input: a text and the place where something may begin. Output: where it ends, or nothing. Invariants:
//! each look is bounded, or what it looked at is what it found, so that a text is read in linear time;
//! digits that could be a version, a time, an id or a count are nothing.

use super::reader::{DIGIT, MAIL, Reader, START, TOKEN, WORD, hex, is};

/// Beginnings of keys, and how long a word must be to be one.
const KEYS: &[(&[u8], usize)] = &[
    (b"AKIA", 20),
    (b"ASIA", 20),
    (b"AIza", 39),
    (b"dckr_pat_", 25),
    (b"ghp_", 30),
    (b"gho_", 30),
    (b"ghu_", 30),
    (b"ghs_", 30),
    (b"ghr_", 30),
    (b"github_pat_", 30),
    (b"glpat-", 20),
    (b"gsk_", 30),
    (b"hf_", 30),
    (b"npm_", 36),
    (b"nvapi-", 40),
    (b"pplx-", 40),
    (b"rk_live_", 24),
    (b"rk_test_", 24),
    (b"sk_live_", 24),
    (b"sk_test_", 24),
    (b"shpat_", 32),
    (b"xai-", 40),
    (b"xapp-", 24),
    (b"xoxa-", 16),
    (b"xoxb-", 16),
    (b"xoxe-", 16),
    (b"xoxo-", 16),
    (b"xoxp-", 16),
    (b"xoxr-", 16),
    (b"xoxs-", 16),
];
/// The shortest of them.
pub(super) const MIN_KEY_BYTES: usize = 16;

/// Whether a word is the key of a provider.
pub(super) fn is_provider_key(word: &[u8]) -> bool {
    let begins = |&(start, n_bytes): &(&[u8], usize)| {
        word.len() >= n_bytes
            && word.starts_with(start)
            && (!start.ends_with(b"IA")
                || (word.len() == n_bytes && word.iter().all(u8::is_ascii_alphanumeric)))
    };
    // Keys of Azure hold their mark behind 52 random letters.
    (word.len() >= 76 && word.get(52..57) == Some(b"JQQJ9")) || KEYS.iter().any(begins)
}

/// The secret of an application of Entra, whose `~` stands here: `abc8Q~` and 34 characters.
pub(super) fn entra_secret(text: Reader<'_>, tilde: usize) -> Option<(usize, usize)> {
    let start = tilde.checked_sub(5)?;
    let [a, b, c, digit, b'Q'] = text.piece(start, tilde) else {
        return None;
    };
    let mut end = text.skip(tilde + 1, TOKEN);
    while text.byte(end - 1) == b'.' {
        end -= 1;
    }
    let is_secret = [a, b, c].iter().all(|&&byte| is(byte, MAIL))
        && digit.is_ascii_digit()
        && end - tilde >= 30;
    is_secret.then_some((start, end))
}

/// Whether a value looks random: twenty letters and digits in a row or more, of both kinds.
pub(super) fn is_random(value: &[u8]) -> bool {
    value
        .split(|&byte| !(byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/'))
        .any(|run| {
            run.len() >= 20
                && run.iter().any(u8::is_ascii_digit)
                && run.iter().any(u8::is_ascii_alphabetic)
        })
}

/// Whether a value is a number of so many digits, however it is parted.
pub(super) fn is_number(value: &[u8], n_digits: u8) -> bool {
    value.iter().all(|&byte| is_in_number(byte))
        && value.iter().filter(|byte| byte.is_ascii_digit()).count() >= usize::from(n_digits)
}

/// Whether a byte can stand in a number of a phone or a card.
pub(super) const fn is_in_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b' ' | b'+' | b'-' | b'.' | b'(' | b')' | b'/')
}

/// A private key whose first dash stands here.
pub(super) fn private_key(text: Reader<'_>, at: usize) -> Option<usize> {
    const HEAD: &[u8] = b"PRIVATE KEY-----";
    const TAIL: &[u8] = b"-----END";
    let head = text.piece(at, at + 60);
    if !head.starts_with(b"-----BEGIN ") {
        return None;
    }
    let mut end = at + memchr::memmem::find(head, HEAD)? + HEAD.len();
    while let Some(&byte) = text.bytes.get(end) {
        if byte == b'-' && text.rest(end).starts_with(TAIL) {
            end += TAIL.len();
            while is(text.byte(end), WORD) || text.byte(end) == b' ' {
                let is_over = text.piece(end - 5, end) == b"-----";
                if is_over {
                    break;
                }
                end += 1;
            }
            return Some(end);
        }
        if !(byte.is_ascii_alphanumeric() || b"+/=-:,\\ \r\n\t".contains(&byte)) {
            break;
        }
        end += 1;
    }
    // It was cut: a backslash at its end escapes what follows.
    while end > at && matches!(text.byte(end - 1), b'\\' | b' ' | b'\n' | b'\r' | b'\t') {
        end -= 1;
    }
    Some(end)
}

/// The end of the host of an e-mail address, which begins here.
pub(super) fn mail_host(text: Reader<'_>, start: usize) -> Option<usize> {
    let (mut at, mut n_labels, mut n_numbers) = (start, 0, 0);
    let mut found = None;
    loop {
        let label = text.text.get(at..).unwrap_or_default();
        let n_bytes = label
            .find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'))
            .unwrap_or(label.len());
        let label = label.as_bytes();
        let label = label.get(..n_bytes).unwrap_or_default();
        let [first, ..] = label else {
            return found;
        };
        // `lodash@4.17.21-rc`, `icon@2x.png`
        n_numbers += usize::from(label.iter().all(u8::is_ascii_digit));
        let is_size = n_labels == 0 && matches!(label, [digit, b'x'] if digit.is_ascii_digit());
        if *first == b'-' || is_size || (n_labels == 1 && n_numbers == 2) {
            return None;
        }
        at += n_bytes;
        if n_labels > 0 && n_bytes >= 2 && !first.is_ascii_digit() {
            let n_dashes = label.iter().rev().take_while(|&&byte| byte == b'-').count();
            found = Some(at - n_dashes);
        }
        if text.byte(at) != b'.' {
            return found;
        }
        at += 1;
        n_labels += 1;
    }
}

/// Number of hexadecimal digits at a place, as far as eight.
fn hex_run(text: Reader<'_>, at: usize) -> usize {
    let digits = text.piece(at, at + 8).iter();
    digits.take_while(|byte| byte.is_ascii_hexdigit()).count()
}

/// The end of an IPv4 address, and whether each of its numbers has one digit.
pub(super) fn ipv4(text: Reader<'_>, start: usize) -> Option<(usize, bool)> {
    let (mut at, mut is_short, mut first) = (start, true, 0);
    for part in 0..4 {
        if part > 0 {
            if text.byte(at) != b'.' {
                return None;
            }
            at += 1;
        }
        let n_digits = text
            .piece(at, at + 4)
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let digits = text.piece(at, at + n_digits);
        let number = digits
            .iter()
            .fold(0, |number: u32, digit| number * 10 + u32::from(digit & 15));
        if !(1..=3).contains(&n_digits)
            || number > 255
            || (n_digits > 1 && digits.starts_with(b"0"))
        {
            return None;
        }
        if part == 0 {
            first = number;
        }
        is_short &= n_digits == 1;
        at += n_digits;
    }
    let behind = text.byte(at);
    let is_over = match behind {
        b'.' => !is(text.byte(at + 1), DIGIT),
        // A range of addresses.
        b'-' => ipv4(text, at + 1).is_some(),
        // `11.20.33.44+0a1b2c3` is a version; in addresses `+` is a blank.
        b'+' => hex_run(text, at + 1) < 7,
        _ => !is(behind, WORD),
    };
    // Loopback, masks; what ends with zeros is a version, or a network that nobody has.
    let is_host = !matches!(first, 0 | 127 | 240..)
        && (behind == b'/' || !text.piece(start, at).ends_with(b".0.0.0"));
    (is_over && is_host).then_some((at, is_short))
}

/// The end of an IPv6 address that begins with a group of four digits, as those of hosts do.
pub(super) fn ipv6(text: Reader<'_>, start: usize) -> Option<usize> {
    Ipv6::read(text, start).map(|(_, end)| end)
}

/// The eight groups of an IPv6 address.
pub(super) struct Ipv6(pub(super) [u16; 8]);

impl Ipv6 {
    /// The address that begins at a place, and its end.
    pub(super) fn read(text: Reader<'_>, start: usize) -> Option<(Self, usize)> {
        let mut groups = [0_u16; 8];
        let (mut n_groups, mut gap, mut at, mut end) = (0, None, start, start);
        let mut has_digit = false;
        while n_groups < 8 {
            let n_digits = hex_run(text, at);
            let digits = text.piece(at, at + n_digits);
            let Some(group) = hex(digits, n_digits.min(4)).filter(|_| n_digits > 0) else {
                break;
            };
            if text.byte(at + n_digits) == b'.'
                && n_groups > 0
                && n_groups < 7
                && ipv4(text, at).is_some()
            {
                return None;
            }
            has_digit |= digits.iter().any(u8::is_ascii_digit);
            if let Some(place) = groups.get_mut(n_groups) {
                *place = group;
            }
            n_groups += 1;
            at += n_digits;
            end = at;
            let (colon, n_bytes) = text.unit(at);
            if colon != b':' {
                break;
            }
            at += n_bytes;
            let (second, n_bytes) = text.unit(at);
            if second == b':' && gap.is_none() {
                gap = Some(n_groups);
                at += n_bytes;
                end = at;
            }
        }
        let is_host = matches!(groups[0], 0x2000..=0x3fff | 0xfc00..=0xfdff | 0xfe80..=0xfebf | 0xff00..=0xffff);
        let is_whole = match gap {
            Some(_) => n_groups < 8,
            None => n_groups == 8,
        };
        let (behind, _) = text.unit(end);
        if !(is_host && is_whole && has_digit)
            || is(behind, WORD)
            || behind == b':' && gap != Some(n_groups) && is(text.byte(end + 1), WORD)
        {
            return None;
        }
        if let Some(gap) = gap {
            groups.get_mut(gap..)?.rotate_right(8 - n_groups);
        }
        Some((Self(groups), end))
    }
}

/// Words behind which four numbers are a version, and words behind which they are an address.
const VERSIONS: &[&[u8]] = &[
    b"version",
    b"ver",
    b"build",
    b"release",
    b"revision",
    b"sdk",
    b"oid",
];
const ADDRESSES: &[&[u8]] = &[
    b"ip", b"address", b"addr", b"for", b"host", b"client", b"peer", b"server", b"dns",
];

/// Whether four numbers are an address and no version, by what stands around them. A word before
/// `found` is a secret, and tells nothing.
pub(super) fn is_address(
    text: Reader<'_>,
    (start, end): (usize, usize),
    is_short: bool,
    found: usize,
) -> bool {
    let count = |bytes: &[u8], test: &dyn Fn(u8) -> bool| {
        bytes.iter().rev().take_while(|&&byte| test(byte)).count()
    };
    let before = text.piece(start.saturating_sub(64), start);
    let (before, is_slash) = match before {
        [rest @ .., b'/'] | [rest @ .., b'%', b'2', b'F' | b'f'] => (rest, true),
        _ => (before, false),
    };
    let n_filler = count(before, &|byte| b" :=\"'`\\<>([|".contains(&byte));
    let (before, filler) = before.split_at(before.len() - n_filler);
    let n_word = count(before, &|byte| is(byte, WORD) || byte == b'.');
    let (rest, word) = before.split_at(before.len() - n_word);
    let is_secret = start - n_filler - n_word < found;
    let ends = |words: &[&[u8]]| {
        words.iter().any(|one| {
            let Some((head, tail)) = word
                .len()
                .checked_sub(one.len())
                .map(|at| word.split_at(at))
            else {
                return false;
            };
            // `apiVersion`, `client_ip`, but not `server` for `ver`.
            let is_apart = !matches!(head.last(), Some(byte) if byte.is_ascii_alphabetic());
            let is_new_word = tail.first().is_some_and(u8::is_ascii_uppercase);
            tail.eq_ignore_ascii_case(one) && (is_apart || is_new_word || one.len() >= 7)
        })
    };
    if is_slash {
        // `Chrome/120.0.0.0`, but `https://203.0.113.7` and `/lookup/203.0.113.7`
        let is_product = match rest.last() {
            Some(b'%') => word.starts_with(b"20"),
            Some(byte) => byte.is_ascii_whitespace() || b"\"'`([,;=&+\\".contains(byte),
            None => start <= 64,
        };
        let is_alone = filler.is_empty() || filler == b"\\";
        return is_secret || !(is_product && is_alone && word.iter().any(u8::is_ascii_alphabetic));
    }
    let is_version = ends(VERSIONS) || word == b"v";
    if is_version && !is_secret {
        return false;
    }
    !is_short || ends(ADDRESSES) || (text.byte(end) == b':' && is(text.byte(end + 1), DIGIT))
}

/// The end of the number of a phone whose `+` stands before `start`.
pub(super) fn phone(text: Reader<'_>, start: usize, is_encoded: bool) -> Option<usize> {
    let (mut at, mut n_digits, mut n_groups) = (start, 0, 0);
    let mut found = None;
    let mut sizes = [0; 3];
    if text.byte(start) == b'0' {
        return None;
    }
    loop {
        let group = at;
        while at - group <= 15 && is(text.byte(at), DIGIT) {
            at += 1;
        }
        n_digits += at - group;
        if at == group || n_digits > 15 {
            break;
        }
        if let Some(size) = sizes.get_mut(n_groups) {
            *size = at - group;
        }
        n_groups += 1;
        let is_number = match text.byte(start) {
            // North America and Russia.
            b'1' | b'7' => n_digits == 11,
            _ => n_digits >= if n_groups > 1 { 8 } else { 9 },
        };
        let (behind, _) = text.unit(at);
        let is_extended = behind == b'x' && is(text.byte(at + 1), DIGIT);
        if is_number && (is_extended || !(is(behind, START) || behind == b':')) {
            found = Some(at);
        }
        // One separator, or more of which some are signs: ` (0)`, ` / `.
        let (mut n_separators, mut n_signs) = (0, 0);
        loop {
            let (separator, n_bytes) = text.unit(at);
            match separator {
                b'(' | b')' | b'/' | b'-' => n_signs += 1,
                b' ' | b'.' => {}
                b'+' if is_encoded => {}
                _ => break,
            }
            n_separators += 1;
            at += n_bytes;
            if n_separators > 3 || n_separators > 1 + 2 * n_signs {
                return found.filter(|_| !is_date(sizes));
            }
        }
        if n_separators == 0 {
            break;
        }
    }
    found.filter(|_| !is_date(sizes))
}

/// `+2026-11-20`, a line that was added.
fn is_date(sizes: [usize; 3]) -> bool {
    sizes == [4, 2, 2]
}

/// The end of `(212) 555-0123`, whose bracket stands here.
pub(super) fn bracketed_phone(text: Reader<'_>, at: usize) -> Option<usize> {
    let digits = |at: usize, n_digits: usize| {
        let digits = text.piece(at, at + n_digits);
        (digits.len() == n_digits && digits.iter().all(u8::is_ascii_digit)).then_some(at + n_digits)
    };
    let area =
        digits(at + 1, 3).filter(|&end| text.byte(end) == b')' && text.byte(at + 1) > b'1')?;
    let exchange = digits(area + 1 + usize::from(text.byte(area + 1) == b' '), 3)?;
    let end = digits(exchange + 1, 4)?;
    let is_phone = matches!(text.byte(exchange), b'-' | b'.' | b' ') && !is(text.byte(end), WORD);
    is_phone.then_some(end)
}

/// The end of the number of a card.
pub(super) fn card(text: Reader<'_>, start: usize) -> Option<usize> {
    let mut digits = [0_u8; 19];
    let (mut n_digits, mut at, mut found, mut separator) = (0, start, None, 0);
    let mut sizes = [0_usize; 5];
    for n_groups in 0..5 {
        let group = at;
        while let byte @ b'0'..=b'9' = text.byte(at) {
            let Some(place) = digits.get_mut(n_digits) else {
                return found;
            };
            *place = byte & 15;
            n_digits += 1;
            at += 1;
        }
        if at == group {
            break;
        }
        *sizes.get_mut(n_groups)? = at - group;
        let is_grouped = match sizes {
            [n, 0, ..] => n >= 13,
            [4, 4, 4, 4, n] => n <= 3,
            [4, 6, 4 | 5, 0, 0] => true,
            _ => false,
        };
        let (behind, n_bytes) = text.unit(at);
        let goes_on = is(behind, START)
            || (behind == b'.' && is(text.byte(at + 1), DIGIT))
            || (behind == b'-' && n_groups == 0);
        if is_grouped && !goes_on && is_card(digits.get(..n_digits)?) {
            found = Some(at);
        }
        let is_separator =
            matches!(behind, b' ' | b'-' | b'+') && (separator == 0 || separator == behind);
        if at - group > 6 || !is_separator {
            break;
        }
        separator = behind;
        at += n_bytes;
    }
    found
}

/// Whether digits begin as those of a card do, and the last of them is right.
fn is_card(digits: &[u8]) -> bool {
    let n_digits = digits.len();
    let prefix = |n: usize| {
        digits
            .iter()
            .take(n)
            .fold(0_u32, |number, digit| number * 10 + u32::from(*digit))
    };
    let is_issued = match n_digits {
        13 | 19 if prefix(1) == 4 => true,
        14 => matches!(prefix(2), 36 | 38) || matches!(prefix(3), 300..=305),
        15 => matches!(prefix(2), 34 | 37),
        16 => {
            matches!(prefix(1), 4)
                || matches!(prefix(2), 35 | 50..=58 | 62 | 64 | 65)
                || matches!(prefix(4), 2221..=2720 | 6011 | 6304 | 6759 | 6761..=6763)
        }
        17..=19 => prefix(2) == 62,
        _ => false,
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, &digit)| match (at % 2, u32::from(digit)) {
            (0, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    is_issued && sum.is_multiple_of(10)
}
