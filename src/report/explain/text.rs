//! The page for a terminal or a pipe.

use super::sheet::{Block, Sheet};
use crate::report::look::Look;
use crate::report::page::{Page, Role};

const ALL: usize = usize::MAX;

/// Widest text, in columns; longer lines are tiring to read on a wide terminal.
const WIDTH: usize = 90;

pub(super) fn render(sheet: &Sheet, look: &Look) -> String {
    let mut page = Page::new(look, WIDTH);
    page.row(0, &[(Role::Strong, &sheet.title)]);
    for section in &sheet.sections {
        page.blank();
        page.row(0, &[(Role::Strong, section.heading)]);
        blocks(&mut page, 2, &section.blocks);
    }
    page.finish()
}

fn blocks(page: &mut Page<'_>, indent: usize, list: &[Block]) {
    for block in list {
        match block {
            Block::Text(text) => page.paragraph(indent, Role::Plain, text, ALL),
            Block::Bullets(items) => items.iter().for_each(|item| page.item(indent, "-", item)),
            Block::Command(command, note) => {
                let gap = if note.is_empty() { "" } else { "   # " };
                page.row(indent, &[(Role::Command, command), (Role::Dim, gap), (Role::Dim, note)]);
            }
            Block::Link(url, what) => {
                page.row(indent, &[(Role::Command, url), (Role::Dim, &format!("   {what}"))]);
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
                    page.row(indent, &[(Role::Strong, &format!("{}. {what}", i + 1))]);
                    blocks(page, indent + 3, how);
                }
            }
        }
    }
}
