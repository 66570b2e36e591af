//! Members of gzip, in pieces of any size, and texts packed by zlib.
//!
//! Input: bytes as they come. Output: what they unpack to. Invariants: several members read as one;
//! a member whose sum or length does not fit is damage. Absent on purpose: the names and times that
//! a member may carry. The frame is read here, since the tables of a ready-made checksum weigh 15 kB
//! in the module; they are made when the first member comes.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// How many bytes are unpacked at a time.
const PIECE_BYTES: usize = 64 << 10;

const HAS_HEADER_SUM: u8 = 1 << 1;
const HAS_EXTRA: u8 = 1 << 2;
const HAS_NAME: u8 = 1 << 3;
const HAS_COMMENT: u8 = 1 << 4;

/// The compressed data is damaged.
#[derive(Debug)]
pub(crate) struct Damaged;

/// One member that holds the bytes. It tells no time and no machine, so the same bytes give the same.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];
    let mut packer = Compress::new(Compression::default(), false);
    let mut is_done = false;
    while !is_done {
        let rest = bytes.get(packer.total_in() as usize..).unwrap_or_default();
        out.reserve(rest.len() / 2 + 64);
        let status = packer.compress_vec(rest, &mut out, FlushCompress::Finish);
        is_done = status.expect("invariant: packing has no wrong input") == Status::StreamEnd;
    }
    let mut sum = Sum::new();
    sum.push(bytes);
    out.extend(sum.value.to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

/// All that the members unpack to; `None` when they are damaged, cut or hold more than `most_bytes`.
pub(crate) fn unpack_all(packed: &[u8], most_bytes: usize) -> Option<Vec<u8>> {
    /// Bytes that are unpacked before the length is looked at again.
    const STEP_BYTES: usize = 4096;
    let mut unpacker = Unpacker::new();
    let mut out = Vec::new();
    for piece in packed.chunks(STEP_BYTES) {
        unpacker.push(piece, &mut out).ok()?;
        if out.len() > most_bytes {
            return None;
        }
    }
    unpacker.is_whole().then_some(out)
}

/// What a text packed by zlib holds; `None` when it is damaged, cut or holds more than `most_bytes`.
pub(crate) fn inflate_all(packed: &[u8], most_bytes: usize) -> Option<Vec<u8>> {
    let mut unpacker = Decompress::new(true);
    let mut out = Vec::new();
    while out.len() <= most_bytes {
        let (n_read, n_out) = (unpacker.total_in() as usize, out.len());
        out.reserve(PIECE_BYTES);
        let status = unpacker
            .decompress_vec(packed.get(n_read..)?, &mut out, FlushDecompress::None)
            .ok()?;
        if status == Status::StreamEnd {
            return (out.len() <= most_bytes).then_some(out);
        }
        if unpacker.total_in() as usize == n_read && out.len() == n_out {
            return None;
        }
    }
    None
}

/// What the next byte belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The ten bytes that every member begins with; how many came.
    Start(usize),
    /// The length of the extra field; how many of its bytes came, and what they say.
    ExtraLength(u32, u16),
    /// The extra field; how many bytes are left.
    Extra(u16),
    Name,
    Comment,
    /// The sum of the header; how many bytes are left.
    HeaderSum(u8),
    Data,
    /// The sum and the length of the data; how many bytes came.
    End(u32, u64),
}

/// Unpacks members.
pub(crate) struct Unpacker {
    part: Part,
    flags: u8,
    data: Decompress,
    sum: Sum,
}

impl Unpacker {
    pub(crate) fn new() -> Self {
        Self {
            part: Part::Start(0),
            flags: 0,
            data: Decompress::new(false),
            sum: Sum::new(),
        }
    }

    /// Whether the last member is whole.
    pub(crate) fn is_whole(&self) -> bool {
        self.part == Part::Start(0)
    }

    /// Unpacks the next bytes onto `out`; what came before the damage is there.
    pub(crate) fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Damaged> {
        loop {
            if self.part == Part::Data {
                bytes = self.push_data(bytes, out)?;
            }
            if self.part == Part::Data {
                return Ok(());
            }
            let Some((&byte, rest)) = bytes.split_first() else {
                return Ok(());
            };
            bytes = rest;
            self.push_frame(byte)?;
        }
    }

