//! "If it was ever shared": revoke, check, what breaks, a new one; each on a line that is never cut.

use crate::fix::replacement::{secret_file, suggestion};
use crate::report::facts::Facts;
use crate::report::group::Group;
use crate::report::layout::{Layout, Style, chars};

/// Writes the section in at most `room` lines: each subject whole, the least important ones left out.
pub(super) fn section(page: &mut Layout<'_>, group: &Group<'_>, room: usize) {
    let f = group.first();
    let facts = Facts(f.rule);
    let r = f.rule.remediation;
    let url = facts.known("revoke_url", r.revoke_url).map(str::to_owned);
    let of_first = suggestion(f);
    let mut names = match secret_file(f.rule, &of_first.way, &f.source.path) {
        Some(file) => facts.names_of_file(file),
        None => {
            let had = group.findings.iter().filter_map(|f| suggestion(f).name);
            facts.names(&of_first.variable, had)
        }
    };
    // A wide line can be pasted whole: only usual names make room, not one that the value has here.
    let is_usual = |n: &String| f.rule.env_var_aliases.contains(&n.as_str());
    while names.len() > 1 && names.last().is_some_and(is_usual) && chars(&facts.search(&names)) > page.room()
    {
        names.pop();
    }
    let search = facts.search(&names);
    if let Some(ended) = facts.ended() {
        page.paragraph(2, Style::Strong, &format!("Nothing to rotate: {ended}"));
        let text = "What still sends it fails already".to_owned();
        Row { label: "  breaks", command: Some(search), text }.write(page);
        return;
    }
    let new_key = facts.new_key();
    let order = match facts.known_overlap() {
        Some(true) => "; two can live at once",
        Some(false) => "; it stops the old one",
        None => "",
    };
    // What would need a line of its own is on the page.
    let fits = chars(&new_key) + chars(order) <= page.room();
    let new_key = if fits { format!("{new_key}{order}") } else { new_key.into_owned() };
    let mut rows = vec![
        Row { label: "  revoke", command: url, text: facts.revoke().into_owned() },
        Row { label: "  check", command: None, text: facts.check().into_owned() },
        Row { label: "  breaks", command: Some(search), text: facts.breaks().into_owned() },
        Row { label: "  new key", command: None, text: new_key },
    ];
    while rows.len() > 1 && 1 + rows.iter().map(|row| row.height(page)).sum::<usize>() > room {
        rows.pop();
    }
    page.row(2, &[(Style::Strong, "If it was ever shared, rotate it")]);
    rows.iter().for_each(|row| row.write(page));
}

/// One subject: something to open or to paste, and what is known about it beside it or below.
struct Row {
    label: &'static str,
    command: Option<String>,
    text: String,
}

impl Row {
    /// Returns whether the command and the text share a line.
    fn is_short(&self, page: &Layout<'_>) -> bool {
        let command = self.command.as_ref().map_or(0, |c| chars(c) + 3);
        command + chars(&self.text) <= page.room()
    }

    fn height(&self, page: &Layout<'_>) -> usize {
        let command = usize::from(self.command.is_some());
        if self.is_short(page) { 1 } else { command + page.height(&self.text) }
    }

    fn write(&self, page: &mut Layout<'_>) {
        match &self.command {
            None => page.prose(self.label, &self.text),
            Some(command) if self.is_short(page) => page.labelled(
                self.label,
                &[(Style::Command, command), (Style::Plain, "   "), (Style::Plain, &self.text)],
            ),
            Some(command) => {
                page.labelled(self.label, &[(Style::Command, command)]);
                page.prose("", &self.text);
            }
        }
    }
}
