//! Edits a settings file of JSON, with comments or without: the text around a change stays byte for byte.

use super::mark;
use super::places::{Form, Surface};
use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode};
use serde_json::{Value, json};

/// The file with our hooks in it. `of_event` gives the command of an event.
pub(super) fn with(
    old: Option<&str>,
    surface: &Surface,
    of_event: &dyn Fn(&str) -> String,
) -> Result<String, String> {
    let base = base(surface);
    let text = old.filter(|text| !text.trim().is_empty()).unwrap_or(&base);
    let root = parse(text)?;
    let top = root.object_value().ok_or("it is not a JSON object")?;
    if let Form::Own { list: true } = surface.form {
        let all = top.array_value_or_create("hooks").ok_or("`hooks` in it is not a list")?;
        drop_ours(&all, surface);
        for event in surface.events {
            all.append(input(&(surface.entry)(event, &of_event(event.name))));
        }
        return Ok(root.to_string());
    }
    let hooks = top.object_value_or_create("hooks").ok_or("`hooks` in it is not an object")?;
    for event in surface.events {
        let all = hooks
            .array_value_or_create(event.name)
            .ok_or_else(|| format!("`hooks.{}` in it is not a list", event.name))?;
        drop_ours(&all, surface);
        all.append(input(&(surface.entry)(event, &of_event(event.name))));
    }
    // Written again, a file stays as it is.
    let new = root.to_string();
    Ok(if old.is_some_and(|old| same(old, &new)) { text.to_owned() } else { new })
}

/// The file without our hooks; `None` if nothing else is in it.
pub(super) fn without(old: &str, surface: &Surface) -> Result<Option<String>, String> {
    let root = parse(old)?;
    let top = root.object_value().ok_or("it is not a JSON object")?;
    let Some(hooks) = top.object_value("hooks") else { return Ok(Some(old.to_owned())) };
    for prop in hooks.properties() {
        let Some(all) = prop.array_value() else { continue };
        if drop_ours(&all, surface) && all.elements().is_empty() {
            prop.remove();
        }
    }
    if hooks.properties().is_empty()
        && let Some(prop) = top.get("hooks")
    {
        prop.remove();
    }
    let text = root.to_string();
    let is_empty = top.properties().iter().all(|p| p.decoded_name().as_deref() == Some("version"));
    let has_comments = text.contains("//") || text.contains("/*");
    Ok((!is_empty || has_comments).then_some(text))
}

fn base(surface: &Surface) -> String {
    match surface.version {
        Some(version) => format!("{{\n  \"version\": {version}\n}}\n"),
        None => "{}\n".to_owned(),
    }
}

fn parse(text: &str) -> Result<CstRootNode, String> {
    let options =
        ParseOptions { allow_comments: true, allow_trailing_commas: true, ..ParseOptions::default() };
    // The error's own words may quote the text.
    CstRootNode::parse(text, &options)
        .map_err(|e| format!("it does not parse as JSON at byte {}", e.range().start))
}

/// Returns whether both texts mean the same.
fn same(a: &str, b: &str) -> bool {
    let value = |text: &str| parse(text).ok().and_then(|root| root.to_serde_value());
    value(a).is_some() && value(a) == value(b)
}

/// Drops our entries of a list; those of a group that has others too, out of the group. Returns whether one was dropped.
fn drop_ours(all: &CstArray, surface: &Surface) -> bool {
    let mark = mark(surface.host);
    let is_ours = |node: &CstNode| node.to_serde_value().is_some_and(|v| has_command(&v, &mark));
    let mut dropped = false;
    for node in all.elements() {
        if !is_ours(&node) {
            continue;
        }
        dropped = true;
        let group = node.as_object().and_then(|o: CstObject| o.array_value("hooks"));
        match group {
            Some(group) if group.elements().iter().any(|inner| !is_ours(inner)) => {
                group.elements().into_iter().filter(|inner| is_ours(inner)).for_each(CstNode::remove);
            }
            _ => node.remove(),
        }
    }
    dropped
}

/// Returns whether a text in a value runs our hook.
fn has_command(value: &Value, mark: &str) -> bool {
    match value {
        Value::String(text) => text.contains(mark),
        Value::Array(all) => all.iter().any(|v| has_command(v, mark)),
        Value::Object(map) => map.values().any(|v| has_command(v, mark)),
        _ => false,
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(b) => CstInputValue::Bool(*b),
        Value::Number(n) => CstInputValue::Number(n.to_string()),
        Value::String(s) => CstInputValue::String(s.clone()),
        Value::Array(all) => CstInputValue::Array(all.iter().map(input).collect()),
        Value::Object(map) => CstInputValue::Object(map.iter().map(|(k, v)| (k.clone(), input(v))).collect()),
    }
}

/// The commands of ours in a settings file, with their events.
pub(super) fn commands(text: &str, surface: &Surface) -> Vec<(String, String)> {
    let Some(root) = parse(text).ok().and_then(|root| root.to_serde_value()) else { return Vec::new() };
    let mark = mark(surface.host);
    let mut out = Vec::new();
    match root.get("hooks") {
        Some(Value::Object(hooks)) => {
            for (event, entries) in hooks {
                collect(entries, &mark, &mut |command| out.push((event.clone(), command.to_owned())));
            }
        }
        Some(Value::Array(all)) => {
            for entry in all {
                let event = entry.get("trigger").and_then(Value::as_str).unwrap_or_default();
                collect(entry, &mark, &mut |command| out.push((event.to_owned(), command.to_owned())));
            }
        }
        _ => {}
    }
    out.dedup();
    out
}

fn collect(value: &Value, mark: &str, each: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) if text.contains(mark) => each(text),
        Value::Array(all) => all.iter().for_each(|v| collect(v, mark, each)),
        Value::Object(map) => {
            // Some hosts have a command for each family of shells.
            let other = if cfg!(windows) { "bash" } else { "powershell" };
            map.iter().filter(|(key, _)| *key != other).for_each(|(_, v)| collect(v, mark, each));
        }
        _ => {}
    }
}

/// Returns whether a switch in the file turns its hooks off.
pub(super) fn switched_off(text: &str) -> Option<&'static str> {
    let root = parse(text).ok()?.to_serde_value()?;
    let is = |path: &str, value: Value| root.pointer(path) == Some(&value);
    if is("/disableAllHooks", json!(true)) {
        return Some("disableAllHooks is true");
    }
    if is("/hooksConfig/enabled", json!(false)) || is("/hooks/enabled", json!(false)) {
        return Some("hooks are not enabled");
    }
    None
}
