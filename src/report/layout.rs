//! Lines with labels: the one place for columns, wrapping and colour.
//!
//! Prose is wrapped and never cut. A command, path or URL is never broken, even if it is longer than the line:
//! pasting it must work.

use super::terminal::Terminal;
use anstyle::AnsiColor;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// Column at which the text beside a label starts.
pub(super) const LABEL: usize = 18;
/// The same where the label has a line of its own.
const NARROW: usize = 4;
/// Columns from which on labels stand beside their text.
const BESIDE: usize = 60;

/// The role of a piece of text; decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    /// What a reader looks for first.
    Strong,
    /// The verdict.
    Alarm,
    Warning,
    /// To be pasted.
    Command,
    /// Less important.
    Dim,
}

impl Style {
    fn style(self) -> anstyle::Style {
        match self {
            Style::Plain => anstyle::Style::new(),
            Style::Strong => anstyle::Style::new().bold(),
            Style::Alarm => AnsiColor::Red.on_default().bold(),
            Style::Warning => AnsiColor::Yellow.on_default().bold(),
            Style::Command => AnsiColor::Cyan.on_default(),
            Style::Dim => anstyle::Style::new().dimmed(),
        }
    }
}

/// A page being written.
#[derive(Debug)]
pub(super) struct Layout<'a> {
    look: &'a Terminal,
    width: usize,
    text: String,
    lines: usize,
}

impl<'a> Layout<'a> {
    /// An empty page, of the terminal's width or narrower.
    pub(super) fn new(look: &'a Terminal, at_most: usize) -> Layout<'a> {
        Layout { look, width: look.width.min(at_most), text: String::new(), lines: 0 }
    }

    pub(super) fn look(&self) -> &'a Terminal {
        self.look
    }

    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    /// Columns of a line beside a label.
    pub(super) fn room(&self) -> usize {
        self.width - self.beside()
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Column at which text beside a label starts.
    fn beside(&self) -> usize {
        if self.width < BESIDE { NARROW } else { LABEL }
    }

    pub(super) fn blank(&mut self) {
        self.end();
    }

    /// Writes a line of pieces after `indent` columns.
    pub(super) fn row(&mut self, indent: usize, pieces: &[(Style, &str)]) {
        self.text.extend(std::iter::repeat_n(' ', indent));
        self.pieces(pieces);
        self.end();
    }

    /// Writes a line beside a label (or below it, if the label is empty).
    pub(super) fn labelled(&mut self, label: &str, pieces: &[(Style, &str)]) {
        self.label(label);
        self.pieces(pieces);
        self.end();
    }

    /// Writes a command beside a label, and its purpose after it, or below if the line is full. A longer
    /// command gets a line of its own and is never broken.
    pub(super) fn command(&mut self, label: &str, command: &str, note: &str) {
        let length = chars(&self.look.text(command));
        if length > self.room() && !command.contains("://") {
            let style = if label.starts_with(' ') { Style::Plain } else { Style::Strong };
            if !label.is_empty() {
                self.row(2, &[(style, label)]);
            }
            self.row(4, &[(Style::Command, command)]);
            if !note.is_empty() {
                self.prose("", note);
            }
            return;
        }
        let used = length + 3;
        if note.is_empty() || used + chars(&self.look.text(note)) <= self.room() {
            let gap = if note.is_empty() { "" } else { "   " };
            self.labelled(label, &[(Style::Command, command), (Style::Plain, gap), (Style::Dim, note)]);
        } else {
            self.labelled(label, &[(Style::Command, command)]);
            self.prose("", note);
        }
    }

    /// Writes text beside a label, wrapped.
    pub(super) fn prose(&mut self, label: &str, text: &str) {
        let lines = wrap(&self.look.text(text), self.room());
        for (i, line) in lines.iter().enumerate() {
            self.label(if i == 0 { label } else { "" });
            self.text.push_str(line);
            self.end();
        }
    }

    /// Number of lines that a text takes beside a label.
    pub(super) fn height(&self, text: &str) -> usize {
        wrap(&self.look.text(text), self.room()).len()
    }

    /// Writes text over the whole width after `indent` columns, wrapped.
    pub(super) fn paragraph(&mut self, indent: usize, role: Style, text: &str) {
        for line in wrap(&self.look.text(text), self.width - indent) {
            self.row(indent, &[(role, &line)]);
        }
    }

    /// Writes an item of a list after `indent` columns.
    pub(super) fn item(&mut self, indent: usize, mark: &str, text: &str) {
        let under = indent + chars(mark) + 1;
        for (i, line) in wrap(&self.look.text(text), self.width - under).iter().enumerate() {
            let (at, mark) = if i == 0 { (indent, format!("{mark} ")) } else { (under, String::new()) };
            self.row(at, &[(Style::Plain, &mark), (Style::Plain, line)]);
        }
    }

    /// Writes a line of code and keeps its blanks.
    pub(super) fn code(&mut self, indent: usize, line: &str) {
        self.row(indent, &[(Style::Plain, &line.replace('\t', "    "))]);
    }

    fn label(&mut self, label: &str) {
        // Labels inside of a section are indented, and not bold.
        let style = if label.is_empty() || label.starts_with(' ') {
            anstyle::Style::new()
        } else {
            Style::Strong.style()
        };
        let _ = write!(self.text, "  {style}{label}{style:#}");
        let used = 2 + chars(label);
        let from = if used <= self.beside() {
            used
        } else {
            self.end();
            0
        };
        self.text.extend(std::iter::repeat_n(' ', self.beside() - from));
    }

    fn pieces(&mut self, pieces: &[(Style, &str)]) {
        for (role, text) in pieces {
            let style = role.style();
            let _ = write!(self.text, "{style}{}{style:#}", self.look.text(text));
        }
    }

    fn end(&mut self) {
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        self.text.push('\n');
        self.lines += 1;
    }
}

/// Columns of a text: wide characters take two.
pub(super) fn chars(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Breaks text at spaces into lines of at most `width` characters; a longer word gets a line of its own.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if chars(line) + 1 + chars(word) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_wrapped_line_is_wider_than_asked_unless_it_is_one_word_and_none_is_lost(text in "[a-z .]{0,200}", width in 5usize..40) {
            let lines = wrap(&text, width);
            for line in &lines {
                proptest::prop_assert!(chars(line) <= width || !line.contains(' '), "{line:?}");
            }
            let words: Vec<&str> = text.split_whitespace().collect();
            proptest::prop_assert_eq!(lines.join(" "), words.join(" "));
        }
    }
}
