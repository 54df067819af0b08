use super::runs::{SHORTEST, decode, hex, is_base64, plain_block};
use super::*;
use proptest::prelude::*;

fn found(text: &str) -> Vec<(Vec<u8>, Range<usize>)> {
    runs::views(text.as_bytes(), text.len(), &mut Budget::of(1 << 20), &mut Vec::new())
        .into_iter()
        .map(|v| (v.bytes, v.at))
        .collect()
}

#[test]
fn a_run_is_found_whole_wherever_it_stands() {
    let inner = b"password is hunter2 here";
    let run = data_encoding::BASE64.encode(inner);
    let bare = run.trim_end_matches('=');
    for before in ["", "a: ", "x ", &" ".repeat(40)] {
        for after in ["", "\n", "\" and more"] {
            let text = format!("{before}{run}{after}");
            let at = before.len()..before.len() + bare.len();
            assert_eq!(found(&text), [(inner.to_vec(), at)], "{text:?}");
        }
    }
    assert_eq!(found("aGVsbG8gd29ybGQ and a_name_of_more_than_twenty_letters"), []);
    let run = data_encoding::HEXLOWER.encode(inner);
    assert_eq!(found(&format!("x = {run};")), [(inner.to_vec(), 4..4 + run.len())]);
}

#[test]
fn compressed_text_is_read_on_one_line_and_over_several_within_the_budget() {
    use std::io::Write;
    let inner = format!("apiVersion: v1\npassword: {}\n", "a-value-of-some-length ".repeat(40));
    let level = flate2::Compression::new;
    let mut all = Vec::new();
    let mut out = flate2::write::GzEncoder::new(Vec::new(), level(6));
    out.write_all(inner.as_bytes()).unwrap();
    all.push(out.finish().unwrap());
    for level in [0, 1, 6, 9].map(level) {
        let mut out = flate2::write::ZlibEncoder::new(Vec::new(), level);
        out.write_all(inner.as_bytes()).unwrap();
        all.push(out.finish().unwrap());
    }
    for packed in all {
        let run = data_encoding::BASE64.encode(&packed);
        let bare = run.trim_end_matches('=');
        let one = found(&format!("release: {run}\nnext: 1"));
        assert_eq!(one, [(inner.clone().into_bytes(), 9..9 + bare.len())], "{run}");
        let lines: Vec<&str> = run.as_bytes().chunks(40).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let views = found(&format!("a: |\n  {}\nb: 1\n", lines.join("\n  ")));
        assert_eq!(views[0].0, inner.as_bytes());
        let both = found(&format!("{bare}\n{bare}\n"));
        assert_eq!(both.iter().filter(|(view, _)| view == inner.as_bytes()).count(), 2);
        let mut little = Budget { left: 100, unpacked: 100, spent: false };
        assert_eq!(runs::views(run.as_bytes(), run.len(), &mut little, &mut Vec::new()).len(), 0);
        assert!(little.is_spent());
        // Cut off, what is there counts.
        assert!(inner.as_bytes().starts_with(&found(&bare[..bare.len() - 20])[0].0));
    }
    // Text that begins as zlib does is text.
    let text = b"x^2 + y^2 is the square of the radius";
    assert_eq!(found(&data_encoding::BASE64.encode(text))[0].0, text);
}

#[test]
fn what_is_unpacked_is_decoded_as_a_text_of_its_own() {
    let mut budget = Budget::of(1000);
    let decoded = budget.left;
    assert!(budget.pay_unpacked(UNPACKED_LEAST) && budget.left == decoded + PER_BYTE * UNPACKED_LEAST);
    assert!(budget.pay_unpacked(UNPACKED_PER_BYTE * 1000) && !budget.is_spent());
    // It pays for no more unpacking, at no depth.
    let decoded = budget.left;
    assert!(!budget.pay_unpacked(1) && budget.left == decoded && budget.is_spent());
    assert_eq!(Budget::of(1 << 30).unpacked, UNPACKED_MOST);
}

