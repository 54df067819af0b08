//! Content whose bytes are not text: archives, compressed and encrypted files, pointers to content kept elsewhere.
//! `archive` opens some of them. The bytes of the others are scanned as any bytes are, but their content is unread,
//! which is reported.
//!
//! Recognised by the bytes. A file's name is used only for formats without a mark, and only if the bytes are not
//! text.

/// Why a content cannot be read directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// An archive or compressed file that is opened.
    Archive(Archive),
    /// An archive, a compressed file or a format with compressed parts.
    Packed,
    /// Encrypted.
    Encrypted,
    /// A Git LFS pointer: the content is stored elsewhere.
    Lfs,
}

/// A format that is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the formats' own names")]
pub enum Archive {
    Zip,
    Tar,
    /// Debian packages and static libraries.
    Ar,
    Rpm,
    Gzip,
    Bzip2,
    Xz,
    Lzma,
    Lzip,
    Zstd,
}

/// A format whose content is not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Container {
    /// Why it cannot be read directly.
    pub sort: Sort,
    /// Its name, for people.
    pub name: &'static str,
}

const fn opened(archive: Archive, name: &'static str) -> Container {
    Container { sort: Sort::Archive(archive), name }
}

const fn packed(name: &'static str) -> Container {
    Container { sort: Sort::Packed, name }
}

const fn encrypted(name: &'static str) -> Container {
    Container { sort: Sort::Encrypted, name }
}

const ZIP: Container = opened(Archive::Zip, "zip");
const TAR_FORMAT: Container = opened(Archive::Tar, "tar");
const PDF: Container = packed("PDF");

/// A format's first bytes.
const MAGIC: [(&[u8], Container); 52] = [
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"PK\x07\x08", ZIP),
    (b"\x1f\x8b", opened(Archive::Gzip, "gzip")),
    (b"\x1f\x9d", packed("compress")),
    (b"\x1f\xa0", packed("compress")),
    (b"BZh", opened(Archive::Bzip2, "bzip2")),
    (b"\xfd7zXZ\0", opened(Archive::Xz, "xz")),
    (b"\x5d\0\0", opened(Archive::Lzma, "lzma")),
    (b"LZIP", opened(Archive::Lzip, "lzip")),
    (b"\x89LZO\0\r\n\x1a\n", packed("lzo")),
    (b"\x28\xb5\x2f\xfd", opened(Archive::Zstd, "zstd")),
    (b"\x37\xa4\x30\xec", packed("zstd dictionary")),
    (b"\x04\x22\x4d\x18", packed("lz4")),
    (b"\x02\x21\x4c\x18", packed("lz4")),
    (b"\xff\x06\0\0sNaPpY", packed("snappy")),
    (b"7z\xbc\xaf\x27\x1c", packed("7z")),
    (b"Rar!\x1a\x07", packed("rar")),
    (b"MSCF\0\0\0\0", packed("cab")),
    (b"ISc(", packed("cab")),
    (b"\x60\xea", packed("arj")),
    (b"!<arch>\n", opened(Archive::Ar, "ar")),
    (b"xar!", packed("xar")),
    (b"MSWIM\0\0\0", packed("wim")),
    (b"\xed\xab\xee\xdb", opened(Archive::Rpm, "rpm")),
    (b"hsqs", packed("squashfs")),
    (b"sqsh", packed("squashfs")),
    (b"QFI\xfb", packed("disk image")),
    (b"KDMV", packed("disk image")),
    (b"vhdxfile", packed("disk image")),
    (b"PACK\0\0\0", packed("git pack")),
    (b"# v2 git bundle\n", packed("git bundle")),
    (b"# v3 git bundle\n", packed("git bundle")),
    (b"%PDF-", PDF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", packed("Office")),
    (b"PAR1", packed("Parquet")),
    (b"PARE", encrypted("Parquet")),
    (b"Obj\x01", packed("Avro")),
    (b"ORC\x08", packed("ORC")),
    (b"ARROW1\0\0", packed("Arrow")),
    (b"\x89HDF\r\n\x1a\n", packed("HDF5")),
    (b"CWS", packed("Flash")),
    (b"ZWS", packed("Flash")),
    (b"AT&TFORM", packed("DjVu")),
    (b"\0GITCRYPT\0", encrypted("git-crypt")),
    (b"age-encryption.org/v1", encrypted("age")),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", encrypted("age")),
    (b"-----BEGIN PGP MESSAGE-----", encrypted("PGP")),
    (b"$ANSIBLE_VAULT;", encrypted("ansible-vault")),
    (b"Salted__", encrypted("openssl")),
    (b"LUKS\xba\xbe", encrypted("LUKS")),
    (b"!BDN", packed("Outlook")),
];

