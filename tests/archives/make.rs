//! Makes archives of every format, also ones whose fields lie.

use flate2::Compression;
use std::io::Write;

pub const XZ: &[u8] = &[
    253, 55, 122, 88, 90, 0, 0, 4, 230, 214, 180, 70, 2, 0, 33, 1, 22, 0, 0, 0, 116, 47, 229, 163, 1, 0, 17,
    104, 101, 108, 108, 111, 32, 102, 114, 111, 109, 32, 105, 110, 115, 105, 100, 101, 10, 0, 0, 0, 238, 176,
    130, 234, 199, 221, 237, 83, 0, 1, 42, 18, 75, 8, 84, 188, 31, 182, 243, 125, 1, 0, 0, 0, 0, 4, 89, 90,
];
pub const LZMA: &[u8] = &[
    93, 0, 0, 128, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 52, 25, 73, 238, 141, 233, 18, 230, 20, 14,
    191, 185, 97, 152, 29, 99, 108, 50, 149, 22, 242, 168, 255, 255, 79, 64, 0, 0,
];
/// What both hold.
pub const INSIDE: &str = "hello from inside\n";

pub fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), Compression::default());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // As it is: the builder's own check of names is not asked.
        match name.len() < 100 {
            true => {
                header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
                header.set_cksum();
                out.append(&header, *bytes).unwrap();
            }
            false => out.append_data(&mut header, name, *bytes).unwrap(),
        }
    }
    out.into_inner().unwrap()
}

pub fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = b"!<arch>\n".to_vec();
    for (name, bytes) in members {
        out.extend(
            format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, bytes.len()).bytes(),
        );
        out.extend_from_slice(bytes);
        out.extend(vec![b'\n'; bytes.len() % 2]);
    }
    out
}

pub fn cpio(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in members.iter().copied().chain([("TRAILER!!!", &b""[..])]) {
        let fields = [1, 0o100_644, 0, 0, 1, 0, bytes.len(), 0, 0, 0, 0, name.len() + 1, 0];
        out.extend(b"070701");
        fields.iter().for_each(|f| out.extend(format!("{f:08x}").bytes()));
        out.extend(name.bytes().chain([0]));
        out.resize(out.len().next_multiple_of(4), 0);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(4), 0);
    }
    out
}

pub fn rpm(payload: &[u8]) -> Vec<u8> {
    let header = |data: &[u8]| {
        let mut out = b"\x8e\xad\xe8\x01\0\0\0\0".to_vec();
        out.extend(0u32.to_be_bytes());
        out.extend((data.len() as u32).to_be_bytes());
        out.extend(data);
        out
    };
    let mut out = b"\xed\xab\xee\xdb\x03\0\0\0".to_vec();
    out.resize(96, 0);
    out.extend(header(b"signature"));
    out.resize(out.len().next_multiple_of(8), 0);
    out.extend(header(b"tags"));
    out.extend(payload);
    out
}

/// One member of a zip, with every field that can lie.
#[derive(Clone)]
pub struct Part {
    pub name: Vec<u8>,
    pub data: Vec<u8>,
    pub method: u16,
    pub flags: u16,
    pub size: u32,
    pub plain: u32,
    /// True if the directory names it.
    pub listed: bool,
}

impl Part {
    pub fn stored(name: &str, bytes: &[u8]) -> Part {
        let n = bytes.len() as u32;
        Part { name: name.into(), data: bytes.to_vec(), method: 0, flags: 0, size: n, plain: n, listed: true }
    }

    pub fn deflated(name: &str, bytes: &[u8]) -> Part {
        let mut out = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
        out.write_all(bytes).unwrap();
        let data = out.finish().unwrap();
        Part { size: data.len() as u32, method: 8, data, ..Part::stored(name, bytes) }
    }
}

pub fn zip_of(parts: &[Part]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for p in parts {
        let at = out.len() as u32;
        let mut fields = Vec::new();
        for n in [20, p.flags, p.method, 0, 0] {
            fields.extend(n.to_le_bytes());
        }
        for n in [0, p.size, p.plain] {
            fields.extend(n.to_le_bytes());
        }
        fields.extend((p.name.len() as u16).to_le_bytes());
        fields.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(&p.name);
        out.extend(&p.data);
        if p.listed {
            directory.extend(b"PK\x01\x02\x14\0");
            directory.extend(&fields);
            directory.extend([0; 10]);
            directory.extend(at.to_le_bytes());
            directory.extend(&p.name);
        }
    }
    end(out, &directory, parts.iter().filter(|p| p.listed).count())
}

/// Puts the directory behind the members.
pub fn end(mut out: Vec<u8>, directory: &[u8], count: usize) -> Vec<u8> {
    let at = out.len() as u32;
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([(count as u16).to_le_bytes(); 2].concat());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

pub fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_of(&members.iter().map(|(name, bytes)| Part::deflated(name, bytes)).collect::<Vec<_>>())
}
