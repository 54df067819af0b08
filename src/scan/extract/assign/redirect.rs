//! `echo v > .vault_pass`: the file's name is the value's name.

use super::bytes::{back_over_space, is_name, is_space, skip_space};
use super::quotes::close_quote;
use super::types::{Assignment, Assignments, Form, NAME_REACH};

impl Assignments<'_> {
    /// What a command before the `>` at `at` writes into a file of this name.
    pub(super) fn redirect(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let mut from = at + 1;
        from += usize::from(t.get(from) == Some(&b'>'));
        let end = at - usize::from(at > self.line && t[at - 1] == b'>');
        if !t.get(end.checked_sub(1)?).is_some_and(|b| is_space(*b)) {
            return None;
        }
        let line = &t[self.line.min(end).max(end.saturating_sub(4 * NAME_REACH))..end];
        let says = |word: &[u8]| memchr::memmem::rfind(line, word).map(|i| end - line.len() + i + word.len());
        let said = says(b"echo ").max(says(b"printf "))?;
        let path = skip_space(t, from);
        let path = path + usize::from(matches!(t.get(path), Some(b'"' | b'\'')));
        let length = t[path.min(t.len())..]
            .iter()
            .take(NAME_REACH)
            .take_while(|b| is_name(**b) || matches!(b, b'/' | b'~' | b'{' | b'}'))
            .count();
        let base = t[path..path + length].iter().rposition(|b| *b == b'/').map_or(path, |i| path + i + 1);
        let dot = usize::from(t.get(base) == Some(&b'.'));
        let name = base + dot..path + length;
        let stop = back_over_space(t, end, said);
        let (value, quoted) = match close_quote(t, stop, said.saturating_sub(1)) {
            Some((close, start)) => (start..close, true),
            None => {
                let length = t[said..stop].iter().rev().take_while(|b| **b > b' ').count();
                (stop - length..stop, false)
            }
        };
        // A file of logins: the password is the last field.
        let skip = match &t[name.clone()] {
            b"pgpass" => memchr::memrchr(b':', &t[value.clone()])? + 1,
            _ => 0,
        };
        let value = value.start + skip..value.end;
        let form = Form::Equals;
        (!name.is_empty() && !value.is_empty()).then_some(Assignment {
            name,
            value,
            form,
            quoted,
            line_level: false,
            via: None,
        })
    }
}
