//! Keeps a file of secrets out of git: the sample that replaces it, and the line of `.gitignore`.
//!
//! Pure: bytes in, bytes out.

use super::dotenv::assignment;

/// The sample of an environment file: each name without its value, in order. Comments are dropped, since they may
/// contain values.
pub fn example(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut names: Vec<&[u8]> = Vec::new();
    for line in text.split(|b| *b == b'\n') {
        let Some((name, _)) = assignment(line) else { continue };
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'.' || *b == b'-';
        let starts = name.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
        if starts && name.iter().all(is_name) && !names.contains(&name) {
            names.push(name);
            out.extend_from_slice(name);
            out.extend_from_slice(b"=\n");
        }
    }
    out
}

/// An existing sample with the missing names added.
pub fn completed(sample: &[u8], text: &[u8]) -> Vec<u8> {
    let of = |bytes: &[u8]| -> Vec<Vec<u8>> {
        example(bytes).split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
    };
    let known = of(sample);
    let mut out = sample.to_vec();
    if !out.is_empty() && !out.ends_with(b"\n") {
        out.push(b'\n');
    }
    out.extend(of(text).into_iter().filter(|line| !known.contains(line)).flatten());
    out
}

/// A `.gitignore` with one more line, for a file beside it.
pub fn ignored(ignore: &[u8], name: &[u8]) -> Vec<u8> {
    let mut out = ignore.to_vec();
    if !out.is_empty() && !out.ends_with(b"\n") {
        out.push(b'\n');
    }
    out.push(b'/');
    for b in name {
        // Characters with a meaning in a pattern; a trailing blank would be cut off.
        if b"*?[\\ ".contains(b) {
            out.push(b'\\');
        }
        out.push(*b);
    }
    out.push(b'\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_has_each_name_once_and_no_value() {
        let text = b"# key: abc\nexport A=1\n B = \"x=y\"\nA=2\nnot a name=3\n=4\n\nC.D=\r\n'E'=5\nline of a value\n";
        assert_eq!(String::from_utf8(example(text)).unwrap(), "A=\nB=\nC.D=\n");
        assert_eq!(completed(b"# how to get it\nB=", text), b"# how to get it\nB=\nA=\nC.D=\n");
    }

    #[test]
    fn the_line_of_gitignore_names_this_file_alone() {
        assert_eq!(ignored(b"", b".env"), b"/.env\n");
        assert_eq!(ignored(b"target", b"a [b]*.env"), b"target\n/a\\ \\[b]\\*.env\n");
    }

    proptest::proptest! {
        #[test]
        fn no_value_is_ever_in_a_sample(names in proptest::collection::vec("[A-Z_]{1,8}", 0..6), value in "[a-z0-9]{6,12}") {
            let text: String = names.iter().map(|n| format!("{n}={value}\n# {value}\n")).collect();
            let sample = String::from_utf8(example(text.as_bytes())).unwrap();
            proptest::prop_assert!(!sample.contains(&value));
        }
    }
}
