//! Private keys in all the wrappings in which people commit them, in real commits.

use crate::support::{Sandbox, secret};

/// A key's text, each line changed.
fn lines(key: &str, change: impl Fn(usize, &str) -> String) -> String {
    key.lines().enumerate().map(|(i, line)| change(i, line)).collect()
}

/// A text as a form sends it, with `blank` for blanks.
fn form_encoded(text: &str, blank: &str) -> String {
    let escape = |c: char| match c {
        ' ' => blank.to_owned(),
        '\n' | '+' | '=' | '/' | ':' => format!("%{:02X}", c as u32),
        _ => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// The findings of a scan of these files, as `path rule`.
fn found(files: &[(String, String)]) -> (Sandbox, String) {
    let s = Sandbox::new();
    for (path, text) in files {
        s.write(path, text);
    }
    let out = s.stanch(["scan", "--format", "jsonl", "."]).stdout;
    (s, out)
}

#[track_caller]
fn assert_found(out: &str, path: &str, confidence: &str) {
    let line = out.lines().find(|l| l.contains(&format!("{path}\"")));
    assert!(line.is_some_and(|l| l.contains(confidence)), "{path}: {line:?}\n{out}");
}

#[test]
fn a_key_is_proved_in_every_wrapping() {
    let mut files = Vec::new();
    for kind in ["rsa", "ec", "pkcs8", "openssh", "pgp"] {
        let key = secret(&format!("${{seal:private-key:{kind}}}"), 5);
        let key = key.trim_end();
        let one_line = |end: &str| key.replace('\n', end);
        let wrapped: Vec<(&str, String)> = vec![
            ("hash", lines(key, |_, l| format!("# {l}\n"))),
            ("star", lines(key, |_, l| format!(" * {l}\n"))),
            ("semicolon", lines(key, |_, l| format!("; {l}\n"))),
            ("quoted", lines(key, |_, l| format!("> {l}\n"))),
            ("pipe", lines(key, |_, l| format!("    | {l}\n"))),
            ("percent", lines(key, |_, l| format!("% {l}\n"))),
            ("diff", lines(key, |_, l| format!("+{l}\n"))),
            ("compose", lines(key, |_, l| format!("web-1  | {l}\n"))),
            ("build", lines(key, |i, l| format!("#6 0.{} {l}\n", 240 + i))),
            ("syslog", lines(key, |i, l| format!("Nov 28 10:15:{} host app[31]: {l}\n", 10 + i))),
            ("dated", lines(key, |i, l| format!("2026-11-28 10:15:{} INFO: {l}\n", 10 + i))),
            ("crlf", one_line("\r\n")),
            ("escaped", format!("{{\"key\": \"{}\"}}\n", one_line("\\n"))),
            ("escaped-crlf", format!("{{\"key\": \"{}\"}}\n", one_line("\\r\\n"))),
            ("escaped-twice", format!("{{\"x\": \"{{\\\"key\\\": \\\"{}\\\"}}\"}}\n", one_line("\\\\n"))),
            ("unicode", format!("{{\"key\": \"{}\"}}\n", one_line("\\u000a"))),
            ("entity", format!("<key value=\"{}\"/>\n", one_line("&#10;"))),
            ("hex-entity", format!("<key value=\"{}\"/>\n", one_line("&#xA;"))),
            ("break", format!("<p>{}</p>\n", one_line("<br>"))),
            ("closed-break", format!("<p>{}</p>\n", one_line("<br />\n"))),
            ("php", format!("{{\"key\": \"{}\"}}\n", one_line("\\n").replace('/', "\\/"))),
            ("form", format!("key={}&a=1\n", form_encoded(key, "%20"))),
            ("form-plus", format!("key={}&a=1\n", form_encoded(key, "+"))),
            ("joined", lines(key, |_, l| format!("    \"{l}\\n\" +\n"))),
            ("escaped-joined", lines(key, |_, l| format!("    \"{l}\\\\n\" +\n"))),
            ("concatenated", lines(key, |_, l| format!("    . '{l}' . \"\\n\"\n"))),
            ("no-end", lines(key, |_, l| if l.contains("END") { String::new() } else { format!("{l}\n") })),
        ];
        files.extend(
            wrapped.into_iter().map(|(name, text)| (format!("{kind}-{name}.txt"), format!("a: 1\n{text}\n"))),
        );
    }
    // A header in PGP's armour is not a line of its key.
    files.retain(|(path, _)| !path.starts_with("pgp-no-end"));
    let (_, out) = found(&files);
    for (path, _) in &files {
        assert_found(&out, path, "\"certain\"");
    }
}

#[test]
fn a_key_that_is_cut_off_warns_and_what_only_names_one_is_silent() {
    let key = secret("${seal:private-key:rsa}", 6);
    let head = |n: usize| key.lines().take(n).collect::<Vec<_>>().join("\n");
    let begin = key.lines().next().unwrap();
    let end = key.lines().last().unwrap();
    let cut = vec![
        ("cut.txt".to_owned(), format!("{}\n", head(9))),
        ("cut-log.txt".to_owned(), lines(&head(9), |_, l| format!("app | {l}\n"))),
        ("other-end.txt".to_owned(), key.replace("END RSA PRIVATE", "END PRIVATE")),
    ];
    let (_, out) = found(&cut);
    for path in ["cut.txt", "cut-log.txt"] {
        assert_found(&out, path, "\"medium\"");
    }
    assert_found(&out, "other-end.txt", "\"certain\"");

    let code = "fn f(text: &str) -> bool {\n    let all = read_everything_from_the_configuration(text);\n";
    let silent = vec![
        (
            "names.rs".to_owned(),
            format!("const HEAD: &str = \"{begin}\";\n{code}const TAIL: &str = \"{end}\";\n"),
        ),
        ("empty.txt".to_owned(), format!("{begin}\n{end}\n")),
        ("dots.txt".to_owned(), format!("{begin}\n...\n{end}\n")),
        (
            "prose.md".to_owned(),
            format!("Paste `{begin}`, the body of the key and `{end}` into the field.\n"),
        ),
        ("stand-in.md".to_owned(), format!("{begin}\n<the body of your private key goes here>\n{end}\n")),
        ("head.js".to_owned(), format!("if (!text.startsWith('{begin}')) {{ throw new Error('no key') }}\n")),
        (
            "path.py".to_owned(),
            format!("HEAD = '{begin}'\nPATH = 'usr/share/ca/certificates/mozilla/all/of/them'\n"),
        ),
    ];
    let (_, out) = found(&silent);
    assert_eq!(out, "");
}

#[test]
fn a_certificate_s_end_and_a_second_key_are_not_swallowed() {
    let (first, second) = (secret("${seal:private-key:ec}", 7), secret("${seal:private-key:ec}", 8));
    let begin = first.lines().next().unwrap().to_owned();
    let (_, out) = found(&[("two.pem".to_owned(), format!("# a {begin} block\n{first}\n{second}"))]);
    assert_eq!(out.lines().filter(|l| l.contains("\"certain\"")).count(), 2, "{out}");
}

#[test]
fn a_jwk_is_found_in_the_syntax_of_every_language() {
    let d = secret("${base64url:43}", 9);
    let k = secret("${base64url:22}", 10);
    let x = secret("${base64url:43}", 11);
    let texts = [
        ("a.js", format!("const key = {{ kty: 'oct', k: '{k}' }};\n")),
        ("b.js", format!("const key = {{ kty: \"EC\", crv: \"P-256\", x: \"{x}\", d: \"{d}\" }};\n")),
        ("c.py", format!("KEY = {{'kty': 'oct', 'alg': 'HS256', 'k': '{k}'}}\n")),
        ("d.yml", format!("key:\n  kty: EC\n  crv: P-256\n  x: {x}\n  d: {d}\n")),
        ("e.yml", format!("key:\n  d: {d}\n  kty: OKP\n  crv: Ed25519\n")),
        ("f.rb", format!("key = {{ kty: 'EC', d: '{d}' }}\n")),
        ("g.rb", format!("key = {{ 'kty' => 'oct', 'k' => '{k}' }}\n")),
        ("h.php", format!("$key = ['kty' => 'EC', 'x' => '{x}', 'd' => '{d}'];\n")),
        ("i.go", format!("var key = `{{\"kty\":\"oct\",\"k\":\"{k}\"}}`\n")),
        ("j.json", format!("{{\"x\": \"{{\\\"kty\\\": \\\"oct\\\", \\\"k\\\": \\\"{k}\\\"}}\"}}\n")),
        ("k.py", format!("key = jwk.JWK(kty='oct', k='{k}')\n")),
        ("m.rs", format!("Jwk {{ kty: \"EC\".into(), d: Some(\"{d}\".into()) }}\n")),
        ("n.java", format!("new ECKey.Builder().kty(\"EC\").d(\"{d}\")\n")),
        ("l.toml", format!("[key]\nkty = \"EC\"\nd = \"{d}\"\n")),
    ];
    let files: Vec<_> = texts.iter().map(|(p, t)| ((*p).to_owned(), t.clone())).collect();
    let (_, out) = found(&files);
    for (path, _) in &files {
        assert_found(&out, path, "private-key-jwk");
    }
    let public = [
        ("a.json", format!("{{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"{x}\",\"y\":\"{d}\"}}\n")),
        ("b.yml", format!("kty: RSA\nkid: {x}\nn: {d}\n")),
        ("c.js", format!("const key = {{ kty: 'EC', x: '{x}', kid: '{d}' }};\n")),
    ];
    let files: Vec<_> = public.iter().map(|(p, t)| ((*p).to_owned(), t.clone())).collect();
    let (_, out) = found(&files);
    assert!(!out.contains("private-key"), "{out}");
}
