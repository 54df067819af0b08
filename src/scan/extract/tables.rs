//! Tables: the first line of a CSV file or of a table in Markdown, or the columns of an `INSERT`, name the values below.
//!
//! No name of a secret need be near such a value. Every search is bounded, and any bytes are safe.

use super::assign::{Assignment, Form};
use crate::text::line;
use std::ops::Range;

/// Bytes of a table that are read.
const REACH: usize = 64 << 10;
/// Most bytes of a line with the names of columns.
const HEADER: usize = 2 << 10;
/// Most columns of a table of logins.
const COLUMNS: usize = 64;

/// Returns whether the file's name says that it is a table.
pub(in crate::scan) fn is_table(path: &[u8]) -> bool {
    [&b".csv"[..], b".tsv", b".CSV", b".TSV"].iter().any(|e| path.ends_with(e))
}

/// The values of the columns for whose names `speaks` returns true; the names are in the first line of `text`.
pub(in crate::scan) fn cells(text: &[u8], speaks: impl Fn(&[u8]) -> bool) -> Vec<Assignment> {
    let head = line_at(text, usize::from(text.starts_with(b"\xef\xbb\xbf")) * 3);
    if head.len() > HEADER {
        return Vec::new();
    }
    let count = |d: u8| memchr::memchr_iter(d, &text[head.clone()]).count();
    let Some(delimiter) = [b',', b';', b'\t', b'|'].into_iter().max_by_key(|d| (count(*d), *d == b','))
    else {
        return Vec::new();
    };
    let names = split(text, head.clone(), delimiter, b'"');
    let wanted = |c: &(usize, Cell)| names.len() > 1 && speaks(&text[c.1.range.clone()]);
    let columns: Vec<_> = names.iter().cloned().enumerate().filter(wanted).collect();
    let mut out = Vec::new();
    let end = text.len().min(REACH);
    let mut at = head.end + 1;
    while !columns.is_empty() && at < end {
        let row = line_at(text, at);
        at = row.end + 1;
        let cells = split(text, row, delimiter, b'"');
        // A row of another length belongs to another table.
        if cells.len() == names.len() {
            out.extend(columns.iter().filter_map(|(i, name)| given(name, cells.get(*i)?)));
        }
    }
    out
}

/// The secrets in `insert into T (a, password) values ('x', 'v'), (...)`, or below `copy T (a, password) from stdin`,
/// with columns around `at`, and the end of the columns.
pub(in crate::scan) fn inserted(
    text: &[u8],
    at: usize,
    speaks: impl Fn(&[u8]) -> bool,
) -> Option<(usize, Vec<Assignment>)> {
    let from = at.saturating_sub(HEADER);
    let open = from + memchr::memrchr2(b'(', b')', &text[from..at]).filter(|i| text[from + i] == b'(')?;
    let close = at + memchr::memchr(b')', &text[at..text.len().min(at + HEADER)])?;
    let before = text[open.saturating_sub(120)..open].to_ascii_lowercase();
    let after = text[close + 1..].trim_ascii_start();
    let names = split(text, open + 1..close, b',', b'`');
    let speaks = |c: &(usize, Cell)| speaks(&text[c.1.range.clone()]);
    let columns: Vec<_> = names.iter().cloned().enumerate().filter(speaks).collect();
    if is_copied(&before, after) {
        let rows = line_at(text, close).end + 1;
        return Some((close, copied(text, rows, names.len(), &columns)));
    }
    memchr::memmem::find(&before, b"insert")?;
    after.get(..6).filter(|w| w.eq_ignore_ascii_case(b"values"))?;
    let mut out = Vec::new();
    let mut at = text.len() - after.len() + 6;
    let end = text.len().min(at + REACH);
    while !columns.is_empty()
        && let Some(row) = row(text, at, end)
    {
        at = row.end + 1;
        let cells = split(text, row, b',', b'\'');
        if cells.len() == names.len() {
            let strings = |(i, name): &(usize, Cell)| given(name, cells.get(*i).filter(|c| c.quoted)?);
            out.extend(columns.iter().filter_map(strings));
        }
    }
    Some((close, out))
}

