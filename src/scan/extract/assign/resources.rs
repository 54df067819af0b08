//! Resources of Terraform and Bicep whose type says that they keep a secret, `resource "azurerm_key_vault_secret" "db" {`, and
//! blocks of Terraform that say it of their value: `sensitive = true`.
//!
//! The names in them, `value` and the keys of a map, say nothing.

use super::bytes::{is_one_of, skip_space};
use super::members::in_text;
use super::types::{Assignments, Form};
use crate::text::lang::Lang;
use crate::text::line;
use crate::text::randomness::is_random;
use crate::text::short::find;

/// Bytes of a block that are read.
const REACH: usize = 2 << 10;
/// Bytes of a line that are read.
const LINE: usize = 200;
/// Names of the value itself.
const VALUES: [&str; 4] = ["value", "value_wo", "plaintext_value", "default"];
/// Attributes that say that their block's value is secret, and what they are set to.
const MARKS: [(&[u8], &[u8]); 4] =
    [(b"sensitive", b"true"), (b"masked", b"true"), (b"is_secret", b"true"), (b"type", b"\"SecureString\"")];

impl Assignments<'_> {
    /// Adds the values of the resource whose head, or whose mark, is the line that starts at `start`.
    pub(super) fn resource(&mut self, start: usize) {
        if !matches!(self.lang, Lang::Terraform | Lang::Other) {
            return;
        }
        let at = skip_space(self.text, start);
        let said = &self.text[at..line::end(self.text, at, LINE)];
        match said.first() {
            Some(b'r') if said.starts_with(b"resource ") => self.of_type(at, at + said.len()),
            Some(b's' | b'm' | b'i' | b't') if self.lang == Lang::Terraform && is_mark(said) => {
                self.of_mark(at);
            }
            _ => {}
        }
    }

    /// The values of a resource whose type, between `at` and `end`, says that it is a secret.
    fn of_type(&mut self, at: usize, end: usize) {
        let t = self.text;
        let quotes = |from: usize| memchr::memchr2(b'"', b'\'', &t[from..end]).map(|i| from + i);
        let Some((open, close)) = quotes(at).and_then(|open| Some((open + 1, quotes(open + 1)?))) else {
            return;
        };
        let Some(last) = memchr::memmem::rfind(&t[open..close], b"secret") else { return };
        let name_end = open + last + "secret".len();
        let name = memchr::memrchr(b'/', &t[open..name_end]).map_or(open, |i| open + i + 1)..name_end;
        let all = in_text(t, end..block_end(t, end));
        // What a person chose is found as in a sentence.
        for (_, value) in all
            .iter()
            .filter(|(key, value)| is_one_of(&t[key.clone()], &VALUES) && !is_random(&t[value.range.clone()]))
        {
            let found = self.made(name.clone(), value.clone(), Form::Told);
            self.also.push(found);
        }
        self.members_of(&name, all);
    }

    /// The value of the block that has a mark at `at`.
    fn of_mark(&mut self, at: usize) {
        let t = self.text;
        let from = at.saturating_sub(REACH);
        let start = [&b"\nresource "[..], b"\nvariable "]
            .iter()
            .filter_map(|head| memchr::memmem::rfind(&t[from..at], head).map(|i| from + i + 1))
            .max()
            .or_else(|| (from == 0).then_some(0));
        let Some(head) = start.map(|start| line::end(t, start, LINE)) else { return };
        let end = block_end(t, head);
        if end < at {
            return;
        }
        for (_, value) in
            in_text(t, head..end).into_iter().filter(|(key, _)| is_one_of(&t[key.clone()], &VALUES))
        {
            if is_random(&t[value.range.clone()]) {
                let found = self.made(at..at + "type".len(), value, Form::Line);
                self.also.push(found);
            }
        }
    }
}

/// Returns whether a line says that the block's value is secret.
fn is_mark(line: &[u8]) -> bool {
    MARKS.iter().any(|(name, value)| {
        let rest = line.strip_prefix(*name).map(<[u8]>::trim_ascii_start);
        rest.and_then(|rest| rest.strip_prefix(b"=")).is_some_and(|rest| rest.trim_ascii().starts_with(value))
    })
}

/// The end of the block whose head ends at `at`: a bracket that closes at the start of a line.
fn block_end(t: &[u8], at: usize) -> usize {
    let to = t.len().min(at + REACH);
    find(&t[at..to], b"\n}").map_or(to, |i| at + i)
}
