//! Texts packed by gzip or zlib and written in Base64.
//!
//! Unpacking takes any stream. Packing gives the service's bytes for short texts in which no three
//! bytes come again, which are stored as they are; others are refused: no two packers agree there.

use super::text::{map_text, text_of};
use super::{Parameter, Returns, Scalar};
use crate::engine::eval::Context;
use crate::text::coding::{base64_decode, base64_encode};
use crate::text::gzip::{inflate_all, unpack_all};
use crate::value::{Type, Value};

const TEXT: Parameter = Parameter::Is(Type::String);
const TO_TEXT: Returns = Returns::Is(Type::String);

/// Longest text that is unpacked, in bytes.
const MAX_TEXT_BYTES: usize = 64 << 20;
/// A text of fewer bytes is stored unless bytes come again in it.
const MAX_STORED_BYTES: usize = 48;

/// The entries.
pub static ENTRIES: &[Scalar] = &[
    Scalar::new(
        "gzip_decompress_from_base64_string",
        &[TEXT],
        TO_TEXT,
        "The text that gzip packed; empty when it is damaged.",
        (
            "gzip_decompress_from_base64_string(\"H4sIAAAAAAACA8vOLi0uyVcAABnPpbQHAAAA\")",
            "kkusto ",
        ),
        |_, a| map_text(a, |text| unpacked(text, gunzip)),
    ),
    Scalar::new(
        "zlib_decompress_from_base64_string",
        &[TEXT],
        TO_TEXT,
        "The text that zlib packed; empty when it is damaged.",
        ("zlib_decompress_from_base64_string(\"x0x0x0\")", ""),
        |_, a| map_text(a, |text| unpacked(text, inflate)),
    ),
    Scalar::new(
        "gzip_compress_to_base64_string",
        &[TEXT],
        TO_TEXT,
        "The text packed by gzip, in Base64.",
        (
            "gzip_compress_to_base64_string(\"kusto\")",
            "H4sIAAAAAAAA/wEFAPr/a3VzdG/d98i0BQAAAA==",
        ),
        |c, a| packed(c, a, true),
    ),
    Scalar::new(
        "zlib_compress_to_base64_string",
        &[TEXT],
        TO_TEXT,
        "The text packed by zlib, in Base64.",
        (
            "zlib_compress_to_base64_string(\"kusto\")",
            "eAEBBQD6/2t1c3RvBqACNw==",
        ),
        |c, a| packed(c, a, false),
    ),
];

fn unpacked(text: &str, unpack: fn(&[u8]) -> Option<Vec<u8>>) -> String {
    let bytes = base64_decode(text).and_then(|bytes| unpack(&bytes));
    bytes
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_default()
}

fn gunzip(bytes: &[u8]) -> Option<Vec<u8>> {
    unpack_all(bytes, MAX_TEXT_BYTES)
}

fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    inflate_all(bytes, MAX_TEXT_BYTES)
}

fn packed(context: &Context, arguments: &[Value], is_gzip: bool) -> Value {
    let Some(text) = text_of(arguments) else {
        return Value::Null;
    };
    let bytes = text.as_bytes();
    let comes_again = |at: usize, word: &[u8]| {
        let before = bytes.get(..at + 2).unwrap_or_default();
        before.windows(3).any(|other| other == word)
    };
    if bytes.len() >= MAX_STORED_BYTES
        || bytes.is_empty()
        || bytes
            .windows(3)
            .enumerate()
            .any(|(at, word)| comes_again(at, word))
    {
        return context.refuse(
            "the bytes a text packs into differ from packer to packer; unpacking is supported",
        );
    }
    let length = bytes.len() as u16;
    let stored = [
        &[1],
        &length.to_le_bytes()[..],
        &(!length).to_le_bytes(),
        bytes,
    ]
    .concat();
    let whole = if is_gzip {
        let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
        let size = u32::from(length).to_le_bytes();
        [&head[..], &stored, &crc32(bytes).to_le_bytes(), &size].concat()
    } else {
        [&[0x78, 1], &stored[..], &adler32(bytes).to_be_bytes()].concat()
    };
    Value::string(&base64_encode(&whole))
}

fn crc32(bytes: &[u8]) -> u32 {
    let shifted = |sum: u32, _| sum >> 1 ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 };
    let pushed = |sum: u32, &byte: &u8| (0..8).fold(sum ^ u32::from(byte), shifted);
    !bytes.iter().fold(u32::MAX, pushed)
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0);
    for &byte in bytes {
        low = (low + u32::from(byte)) % 65_521;
        high = (high + low) % 65_521;
    }
    high << 16 | low
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn streams_of_another_packer_are_read() {
        let text = "one two one two ".repeat(10_000);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(text.as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(unpacked(&base64_encode(&gzip), gunzip), text);
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(text.as_bytes()).unwrap();
        let zlib = zlib.finish().unwrap();
        assert_eq!(unpacked(&base64_encode(&zlib), inflate), text);
        // Cut, and changed.
        assert_eq!(gunzip(&gzip[..gzip.len() - 1]), None);
        assert_eq!(inflate(&zlib[..zlib.len() - 5]), None);
        let mut damaged = gzip.clone();
        let last = damaged.len() - 5;
        damaged[last] ^= 1;
        assert_eq!(gunzip(&damaged), None);
        assert_eq!(unpacked("", gunzip), "");
    }
}