/// The values of a table in Markdown whose first line has the name at `at`, and the table's end.
pub(in crate::scan) fn below_header(
    text: &[u8],
    at: usize,
    speaks: impl Fn(&[u8]) -> bool,
) -> Option<(usize, Vec<Assignment>)> {
    let head = line::around(text, at, HEADER);
    let rule = line_at(text, head.end + 1);
    let is_rule = |row: &[u8]| {
        row.contains(&b'-') && row.iter().all(|b| matches!(b, b'|' | b'-' | b':' | b' ' | b'\t' | b'\r'))
    };
    if !text[head.clone()].trim_ascii().starts_with(b"|") || !is_rule(&text[rule.clone()]) {
        return None;
    }
    let names = split(text, head, b'|', b'\0');
    let wanted = |c: &(usize, Cell)| speaks(&text[c.1.range.clone()]);
    let columns: Vec<_> = names.iter().cloned().enumerate().filter(wanted).collect();
    let (mut at, mut out) = (rule.end + 1, Vec::new());
    let end = text.len().min(rule.end + REACH);
    while !columns.is_empty() && at < end {
        let row = line_at(text, at);
        if !text[row.clone()].trim_ascii_start().starts_with(b"|") {
            break;
        }
        at = row.end + 1;
        let cells = split(text, row, b'|', b'\0');
        if cells.len() == names.len() {
            let plain = |c: &Cell| unmarked(text, c).filter(|c| !text[c.range.clone()].contains(&b' '));
            out.extend(columns.iter().filter_map(|(i, name)| given(name, &plain(cells.get(*i)?)?)));
        }
    }
    Some((at, out))
}

/// A cell without the marks of code and of bold text around it.
fn unmarked(text: &[u8], cell: &Cell) -> Option<Cell> {
    let Range { mut start, mut end } = cell.range;
    while start + 1 < end && text[start] == text[end - 1] && matches!(text[start], b'`' | b'*') {
        (start, end) = (start + 1, end - 1);
    }
    (start < end).then_some(Cell { range: start..end, quoted: true })
}

/// Most bytes of a name in a condition.
const NAME: usize = 120;

/// The value in `update T set value = 'v' where name = 'db_password'`, if `at` is in that name.
pub(in crate::scan) fn updated(text: &[u8], at: usize, speaks: impl Fn(&[u8]) -> bool) -> Option<Assignment> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b':');
    let lead = text[at.saturating_sub(NAME)..at].iter().rev().take_while(|b| is_name(b)).count();
    let start = at - lead;
    let quote = *text.get(start.checked_sub(1)?).filter(|b| matches!(b, b'\'' | b'"'))?;
    let length = text[start..].iter().take(NAME).take_while(|b| is_name(b)).count();
    // A store knows a value by a path, of which the last part is its name.
    let path = &text[start..start + length];
    let name = start + memchr::memrchr2(b'/', b'.', path).map_or(0, |i| i + 1)..start + length;
    if text.get(name.end) != Some(&quote) || !speaks(&text[name.clone()]) {
        return None;
    }
    let before = text[..start - 1].trim_ascii_end().strip_suffix(b"=")?;
    let floor = before.len().saturating_sub(HEADER);
    let lower = before[floor..].to_ascii_lowercase();
    let after = |from: usize, word: &[u8]| {
        let mut all = memchr::memmem::find_iter(&lower[from..], word).map(|i| from + i + word.len());
        all.find(|end| lower.get(*end).is_some_and(u8::is_ascii_whitespace))
    };
    let update = memchr::memmem::rfind(&lower, b"update")? + 6;
    let set = after(update, b"set")?;
    let condition = after(set, b"where")? - 5;
    // An earlier statement's.
    if lower[condition..].contains(&b';') {
        return None;
    }
    let columns = split(text, floor + set..floor + condition, b',', b'\'');
    let (column, value) = columns.iter().find_map(|c| {
        let said = &text[c.range.clone()];
        let sign = memchr::memchr(b'=', said)?;
        let column = said[..sign].trim_ascii().to_ascii_lowercase();
        let column = column.strip_suffix(b"`").or(column.strip_suffix(b"\"")).unwrap_or(&column);
        let is_value = [&b"value"[..], b"val", b"content"].iter().any(|end| column.ends_with(end));
        let value = said[sign + 1..].trim_ascii();
        let inner = value.strip_prefix(b"'").or(value.strip_prefix(b"N'"))?.strip_suffix(b"'")?;
        let at = inner.as_ptr() as usize - text.as_ptr() as usize;
        is_value.then_some((
            Cell { range: name.clone(), quoted: true },
            Cell { range: at..at + inner.len(), quoted: true },
        ))
    })?;
    given(&column, &value)
}

