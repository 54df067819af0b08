//! `docs/recording.svg`, the recording of the README: real commands in a real repository, drawn as a terminal shows them.
//! `STANCH_UPDATE=1 cargo test --test suite recording` draws it again.

use crate::support::{Run, STANCH, Sandbox, key};
use std::fmt::Write;
use std::fs;
use std::path::Path;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/recording.svg");
/// Pixels of a character's width and a line's height.
const ADVANCE: f64 = 7.8;
const LEADING: usize = 18;
/// Seconds that a reader has for a line of output.
const READING: f64 = 0.25;

/// A command as it is typed, and what it printed.
struct Step {
    typed: &'static str,
    printed: String,
}

fn steps() -> Vec<Step> {
    let s = Sandbox::new().env("CLICOLOR_FORCE", "1").env("COLUMNS", "92");
    let bin = Path::new(STANCH).parent().unwrap();
    let s = s.env("PATH", &format!("{}:{}", bin.display(), std::env::var("PATH").unwrap()));
    s.record(&[("README.md", "hello\n")]);
    s.stage("app/mail.py", format!("import klaviyo\n\napi_key = \"{}\"\n", key(1)));
    let folder = s.dir().to_str().unwrap().to_owned();
    let mut blocked = 0;
    let steps = ["stanch install", "git commit -m 'Send mail'", "stanch fix", "git commit -am 'Send mail'"];
    let done = steps.map(|typed| {
        let Run { code, stdout, stderr } = s.run_with("sh", ["-c", typed], b"");
        blocked += usize::from(code != 0);
        let printed = format!("{stdout}{stderr}").replace(&folder, "~/shop");
        assert!(!printed.contains(&key(1)) && !printed.contains(STANCH), "{printed}");
        Step { typed, printed: printed.trim_end().to_owned() }
    });
    assert_eq!(blocked, 1, "the commit with the key is blocked, and nothing else fails");
    done.into()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The spans of a line, each with the classes that its colour codes ask for.
fn spans(line: &str) -> String {
    let mut out = String::new();
    let mut classes: Vec<&str> = Vec::new();
    for (i, piece) in line.split("\x1b[").enumerate() {
        let (codes, text) = if i == 0 { ("", piece) } else { piece.split_once('m').unwrap() };
        for code in codes.split(';').filter(|c| !c.is_empty()) {
            match code {
                "0" => classes.clear(),
                "1" => classes.push("b"),
                "2" => classes.push("d"),
                "4" => classes.push("u"),
                "31" => classes.push("red"),
                "32" => classes.push("green"),
                "33" => classes.push("yellow"),
                "34" | "36" => classes.push("cyan"),
                other => panic!("no colour for {other} in {line:?}"),
            }
        }
        match (text.is_empty(), classes.is_empty()) {
            (true, _) => {}
            (false, true) => out += &escape(text),
            (false, false) => {
                let _ = write!(out, "<tspan class=\"{}\">{}</tspan>", classes.join(" "), escape(text));
            }
        }
    }
    out
}

fn plain(line: &str) -> String {
    line.split("\x1b[")
        .enumerate()
        .map(|(i, p)| if i == 0 { p } else { p.split_once('m').unwrap().1 })
        .collect()
}

fn draw(steps: &[Step]) -> String {
    let (mut body, mut at, mut row) = (String::new(), 0.6, 0);
    let mut widest = 0;
    let mut add = |content: &str, at: f64| {
        row += 1;
        let y = 44 + row * LEADING;
        let _ =
            writeln!(body, "<text x=\"16\" y=\"{y}\" style=\"animation-delay:{at:.1}s\">{content}</text>");
    };
    for step in steps {
        let typed =
            format!("<tspan class=\"green\">$</tspan> <tspan class=\"b\">{}</tspan>", escape(step.typed));
        add(&typed, at);
        at += 0.8;
        for line in step.printed.lines() {
            widest = widest.max(plain(line).chars().count());
            add(&spans(line), at);
        }
        add("", at);
        at += 1.0 + READING * step.printed.lines().count() as f64;
    }
    let (width, height) = ((widest as f64).mul_add(ADVANCE, 40.0) as usize, 44 + (row + 1) * LEADING);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\">\n\
         <title>A commit with a key is blocked, fixed and committed again</title>\n\
         <style>\n\
         text {{ font: 13px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d8dee9; white-space: pre;\n\
         \x20 animation: show 0s both }}\n\
         @keyframes show {{ from {{ opacity: 0 }} to {{ opacity: 1 }} }}\n\
         @media (prefers-reduced-motion: reduce) {{ text {{ animation: none }} }}\n\
         .b {{ font-weight: bold }} .d {{ fill: #8f9bb3 }} .u {{ text-decoration: underline }} .red {{ fill: #ff7b86 }}\n\
         .green {{ fill: #8fd694 }} .yellow {{ fill: #f0c674 }} .cyan {{ fill: #7fd1e0 }}\n\
         </style>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"#1c212b\"/>\n\
         <circle cx=\"20\" cy=\"20\" r=\"6\" fill=\"#ff5f57\"/><circle cx=\"40\" cy=\"20\" r=\"6\" fill=\"#febc2e\"/>\
         <circle cx=\"60\" cy=\"20\" r=\"6\" fill=\"#28c840\"/>\n{body}</svg>\n"
    )
}

#[test]
fn the_recording_shows_what_the_commands_print_today() {
    let drawn = draw(&steps());
    if std::env::var_os("STANCH_UPDATE").is_some() {
        fs::write(FILE, drawn).unwrap();
        return;
    }
    let stored = fs::read_to_string(FILE).unwrap().replace("\r\n", "\n");
    assert!(stored == drawn, "STANCH_UPDATE=1 cargo test --test suite recording draws it again:\n{drawn}");
}
