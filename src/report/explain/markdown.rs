//! The page as Markdown, for the documentation.

use super::sheet::{Block, Sheet};
use crate::finding::printable;
use std::fmt::Write;

pub(super) fn render(sheet: &Sheet) -> String {
    let mut out = format!("# {}\n", escape(&sheet.title));
    for section in &sheet.sections {
        let _ = write!(out, "\n## {}\n\n", section.heading);
        out.push_str(&blocks(&section.blocks, ""));
    }
    out
}

fn blocks(list: &[Block], indent: &str) -> String {
    let mut out = String::new();
    for (i, block) in list.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        match block {
            Block::Text(text) => {
                let _ = writeln!(out, "{indent}{}", escape(text));
            }
            Block::Bullets(items) => items.iter().for_each(|item| {
                let _ = writeln!(out, "{indent}- {}", escape(item));
            }),
            Block::Command(command, note) => {
                let note = if note.is_empty() { String::new() } else { format!("  # {note}") };
                fence(&mut out, indent, "sh", &format!("{command}{note}"));
            }
            Block::Link(url, what) => {
                let _ = writeln!(out, "{indent}<{}> ({what})", printable(url.as_bytes()));
            }
            Block::Code(language, text) => fence(&mut out, indent, language, text),
            Block::Steps(steps) => {
                for (n, (what, how)) in steps.iter().enumerate() {
                    let _ = write!(out, "{indent}{}. **{what}**\n\n", n + 1);
                    let _ = writeln!(out, "{}", blocks(how, &format!("{indent}   ")).trim_end_matches('\n'));
                    if n + 1 < steps.len() {
                        out.push('\n');
                    }
                }
            }
        }
    }
    out
}

fn fence(out: &mut String, indent: &str, language: &str, text: &str) {
    let _ = writeln!(out, "{indent}```{language}");
    for line in text.lines() {
        let _ = writeln!(out, "{}", format!("{indent}{line}").trim_end());
    }
    let _ = writeln!(out, "{indent}```");
}

/// Escapes characters with a meaning in Markdown or HTML.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable(text.as_bytes()).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '*' | '_' | '`' | '[' | ']' | '\\' | '|' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}