/// Returns whether the columns between these are those of PostgreSQL's `COPY t (a, b) FROM stdin`, as `pg_dump`
/// writes it; `before` is in lower case.
fn is_copied(before: &[u8], after: &[u8]) -> bool {
    let statement = before.rsplit(|b| matches!(b, b';' | b'\n')).next().unwrap_or_default();
    let from = after.get(..10).unwrap_or_default();
    statement.trim_ascii_start().starts_with(b"copy ") && from.eq_ignore_ascii_case(b"from stdin")
}

/// The cells of these columns in the lines below a `COPY`, which tabs separate, up to `\.`.
fn copied(text: &[u8], rows: usize, width: usize, columns: &[(usize, Cell)]) -> Vec<Assignment> {
    let (mut at, mut out) = (rows, Vec::new());
    let end = text.len().min(rows + REACH);
    while at < end && !columns.is_empty() {
        let row = line_at(text, at);
        at = row.end + 1;
        if text[row.clone()].starts_with(b"\\.") {
            break;
        }
        let cells = split(text, row, b'\t', b'\0');
        if cells.len() == width {
            let found = columns.iter().filter_map(|(i, name)| given(name, cells.get(*i)?));
            out.extend(found.filter(|a| &text[a.value.clone()] != b"\\N"));
        }
    }
    out
}

/// The next row of values without its brackets; it ends at a closing bracket outside of strings.
fn row(text: &[u8], at: usize, end: usize) -> Option<Range<usize>> {
    let rest = text.get(at..end)?;
    let lead = rest.iter().take_while(|b| b.is_ascii_whitespace() || **b == b',').take(HEADER).count();
    let start = (rest.get(lead) == Some(&b'(')).then_some(at + lead + 1)?;
    let mut inside = false;
    let closes = |b: &u8| {
        inside ^= *b == b'\'';
        *b == b')' && !inside
    };
    let length = text[start..end.min(start + 2 * HEADER)].iter().position(closes)?;
    Some(start..start + length)
}

#[derive(Debug, Clone)]
struct Cell {
    range: Range<usize>,
    quoted: bool,
}

/// The cells of a row, without surrounding blanks and quotes.
fn split(text: &[u8], row: Range<usize>, delimiter: u8, quote: u8) -> Vec<Cell> {
    let mut out = Vec::new();
    let (mut inside, mut start) = (false, row.start);
    for at in row.clone().chain([row.end]) {
        if at < row.end {
            inside ^= text[at] == quote;
            if inside || text[at] != delimiter {
                continue;
            }
        }
        let body = &text[start..at];
        let lead = body.len() - body.trim_ascii_start().len();
        let mut range = start + lead..start + lead.max(body.trim_ascii_end().len());
        let quoted = range.len() > 1 && text[range.start] == quote && text[range.end - 1] == quote;
        if quoted {
            range = range.start + 1..range.end - 1;
        }
        if out.len() == COLUMNS {
            return Vec::new();
        }
        out.push(Cell { range, quoted });
        start = at + 1;
    }
    out
}

fn line_at(text: &[u8], at: usize) -> Range<usize> {
    let at = at.min(text.len());
    let to = text.len().min(at + 8 * HEADER);
    let end = memchr::memchr(b'\n', &text[at..to]).map_or(to, |i| at + i);
    at..end
}

