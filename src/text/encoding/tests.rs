use super::*;
use proptest::prelude::*;

/// A text in units of `width` bytes.
fn wide_text(text: &str, width: usize, little: bool) -> Vec<u8> {
    let units: Vec<u32> = match width {
        2 => text.encode_utf16().map(u32::from).collect(),
        _ => text.chars().map(u32::from).collect(),
    };
    let bytes = |u: u32| {
        if little { u.to_le_bytes()[..width].to_vec() } else { u.to_be_bytes()[4 - width..].to_vec() }
    };
    units.into_iter().flat_map(bytes).collect()
}

fn read(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&decode(bytes).0).into_owned()
}

const FORMS: [(usize, bool, Encoding); 4] = [
    (2, true, Encoding::Utf16Le),
    (2, false, Encoding::Utf16Be),
    (4, true, Encoding::Utf32Le),
    (4, false, Encoding::Utf32Be),
];

#[test]
fn wide_texts_are_read_in_both_orders_with_and_without_a_mark() {
    let text = "api_key = \"abc\"\r\nn\u{e4}me = \u{4e2d}\u{1f511}\r\n";
    for (width, little, encoding) in FORMS {
        for mark in ["", "\u{feff}"] {
            let bytes = wide_text(&format!("{mark}{text}"), width, little);
            assert_eq!(decode(&bytes), (Cow::Borrowed(text.as_bytes()), encoding), "mark {mark:?}");
            // An odd length removes nothing.
            assert_eq!(read(&[&bytes[..], b"x"].concat()), format!("{text}x"), "mark {mark:?}");
        }
    }
}

#[test]
fn a_text_of_another_script_is_read_as_its_mark_says() {
    let text = "\u{5bc6}\u{7801}\u{662f}\u{4e00}\u{4e2a}\u{79d8}\u{5bc6}\n".repeat(30);
    for (width, little, encoding) in FORMS {
        let bytes = wide_text(&format!("\u{feff}{text}"), width, little);
        assert_eq!(decode(&bytes), (Cow::Borrowed(text.as_bytes()), encoding));
    }
}

#[test]
fn a_mark_that_the_bytes_disagree_with_hides_nothing() {
    let text = "# notes\r\nTOKEN=abcdef\r\n";
    for mark in [&b"\xff\xfe"[..], b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff", b"\xef\xbb\xbf"] {
        assert!(read(&[mark, text.as_bytes()].concat()).ends_with(text), "{mark:?}");
        for (width, little, _) in FORMS {
            let bytes = [mark, &wide_text(text, width, little)].concat();
            assert!(read(&bytes).ends_with(text), "{mark:?} {width} {little}: {:?}", read(&bytes));
        }
    }
}

#[test]
fn texts_of_several_encodings_are_read_as_what_each_part_is() {
    let (a, b) = ("first = 1\r\nsecond = 2\n", "third = 3\r\n");
    for (width, little, _) in FORMS {
        for mark in ["", "\u{feff}"] {
            let other = wide_text(&format!("{mark}{b}"), width, little);
            let marked = wide_text(&format!("{mark}{a}"), width, little);
            let without = |bytes: &[u8]| read(bytes).replace(['\u{feff}', '\u{fffd}', '\0'], "");
            assert_eq!(without(&[a.as_bytes(), &other].concat()), format!("{a}{b}"), "{width} {little}");
            assert_eq!(without(&[&marked, b.as_bytes()].concat()), format!("{a}{b}"), "{width} {little}");
            // After an odd number of bytes, and with three parts.
            let all = [&marked[..], b"and an odd number of\n", &other, b"tail = 4"].concat();
            let want = format!("{a}and an odd number of\n{b}tail = 4");
            assert_eq!(without(&all), want, "{width} {little}");
        }
    }
}

#[test]
fn wide_strings_in_a_binary_are_read() {
    for (width, little, _) in FORMS {
        for gap in 0..9 {
            let head = [&b"\x7fELF\x02\x01\x01"[..], &vec![0; gap], b"\x90\xcc"].concat();
            let bytes = [&head, &wide_text("token=abc", width, little), &b"\0\0\0\0\x01rest"[..]].concat();
            let (text, encoding) = decode(&bytes);
            assert_eq!(encoding, Encoding::Binary);
            assert!(memchr::memmem::find(&text, b"token=abc").is_some(), "{width} {little} {gap}: {text:?}");
        }
    }
}

#[test]
fn a_utf8_mark_is_cut_off_and_what_has_no_wide_part_stays() {
    assert_eq!(decode(b"\xef\xbb\xbfa"), (Cow::Borrowed(&b"a"[..]), Encoding::Ascii));
    assert_eq!(decode(b"caf\xe9"), (Cow::Borrowed(&b"caf\xe9"[..]), Encoding::Ascii));
    let elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0abc";
    assert!(matches!(decode(elf), (Cow::Borrowed(text), Encoding::Binary) if text == elf));
    let late = [&[b'a'; SAMPLE][..], b"\0b"].concat();
    assert!(matches!(decode(&late), (Cow::Borrowed(text), Encoding::Ascii) if text == late));
}

proptest! {
    #[test]
    fn no_key_is_lost_between_two_encodings(
        parts in prop::collection::vec((0usize..5, "[ -~\r\n]{0,40}|[\u{4e00}-\u{9fff}]{0,9}", any::<bool>()), 1..5),
        before in prop::collection::vec(any::<u8>(), 0..4),
        place in 0usize..5,
    ) {
        // After a separator, as a key is in a text.
        let key = "\nTOKEN=k3y0f_a_person=";
        let mut bytes = before;
        let place = place % parts.len();
        for (i, (form, text, mark)) in parts.iter().enumerate() {
            let text = if i == place { format!("{text}{key}{text}") } else { text.clone() };
            let text = if *mark { format!("\u{feff}{text}") } else { text };
            match FORMS.get(*form) {
                Some((width, little, _)) => bytes.extend(wide_text(&text, *width, *little)),
                None => bytes.extend(text.as_bytes()),
            }
        }
        let (text, _) = decode(&bytes);
        prop_assert!(memchr::memmem::find(&text, b"TOKEN=k3y0f_a_person").is_some(), "{bytes:?} is {text:?}");
    }

    #[test]
    fn a_line_behind_any_bytes_is_read(
        before in prop::collection::vec(prop::sample::select(b"ab\n\0\0\0\0\xff\xfe\xd8\xdc\x4e\x2d ".to_vec()), 0..90),
        form in 0usize..5,
    ) {
        let line = "\nTOKEN=a-line-of-a-text\n";
        let wide = FORMS.get(form).map(|(width, little, _)| wide_text(line, *width, *little));
        let bytes = [&before[..], &wide.unwrap_or_else(|| line.into())].concat();
        prop_assert!(memchr::memmem::find(&decode(&bytes).0, line.trim().as_bytes()).is_some(), "{:?}", decode(&bytes));
    }

    #[test]
    fn any_bytes_are_read_and_ascii_stays(bytes in prop::collection::vec(prop::sample::select(b"ab\n\0\0\0\xff\xfe\xd8\xdc ".to_vec()), 0..200)) {
        let (text, encoding) = decode(&bytes);
        prop_assert!(text.len() <= 2 * bytes.len());
        if encoding == Encoding::Ascii {
            prop_assert_eq!(&*text, bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
        }
    }
}
