//! Payloads as each host documents them, built from what happens.

use serde_json::{Value, json};

/// What happens in an assistant.
#[derive(Debug, Clone)]
pub(super) enum Does<'a> {
    Prompt(&'a str),
    /// A file, with its content for hosts that send it.
    Read(&'a str, &'a str),
    Command(&'a str),
    Write(&'a str, &'a str),
    Edit(&'a str, &'a str, &'a str),
    Mcp(Value),
    /// What a command printed.
    Output(&'a str),
    Stop,
}

/// The event's name and the payload.
pub(super) fn payload(host: &str, dir: &str, does: &Does<'_>) -> (&'static str, Value) {
    let path = |file: &str| format!("{dir}/{file}");
    match host {
        "claude" | "codex" | "vscode" => claude(host, dir, does),
        "copilot" => {
            let base = |more: Value| {
                merged(json!({ "sessionId": "s1", "timestamp": 1_764_400_000_000_u64, "cwd": dir }), more)
            };
            let tool =
                |name: &str, args: Value| ("preToolUse", base(json!({ "toolName": name, "toolArgs": args })));
            match does {
                Does::Prompt(text) => ("userPromptSubmitted", base(json!({ "prompt": text }))),
                Does::Read(file, _) => tool("view", json!({ "path": path(file) })),
                Does::Command(line) => tool("bash", json!({ "command": line, "description": "x" })),
                Does::Write(file, text) => tool("create", json!({ "path": path(file), "file_text": text })),
                Does::Edit(file, old, new) => {
                    tool("edit", json!({ "path": path(file), "old_str": old, "new_str": new }))
                }
                Does::Mcp(args) => tool("db-query", args.clone()),
                Does::Output(text) => (
                    "postToolUse",
                    base(json!({
                        "toolName": "bash", "toolArgs": { "command": "x" },
                        "toolResult": { "resultType": "success", "textResultForLlm": text },
                    })),
                ),
                Does::Stop => ("agentStop", base(json!({ "stopReason": "end_turn" }))),
            }
        }
        "cursor" => {
            let base = |name: &'static str, more: Value| {
                let base = json!({
                    "hook_event_name": name, "conversation_id": "c1", "generation_id": "g1", "model": "m",
                    "cursor_version": "2.0.77", "workspace_roots": [dir], "user_email": "me@example.org",
                });
                (name, merged(base, more))
            };
            match does {
                Does::Prompt(text) => {
                    base("beforeSubmitPrompt", json!({ "prompt": text, "attachments": [] }))
                }
                Does::Read(file, text) => base(
                    "beforeReadFile",
                    json!({ "file_path": path(file), "content": text, "attachments": [] }),
                ),
                Does::Command(line) => base("beforeShellExecution", json!({ "command": line, "cwd": dir })),
                Does::Write(file, text) => base(
                    "preToolUse",
                    json!({ "tool_name": "Write", "tool_input": { "file_path": path(file), "content": text } }),
                ),
                Does::Edit(file, old, new) => base(
                    "preToolUse",
                    json!({
                        "tool_name": "Edit",
                        "tool_input": { "file_path": path(file), "old_string": old, "new_string": new },
                    }),
                ),
                Does::Mcp(args) => base(
                    "beforeMCPExecution",
                    json!({ "tool_name": "query", "tool_input": args.to_string(), "command": "npx db" }),
                ),
                Does::Output(text) => base(
                    "afterShellExecution",
                    json!({ "command": "x", "output": text, "duration": 150, "cwd": dir }),
                ),
                Does::Stop => base("stop", json!({ "status": "completed", "loop_count": 0 })),
            }
        }
        "gemini" => {
            let base = |name: &'static str, more: Value| {
                let base = json!({
                    "session_id": "s1", "transcript_path": "/t", "cwd": dir, "hook_event_name": name,
                    "timestamp": "2026-11-29T12:00:00Z",
                });
                (name, merged(base, more))
            };
            let tool = |name: &str, args: Value| {
                base("BeforeTool", json!({ "tool_name": name, "tool_input": args }))
            };
            match does {
                Does::Prompt(text) => base("BeforeAgent", json!({ "prompt": text })),
                Does::Read(file, _) => tool("read_file", json!({ "file_path": path(file) })),
                Does::Command(line) => tool("run_shell_command", json!({ "command": line })),
                Does::Write(file, text) => {
                    tool("write_file", json!({ "file_path": path(file), "content": text }))
                }
                Does::Edit(file, old, new) => {
                    tool("replace", json!({ "file_path": path(file), "old_string": old, "new_string": new }))
                }
                Does::Mcp(args) => tool("mcp_db_query", args.clone()),
                Does::Output(text) => base(
                    "AfterTool",
                    json!({
                        "tool_name": "run_shell_command", "tool_input": { "command": "x" },
                        "tool_response": { "llmContent": text, "returnDisplay": "x" },
                    }),
                ),
                Does::Stop => {
                    base("AfterAgent", json!({ "prompt_response": "done", "stop_hook_active": false }))
                }
            }
        }
        "windsurf" => {
            let base = |name: &'static str, info: Value| {
                (
                    name,
                    json!({
                        "agent_action_name": name, "trajectory_id": "t1", "execution_id": "e1",
                        "timestamp": "2026-11-29T12:00:00Z", "tool_info": info,
                    }),
                )
            };
            let edits = |old: &str, new: &str| json!([{ "old_string": old, "new_string": new }]);
            match does {
                Does::Prompt(text) => base("pre_user_prompt", json!({ "user_prompt": text })),
                Does::Read(file, _) => base("pre_read_code", json!({ "file_path": path(file) })),
                Does::Command(line) => base("pre_run_command", json!({ "command_line": line, "cwd": dir })),
                Does::Write(file, text) => {
                    base("pre_write_code", json!({ "file_path": path(file), "edits": edits("", text) }))
                }
                Does::Edit(file, old, new) => {
                    base("pre_write_code", json!({ "file_path": path(file), "edits": edits(old, new) }))
                }
                Does::Mcp(args) => base(
                    "pre_mcp_tool_use",
                    json!({ "mcp_server_name": "db", "mcp_tool_name": "query", "mcp_tool_arguments": args }),
                ),
                Does::Output(text) => base(
                    "post_mcp_tool_use",
                    json!({ "mcp_server_name": "db", "mcp_tool_name": "query", "mcp_tool_arguments": {}, "mcp_result": text }),
                ),
                Does::Stop => base("post_cascade_response", json!({ "response": "done" })),
            }
        }
        "cline" => {
            let base = |name: &'static str, more: Value| {
                let base = json!({
                    "clineVersion": "3.40.0", "hookName": name, "timestamp": "1764400000000", "taskId": "t1",
                    "workspaceRoots": [dir], "userId": "u1",
                });
                (name, merged(base, more))
            };
            let tool = |name: &str, args: Value| {
                base("PreToolUse", json!({ "preToolUse": { "toolName": name, "parameters": args } }))
            };
            match does {
                Does::Prompt(text) => base(
                    "UserPromptSubmit",
                    json!({ "userPromptSubmit": { "prompt": text, "attachments": [] } }),
                ),
                Does::Read(file, _) => tool("read_file", json!({ "path": path(file) })),
                Does::Command(line) => {
                    tool("execute_command", json!({ "command": line, "requires_approval": "false" }))
                }
                Does::Write(file, text) => {
                    tool("write_to_file", json!({ "path": path(file), "content": text }))
                }
                Does::Edit(file, old, new) => {
                    let diff = format!("------- SEARCH\n{old}\n=======\n{new}\n+++++++ REPLACE\n");
                    tool("replace_in_file", json!({ "path": path(file), "diff": diff }))
                }
                Does::Mcp(args) => tool(
                    "use_mcp_tool",
                    json!({ "server_name": "db", "tool_name": "query", "arguments": args.to_string() }),
                ),
                Does::Output(text) => base(
                    "PostToolUse",
                    json!({ "postToolUse": {
                        "toolName": "execute_command", "parameters": { "command": "x" }, "result": text, "success": true,
                    } }),
                ),
                Does::Stop => base("TaskComplete", json!({ "taskComplete": { "taskMetadata": {} } })),
            }
        }
        "opencode" => {
            let base = |name: &'static str, more: Value| {
                (name, merged(json!({ "event": name, "sessionID": "s1", "directory": dir }), more))
            };
            let tool =
                |name: &str, args: Value| base("tool.execute.before", json!({ "tool": name, "args": args }));
            match does {
                Does::Prompt(text) => base("chat.message", json!({ "text": text })),
                Does::Read(file, _) => tool("read", json!({ "filePath": path(file) })),
                Does::Command(line) => tool("bash", json!({ "command": line, "description": "x" })),
                Does::Write(file, text) => tool("write", json!({ "filePath": path(file), "content": text })),
                Does::Edit(file, old, new) => {
                    tool("edit", json!({ "filePath": path(file), "oldString": old, "newString": new }))
                }
                Does::Mcp(args) => tool("db_query", args.clone()),
                Does::Output(text) => base(
                    "tool.execute.after",
                    json!({ "tool": "bash", "args": { "command": "x" }, "output": text }),
                ),
                Does::Stop => base("session.idle", json!({})),
            }
        }
        "kiro" => {
            let base = |name: &'static str, more: Value| {
                (name, merged(json!({ "hook_event_name": name, "cwd": dir, "session_id": "s1" }), more))
            };
            let tool = |name: &str, args: Value| {
                base("preToolUse", json!({ "tool_name": name, "tool_input": args }))
            };
            match does {
                Does::Prompt(text) => base("userPromptSubmit", json!({ "prompt": text })),
                Does::Read(file, _) => {
                    tool("fs_read", json!({ "operations": [{ "mode": "Line", "path": path(file) }] }))
                }
                Does::Command(line) => tool("execute_bash", json!({ "command": line })),
                Does::Write(file, text) => {
                    tool("fs_write", json!({ "command": "create", "path": path(file), "file_text": text }))
                }
                Does::Edit(file, old, new) => tool(
                    "fs_write",
                    json!({ "command": "str_replace", "path": path(file), "old_str": old, "new_str": new }),
                ),
                Does::Mcp(args) => tool("@db/query", args.clone()),
                Does::Output(text) => base(
                    "postToolUse",
                    json!({
                        "tool_name": "execute_bash", "tool_input": { "command": "x" },
                        "tool_response": { "success": true, "result": [text] },
                    }),
                ),
                Does::Stop => base("stop", json!({})),
            }
        }
        other => panic!("no payloads of {other}"),
    }
}

