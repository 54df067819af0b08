//! The section that asks the provider whether a secret is live: one harmless call, as a command to paste.

use super::sheet::{Block, Section};
use crate::fix::replacement::variable;
use crate::report::facts::Facts;
use crate::rules::{Asks, Condition, LiveCheck, Rule, Signature};

/// The lines to type for a rule whose provider `stanch verify` does not ask: they read the value without showing it, and hold
/// it in no command line. `None` if no such command is known.
pub fn by_hand(rule: &'static Rule) -> Option<String> {
    let check = LiveCheck::of(rule.id).filter(|check| !check.is_asked())?;
    let variable = variable(rule, None);
    let command = command(check, &variable)?;
    Some(match reads_value(check) {
        true => format!("read -rs {variable}\n{command}"),
        false => command,
    })
}

/// The section of a rule whose provider documents such a call.
pub(super) fn section(rule: &'static Rule, facts: Facts, variable: &str) -> Option<Section> {
    let check = LiveCheck::of(rule.id)?;
    let mut blocks = Vec::new();
    if reads_value(check) {
        blocks.push(Block::Command(format!("read -rs {variable}"), "paste the old one; later the new one"));
    }
    blocks.push(Block::Code("sh", command(check, variable)?));
    if !check.urls.is_empty() {
        blocks.push(Block::Text(answers(check)));
    }
    if !check.checked {
        blocks.push(Block::Text(
            "This call was not read in the provider's documentation: read it there before you rely on an answer."
                .into(),
        ));
    }
    if check.needs_own_values() {
        blocks.push(Block::Text("Replace the words in capitals by your own values.".into()));
    }
    if let [first, others @ ..] = check.urls.as_slice()
        && !others.is_empty()
    {
        let hosts: Vec<&str> = others.iter().filter_map(|url| host(url)).collect();
        blocks.push(Block::Text(format!(
            "{} serves one region or stage. It is dead only if these say so too: {}.",
            host(first).unwrap_or(first),
            hosts.join(", ")
        )));
    }
    blocks.extend(check.note.as_ref().map(|note| Block::Text(sentence(note))));
    let trace = match &check.trace {
        Some(trace) => format!("{}'s log of requests or last use, and {trace}", facts.issuer()),
        None => format!("{}'s log of requests or last use", facts.issuer()),
    };
    blocks.push(Block::Text(format!("The call may show in {trace}.")));
    Some(Section { heading: "Is the old one dead, does the new one work?", blocks })
}

/// The call for a shell with curl. The value reaches curl on its standard input, because arguments are visible to
/// every user of the machine.
fn command(check: &LiveCheck, variable: &str) -> Option<String> {
    if let Some(run) = &check.run {
        return Some(run.trim_end().replace("{variable}", variable));
    }
    let mut config = String::new();
    let mut values = 0;
    let mut rest = String::new();
    let mut option = |name: &str, text: &str| {
        if text.contains("{secret}") {
            values += text.matches("{secret}").count();
            let quoted = text.replace('\\', "\\\\").replace('"', "\\\"");
            let format = quoted.replace('\\', "\\\\").replace('%', "%%").replace("{secret}", "%s");
            config.push_str(&format!("{name} = \"{format}\"\\n"));
        } else {
            let flag = match name {
                "header" => "-H ",
                "user" => "-u ",
                "data" => "-d ",
                "aws-sigv4" => "--aws-sigv4 ",
                _ => "",
            };
            rest.push_str(&format!(" \\\n  {flag}'{text}'"));
        }
    };
    for header in &check.headers {
        option("header", header);
    }
    if let Some(user) = &check.user {
        option("user", user);
    }
    if check.sign == Some(Signature::AwsV4) {
        option("aws-sigv4", "aws:amz:us-east-1:sts");
    }
    if let Some(data) = &check.data {
        option("data", data);
    }
    option("url", check.urls.first()?);
    let method = match (check.method.as_str(), &check.data) {
        ("GET", _) | ("POST", Some(_)) => String::new(),
        (method, _) => format!(" -X {method}"),
    };
    let output =
        if reads_body(check) { "-w '\\n%{http_code}\\n'" } else { "-o /dev/null -w '%{http_code}\\n'" };
    let arguments = vec![format!("\"${variable}\""); values].join(" ");
    Some(format!("printf '{config}' {arguments} |\n  curl -sS -K -{method} {output}{rest}"))
}

/// Returns whether the command takes the value from a variable, and not from its file.
fn reads_value(check: &LiveCheck) -> bool {
    check.run.as_deref().is_none_or(|run| run.contains("{variable}"))
}

/// Returns whether the body decides, and may be shown.
fn reads_body(check: &LiveCheck) -> bool {
    !check.secret_answer && check.live.iter().chain(&check.dead).chain(&check.dead_at_own).any(asks_of_body)
}

/// Returns whether a condition asks more of the body than to be empty.
fn asks_of_body(condition: &Condition) -> bool {
    !matches!(condition.asks(), Asks::Status | Asks::Empty)
}

/// What the answers mean.
fn answers(check: &LiveCheck) -> String {
    let body = reads_body(check);
    let list = |conditions: &[Condition]| {
        let mut words: Vec<String> = Vec::new();
        for c in conditions {
            let word = match body && asks_of_body(c) {
                true => format!("{} with {}", c.status, c.text.replace('"', "")),
                false => c.status.to_string(),
            };
            if !words.contains(&word) {
                words.push(word);
            }
        }
        match words.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, words)) => format!("{} or {last}", words.join(", ")),
            None => String::new(),
        }
    };
    let live = format!("{}: it works.", list(&check.live));
    let dead = match (check.dead.as_slice(), check.dead_at_own.as_slice()) {
        // The status says it of other faults too.
        (dead, _) if !body && dead.iter().any(asks_of_body) => {
            return format!(
                "{live} {}: it may be dead. The body would tell, and is not shown because it may hold a secret: \
                 stanch verify reads it.",
                list(dead)
            );
        }
        ([], []) => return format!("{live} No answer says for certain that it is dead."),
        ([], own) => format!("{} from the host that issued it", list(own)),
        (dead, _) => list(dead),
    };
    format!("{live} {dead}: it is dead. Any other answer says neither.")
}

fn host(url: &str) -> Option<&str> {
    url.strip_prefix("https://")?.split('/').next()
}

fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}
