//! The program's help: commands grouped by purpose, the environment and the exit codes.

use clap::builder::StyledStr;
use clap::{Command, CommandFactory};
use std::fmt::Write;

/// Commands grouped by purpose; each command is in one group.
const GROUPS: &[(&str, &[&str])] = &[
    ("Start", &["install", "doctor", "scan", "image", "ci", "merge", "trial", "baseline", "uninstall"]),
    ("When a commit or push is blocked", &["fix", "explain", "verify", "revoke", "allow", "report"]),
    ("Policy", &["config", "audit", "import", "remote"]),
    ("Rules", &["rules"]),
    ("Coding assistants", &["agent", "mcp"]),
    ("For git and shells", &["hook", "completions", "man"]),
];

/// Environment variables and exit codes; the manual page has them too.
const AFTER: &str = "\
Environment:
  STANCH_BYPASS=\"WHY\"           Let this commit or push through, if allowed
  STANCH_SYSTEM_CONFIG=FILE     Read the machine's configuration from FILE
  STANCH_FORMAT=json            Hooks write their message as one JSON object
  STANCH_ENGINE=plain|fast      How git is read; the answer is the same
  NO_COLOR, CLICOLOR_FORCE      Colours off, or on where there is no terminal
  PAGER                         Shows long pages

Exit codes:
  0  clean, or warnings only
  1  blocked: a secret (doctor: stanch is not in force)
  2  could not check, or misused; this blocks too
";

/// The command line with its help.
pub(super) fn command() -> Command {
    let command = super::Cli::command();
    let styles = command.get_styles().clone();
    let (head, name) = (styles.get_header(), styles.get_literal());
    let mut groups = String::new();
    let shown = |out: &mut String, c: &Command| {
        let about = c.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(out, "  {name}{:<12}{name:#} {}", c.get_name(), about.trim_end_matches('.'));
    };
    for (title, names) in GROUPS {
        let _ = writeln!(groups, "{head}{title}:{head:#}");
        names.iter().filter_map(|n| command.find_subcommand(n)).for_each(|c| shown(&mut groups, c));
        groups.push('\n');
    }
    // A command that is in no group is still shown.
    let is_grouped = |c: &Command| GROUPS.iter().any(|(_, names)| names.contains(&c.get_name()));
    for c in
        command.get_subcommands().filter(|c| !is_grouped(c) && c.get_name() != "help" && !c.is_hide_set())
    {
        shown(&mut groups, c);
    }
    let links = format!("Guide: {}\n", env!("CARGO_PKG_HOMEPAGE"));
    command
        .help_template(format!(
            "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}{head}Options:{head:#}\n{{options}}\n\n\
             `stanch COMMAND --help` shows all about a command.{{after-help}}"
        ))
        .after_help(format!("{AFTER}\n{links}"))
}

/// A blank at which no line is wrapped; [`unbound`] makes an ordinary one of it.
const BOUND: char = '\u{a0}';

/// Binds the last two words of each text, so that no line is left with one word, whatever the terminal's width.
pub(super) fn bound(command: Command) -> Command {
    let after = command.get_after_help().map(|text| last_words(&text.ansi().to_string()));
    let command = match after {
        Some(text) => command.after_help(text),
        None => command,
    };
    let bind = |text: Option<&StyledStr>| text.map(|text| last_words(&text.to_string()));
    command
        .mut_args(|arg| {
            let (help, long) = (bind(arg.get_help()), bind(arg.get_long_help()));
            let arg = if let Some(text) = help { arg.help(text) } else { arg };
            if let Some(text) = long { arg.long_help(text) } else { arg }
        })
        .mut_subcommands(bound)
}

/// A rendered help text with ordinary blanks.
pub(super) fn unbound(text: &str) -> String {
    text.replace(BOUND, " ")
}

fn last_words(text: &str) -> String {
    let bind = |line: &str| match line.rsplit_once(' ') {
        // Examples and tables stand as they are.
        Some((rest, last)) if !line.starts_with(' ') && !last.is_empty() => format!("{rest}{BOUND}{last}"),
        _ => line.to_owned(),
    };
    text.split('\n').map(bind).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_command_stands_in_one_group_and_each_group_names_commands() {
        let command = super::super::Cli::command();
        let mut named: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        let mut all: Vec<&str> =
            command.get_subcommands().filter(|c| !c.is_hide_set()).map(Command::get_name).collect();
        named.sort_unstable();
        all.sort_unstable();
        assert_eq!(named, all, "put a new command into GROUPS");
    }
}
