// 1Password has no official SDK for Rust: its program op reads the value, logged in by OP_SERVICE_ACCOUNT_TOKEN.
use std::process::Command;

fn @var@() -> Result<String, Box<dyn std::error::Error>> {
    let out = Command::new("op")
        .args(["read", "--no-newline", "op://Production/@slug@/credential"])
        .output()?;
    if !out.status.success() || out.stdout.is_empty() {
        return Err("op did not give @slug@".into());
    }
    Ok(String::from_utf8(out.stdout)?)
}
