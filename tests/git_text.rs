//! What hides text from tools that parse `git diff`: attributes, drivers, colours, encodings, long lines, size.

use crate::support::{Sandbox, key};

fn line(seed: u64) -> String {
    format!("KLAVIYO_API_KEY={}\n", key(seed))
}

/// A repository with this configuration, attributes in `.gitattributes`, and a key staged in a file with history.
fn hidden(config: &[(&str, &str)], attributes: &str) -> Sandbox {
    let s = Sandbox::guarded();
    s.record(&[(".gitattributes", attributes), ("a.env", "A=1\n")]);
    for (name, value) in config {
        s.git(["config", name, value]);
    }
    s.stage("a.env", format!("A=1\n{}", line(1)));
    s
}

#[test]
fn a_file_without_diff_is_read() {
    hidden(&[], "*.env -diff\n").commit().stopped_at("a.env:2:");
}

#[test]
fn a_file_called_binary_is_read() {
    hidden(&[], "* binary\n").commit().stopped_at("a.env:2:");
}

#[test]
fn attributes_of_ones_own_clone_hide_nothing() {
    let s = hidden(&[], "");
    s.write(".git/info/attributes", "* binary -diff\n");
    s.commit().stopped_at("a.env:2:");
}

#[test]
fn a_text_conversion_hides_nothing() {
    let s = hidden(&[("diff.quiet.textconv", "true"), ("diff.quiet.binary", "true")], "* diff=quiet\n");
    s.commit().stopped_at("a.env:2:");
}

#[test]
fn an_external_diff_hides_nothing() {
    let s = hidden(&[("diff.external", "true"), ("diff.quiet.command", "true")], "* diff=quiet\n");
    s.commit().stopped_at("a.env:2:");
}

#[test]
fn colours_and_prefixes_hide_nothing() {
    for (name, value) in [
        ("color.ui", "always"),
        ("color.diff", "always"),
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("diff.wordRegex", "."),
        ("diff.ignoreSubmodules", "all"),
        ("diff.orderFile", "nowhere"),
        ("diff.suppressBlankEmpty", "true"),
        ("diff.renames", "copies"),
        ("core.quotePath", "true"),
        ("core.attributesFile", "nowhere"),
        ("core.ignoreCase", "true"),
        ("core.fsmonitor", "false"),
        ("core.untrackedCache", "true"),
        ("index.version", "4"),
        ("feature.manyFiles", "true"),
    ] {
        hidden(&[(name, value)], "").commit().stopped_at("a.env:2:");
    }
}

#[test]
fn a_filter_hides_nothing_of_what_is_stored() {
    let s = Sandbox::guarded();
    s.record(&[(".gitattributes", "*.env filter=upper\n")]);
    // What the filter stores is what counts, not the work tree.
    let smudged = format!("X{}", key(1));
    s.git(["config", "filter.upper.clean", "sed s/^X//"]);
    s.git(["config", "filter.upper.smudge", "sed s/^/X/"]);
    s.stage("a.env", smudged);
    s.commit().stopped_at("a.env:1:");
}

#[test]
fn an_lfs_pointer_passes() {
    let s = Sandbox::guarded();
    let id = crate::support::secret("${hex-lower:64}", 5);
    s.stage("big.bin", format!("version https://git-lfs.github.com/spec/v1\noid sha256:{id}\nsize 12345\n"));
    s.commit().ok();
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
    text.encode_utf16().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect()
}

#[test]
fn utf16_is_read_in_both_orders_with_and_without_a_mark() {
    for little in [true, false] {
        for mark in [true, false] {
            let s = Sandbox::guarded();
            s.stage("a.reg", utf16(&format!("first=1\r\n{}", line(1)), little, mark));
            s.commit().stopped_at("a.reg:2:");
        }
    }
}

#[test]
fn a_file_turned_to_utf16_has_no_new_line() {
    let s = Sandbox::guarded();
    let text = format!("first=1\n{}", line(1));
    s.record(&[("a.reg", &text)]);
    s.stage("a.reg", utf16(&text, true, true));
    s.commit().ok();
    s.stage("a.reg", utf16(&format!("{text}{}", line(2)), false, true));
    let run = s.commit();
    run.stopped_at("a.reg:3:");
    assert!(!run.stderr.contains("a.reg:2:"), "{run:#?}");
}

