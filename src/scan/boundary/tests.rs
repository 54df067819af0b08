use super::*;
use proptest::prelude::*;

/// The first pass over a text with escapes.
fn without(text: &str) -> Option<String> {
    let all = 0..text.len();
    parted(text.as_bytes(), vec![all]).next().map(|b| String::from_utf8(b.bytes).unwrap())
}

#[test]
fn an_escape_before_a_word_becomes_its_separator() {
    for (text, blank) in [
        (r"a\nKEY", "a KEY"),
        (r"a\\nKEY", "a KEY"),
        (r"\x0aKEY \u000aKEY \u003dKEY", " KEY  KEY =KEY"),
        (r"\x3DKEY\U0000000aKEY", "=KEY KEY"),
        (r"a\0KEY \12KEY \012KEY \0127KEY", "a KEY  KEY  KEY  7KEY"),
        // The NUL of a C string, then a key of digits.
        (r"\0617KEY", " 617KEY"),
        ("a%20KEY%3DKEY%0aKEY%253dKEY", "a KEY=KEY KEY=KEY"),
        ("%u003dKEY%u00e9KEY", "=KEY KEY"),
        ("a=3DKEY=20KEY=0AKEY", "a=KEY KEY KEY"),
        ("\x1b[0mKEY\x1b[1;31mKEY\x1b[2KKEY", " KEY KEY KEY"),
        (r"\033[0mKEY \e[1mKEY \x1b[38;5;9mKEY \u001b[0mKEY", " KEY  KEY  KEY  KEY"),
        ("^[[0mKEY [31mKEY", "^[ KEY  KEY"),
        ("\x1b(BKEY", " KEY"),
        ("`nKEY `r`nKEY", " KEY  KEY"),
        // Several in a row are one, and an existing separator needs none.
        (r"a\r\nKEY b=\u003dKEY c: \x3dKEY", "a KEY b= KEY c:  KEY"),
        ("%nKEY", " KEY"),
        ("&nbspKEY", " KEY"),
        (r"\n$KEY", " $KEY"),
    ] {
        assert_eq!(without(text).as_deref(), Some(blank), "{text}");
    }
}

#[test]
fn base64_in_a_url_is_read_both_ways() {
    let text = b"a%20KEY%2Fb";
    let both: Vec<_> = parted(text, std::iter::once(0..text.len()).collect())
        .map(|p| String::from_utf8(p.bytes).unwrap())
        .collect();
    assert_eq!(both, ["a KEY/b", "a KEY%2Fb"]);
}

#[test]
fn a_format_that_takes_a_blank_only_gets_blanks() {
    for (text, all) in [
        (r"a\x3dKEY", &["a=KEY", "a KEY"][..]),
        ("a&quot;KEY &#61;KEY &#x3d;KEY", &["a KEY  KEY  KEY"]),
        (r"&quot;\nKEY \n&quot;KEY", &[r"&quot; KEY \n&quot;KEY", r"&quot; KEY \n KEY"]),
    ] {
        let found: Vec<_> = parted(text.as_bytes(), std::iter::once(0..text.len()).collect())
            .map(|p| String::from_utf8(p.bytes).unwrap())
            .collect();
        assert_eq!(found, all, "{text}");
    }
}

#[test]
fn what_is_no_escape_or_no_boundary_stays() {
    for text in [
        r"a\n KEY",
        r"\n",
        r"\sKEY \dKEY \KEY",
        "100%KEY a%zzKEY %",
        // These stand for letters: they do not separate words.
        r"\x41KEY \u004bKEY %41KEY =41KEY \101KEY",
        "a=3dKEY a=e9KEY a=E9KEY",
        "a[0]KEY a[1;2KKEY [m KEY",
        "a & KEY, &#65;KEY &quot; KEY",
        r"\u00 \x",
    ] {
        assert_eq!(without(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn every_other_byte_keeps_its_place(
        text in prop::collection::vec(prop::sample::select(b"\\%=[`&#\x1b(0123aefnxumU;ampKE \n\xff".to_vec()), 0..80),
    ) {
        for p in parted(&text, std::iter::once(0..text.len()).collect()) {
            for at in 0..p.bytes.len() {
                let place = p.place(&(at..at + 1));
                let is_escape = p.escapes.iter().any(|(escape, _)| *escape == at);
                prop_assert_eq!(place.len() > 1, is_escape);
                prop_assert!(is_escape || text[place.start] == p.bytes[at]);
            }
            prop_assert_eq!(p.place(&(0..p.bytes.len())), 0..text.len());
        }
    }
}
