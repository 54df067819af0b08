//! The page for a terminal or a pipe.

use super::sheet::{Block, Sheet};
use crate::report::layout::{Layout, Style, chars};
use crate::report::terminal::Terminal;

/// Widest text, in columns; longer lines are tiring to read on a wide terminal.
const WIDTH: usize = 90;

pub(super) fn render(sheet: &Sheet, look: &Terminal) -> String {
    let mut page = Layout::new(look, WIDTH);
    page.row(0, &[(Style::Strong, &sheet.title)]);
    for section in &sheet.sections {
        page.blank();
        page.row(0, &[(Style::Strong, section.heading)]);
        blocks(&mut page, 2, &section.blocks);
    }
    page.finish()
}

fn blocks(page: &mut Layout<'_>, indent: usize, list: &[Block]) {
    for block in list {
        match block {
            Block::Text(text) => page.paragraph(indent, Style::Plain, text),
            Block::Bullets(items) => items.iter().for_each(|item| page.item(indent, "-", item)),
            Block::Command(command, note) => {
                let is_long = indent + chars(command) + chars(note) + 5 > page.width();
                if !note.is_empty() && is_long {
                    page.row(indent, &[(Style::Dim, &format!("# {note}:"))]);
                }
                let gap = if note.is_empty() || is_long { "" } else { "   # " };
                let beside = if is_long { "" } else { *note };
                page.row(indent, &[(Style::Command, command), (Style::Dim, gap), (Style::Dim, beside)]);
            }
            Block::Link(url, what) => {
                page.row(indent, &[(Style::Command, url), (Style::Dim, &format!("   {what}"))]);
            }
            Block::Code(_, text) => {
                page.blank();
                for line in text.lines() {
                    page.code(indent + 2, line);
                }
                page.blank();
            }
            Block::Steps(steps) => {
                for (i, (what, how)) in steps.iter().enumerate() {
                    page.row(indent, &[(Style::Strong, &format!("{}. {what}", i + 1))]);
                    blocks(page, indent + 3, how);
                }
            }
        }
    }
}