#[test]
fn escapes_are_undone_and_their_places_known() {
    for (text, inner) in [
        ("a%3Dpass%77ord", "a=password"),
        ("x \\u0022key\\u0022: 1", "x \"key\": 1"),
        ("\\x41\\x42c", "ABc"),
        ("\\u{41}\\u{000042}c", "ABc"),
        ("\\101\\102c", "ABc"),
        ("\\0101\\0102c", "ABc"),
        ("&#34;a&#x3d;b", "\"a=b"),
    ] {
        let views = escapes::views(text.as_bytes(), Lang::Other, &mut Budget::of(100));
        assert_eq!(String::from_utf8_lossy(&views[0].bytes), inner);
        let last = inner.len() - 1;
        assert_eq!(&text[views[0].place(&(last..last + 1))], &inner[last..], "{text}");
        assert_eq!(views[0].place(&(0..inner.len())), 0..text.len());
    }
    assert!(
        escapes::views(b"100%, a&b \\n \\u00e9 %20 &amp; &#8217;", Lang::Other, &mut Budget::of(100))
            .is_empty()
    );
}

#[test]
fn decoding_ends_with_the_budget() {
    let text = "%41%42%43\n".repeat(50_000);
    let (views, _) = views(text.as_bytes(), text.len(), Lang::Other, &[], &mut Budget::of(0));
    assert!(views.iter().map(|v| v.bytes.len()).sum::<usize>() <= 256 << 10);
}

/// The runs and blocks of a text, with each block decoded again from each of its lines.
fn plain(text: &[u8]) -> Vec<(Vec<u8>, Range<usize>)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|b| is_base64(**b)).count();
        let mut end = at + length;
        if length >= SHORTEST {
            let run = &text[at..end];
            let block = plain_block(text, at, end);
            let bytes = match block {
                Some((bytes, last)) => {
                    end = last;
                    Some(bytes)
                }
                None => decode(run).or_else(|| hex(run)),
            };
            out.extend(bytes.map(|b| (b, at..end)));
        }
        at = end.max(at + 1);
    }
    out
}

/// A line of a block: text of one width, sometimes with a flaw.
fn block_line(width: usize, flaw: usize) -> String {
    let mut line =
        data_encoding::BASE64_NOPAD.encode(&b"password is hunter2 here and there, again and ".repeat(3));
    line.truncate(width);
    let end = width - 3;
    match flaw {
        0 => line.replace_range(end.., "//7"),
        1 => line.replace_range(end.., "Pz8"),
        2 => line.replace_range(end.., "Pz-"),
        3 => line.truncate(end),
        _ => {}
    }
    line
}

proptest! {
    #[test]
    fn blocks_are_those_that_are_read_anew_from_each_line(
        lines in prop::collection::vec((prop::sample::select(vec![48usize, 64, 49, 50, 51]), 0usize..24), 0..3)
            .prop_flat_map(|kinds| prop::collection::vec(prop::sample::select(
                if kinds.is_empty() { vec![(64, 9)] } else { kinds.into_iter().chain([(64, 9)]).collect::<Vec<_>>() }), 0..16)),
    ) {
        let text: String = lines.iter().map(|(width, flaw)| block_line(*width, *flaw) + "\n").collect();
        prop_assert_eq!(found(&text), plain(text.as_bytes()));
    }

    #[test]
    fn the_runs_are_those_that_a_walk_over_every_byte_finds(text in "[ab+/_ .]{0,120}|[ -~\n]{0,200}|([A-Za-z0-9+/]{18,24}[ =]?){0,8}|([A-Za-z0-9+/]{1,90}[ =]){0,4}") {
        let mut want = Vec::new();
        let bytes = text.as_bytes();
        let mut start = 0;
        for run in bytes.split(|b| !is_base64(*b)) {
            if run.len() >= SHORTEST && let Some(plain) = decode(run).or_else(|| hex(run)) {
                want.push((plain, start..start + run.len()));
            }
            start += run.len() + 1;
        }
        prop_assert_eq!(found(&text), want);
    }

    #[test]
    fn any_bytes_are_safe_to_decode(text in prop::collection::vec(prop::sample::select(b"%\\xu{}&#04;19aAfF \n\xff".to_vec()), 0..80)) {
        for view in escapes::views(&text, Lang::Other, &mut Budget::of(1000)) {
            prop_assert_eq!(view.places.len(), view.bytes.len() + 1);
            prop_assert!(view.at.end <= text.len());
        }
    }
}
