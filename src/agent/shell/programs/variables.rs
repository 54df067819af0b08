//! The variables of the environment that code on a command line prints or sends.

use super::inline::{NETWORK, PRINTS};
use super::patterns::between;
use crate::agent::shell::flow::Content;
use crate::agent::shell::machine::Machine;

impl Machine<'_> {
    /// The variables of the environment in the calls that print.
    pub(super) fn variables_of(&self, text: &str) -> Vec<Content> {
        let mut out = Vec::new();
        let all = [
            "environ.items()",
            "environ.values()",
            "dict(os.environ)",
            "entries(process.env)",
            "values(process.env)",
            "in process.env",
            "stringify(process.env",
            "ENV.each",
            "ENV.to_h",
            "ENV.inspect",
            "values %ENV",
            "keys %ENV",
        ];
        if all.iter().any(|a| text.contains(a)) {
            return self.environment();
        }
        for statement in text.split(['\n', ';']) {
            if !PRINTS.iter().chain(NETWORK).any(|p| statement.contains(p))
                && !statement.trim_start().starts_with(['p', 'E'])
            {
                continue;
            }
            // Whether there is one, or how long it is.
            if [
                "bool(",
                "len(",
                "!!",
                ".length",
                " in os.environ",
                "is None",
                "is not None",
                "typeof",
                ".nil?",
                "keys",
                "sorted(os.environ)",
            ]
            .iter()
            .any(|f| statement.contains(f))
            {
                continue;
            }
            let pairs = [
                ("os.environ[\"", "\""),
                ("os.environ['", "'"),
                ("os.environ.get(\"", "\""),
                ("os.environ.get('", "'"),
                ("environ[\"", "\""),
                ("environ['", "'"),
                ("getenv(\"", "\""),
                ("getenv('", "'"),
                ("ENV[\"", "\""),
                ("ENV['", "'"),
                ("ENV.fetch(\"", "\""),
                ("ENV.fetch('", "'"),
                ("$ENV{", "}"),
                ("process.env[\"", "\""),
                ("process.env['", "'"),
                ("Deno.env.get(\"", "\""),
            ];
            let mut names: Vec<String> =
                pairs.iter().flat_map(|(open, close)| between(statement, open, close)).collect();
            for rest in statement.split("process.env.").skip(1) {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
                names.push(rest[..end].to_owned());
            }
            let whole = [
                "os.environ",
                "process.env",
                "ENV.",
                "%ENV",
                "getenv()",
                "Deno.env.toObject",
                "$_ENV",
                "$_SERVER",
                "ENV)",
            ];
            if names.is_empty() && whole.iter().any(|w| statement.contains(w)) {
                out.extend(self.environment());
            }
            for name in names.into_iter().filter(|n| !n.is_empty()) {
                out.extend(self.definitions(&name));
                out.push(Content::Variable(name));
            }
        }
        out
    }
}
