//! Stores of secrets, each reached through its own client: started with the value on its standard input.
//!
//! The value never stands on a command line, where every user of the machine could see it. The client's output is
//! thrown away, because some repeat what they stored; its errors are shown with the value masked.

use crate::finding::printable;
use crate::fix::replacement::name_at_github;
use crate::hooks::file::on_path;
use crate::report::shell_word;
use crate::secret::Secret;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A store that has a client of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    OnePassword,
    Vault,
    AwsSecretsManager,
    GitHubActions,
}

/// One value for a store.
pub(super) struct Task<'a> {
    pub(super) variable: &'a str,
    /// The provider's id, which names the place in a store that has one place for several values.
    pub(super) provider: &'a str,
    /// The vault, path or name that was asked for.
    pub(super) at: Option<&'a str>,
    pub(super) value: &'a Secret,
}

/// A call of a client.
struct Call {
    args: Vec<String>,
    input: Vec<u8>,
}

impl Client {
    pub(super) fn name(self) -> &'static str {
        match self {
            Client::OnePassword => "1Password",
            Client::Vault => "Vault",
            Client::AwsSecretsManager => "AWS Secrets Manager",
            Client::GitHubActions => "GitHub Actions",
        }
    }

    fn program(self) -> &'static str {
        match self {
            Client::OnePassword => "op",
            Client::Vault => "vault",
            Client::AwsSecretsManager => "aws",
            Client::GitHubActions => "gh",
        }
    }

    /// Stores one value; says where it is. `show` tells the person each command before it runs.
    pub(super) fn keep(
        self,
        task: &Task<'_>,
        show: &mut dyn FnMut(&str) -> Result<(), String>,
    ) -> Result<String, String> {
        let program = self.program();
        let path = on_path(program).ok_or_else(|| {
            format!("{program}, the client of {}, is not on PATH; install it and log in", self.name())
        })?;
        let (calls, place) = self.calls(task)?;
        let mut failed = String::new();
        for call in calls {
            // Options are ours, and need no quotes.
            let word = |a: &String| if a.starts_with('-') { a.clone() } else { shell_word(a.as_bytes()) };
            let words: Vec<String> = call.args.iter().map(word).collect();
            show(&format!("{program} {}", words.join(" ")))?;
            match run(&path, &call, task.value) {
                Ok(()) => return Ok(place),
                Err(why) => failed = why,
            }
        }
        Err(format!("{program} did not store it: {failed}"))
    }

    /// The calls to try in turn until one succeeds, and the place that they fill.
    fn calls(self, task: &Task<'_>) -> Result<(Vec<Call>, String), String> {
        let var = task.variable;
        let slug = var.to_ascii_lowercase().replace('_', "-");
        let text =
            || std::str::from_utf8(task.value.expose()).map_err(|_| "the value is not UTF-8".to_owned());
        let call = |args: &[&str], input: &[u8]| Call {
            args: args.iter().map(|a| (*a).to_owned()).collect(),
            input: input.to_vec(),
        };
        let value = task.value.expose();
        Ok(match self {
            Client::OnePassword => {
                let vault = task.at.unwrap_or("Production");
                let item = serde_json::json!({
                    "title": slug,
                    "category": "API_CREDENTIAL",
                    "fields": [{ "id": "credential", "type": "CONCEALED", "label": "credential", "value": text()? }],
                });
                let args = ["item", "create", "--vault", vault, "-"];
                (vec![call(&args, item.to_string().as_bytes())], format!("op://{vault}/{slug}/credential"))
            }
            Client::Vault => {
                let path = task.at.unwrap_or(task.provider);
                let field = format!("{var}=-");
                // `put` would take the path's other fields away: it only makes a path that is not there.
                let patch = call(&["kv", "patch", "-mount=secret", path, &field], value);
                let put = call(&["kv", "put", "-mount=secret", "-cas=0", path, &field], value);
                (vec![patch, put], format!("secret/{path}"))
            }
            Client::AwsSecretsManager => {
                if cfg!(windows) {
                    return Err("aws reads standard input only on Unix".to_owned());
                }
                let name = task.at.unwrap_or(&slug);
                let args = [
                    "secretsmanager",
                    "create-secret",
                    "--name",
                    name,
                    "--secret-string",
                    "file:///dev/stdin",
                ];
                (vec![call(&args, value)], name.to_owned())
            }
            Client::GitHubActions => {
                let name = task.at.map_or_else(|| name_at_github(var), str::to_owned);
                (vec![call(&["secret", "set", &name], value)], format!("secrets.{name}"))
            }
        })
    }
}

fn run(path: &PathBuf, call: &Call, value: &Secret) -> Result<(), String> {
    let mut child = Command::new(path)
        .args(&call.args)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let mut stdin = child.stdin.take().expect("internal: standard input is piped");
    // A client that ends early says why itself.
    let sent = stdin.write_all(&call.input);
    drop(stdin);
    let out = child.wait_with_output().map_err(|e| e.to_string())?;
    if out.status.success() {
        return sent.map_err(|e| format!("it read less than the value: {e}"));
    }
    let said = value.hidden_in(&String::from_utf8_lossy(&out.stderr));
    let said: Vec<String> =
        said.lines().map(|l| printable(l.trim().as_bytes())).filter(|l| !l.is_empty()).take(3).collect();
    Err(if said.is_empty() { format!("it ended with {}", out.status) } else { said.join("; ") })
}
