//! Files of the gate: policy, hooks and settings that decide whether stanch runs.

use crate::config::extends::LOCK_FILE;
use crate::config::{ALLOW_FILE, FILE_NAME};
use crate::disk::{self, Links};
use crate::hooks::managers;
use std::path::Path;

/// What a file has to do with the gate; `None` if writing it leaves the gate as it is.
pub fn gate_file(path: &Path) -> Option<&'static str> {
    let text = path.to_string_lossy().replace('\\', "/");
    let name = text.rsplit('/').next().unwrap_or_default();
    let begins = |before: &str| before.is_empty() || before.ends_with('/');
    let within = |folder: &str| {
        text.match_indices(folder)
            .any(|(at, _)| begins(&text[..at]) && text[at + folder.len()..].starts_with('/'))
    };
    let ends = |end: &str| text.strip_suffix(end).is_some_and(begins);
    if matches!(name, FILE_NAME | ALLOW_FILE | LOCK_FILE | ".stanch-baseline") {
        return Some("stanch's policy");
    }
    if within(".git/hooks") || ends(".git/hooks") || within(".git/stanch") {
        return Some("git's hooks");
    }
    if text.contains("/.git/") && (within("hooks") || ends("hooks"))
        || [".git/config", ".git/config.worktree", ".gitconfig", ".config/git/config", "etc/gitconfig"]
            .iter()
            .any(|file| ends(file))
    {
        return Some("git's configuration");
    }
    if within(".husky")
        && matches!(
            name,
            "_" | "pre-commit"
                | "pre-push"
                | "commit-msg"
                | "prepare-commit-msg"
                | "pre-merge-commit"
                | "h"
                | "husky.sh"
        )
        || ends(".husky")
    {
        return Some("husky's hooks");
    }
    if (within(".config/stanch") || within("etc/stanch")) && name.ends_with(".toml") {
        return Some("stanch's policy");
    }
    let hosts = [
        ".claude/settings.json",
        ".claude/settings.local.json",
        ".codex/hooks.json",
        ".cursor/hooks.json",
        ".gemini/settings.json",
        ".windsurf/hooks.json",
        ".devin/hooks.v1.json",
        ".agents/hooks.json",
    ];
    if hosts.iter().any(|file| ends(file))
        || within(".github/hooks")
        || within(".kiro/hooks")
        || within(".clinerules/hooks")
    {
        return Some("the assistant's hooks");
    }
    None
}

/// Files of managers that stanch does not install into.
const OTHERS: &[&str] = &[".overcommit.yml", ".simple-git-hooks.json"];

/// Files whose removal switches hooks off, beside those of [`gate_file`].
pub(super) fn is_manager_file(path: &Path) -> bool {
    managers::reads(path) || OTHERS.iter().any(|file| path.ends_with(file))
}

/// True if the folder is a repository's own, with a hook of ours in it.
pub(super) fn has_our_hook(path: &Path) -> bool {
    let calls_us = |name: &str| {
        disk::read(&path.join("hooks").join(name), Links::Follow, 1 << 16)
            .is_ok_and(|text| memchr::memmem::find(&text, b"stanch").is_some())
    };
    path.ends_with(".git") && ["pre-commit", "pre-push"].iter().any(|name| calls_us(name))
}

/// True if the path is that of an installed stanch: a program in a folder of programs.
pub(super) fn is_program(path: &Path) -> bool {
    let is_ours = path.file_name().is_some_and(|name| name == "stanch" || name == "stanch.exe");
    let folder = path.parent().and_then(Path::file_name);
    is_ours && folder.is_some_and(|name| ["bin", ".bin", "Scripts"].iter().any(|folder| name == *folder))
}