/// The text in units of four bytes.
fn utf32(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let text = if mark { format!("\u{feff}{text}") } else { text.to_owned() };
    let unit = |c: char| if little { u32::from(c).to_le_bytes() } else { u32::from(c).to_be_bytes() };
    text.chars().flat_map(unit).collect()
}

#[test]
fn utf32_is_read_in_both_orders_with_and_without_a_mark() {
    for little in [true, false] {
        for mark in [true, false] {
            let s = Sandbox::guarded();
            s.stage("a.reg", utf32(&format!("first=\u{4e2d}\r\n{}", line(1)), little, mark));
            s.commit().stopped_at("a.reg:2:17");
        }
    }
}

#[test]
fn a_byte_order_mark_that_the_bytes_disagree_with_hides_nothing() {
    let text = |n| format!("a plain line\n{}", line(n));
    for (n, mark) in (1..).zip([&b"\xff\xfe"[..], b"\xfe\xff", b"\xff\xfe\0\0", b"\0\0\xfe\xff"]) {
        // Of even and of odd length.
        for more in ["", "x"] {
            let s = Sandbox::guarded();
            s.stage("ascii.env", [mark, text(n).as_bytes(), more.as_bytes()].concat());
            s.stage("little.env", [mark, &utf16(&text(n + 10), true, false), more.as_bytes()].concat());
            s.stage("big.env", [mark, &utf16(&text(n + 20), false, false), more.as_bytes()].concat());
            let run = s.commit();
            for file in ["ascii.env:2:17", "little.env:2:17", "big.env:2:17"] {
                run.stopped_at(file);
            }
        }
    }
}

#[test]
fn utf16_and_ascii_in_one_file_are_both_read() {
    // As `>>` of one shell leaves them in a file that another one wrote.
    let s = Sandbox::guarded();
    s.record(&[("a.env", "A=1\r\n")]);
    s.stage("a.env", [b"A=1\r\n", &utf16(&format!("B=2\r\n{}", line(1)), true, true)[..]].concat());
    s.stage("b.env", [&utf16("A=1\r\nB=2\r\n", true, true)[..], line(2).as_bytes()].concat());
    s.stage("c.env", [&utf16("A=1\n", false, true)[..], b"plain\n", &utf16(&line(3), true, true)].concat());
    let run = s.commit();
    for place in ["a.env:3:17", "b.env:3:17", "c.env:3:17"] {
        run.stopped_at(place);
    }
    assert!(run.stderr.contains("3 secrets") || run.stderr.matches(".env:3:17").count() == 3, "{run:#?}");
}

#[test]
fn utf16_in_a_binary_is_read() {
    let s = Sandbox::guarded();
    for (name, little) in [("little.dll", true), ("big.dll", false)] {
        let head = [&b"MZ\x90\0\x03\0\0\0\n"[..], &[0; 75]].concat();
        s.stage(name, [&head, &utf16(&line(1 + u64::from(little)), little, false)[..], &[0; 33]].concat());
    }
    let run = s.commit();
    run.stopped_at("little.dll:2:");
    run.stopped_at("big.dll:2:");
}

#[test]
fn a_key_behind_an_escape_is_read() {
    let s = Sandbox::guarded();
    for before in ["a\\n", "\\\\t", "\\u003d", "%20", "a=3D", "\u{1b}[0m", "\\033[1;31m"] {
        s.stage("a.txt", format!("klaviyo = \"{before}{}\"\n", key(1)));
        s.commit().stopped_at(&format!("a.txt:1:{}", 12 + before.chars().count()));
    }
}

#[test]
fn a_utf8_mark_latin1_and_windows_line_ends_hide_nothing() {
    let s = Sandbox::guarded();
    s.stage("bom.env", format!("\u{feff}{}", line(1)));
    let mut latin = b"# caf\xe9 \xfc\n".to_vec();
    latin.extend(line(2).as_bytes());
    s.stage("latin.env", latin);
    s.stage("crlf.env", format!("A=1\r\n{}\r\n", line(3).trim_end()));
    let run = s.commit();
    run.stopped_at("bom.env:1:");
    run.stopped_at("latin.env:2:");
    run.stopped_at("crlf.env:2:");
}