fn given(name: &Cell, value: &Cell) -> Option<Assignment> {
    let (name, range) = (name.range.clone(), value.range.clone());
    (!range.is_empty()).then_some(Assignment {
        name,
        value: range,
        form: Form::Equals,
        quoted: true,
        line_level: false,
        via: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn speaks(name: &[u8]) -> bool {
        name.ends_with(b"password")
    }

    fn values(text: &str, found: Vec<Assignment>) -> Vec<(&str, &str)> {
        found.into_iter().map(|a| (&text[a.name], &text[a.value])).collect()
    }

    #[test]
    fn cells_are_given_to_the_names_of_their_columns() {
        for text in [
            "user,password\na,v1\nb,v2\n",
            "\"user\",\"password\"\r\n\"a, b\",\"v1\"\r\n\"b\",\"v2\"\r\n",
            "user;password\na;v1\nb;v2",
            "\u{feff}user\tpassword\na\tv1\nb,c\tv2",
        ] {
            let found = values(text, cells(text.as_bytes(), speaks));
            assert_eq!(found, [("password", "v1"), ("password", "v2")], "{text}");
        }
        for text in ["password\nv1\n", "user,name\na,v1\n", "user,password\nv1\n", ""] {
            assert!(cells(text.as_bytes(), speaks).is_empty(), "{text}");
        }
    }

    #[test]
    fn rows_are_given_to_the_columns_of_a_copy() {
        let text = "SELECT 1;\n\nCOPY public.u (n, password) FROM stdin;\na\tv1\nb\t\\N\nc\tv2\n\\.\nd\tv3\n";
        let at = text.find("password").unwrap();
        let found = values(text, inserted(text.as_bytes(), at, speaks).unwrap().1);
        assert_eq!(found, [("password", "v1"), ("password", "v2")]);
        let text = "COPY u (n, password) TO stdout;\na\tv1\n";
        assert!(inserted(text.as_bytes(), text.find("password").unwrap(), speaks).is_none());
    }

    #[test]
    fn rows_are_given_to_the_columns_of_an_insert() {
        for text in [
            "INSERT INTO u (n, password) VALUES ('a', 'v1'), ('b)', 'v2');",
            "insert into `u` (`n`, `password`)\nvalues\n  (1, 'v1'),\n  (2, 'v2')",
            "insert into t (n) values ('a'); insert into u (n, password) values (1, 'v1'), (2, 'v2');",
        ] {
            let at = text.find("password").unwrap();
            let found = values(text, inserted(text.as_bytes(), at, speaks).unwrap().1);
            assert_eq!(found, [("password", "v1"), ("password", "v2")], "{text}");
        }
        for text in ["insert into u (n, password) values (?, :p)", "f(n, password) values ('a', 'b')"] {
            let found = inserted(text.as_bytes(), text.find("password").unwrap(), speaks);
            assert!(found.is_none_or(|f| f.1.is_empty()), "{text}");
        }
    }

    #[test]
    fn the_value_of_a_setting_is_given_to_the_name_in_the_condition() {
        for text in [
            "UPDATE settings SET value='v1' WHERE name='db_password';",
            "update `t` set `option_value` = 'v1', a = 2 where `option_name` = 'db_password'",
            "UPDATE t\nSET\n  val = 'v1'\nWHERE scope = 'x' AND path = \"app/mail/db_password\"",
            "exec(\"UPDATE t SET value='v1' WHERE name='db_password'\")",
        ] {
            let found = updated(text.as_bytes(), text.find("password").unwrap(), speaks);
            let found = values(text, found.into_iter().collect());
            assert_eq!(found, [("db_password", "v1")], "{text}");
        }
        for text in [
            "UPDATE t SET value='v1' WHERE id = 3; SELECT * FROM t WHERE name='db_password'",
            "UPDATE t SET label='v1' WHERE name='db_password'",
            "UPDATE t SET value=? WHERE name='db_password'",
            "SELECT value FROM t WHERE name='db_password'",
            "name='db_password'",
        ] {
            assert!(updated(text.as_bytes(), text.find("password").unwrap(), speaks).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_safe(
            text in prop::collection::vec(prop::sample::select(b"ap,;'\"`()\n\r\t|=insert values update set where\xef".to_vec()), 0..120),
            at in 0usize..120,
        ) {
            let inserted = inserted(&text, at.min(text.len()), |_| true).map_or(Vec::new(), |i| i.1);
            let updated = updated(&text, at.min(text.len()), |_| true);
            for a in cells(&text, |_| true).into_iter().chain(inserted).chain(updated) {
                prop_assert!(a.value.start < a.value.end && a.value.end <= text.len() && a.name.end <= text.len());
            }
        }
    }
}
