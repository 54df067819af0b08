//! Windsurf: exit code 2 and a text on standard error refuse, before a tool and before a prompt only.

use super::{Answer, BadPayload, SHELL, by_exit_code, needed, parsed, text};
use crate::agent::event::{Call, Change, Edit, Event, FileChange, Powers, Reading};
use crate::agent::judge::Ruling;
use crate::agent::shell::Part;
use serde_json::Value;
use std::path::PathBuf;

pub(super) fn call(payload: &Value) -> Result<Call, BadPayload> {
    let name = needed(payload, &["agent_action_name"])?;
    let info = &payload["tool_info"];
    let event = match name {
        "pre_user_prompt" => {
            Event::Prompt { text: needed(info, &["user_prompt"])?.to_owned(), files: Vec::new() }
        }
        "pre_read_code" => Event::Read(vec![Reading {
            path: PathBuf::from(needed(info, &["file_path"])?),
            part: Part::Whole,
            content: None,
        }]),
        "pre_write_code" => Event::Write(vec![FileChange {
            path: PathBuf::from(needed(info, &["file_path"])?),
            change: Change::Edits(edits(&info["edits"])),
        }]),
        "pre_run_command" => {
            Event::Command { line: needed(info, &["command_line"])?.to_owned(), language: SHELL }
        }
        "pre_mcp_tool_use" => Event::Mcp {
            tool: needed(info, &["mcp_tool_name"])?.to_owned(),
            arguments: parsed(&info["mcp_tool_arguments"]),
        },
        "post_mcp_tool_use" => Event::Output { value: parsed(&info["mcp_result"]), path: None },
        "post_run_command" => Event::Output { value: info.clone(), path: None },
        "post_cascade_response" => Event::Stop { again: false },
        _ => Event::Other,
    };
    let call = super::call(event, name, payload);
    let dir = text(info, &["cwd"]).map(PathBuf::from);
    Ok(Call { dir: dir.or(call.dir), ..call })
}

fn edits(value: &Value) -> Vec<Edit> {
    let all = value.as_array().into_iter().flatten();
    let edit = |v: &Value| {
        let new = text(v, &["new_string", "new_text"])?.to_owned();
        Some(Edit {
            old: text(v, &["old_string", "old_text"]).unwrap_or_default().to_owned(),
            new,
            all: false,
        })
    };
    all.filter_map(edit).collect()
}

pub(super) fn powers(call: &Call) -> Powers {
    Powers { warn: true, deny: call.name.starts_with("pre_"), ..Powers::default() }
}

pub(super) fn answer(ruling: &Ruling) -> Answer {
    by_exit_code(ruling, 0)
}
