//! The assignment at each separator: the name on its left, the value on its right.

use super::behind_user::type_of;
use super::bytes::{GAP, back_over_space, before, is_name, is_one_of, is_space, skip_line, skip_space, trim};
use super::compare::{compares, is_hashed};
use super::defaults::variable_in_call;
use super::entries::next_argument;
use super::name::{
    constant_of_class, field_before, first_of_two, is_list_of_names, name_at_brackets, name_before,
    name_of_object, name_of_type, opening, untyped, word_before,
};
use super::quotes::{close_quote, is_lifetime, literal};
use super::spaced::{Joint, before_for, is_numbered, name_of, over_joints, speaks, stands_out};
use super::types::{Assignment, Assignments, Form, NAME_REACH};
use super::value::{bare, wrapped};
use crate::text::lang::Lang;
use std::ops::Range;

impl Assignments<'_> {
    pub(super) fn equals(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let previous = before(t, at);
        if matches!(previous, Some(b'=' | b'<' | b'>')) || t.get(at + 1) == Some(&b'~') {
            return None;
        }
        let mut after = at + 1;
        let mut form = Form::Equals;
        let mut end = at;
        match t.get(at + 1) {
            Some(b'>') => {
                form = Form::Arrow;
                after += 1;
            }
            Some(b'=') => {
                form = Form::Compare;
                while t.get(after) == Some(&b'=') {
                    after += 1;
                }
            }
            _ => {}
        }
        match previous {
            Some(b'!') => {
                form = Form::Compare;
                end -= 1;
            }
            Some(b':' | b'+' | b'?' | b'|') => {
                while end > self.line && matches!(t[end - 1], b':' | b'+' | b'?' | b'|') {
                    end -= 1;
                }
            }
            _ => {}
        }
        if form == Form::Compare
            && let Some(found) = self.reversed(end, after)
        {
            return Some(found);
        }
        let name = self.left_of(end, form)?;
        // `cookies[:token] = { value: "v" }`.
        let opens = match (form, t.get(skip_space(t, after))) {
            (Form::Equals, Some(b'{')) => true,
            (Form::Arrow, Some(b'{')) => self.lang == Lang::Ruby,
            (Form::Arrow, Some(b'[')) => self.lang == Lang::Php,
            _ => false,
        };
        if !opens && !self.wants(&name) {
            return None;
        }
        let found = self.any(name.clone(), after, form).filter(|f| !self.is_key(after, f));
        if found.is_none() && form == Form::Arrow && !opens {
            // `name = () => { return "v" }`.
            return self.returned(name, after);
        }
        if found.is_none() && name.len() <= NAME_REACH {
            self.members(&name, after);
            if opens {
                self.call(name);
            }
            return self.also.pop();
        }
        found
    }

    /// The name left of an operator that certainly assigns or compares.
    fn left_of(&self, end: usize, form: Form) -> Option<Range<usize>> {
        let t = self.text;
        let floor = self.floor(end);
        let last = back_over_space(t, end, floor);
        if last > floor && t[last - 1] == b')' {
            if form == Form::Arrow {
                // `name = () => "v"`, `String name() => "v"`.
                let open = opening(t, last, floor)?;
                let head = back_over_space(t, open, floor);
                let head =
                    t[floor..head].strip_suffix(b"async").map_or(head, |h| floor + h.trim_ascii_end().len());
                return match before(t, head) {
                    Some(b'=' | b':') => name_before(t, head - 1, floor),
                    _ => word_before(t, open, floor),
                };
            }
            // `v_password VARCHAR2(30) := 'v'`, `@password NVARCHAR(50) = 'v'`.
            if self.lang == Lang::Sql
                && let Some(kind) = opening(t, last, floor).and_then(|open| word_before(t, open, floor))
                && let Some(name) = word_before(t, back_over_space(t, kind.start, floor), floor)
            {
                return Some(name);
            }
            return name_at_brackets(t, last, floor);
        }
        if form == Form::Equals
            && (self.lang.is_program() || self.lang == Lang::Other)
            && let Some(name) = name_of_type(t, end, floor).filter(|name| self.wants(name))
        {
            return Some(name);
        }
        let object = (before(t, last) == Some(b'}')).then(|| name_of_object(t, last, floor)).flatten();
        let name = object.or_else(|| name_before(t, end, floor))?;
        if form != Form::Equals {
            return Some(name);
        }
        let mut name = untyped(t, name, floor);
        if self.lang == Lang::Go {
            name = first_of_two(t, name, floor);
        }
        if before(t, name.start) == Some(b' ')
            && name.len() <= 3
            && t[name.clone()].iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        {
            // `license key EU = v`.
            let owner = word_before(t, back_over_space(t, name.start, floor), floor);
            return Some(owner.filter(|o| speaks(&t[o.clone()])).map_or(name.clone(), |o| o.start..name.end));
        }
        // `((TextBox)password).Text = "v"`, `byId("password").value = "v"`.
        if t[..name.start].ends_with(b").")
            && is_one_of(&t[name.clone()], &["text", "value", "content", "data"])
        {
            return name_at_brackets(t, name.start - 1, floor);
        }
        Some(name)
    }

    pub(super) fn colon(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        if matches!(t.get(at + 1), Some(b':' | b'=')) || before(t, at) == Some(b':') {
            return None;
        }
        if t[at + 1..].starts_with(b"//") {
            return None;
        }
        // A quoted symbol: `provider :'x', key`.
        let is_symbol = matches!(t.get(at + 1), Some(b'"' | b'\'')) && before(t, at).is_some_and(is_space);
        if is_symbol && self.lang == Lang::Ruby {
            return None;
        }
        let floor = self.floor(at);
        let name = name_before(t, at, floor).or_else(|| self.before_note(at, floor))?;
        let last = name.clone();
        let name = self.said_before_colon(name, floor);
        // In `token for user: bob` the value may be the user's name.
        let is_loose = name.end < last.end;
        if self.lang == Lang::Swift
            && let Some(found) = self.labelled(&name, at)
        {
            return Some(found);
        }
        if self.cookies(&name, at + 1) {
            return None;
        }
        // `${NAME:-value}`.
        let default = t.get(at + 1) == Some(&b'-') && t[..name.start].ends_with(b"${");
        // `name: { value: v`.
        let opens = matches!(t.get(skip_space(t, at + 1)), Some(b'{' | b'\n'));
        if !opens && !self.wants(&name) {
            return None;
        }
        let found = self.any(name.clone(), at + 1 + usize::from(default), Form::Colon);
        // `secrets:` above `- name: X`: an item with names of its own.
        let is_named = |f: &Assignment| !f.quoted && t[f.value.clone()].ends_with(b":");
        let found = found.filter(|f| !(opens && is_named(f)));
        if let Some(found) = found.filter(|f| !self.is_key(at + 1, f)) {
            if !is_loose || stands_out(&t[found.value.clone()]) {
                return Some(found);
            }
            let is_user = is_one_of(&t[last], &["user", "username", "account", "login", "email"]);
            let is_told = self.is_prose() && !is_user && is_numbered(&t[found.value.clone()]);
            return is_told.then_some(Assignment { form: Form::Told, ..found });
        }
        if opens && name.len() <= NAME_REACH {
            self.members(&name, at + 1);
            self.call(name);
            return self.also.pop();
        }
        if let Some(found) = self.attribute_above(&name) {
            return Some(found);
        }
        // `var name: String { "v" }`.
        let from = self.lang.is_program().then(|| skip_space(t, at + 1))?;
        let kind = t[from..].iter().take(GAP).take_while(|b| is_name(**b) || **b == b'?').count();
        self.returned(name, from + kind)
    }

    /// In `Key 2:`, `The key is:` and `password for user X:` the name is more than the word at the colon.
    fn said_before_colon(&self, name: Range<usize>, floor: usize) -> Range<usize> {
        let t = self.text;
        let at = &t[name.clone()];
        if name.start <= floor || !matches!(t[name.start - 1], b' ' | b',') || speaks(at) {
            return name;
        }
        if t[name.start - 1] == b',' && at == b"default" {
            return word_before(t, name.start - 1, floor).unwrap_or(name);
        }
        if t[name.start - 1] != b' ' {
            return name;
        }
        if at.len() <= 2 && at.iter().all(u8::is_ascii_digit) {
            let owner = word_before(t, back_over_space(t, name.start, floor), floor);
            return owner.filter(|o| speaks(&t[o.clone()])).map_or(name.clone(), |o| o.start..name.end);
        }
        if is_one_of(at, &["is", "are"]) {
            return name_of(t, name.end, floor).map_or(name, |(said, _)| said);
        }
        before_for(t, name.end, floor).unwrap_or(name)
    }

    /// `"name", "value"`.
    pub(super) fn pair(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let quoted = close_quote(t, back_over_space(t, at, floor), floor).is_some();
        let end = back_over_space(t, at, floor);
        let mut name = match before(t, end) {
            // A variable with its default: `or(getenv("NAME"), "v")`.
            Some(b')') => variable_in_call(t, end, floor)?,
            _ => name_before(t, end, floor)?,
        };
        // A field by its selector: `'#password'`.
        name.start += usize::from(quoted && t[name.clone()].starts_with(b"#"));
        // A constant's name, or a string that contains one.
        name = if quoted { name } else { constant_of_class(t, name) };
        let is_constant = |b: &u8| b.is_ascii_uppercase() || matches!(b, b'_' | b'0'..=b'9');
        // Ruby's and Elixir's `:name`, Erlang's `{name, "v"}`, and the arguments of `strcmp(name, "v")`.
        let is_symbol = before(t, name.start) == Some(b':') && before(t, name.start - 1) != Some(b':');
        let is_tuple = matches!(self.lang, Lang::Other | Lang::Xml) && before(t, name.start) == Some(b'{');
        let any =
            quoted || is_symbol || is_tuple || before(t, end) == Some(b')') || compares(t, name.start, floor);
        let is_named = |b: &u8| if any { is_name(*b) } else { is_constant(b) };
        // This one contains a user as well: the arguments of known functions are read elsewhere.
        let holds_user = t[name.clone()].ends_with(b"USERPWD");
        if holds_user || !t[name.clone()].iter().all(is_named) || !self.wants(&name) {
            return None;
        }
        let value = self.value_after(at + 1, false)?;
        if quoted && is_hashed(t, &name, floor) {
            return None;
        }
        if quoted && is_list_of_names(t, &name, &value.range) {
            return None;
        }
        // The name of the next entry is not this one's value: `"a": "name", "b": 1`.
        let after = t[value.range.end..].iter().skip(1).take(GAP).find(|b| !is_space(**b));
        (value.quoted && after != Some(&b':')).then(|| self.made(name, value, Form::Pair))
    }

    /// `name("value")`; Perl's and Ruby's `name 'value'` is [`Assignments::quote`].
    pub(super) fn bracket(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let word = type_of(t, word_before(t, at, floor)?, floor);
        let last = t[word.clone()].rsplit(|b| *b == b'.').next().unwrap_or_default();
        if let Some(found) = self.equal_to(at, last).or_else(|| self.default_of_chain(at, last)) {
            return Some(found);
        }
        let field = TYPED.contains(&last).then(|| field_before(t, word.start, floor)).flatten();
        let name = field.unwrap_or_else(|| word.clone());
        if let Some(found) = self.block(at) {
            return Some(found);
        }
        if !self.wants(&name) {
            return None;
        }
        let from = skip_line(t, skip_space(t, at + 1));
        // Swift's `SymmetricKey(data: Data("v".utf8))`.
        let label = if self.lang == Lang::Swift && t[from..].starts_with(b"data: ") { 6 } else { 0 };
        let value = wrapped(t, from + label).filter(|v| v.via.is_none() || t[word.clone()].ends_with(b"Key"));
        match value {
            Some(value) => Some(self.made(name, value, Form::Call)),
            None => self.getter(name, at),
        }
    }

    /// `--name value`, `-x value`.
    pub(super) fn flag(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        if !matches!(before(t, at), None | Some(b' ' | b'\t' | b'"' | b'\'' | b'`' | b'(' | b'[' | b'\n')) {
            return None;
        }
        let start = at + t[at..].iter().take(2).take_while(|b| **b == b'-').count();
        let length = t[start..].iter().take(NAME_REACH).take_while(|b| is_name(**b)).count();
        let name = start..start + length;
        let long = start == at + 2 || length > 3;
        if name.is_empty() || !t[start].is_ascii_alphabetic() || !(long || length == 1) {
            return None;
        }
        let argument = (self.lang == Lang::Yaml).then(|| next_argument(t, name.end)).flatten();
        if argument.is_none() && t.get(name.end) != Some(&b' ') || !self.wants(&name) {
            return None;
        }
        let from = argument.unwrap_or_else(|| skip_space(t, name.end));
        if t.get(from) == Some(&b'-') {
            return None;
        }
        let value = literal(t, from).or_else(|| bare(t, from, false))?;
        Some(self.made(name, value, Form::Flag))
    }

    /// Tracks strings; reads `NAME "value"` if a word precedes the quote.
    pub(super) fn quote(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let previous = before(t, at);
        let escaped = previous == Some(b'\\');
        match self.string {
            Some(q) if q == t[at] && !escaped => {
                self.string = None;
                return None;
            }
            Some(_) if self.is_serialised(at) => return self.serialised(at),
            // SQL in a string.
            Some(_) if !escaped && previous == Some(b' ') => return self.sql(at),
            Some(_) => return None,
            // An apostrophe in prose does not start a string.
            None if t[at] == b'\'' && previous.is_some_and(|b| b.is_ascii_alphanumeric()) => return None,
            None if t[at] == b'\'' && self.lang == Lang::Rust && is_lifetime(t, at) => return None,
            None if !escaped => self.string = Some(t[at]),
            None => {}
        }
        match previous {
            Some(b' ' | b'\t' | b'@' | b'\n') => {}
            Some(b':') => return self.serialised(at),
            // C++'s `name{"v"}`.
            Some(b'{') => {
                let name = word_before(t, at - 1, self.floor(at - 1))?;
                let value = self.wants(&name).then(|| literal(t, at))??;
                return Some(self.made(name, value, Form::Call));
            }
            _ => return None,
        }
        let floor = self.floor(at);
        let end = back_over_space(t, at - usize::from(previous == Some(b'@')), floor);
        let found = self.fallback(at, end).or_else(|| self.of_condition(at, end));
        if let Some(found) = found.or_else(|| self.dialect(at, end)) {
            return Some(found);
        }
        let (joined, joint) = over_joints(t, end, floor);
        let is_joined = joint != Joint::None;
        let mut name = if is_joined { name_before(t, joined, floor) } else { word_before(t, end, floor) }?;
        if is_joined && !speaks(&t[name.clone()]) {
            name = before_for(t, joined, floor).unwrap_or(name);
        }
        if let Some(found) = self.piped_default(at, &name, floor) {
            return Some(found);
        }
        if !self.wants(&name) {
            return None;
        }
        let value = literal(t, at)?;
        Some(self.made(name, value, Form::Space))
    }

    /// `name <- value`.
    pub(super) fn arrow(&mut self, at: usize) -> Option<Assignment> {
        let name = name_before(self.text, at - 1, self.floor(at - 1))?;
        self.give(name, at + 1, Form::Equals)
    }

    /// A row of a table: `| name | value |`.
    pub(super) fn cell(&mut self, at: usize) -> Option<Assignment> {
        let t = self.text;
        let floor = self.floor(at);
        let end = back_over_space(t, at, floor);
        let start = memchr::memrchr(b'|', &t[floor..end])? + floor + 1;
        let name = trim(t, start..end);
        let from = skip_space(t, at + 1);
        let value = literal(t, from).or_else(|| bare(t, from, false))?;
        let rest = t[value.range.end..].iter().skip(usize::from(value.quoted)).find(|b| !is_space(**b));
        (!name.is_empty() && rest == Some(&b'|')).then(|| self.made(name, value, Form::Pair))
    }

    pub(super) fn hash(&mut self, at: usize) -> Option<Assignment> {
        let starts =
            self.string.is_none() && matches!(before(self.text, at), None | Some(b' ' | b'\t' | b'\n'));
        self.comment |= starts && !matches!(self.lang, Lang::C | Lang::CSharp | Lang::Html | Lang::Markdown);
        None
    }
}

/// Functions that type into a field named by a string before them: `find("#password").sendKeys("v")`.
const TYPED: [&[u8]; 7] =
    [b"sendKeys", b"send_keys", b"type", b"fill", b"setValue", b"set_value", b"typeText"];