fn claude(host: &str, dir: &str, does: &Does<'_>) -> (&'static str, Value) {
    let path = |file: &str| format!("{dir}/{file}");
    let base = |name: &'static str, more: Value| {
        let base = match host {
            "claude" => json!({
                "session_id": "s1", "transcript_path": "/t", "cwd": dir, "hook_event_name": name,
                "permission_mode": "default", "prompt_id": "p1",
            }),
            "codex" => json!({
                "session_id": "s1", "transcript_path": null, "cwd": dir, "hook_event_name": name, "turn_id": "1",
                "model": "m",
            }),
            _ => json!({ "sessionId": "s1", "transcript_path": "/t", "cwd": dir, "hookEventName": name }),
        };
        (name, merged(base, more))
    };
    let tool = |name: &str, args: Value| {
        base("PreToolUse", json!({ "tool_name": name, "tool_input": args, "tool_use_id": "u1" }))
    };
    match (does, host) {
        (Does::Prompt(text), _) => base("UserPromptSubmit", json!({ "prompt": text })),
        // It has no tool that reads: it reads by commands.
        (Does::Read(file, _), "codex") => tool("Bash", json!({ "command": format!("cat {}", path(file)) })),
        (Does::Read(file, _), "claude") => tool("Read", json!({ "file_path": path(file) })),
        (Does::Read(file, _), _) => {
            tool("read_file", json!({ "filePath": path(file), "startLine": 1, "endLine": 200 }))
        }
        (Does::Command(line), "vscode") => {
            tool("run_in_terminal", json!({ "command": line, "explanation": "x", "isBackground": false }))
        }
        (Does::Command(line), _) => tool("Bash", json!({ "command": line })),
        (Does::Write(file, text), "codex") => {
            let lines: String = text.lines().map(|l| format!("+{l}\n")).collect();
            let patch = format!("*** Begin Patch\n*** Add File: {file}\n{lines}*** End Patch");
            tool("apply_patch", json!({ "command": patch }))
        }
        (Does::Write(file, text), "claude") => {
            tool("Write", json!({ "file_path": path(file), "content": text }))
        }
        (Does::Write(file, text), _) => {
            tool("create_file", json!({ "filePath": path(file), "content": text }))
        }
        (Does::Edit(file, old, new), "codex") => {
            let lines =
                |text: &str, mark: char| text.lines().map(|l| format!("{mark}{l}\n")).collect::<String>();
            let (old, new) = (lines(old, '-'), lines(new, '+'));
            let patch = format!("*** Begin Patch\n*** Update File: {file}\n@@\n{old}{new}*** End Patch");
            tool("apply_patch", json!({ "command": patch }))
        }
        (Does::Edit(file, old, new), "claude") => tool(
            "Edit",
            json!({ "file_path": path(file), "old_string": old, "new_string": new, "replace_all": false }),
        ),
        (Does::Edit(file, old, new), _) => tool(
            "replace_string_in_file",
            json!({ "filePath": path(file), "oldString": old, "newString": new, "explanation": "x" }),
        ),
        (Does::Mcp(args), "vscode") => tool("mcp_db_query", args.clone()),
        (Does::Mcp(args), _) => tool("mcp__db__query", args.clone()),
        (Does::Output(text), _) => {
            let response = if host == "claude" {
                json!({ "stdout": text, "stderr": "", "interrupted": false, "isImage": false })
            } else {
                json!(text)
            };
            let name = if host == "vscode" { "run_in_terminal" } else { "Bash" };
            base(
                "PostToolUse",
                json!({ "tool_name": name, "tool_input": { "command": "x" }, "tool_response": response, "tool_use_id": "u1" }),
            )
        }
        (Does::Stop, _) => {
            base("Stop", json!({ "stop_hook_active": false, "last_assistant_message": "done" }))
        }
    }
}

/// Both objects in one.
pub(super) fn merged(mut base: Value, more: Value) -> Value {
    if let (Some(base), Value::Object(more)) = (base.as_object_mut(), more) {
        base.extend(more);
    }
    base
}
