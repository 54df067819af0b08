//! `stanch mcp`: four tools for an assistant, over standard input and output (Model Context Protocol).
//!
//! It is a help, not a gate: an assistant may leave it out. The hooks check in any case. No answer has a value in it.

use super::{out, rules};
use crate::check::Checker;
use crate::error::Error;
use crate::finding::{Finding, RepoPath, Source, SourceKind};
use crate::fix;
use crate::git::Repo;
use crate::policy::{Action, BlobId, Decision, Stage};
use crate::report::{self, explain};
use crate::rules::RuleSet;
use crate::scan::Fragment;
use serde_json::{Value, json};
use std::io::{self, BufRead, Read};

/// Arguments of `stanch mcp`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example, for an assistant that takes a list of servers:
  {\"mcpServers\": {\"stanch\": {\"command\": \"stanch\", \"args\": [\"mcp\"]}}}

An assistant may leave a tool out; what it commits is checked by the hooks in any case.")]
pub(super) struct Args {}

/// Most bytes of a message.
const LARGEST: u64 = 10 << 20;
/// Secrets that one call of `fix` replaces.
const FIXES: usize = 200;
/// The version of the protocol that is spoken to a client that names none.
const VERSION: &str = "2025-06-18";

/// A failure in the form of JSON-RPC: code and text.
type Failure = (i64, String);

pub(super) fn run(_: &Args) -> Result<u8, Error> {
    let repo = Repo::open_from_env().ok();
    let checker = Checker::of(repo.as_ref(), &[])?;
    let server = Server { set: checker.rules(), checker };
    let mut input = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(LARGEST + 1).read_until(b'\n', &mut line);
        if read.map_err(Error::io("standard input"))? == 0 {
            return Ok(0);
        }
        if line.len() as u64 > LARGEST {
            return Err(Error::Usage(format!("a message is larger than {} MB", LARGEST >> 20)));
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = match serde_json::from_slice::<Value>(&line) {
            Ok(message) => server.answer(&message),
            Err(_) => Some(failure(&Value::Null, &(-32700, "the message is not JSON".to_owned()))),
        };
        if let Some(answer) = answer {
            out::json(&answer).map_err(Error::io("standard output"))?;
        }
    }
}

struct Server {
    checker: Checker,
    set: RuleSet,
}

impl Server {
    /// The answer to a message; a notification gets none.
    fn answer(&self, message: &Value) -> Option<Value> {
        let id = message.get("id").filter(|id| !id.is_null())?;
        let params = &message["params"];
        let result = match message["method"].as_str() {
            Some("initialize") => Ok(json!({
                "protocolVersion": params["protocolVersion"].as_str().unwrap_or(VERSION),
                "capabilities": { "tools": {} },
                "serverInfo": { "name": "stanch", "version": env!("CARGO_PKG_VERSION") },
            })),
            Some("ping") => Ok(json!({})),
            Some("tools/list") => Ok(json!({ "tools": tools() })),
            Some("tools/call") => self.call(&params["name"], &params["arguments"]),
            Some(other) => {
                Err((-32601, format!("there is no method {}", crate::finding::printable(other.as_bytes()))))
            }
            None => Err((-32600, "the message has no method".to_owned())),
        };
        Some(match result {
            Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
            Err(why) => failure(id, &why),
        })
    }

    fn call(&self, name: &Value, arguments: &Value) -> Result<Value, Failure> {
        let text = |key: &str| {
            let missing = || (-32602, format!("the argument `{key}` is missing"));
            arguments[key].as_str().ok_or_else(missing)
        };
        let path = arguments["path"].as_str().unwrap_or("text.txt");
        let result = match name.as_str() {
            Some("scan_text") => self.scan_text(path, text("text")?),
            Some("explain") => self.explain(text("rule")?),
            Some("fix") => self.fix(path, text("text")?),
            Some("where_does_it_belong") => self.where_does_it_belong(text("rule")?),
            _ => return Err((-32602, "there is no tool of this name".to_owned())),
        };
        let (text, failed) = match result {
            Ok(text) => (text, false),
            Err(e) => (e.to_string(), true),
        };
        Ok(json!({ "content": [{ "type": "text", "text": text }], "isError": failed }))
    }

    /// What is found in a text, and what of it was not read.
    fn decision(&self, path: &str, text: &str) -> Decision {
        let source = Source::new(SourceKind::File, RepoPath::new(path));
        let fragment = Fragment { source, bytes: text.as_bytes().into() };
        let mut decision = Decision::empty(Stage::Scan);
        decision.findings = self.checker.judge(&fragment, &BlobId::None, &mut decision.reading.skipped);
        decision.findings.retain(|d| d.action != Action::Suppress);
        decision
    }

    fn scan_text(&self, path: &str, text: &str) -> Result<String, Error> {
        let decision = self.checker.screen().decision(self.decision(path, text));
        let mut out = Vec::new();
        report::agent::render_json(&decision, None, &mut out).map_err(Error::io("standard output"))?;
        Ok(String::from_utf8_lossy(&out).trim_end().to_owned())
    }

    fn explain(&self, name: &str) -> Result<String, Error> {
        let rules = rules::named(&self.set, name)?;
        let pages = rules
            .iter()
            .take(3)
            .map(|rule| explain::markdown(&explain::sheet(rule, &explain::Ask::default())));
        Ok(pages.collect::<Vec<_>>().join("\n"))
    }

    /// The text with its secrets replaced, as far as that is certain.
    fn fix(&self, path: &str, text: &str) -> Result<String, Error> {
        let (mut text, mut variables, mut left) = (text.to_owned(), Vec::new(), Vec::new());
        for _ in 0..FIXES {
            let found = self.decision(path, &text).findings;
            let Some(next) = found.iter().map(|d| &d.finding).find(|f| !left.contains(&f.fingerprint)) else {
                break;
            };
            let same: Vec<&Finding> =
                found.iter().map(|d| &d.finding).filter(|f| f.fingerprint == next.fingerprint).collect();
            match fix::rewrite(text.as_bytes(), &same, None) {
                Ok(fixed) => {
                    variables.push(fixed.variable);
                    text = String::from_utf8_lossy(&fixed.bytes).into_owned();
                }
                Err(_) => left.push(next.fingerprint),
            }
        }
        // What stays is masked, and named with what to do.
        let rest = self.scan_text(path, &text)?;
        let screen = self.checker.screen();
        let rest: Value = serde_json::from_str(&rest).unwrap_or_default();
        let shown = json!({
            "text": screen.text(&text),
            "variables": variables,
            "left": rest["findings"],
        });
        Ok(shown.to_string())
    }

    fn where_does_it_belong(&self, name: &str) -> Result<String, Error> {
        let rules = rules::named(&self.set, name)?;
        let rows = rules.iter().take(20).map(|rule| {
            format!(
                "{}: into the environment as {}. On this machine in a file that git ignores; on a server or CI system in its secret \
                 store. `stanch explain {} --all` has code for each store.",
                rule.name,
                rule.env_var.unwrap_or("a variable"),
                rule.id
            )
        });
        Ok(rows.collect::<Vec<_>>().join("\n"))
    }
}

fn failure(id: &Value, (code, text): &Failure) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": text } })
}

/// The tools, with the arguments that they take.
fn tools() -> Value {
    let tool = |name: &str, description: &str, arguments: &[(&str, &str)], required: &[&str]| {
        let properties: serde_json::Map<String, Value> = arguments
            .iter()
            .map(|(name, description)| {
                ((*name).to_owned(), json!({ "type": "string", "description": description }))
            })
            .collect();
        json!({
            "name": name,
            "description": description,
            "inputSchema": { "type": "object", "properties": properties, "required": required },
        })
    };
    let text = ("text", "The text");
    let path = ("path", "The name of its file: the language and the policy depend on it");
    let rule = ("rule", "A rule or provider, as findings name them");
    json!([
        tool(
            "scan_text",
            "Find secrets in a text before it is written. Values are masked.",
            &[text, path],
            &["text"]
        ),
        tool("explain", "Explain a rule: how to revoke, rotate and store the secret.", &[rule], &["rule"]),
        tool(
            "fix",
            "Replace the secrets of a text by expressions that read the environment.",
            &[text, path],
            &["text"]
        ),
        tool("where_does_it_belong", "Say where a secret of a rule belongs.", &[rule], &["rule"]),
    ])
}