/// Name endings of formats without a mark.
const NAMES: [(&str, Container); 9] = [
    (".br", packed("brotli")),
    (".lzma", opened(Archive::Lzma, "lzma")),
    (".lzo", packed("lzo")),
    (".lha", packed("lha")),
    (".lzh", packed("lha")),
    (".ace", packed("ace")),
    (".dmg", packed("disk image")),
    (".zz", packed("zlib")),
    (".gpg", encrypted("PGP")),
];

/// Bytes that are searched for a NUL byte.
const SAMPLE: usize = 8192;
/// Bytes of a tar header.
const TAR: usize = 512;
/// Bytes from a zip's end that may hold its end record: a comment of at most 65,535 bytes after a record of 22.
const ZIP_TAIL: usize = 22 + 0xffff;
/// Most bytes of a Git LFS pointer, by its specification.
const LFS_MOST: usize = 1024;

/// The format of a content that is not text; `None` for text.
pub fn of(bytes: &[u8], path: &[u8]) -> Option<Container> {
    by_magic(bytes)
        .or_else(|| lfs(bytes))
        .or_else(|| zip_behind(bytes))
        .or_else(|| tar(bytes))
        .or_else(|| by_name(bytes, path))
}

fn by_magic(bytes: &[u8]) -> Option<Container> {
    // Readers ignore white space before an armour.
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let (_, found) = MAGIC.iter().find(|(magic, c)| {
        let armoured = magic.len() > 8 && c.sort == Sort::Encrypted;
        if armoured { text.starts_with(magic) } else { bytes.starts_with(magic) }
    })?;
    // Letters that a text may start with too.
    let fits = match found.name {
        "bzip2" => {
            matches!(bytes.get(3..10), Some([b'1'..=b'9', b'1', b'A', b'Y', b'&', b'S', b'Y']))
                || matches!(bytes.get(3..10), Some([b'1'..=b'9', 0x17, b'r', b'E', b'8', b'P', 0x90]))
        }
        "lzma" | "arj" | "lzip" | "Flash" | "squashfs" | "xar" | "Outlook" | "Parquet" | "cab"
        | "disk image" => memchr::memchr(0, &bytes[..bytes.len().min(SAMPLE)]).is_some(),
        "gzip" => bytes.get(2).is_none_or(|method| *method == 8),
        _ => true,
    };
    fits.then_some(*found)
}

/// A Git LFS pointer.
fn lfs(bytes: &[u8]) -> Option<Container> {
    let head = [&b"version https://git-lfs.github.com/spec/"[..], b"version https://hawser.github.com/spec/"];
    let is = bytes.len() < LFS_MOST
        && head.iter().any(|h| bytes.starts_with(h))
        && memchr::memmem::find(bytes, b"\noid ").is_some();
    is.then_some(Container { sort: Sort::Lfs, name: "Git LFS" })
}

/// A zip archive after other bytes: self-extracting programs, pictures with an archive at their end. A zip is read
/// from its end.
fn zip_behind(bytes: &[u8]) -> Option<Container> {
    let tail = &bytes[bytes.len().saturating_sub(ZIP_TAIL)..];
    // The fourth byte of the mark is rare in text.
    let ends = memchr::memrchr_iter(6, tail).filter_map(|i| tail.get(i.checked_sub(3)?..));
    let mut records = ends.filter(|record| record.starts_with(b"PK\x05\x06"));
    let is = records.any(|r| match r.get(20..22) {
        Some(&[low, high]) => 22 + usize::from(u16::from_le_bytes([low, high])) <= r.len(),
        _ => false,
    });
    is.then_some(ZIP)
}