    fn push_data<'b>(
        &mut self,
        mut bytes: &'b [u8],
        out: &mut Vec<u8>,
    ) -> Result<&'b [u8], Damaged> {
        loop {
            out.reserve(PIECE_BYTES);
            let (n_read, n_made, n_out) = (self.data.total_in(), self.data.total_out(), out.len());
            let status = self
                .data
                .decompress_vec(bytes, out, FlushDecompress::None)
                .map_err(|_| Damaged);
            self.sum.push(out.get(n_out..).unwrap_or_default());
            let status = status?;
            let n_read = (self.data.total_in() - n_read) as usize;
            bytes = bytes.get(n_read..).unwrap_or_default();
            if status == Status::StreamEnd {
                self.part = Part::End(0, 0);
                return Ok(bytes);
            }
            if n_read == 0 && self.data.total_out() == n_made {
                return Ok(bytes);
            }
        }
    }

    fn push_frame(&mut self, byte: u8) -> Result<(), Damaged> {
        self.part = match self.part {
            Part::Start(at) => {
                match at {
                    0 if byte != 0x1F => return Err(Damaged),
                    1 if byte != 0x8B => return Err(Damaged),
                    2 if byte != 8 => return Err(Damaged),
                    3 => self.flags = byte,
                    _ => {}
                }
                if at < 9 {
                    Part::Start(at + 1)
                } else {
                    self.behind(0)
                }
            }
            Part::ExtraLength(0, _) => Part::ExtraLength(1, u16::from(byte)),
            Part::ExtraLength(_, low) => match low | u16::from(byte) << 8 {
                0 => self.behind(HAS_EXTRA),
                length => Part::Extra(length),
            },
            Part::Extra(1) => self.behind(HAS_EXTRA),
            Part::Extra(n_left) => Part::Extra(n_left - 1),
            Part::Name if byte == 0 => self.behind(HAS_NAME),
            Part::Comment if byte == 0 => self.behind(HAS_COMMENT),
            Part::HeaderSum(2) => Part::HeaderSum(1),
            Part::HeaderSum(_) => Part::Data,
            Part::End(7, so_far) => {
                let (sum, length) = (so_far as u32, (so_far >> 32) as u32 | u32::from(byte) << 24);
                if sum != self.sum.value || length != self.data.total_out() as u32 {
                    return Err(Damaged);
                }
                self.data.reset(false);
                self.sum.value = 0;
                Part::Start(0)
            }
            Part::End(at, so_far) => Part::End(at + 1, so_far | u64::from(byte) << (8 * at)),
            part @ (Part::Name | Part::Comment | Part::Data) => part,
        };
        Ok(())
    }

    /// The part of the header that comes behind the one of a flag.
    fn behind(&self, flag: u8) -> Part {
        let is_next = |next: u8| self.flags & next != 0 && order(next) > order(flag);
        if is_next(HAS_EXTRA) {
            Part::ExtraLength(0, 0)
        } else if is_next(HAS_NAME) {
            Part::Name
        } else if is_next(HAS_COMMENT) {
            Part::Comment
        } else if is_next(HAS_HEADER_SUM) {
            Part::HeaderSum(2)
        } else {
            Part::Data
        }
    }
}

/// The parts stand in the order of their flags, but that the sum is last.
fn order(flag: u8) -> u8 {
    if flag == HAS_HEADER_SUM {
        u8::MAX
    } else {
        flag
    }
}

/// The checksum of gzip (CRC-32, polynomial 0xEDB88320), eight bytes at a time.
struct Sum {
    value: u32,
    tables: Box<[[u32; 256]; 8]>,
}

impl Sum {
    fn new() -> Self {
        let mut tables = Box::new([[0; 256]; 8]);
        for byte in 0..256_u32 {
            let mut sum = byte;
            for table in tables.iter_mut() {
                for _ in 0..8 {
                    sum = if sum & 1 == 1 {
                        sum >> 1 ^ 0xEDB8_8320
                    } else {
                        sum >> 1
                    };
                }
                if let Some(entry) = table.get_mut(byte as usize) {
                    *entry = sum;
                }
            }
        }
        Self { value: 0, tables }
    }

    fn push(&mut self, bytes: &[u8]) {
        let [t0, t1, t2, t3, t4, t5, t6, t7] = &*self.tables;
        let at = |table: &[u32; 256], byte: u8| table[usize::from(byte)];
        let mut sum = !self.value;
        let (eights, rest) = bytes.as_chunks::<8>();
        for &[b0, b1, b2, b3, b4, b5, b6, b7] in eights {
            let [s0, s1, s2, s3] = sum.to_le_bytes();
            sum = at(t7, b0 ^ s0)
                ^ at(t6, b1 ^ s1)
                ^ at(t5, b2 ^ s2)
                ^ at(t4, b3 ^ s3)
                ^ at(t3, b4)
                ^ at(t2, b5)
                ^ at(t1, b6)
                ^ at(t0, b7);
        }
        for &byte in rest {
            sum = at(t0, byte ^ sum as u8) ^ sum >> 8;
        }
        self.value = !sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(bytes: &[u8], piece: usize) -> Result<(Vec<u8>, bool), Damaged> {
        let mut unpacker = Unpacker::new();
        let mut out = Vec::new();
        for piece in bytes.chunks(piece) {
            unpacker.push(piece, &mut out)?;
        }
        Ok((out, unpacker.is_whole()))
    }

    #[test]
    fn headers_sums_and_pieces() {
        use std::io::Write as _;
        let text = "a line of a log\n".repeat(20_000);
        let mut packed = Vec::new();
        for with_all in [false, true] {
            let builder = flate2::GzBuilder::new();
            let builder = if with_all {
                builder
                    .extra(vec![7; 300])
                    .filename("name")
                    .comment("words")
            } else {
                builder
            };
            let mut encoder = builder.write(Vec::new(), flate2::Compression::fast());
            encoder.write_all(text.as_bytes()).unwrap();
            packed.extend(encoder.finish().unwrap());
        }
        // A header with a sum: flag 2, two bytes that nobody checks, then an empty block.
        packed.extend([
            0x1F, 0x8B, 8, 2, 0, 0, 0, 0, 0, 3, 9, 9, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        ]);
        for piece in [1, 3, 1000, packed.len()] {
            let (out, is_whole) = unpack(&packed, piece).unwrap();
            assert!(out == text.repeat(2).as_bytes() && is_whole, "{piece}");
        }
        let (out, is_whole) = unpack(&packed[..packed.len() - 30], 100).unwrap();
        assert!(out.len() == 2 * text.len() && !is_whole);
        for damage in [
            0,
            1,
            2,
            packed.len() / 3,
            packed.len() - 3,
            packed.len() - 23,
            packed.len() - 28,
        ] {
            let mut damaged = packed.clone();
            damaged[damage] ^= 0x55;
            assert!(unpack(&damaged, 50).is_err(), "{damage}");
        }
    }
}
