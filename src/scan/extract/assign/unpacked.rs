//! Several names that get several values: `user, password = "ops", "v"`, `const [user, password] = ['ops', 'v']`.

use super::bytes::{back_over_space, before, is_name, is_one_of, skip_space};
use super::name::word_before;
use super::quotes::literal;
use super::types::{Assignment, Assignments, Form};

/// Most names.
const MOST: usize = 6;
/// Bytes that are read of a value other than a string.
const REACH: usize = 80;

impl Assignments<'_> {
    /// The values of the names left of the equals sign at `at`, if there is more than one.
    pub(super) fn unpacked(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        if !self.lang.is_program() || matches!(t.get(at + 1), Some(b'=' | b'>' | b'~')) {
            return None;
        }
        let floor = self.floor(at);
        let mut end = back_over_space(t, at, floor);
        if end > floor && before(t, end) == Some(b':') {
            end = back_over_space(t, end - 1, floor);
        }
        let is_closed = end > floor && matches!(before(t, end), Some(b')' | b']'));
        end -= usize::from(is_closed);
        let names =
            t[floor..end].iter().rev().take_while(|b| is_name(**b) || matches!(b, b',' | b' ')).count();
        let start = end - names;
        let opens = matches!(before(t, start), Some(b'(' | b'['));
        if opens != is_closed || !t[start..end].contains(&b',') {
            return None;
        }
        let mut from = skip_space(t, at + 1);
        from = skip_space(t, from + usize::from(matches!(t.get(from), Some(b'(' | b'['))));
        let mut found = Vec::new();
        let (mut stop, mut count) = (start, 0);
        while stop < end {
            let comma = memchr::memchr(b',', &t[stop..end]).map_or(end, |i| stop + i);
            let mut name = word_before(t, back_over_space(t, comma, stop), stop)?;
            // Go's `var user, password string`.
            if comma == end && is_one_of(&t[name.clone()], &["string"]) {
                name = word_before(t, back_over_space(t, name.start, stop), stop)?;
            }
            stop = comma + 1;
            count += 1;
            let value = literal(t, from);
            from = match &value {
                Some(value) => skip_space(t, value.range.end + 1),
                None => {
                    let rest = &t[from.min(t.len())..t.len().min(from + REACH)];
                    from + rest.iter().position(|b| matches!(b, b',' | b')' | b']' | b';' | b'\n'))?
                }
            };
            let is_last = stop > end;
            let ends = matches!(t.get(from), None | Some(b')' | b']' | b';' | b'\n' | b'\r'));
            if count > MOST || ends != is_last || !is_last && t.get(from) != Some(&b',') {
                return None;
            }
            from = skip_space(t, from + 1);
            if let Some(value) = value
                && self.wants(&name)
            {
                found.push(self.made(name, value, Form::Equals));
            }
        }
        self.also.extend(found.into_iter().rev());
        self.also.pop()
    }
}