/// A tar archive, recognised by its first header.
fn tar(bytes: &[u8]) -> Option<Container> {
    if bytes.get(257..262)? != b"ustar" {
        return None;
    }
    let header = bytes.get(..TAR)?;
    let stored = header[148..156].iter().filter(|b| matches!(b, b'0'..=b'7'));
    let stored = stored.fold(0, |n: u32, b| n.wrapping_mul(8) + u32::from(b - b'0'));
    // The checksum field counts as spaces.
    let sum: u32 = header
        .iter()
        .enumerate()
        .map(|(i, b)| if (148..156).contains(&i) { 32 } else { u32::from(*b) })
        .sum();
    (sum == stored).then_some(TAR_FORMAT)
}

fn by_name(bytes: &[u8], path: &[u8]) -> Option<Container> {
    let ends = |end: &str| {
        path.len() > end.len() && path[path.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
    };
    let (_, found) = NAMES.iter().find(|(end, _)| ends(end))?;
    let is_text = bytes.iter().take(512).all(|b| *b >= 0x20 || b.is_ascii_whitespace());
    (!is_text).then_some(*found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(bytes: &[u8], path: &str) -> Option<&'static str> {
        of(bytes, path.as_bytes()).map(|c| c.name)
    }

    #[test]
    fn a_format_is_recognised_by_its_bytes_whatever_the_name_says() {
        for (magic, container) in MAGIC {
            let bzip = [&b"BZh91AY&SY"[..], b"\x17"].concat();
            let head = if container.name == "bzip2" { &bzip[..] } else { magic };
            let bytes = [head, b"\x08\0\x01\0\0\0\xff\0\0\x02"].concat();
            assert_eq!(name(&bytes, "notes.txt"), Some(container.name), "{magic:?}");
        }
    }

    #[test]
    fn a_text_is_not_a_container_whatever_it_begins_with_or_is_called() {
        for text in [
            "PK",
            "BZh is a mark",
            "hsqs",
            "CWS and ZWS",
            "7z a b",
            "Rar!",
            "LZIP",
            "xar!",
            "",
            "KDMV",
            "`\u{ea}",
        ] {
            for path in ["a.zip", "a.br", "a.txt", "a.gpg"] {
                assert_eq!(name(text.as_bytes(), path), None, "{text} {path}");
            }
        }
        assert_eq!(name(b"version https://git-lfs.github.com/spec/v1 is the first line", "a.md"), None);
        assert_eq!(
            name("Pointers begin with version https://git-lfs\noid sha256:1\n".as_bytes(), "a.md"),
            None
        );
    }

    #[test]
    fn a_pointer_of_git_lfs_is_recognised() {
        let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
        assert_eq!(of(pointer, b"a.psd").map(|c| c.sort), Some(Sort::Lfs));
    }

    #[test]
    fn a_zip_behind_a_picture_or_before_a_comment_is_recognised() {
        let zip = [&b"PK\x05\x06"[..], &[0; 16], &[3, 0], b"hey"].concat();
        let behind = [&b"\x89PNG\r\n\x1a\n"[..], &[1; 400], &zip].concat();
        assert_eq!(name(&behind, "a.png"), Some("zip"));
        assert_eq!(name(&[&behind[..], &[0; 100]].concat(), "a.png"), Some("zip"));
        assert_eq!(name(&behind[..behind.len() - 10], "a.png"), None, "no whole record");
    }

    #[test]
    fn a_tar_has_a_header_with_its_sum() {
        let mut header = vec![0; TAR];
        header[..5].copy_from_slice(b"a.txt");
        header[257..262].copy_from_slice(b"ustar");
        let sum = header.iter().map(|b| u32::from(*b)).sum::<u32>() + 8 * 32;
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert_eq!(name(&header, "a.txt"), Some("tar"));
        header[0] = b'b';
        assert_eq!(name(&header, "a.tar"), None);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_classified_without_a_fault(
            bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000),
            head in 0..MAGIC.len(),
            path in "[a-z.]{0,9}",
        ) {
            of(&bytes, path.as_bytes());
            of(&[MAGIC[head].0, &bytes].concat(), path.as_bytes());
            let mut tar = bytes;
            if tar.len() > 262 {
                tar[257..262].copy_from_slice(b"ustar");
            }
            of(&tar, path.as_bytes());
        }
    }
}
