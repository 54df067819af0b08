//! What an image's configuration says: variables, labels, commands, and the history that made its layers.

use serde_json::Value;

/// An image's configuration.
#[derive(Debug, Clone, Default)]
pub struct Config {
    /// Its texts.
    pub parts: Vec<Part>,
    /// The digests of its layers' content, unpacked, the lowest first.
    pub diff_ids: Vec<String>,
    /// The instructions that made its layers, as the history has them.
    pub instructions: Vec<String>,
    /// For each line of the history the layer that it made, counted from 0.
    pub made: Vec<Option<usize>>,
}

/// Lines of a configuration that are read together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What they are.
    pub name: &'static str,
    /// The lines.
    pub lines: Vec<String>,
}

impl Config {
    /// Reads a configuration; what it lacks is empty.
    pub fn of(json: &Value) -> Config {
        let history = json.get("history").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut parts = Vec::new();
        let mut part = |name, lines: Vec<String>| {
            if !lines.is_empty() {
                parts.push(Part { name, lines });
            }
        };
        // Images of before 2017 have the container that they were made in beside.
        let both = |at: &str| {
            let mut lines = lines(json.pointer(&format!("/config/{at}")));
            for line in self::lines(json.pointer(&format!("/container_config/{at}"))) {
                if !lines.contains(&line) {
                    lines.push(line);
                }
            }
            lines
        };
        part("environment", both("Env"));
        part("labels", both("Labels"));
        let commands = ["Entrypoint", "Cmd", "Healthcheck/Test", "Shell", "OnBuild"];
        part("entry point", commands.iter().map(|c| both(c).join(" ")).filter(|l| !l.is_empty()).collect());
        let said = |entry: &Value| -> String {
            let of = |key| entry.get(key).and_then(Value::as_str).filter(|s| !s.is_empty());
            let all: Vec<&str> = ["created_by", "comment", "author"].into_iter().filter_map(of).collect();
            // A line each.
            all.join(" ").replace(['\n', '\r'], " ")
        };
        part("history", history.iter().map(said).collect());
        let makes_layer = |e: &&Value| e.get("empty_layer").and_then(Value::as_bool) != Some(true);
        let created = |e: &Value| e.get("created_by").and_then(Value::as_str).unwrap_or_default().to_owned();
        Config {
            parts,
            diff_ids: strings(json.pointer("/rootfs/diff_ids")),
            instructions: history.iter().filter(makes_layer).map(|e| instruction(&created(e))).collect(),
            made: history
                .iter()
                .scan(0, |next, e| {
                    let makes = makes_layer(&e);
                    *next += usize::from(makes);
                    Some(makes.then(|| *next - 1))
                })
                .collect(),
        }
    }

    /// The instruction that made layer `n` of `of`, counted from 0; `None` if the history does not fit the layers.
    pub fn instruction(&self, n: usize, of: usize) -> Option<&str> {
        let known = self.instructions.len() == of;
        self.instructions.get(n).filter(|i| known && !i.is_empty()).map(String::as_str)
    }
}

/// `NAME=VALUE` lines of an array or of an object.
fn lines(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::Object(all)) => all
            .iter()
            .map(|(name, value)| {
                format!("{name}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            })
            .collect(),
        Some(Value::String(one)) => vec![one.clone()],
        value => strings(value),
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    let all = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    all.iter().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// Characters of an instruction that are shown.
const SHOWN: usize = 100;

/// An instruction as a Dockerfile has it, from what the history says: shells and notes of builders left out.
pub(super) fn instruction(created_by: &str) -> String {
    let text = created_by.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.strip_suffix("# buildkit").map_or(&*text, str::trim_end);
    const SHELL: &str = "/bin/sh -c ";
    let text = match text.strip_prefix(SHELL) {
        Some(rest) => match rest.strip_prefix("#(nop)") {
            Some(other) => other.trim_start().to_owned(),
            None => format!("RUN {rest}"),
        },
        // RUN |2 NAME=VALUE ... /bin/sh -c COMMAND: the values of build arguments.
        None => match (text.trim_start_matches("RUN ").starts_with('|'), text.split_once(SHELL)) {
            (true, Some((_, command))) => format!("RUN {command}"),
            (_, Some(("RUN ", command))) => format!("RUN {command}"),
            _ => text.to_owned(),
        },
    };
    // What a builder writes by default.
    let text = if text == SHELL.trim_end_matches(" -c ") { String::new() } else { text };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instruction_reads_as_in_the_dockerfile() {
        for (created_by, want) in [
            ("COPY . . # buildkit", "COPY . ."),
            ("RUN /bin/sh -c make # buildkit", "RUN make"),
            ("RUN |2 A=b C=d /bin/sh -c make all # buildkit", "RUN make all"),
            ("|1 A=b /bin/sh -c make", "RUN make"),
            ("/bin/sh -c #(nop) COPY dir:1234 in /app ", "COPY dir:1234 in /app"),
            (
                "/bin/sh -c apt-get update &&     apt-get install -y curl",
                "RUN apt-get update && apt-get install -y curl",
            ),
            ("RUN ['make'] # buildkit", "RUN ['make']"),
            ("/bin/sh", ""),
            ("", ""),
        ] {
            assert_eq!(instruction(created_by), want);
        }
        assert_eq!(instruction(&"x".repeat(200)).len(), SHOWN + 3);
    }

    #[test]
    fn a_configuration_is_read_whatever_it_lacks() {
        let config = Config::of(
            &serde_json::json!({ "config": { "Env": "A=b", "Labels": { "n": 1 } }, "history": 3 }),
        );
        assert_eq!(config.parts.len(), 2);
        assert_eq!(config.parts[1].lines, ["n=1"]);
        assert_eq!(Config::of(&Value::Null).parts, []);
    }
}