#[test]
fn old_lines_with_other_line_ends_or_a_last_newline_are_not_new() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", &format!("A=1\n{}", line(1))), ("b.env", line(2).trim_end())]);
    s.stage("a.env", format!("A=1\r\n{}\r\n", line(1).trim_end()));
    s.stage("b.env", format!("{}B=2\n", line(2)));
    s.commit().ok();
}

#[test]
fn a_last_line_without_newline_is_read() {
    let s = Sandbox::guarded();
    s.record(&[("a.env", "A=1\n")]);
    s.stage("a.env", format!("A=1\n{}", line(1).trim_end()));
    s.commit().stopped_at("a.env:2:");
}

#[test]
fn nul_bytes_hide_nothing() {
    let s = Sandbox::guarded();
    let mut bytes = b"\x7fELF\x02\x01\0\0\0\n".to_vec();
    bytes.extend(line(1).as_bytes());
    bytes.extend([0; 64]);
    s.stage("a.bin", bytes);
    // One NUL byte past git's own window of 8,000 bytes, and one before.
    let text = "a plain line of text\n".repeat(500);
    s.stage("late.txt", format!("{text}\0\n{}", line(2)));
    s.stage("early.txt", format!("x\0\n{text}{}", line(3)));
    let run = s.commit();
    run.stopped_at("a.bin:2:");
    run.stopped_at("late.txt:502:");
    run.stopped_at("early.txt:502:");
}

#[test]
fn a_key_deep_inside_one_line_of_three_megabytes_is_found() {
    let s = Sandbox::guarded();
    let half = "var a=1;function b(c){return c+a};".repeat(46_000);
    s.stage("app.min.js", format!("{half}var k=\"{}\";{half}", key(1)));
    s.commit().stopped_at(&format!("app.min.js:1:{}", half.len() + 8));
}

#[test]
fn a_line_of_three_megabytes_without_a_key_passes() {
    let s = Sandbox::guarded();
    s.stage("app.min.js", "var a=1;function b(c){return c+a};".repeat(92_000));
    s.commit().ok();
}

#[test]
fn a_file_over_the_size_limit_blocks_and_is_named() {
    let s = Sandbox::guarded();
    s.record(&[(".stanch.toml", "[limits]\nmax_blob_mb = 1\n")]);
    let large = format!("{}{}", line(1), "x\n".repeat(600_000));
    s.stage("large.sql", &large);
    s.stage("small.env", "A=1\n");
    let run = s.commit();
    assert!(run.code != 0 && run.stderr.contains("large.sql"), "{run:#?}");
    assert!(run.stderr.contains("limits.max_blob_mb = 2"), "{run:#?}");
    s.git(["reset", "-q", "--hard", "HEAD^"]);
    s.stage("small.sql", &large[..1 << 20]);
    s.commit().stopped_at("small.sql:1:");
}

#[test]
fn a_broken_object_cannot_be_checked() {
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    let id = s.git(["rev-parse", ":a.env"]);
    let object = s.dir().join(".git/objects").join(&id[..2]).join(&id[2..]);
    std::fs::remove_file(&object).unwrap();
    s.stanch(["hook", "pre-commit"]).could_not_check(&id);
    std::fs::write(&object, "no zlib stream").unwrap();
    s.stanch(["hook", "pre-commit"]).could_not_check("git fsck");
}

#[test]
fn a_broken_index_or_head_cannot_be_checked() {
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    let index = s.read(".git/index");
    s.write(".git/index", &index[..index.len() / 2]);
    assert_eq!(s.stanch(["hook", "pre-commit"]).code, 2);
    s.write(".git/index", &index);
    s.write(".git/refs/heads/main", "no object id\n");
    assert_eq!(s.stanch(["hook", "pre-commit"]).code, 2);
}

#[cfg(unix)]
#[test]
fn another_users_repository_is_explained() {
    let s = Sandbox::guarded();
    s.stage("a.env", line(1));
    // Only root may give a folder away; for others git's own variable for tests has no counterpart in libgit2.
    if std::os::unix::fs::chown(s.dir(), Some(12345), None).is_ok() {
        let run = s.stanch(["hook", "pre-commit"]);
        run.could_not_check("git config --global --add safe.directory");
        assert!(run.stderr.contains(&*s.dir().to_string_lossy()), "{run:#?}");
    }
}
