//! What to write in place of a secret: the expression by which the file's own language reads a variable, or, where
//! a format cannot read one, the way out.

use crate::finding::{Finding, SourceKind};
use crate::rules::{Detector, Rule, RuleSet, SecretKind};
use crate::text::lang::Lang;

/// What to do about the value in its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The environment variable (or its like) that holds the value from now on.
    pub variable: String,
    /// The way.
    pub way: Replacement,
}

/// How the value leaves the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replacement {
    /// Write this expression in place of the value and its quotes.
    Expression {
        /// In the file's language.
        text: String,
        /// What it needs besides, or where the value goes: "import os".
        note: String,
        /// True if `stanch fix` can write it where the value is the whole of a literal.
        by_fix: bool,
    },
    /// The file holds secrets by its nature: it stays out of git.
    KeepOut {
        /// Why, and where the value goes.
        note: String,
    },
    /// The format reads no variables: take the value out, and do this.
    TakeOut {
        /// What to do instead.
        note: String,
    },
}

/// The way for a finding.
pub fn replacement(f: &Finding) -> Suggestion {
    let path = f.source.path.as_bytes();
    let lang = match f.source.kind {
        SourceKind::Staged | SourceKind::Commit | SourceKind::File => Lang::of_path(path),
        _ => Lang::Other,
    };
    let variable = variable(f.rule, f.name.as_deref());
    let way = if f.source.path.member().is_some() {
        Replacement::TakeOut {
            note: "take it out of what the archive is made from, and make the archive again".into(),
        }
    } else if f.rule.kind == SecretKind::PrivateKey
        && lang == Lang::Other
        && f.source.kind != SourceKind::Stdin
    {
        Replacement::KeepOut {
            note: "a private key lives outside of the repository, readable by its user alone".into(),
        }
    } else if f.rule.id == "kubernetes-secret-value" {
        Replacement::TakeOut {
                note: "take the value out: keep a sealed or external secret in git, or create the Secret with kubectl; \
                       pods read it by secretKeyRef"
                    .to_owned(),
            }
    } else if matches!(f.rule.detector, Detector::File(_)) && lang != Lang::DotEnv {
        Replacement::KeepOut { note: "its reader takes it from outside of the repository".into() }
    } else {
        let shipped = (client_side(f) == Some(true)).then(|| public_sibling(f.rule));
        let mut way = way(lang, path, &variable, shipped);
        if let Replacement::Expression { by_fix, .. } = &mut way {
            // The variable holds all of the address, the value is its password alone.
            *by_fix = is_written_by_fix(lang, path) && f.rule.kind != SecretKind::ConnectionString;
        }
        way
    };
    Suggestion { variable, way }
}

/// Languages in which the expression means the same wherever a literal may stand, or fails where it is read first.
fn is_written_by_fix(lang: Lang, path: &[u8]) -> bool {
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default().to_ascii_lowercase();
    match lang {
        Lang::Python => !name.ends_with(b".ipynb"),
        Lang::Java => name.ends_with(b".java"),
        Lang::Shell => !name.starts_with(b"makefile") && !name.ends_with(b".mk") && !name.ends_with(b".fish"),
        // Others than these may or may not fill variables in.
        Lang::Yaml => {
            let path = String::from_utf8_lossy(path);
            path.contains(".github/") || path.contains("compose") || path.contains(".gitlab-ci")
        }
        Lang::JavaScript
        | Lang::TypeScript
        | Lang::Go
        | Lang::Kotlin
        | Lang::Scala
        | Lang::Ruby
        | Lang::Php
        | Lang::CSharp
        | Lang::PowerShell
        | Lang::Perl
        | Lang::Lua
        | Lang::Terraform
        | Lang::Properties
        | Lang::DotEnv
        | Lang::Markdown => true,
        Lang::Ini => name == b".npmrc",
        _ => false,
    }
}

/// Returns whether a value reaches every visitor of a web page; `None` if it may.
pub(super) fn client_side(f: &Finding) -> Option<bool> {
    if is_inlined(f) {
        return Some(true);
    }
    is_client_side(f.source.path.as_bytes())
}

/// The provider's value that is public by design, if it has one.
fn public_sibling(rule: &Rule) -> Option<&'static Rule> {
    let set = RuleSet::builtin();
    set.iter().find(|r| r.public && r.provider.id == rule.provider.id)
}

/// Does this file reach every visitor of a web page? `None`: it may.
fn is_client_side(path: &[u8]) -> Option<bool> {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let script = match Lang::of_path(path.as_bytes()) {
        Lang::Html => return Some(true),
        Lang::JavaScript | Lang::TypeScript => true,
        _ => false,
    };
    if !script {
        return Some(false);
    }
    let folder = |names: &[&str]| path.split('/').any(|part| names.contains(&part));
    let ends = |ends: &[&str]| ends.iter().any(|e| path.ends_with(e));
    let server =
        ["server", "api", "backend", "functions", "lambda", "scripts", "bin", "cli", "test", "tests"];
    let client = [
        "static",
        "public",
        "assets",
        "www",
        "wwwroot",
        "client",
        "frontend",
        "browser",
        "components",
        "themes",
    ];
    if folder(&client) || ends(&[".jsx", ".tsx", ".vue", ".svelte"]) {
        Some(true)
    } else if folder(&server) || ends(&[".config.js", ".config.ts", ".cjs", ".cts"]) {
        Some(false)
    } else {
        None
    }
}

/// The provider's usual variable; else the name that the value had, in capitals; else one made of the provider.
pub(super) fn variable(rule: &Rule, name: Option<&str>) -> String {
    let named = name.map(capitals).map(without_inlined).filter(|n| is_telling(n));
    if let Some(n) = &named
        && rule.env_var_aliases.contains(&n.as_str())
    {
        return n.clone();
    }
    if let Some(v) = rule.env_var {
        return v.to_owned();
    }
    let what = match rule.kind {
        SecretKind::Password | SecretKind::PasswordHash => "PASSWORD",
        SecretKind::Token => "TOKEN",
        SecretKind::PrivateKey | SecretKind::SigningKey | SecretKind::WalletKey => "PRIVATE_KEY",
        SecretKind::ClientSecret => "CLIENT_SECRET",
        SecretKind::ConnectionString | SecretKind::WebhookUrl => "URL",
        SecretKind::ApiKey | SecretKind::Identifier | SecretKind::CredentialFile => "API_KEY",
    };
    let mut provider = capitals(rule.provider.id);
    if provider.starts_with(|c: char| c.is_ascii_digit()) {
        // No variable starts with a digit.
        provider.insert_str(0, "API_");
    }
    match named {
        // A name of its own says whose it is; `API_KEY` does not.
        Some(n) if !rule.provider.is_issuer() || n.contains(&provider) => n,
        _ if !rule.provider.is_issuer() => what.to_owned(),
        _ => format!("{provider}_{what}"),
    }
}

/// Prefixes of variables that a bundler writes into the page as they are.
const INLINED: &[&str] = &[
    "NEXT_PUBLIC_",
    "NUXT_PUBLIC_",
    "EXPO_PUBLIC_",
    "VITE_",
    "REACT_APP_",
    "VUE_APP_",
    "GATSBY_",
    "PUBLIC_",
];

/// A variable's name without a prefix by which it would be published.
fn without_inlined(name: String) -> String {
    match after_inlined(&name) {
        Some(rest) => rest.to_owned(),
        None => name,
    }
}

fn after_inlined(name: &str) -> Option<&str> {
    let rest = INLINED.iter().find_map(|prefix| name.strip_prefix(prefix))?;
    // `PUBLIC_KEY` names half of a pair.
    (!rest.is_empty() && name != "PUBLIC_KEY").then_some(rest)
}

/// Returns whether a value of this name ends up in the page that a bundler makes.
pub(super) fn is_inlined(f: &Finding) -> bool {
    let lang = Lang::of_path(f.source.path.as_bytes());
    matches!(
        lang,
        Lang::JavaScript | Lang::TypeScript | Lang::Html | Lang::Json | Lang::DotEnv | Lang::Dockerfile
    ) && f.name.as_deref().is_some_and(|name| after_inlined(&capitals(name)).is_some())
}

/// `apiKey`, `api-key`, `api.key` and `API_KEY` alike as `API_KEY`.
fn capitals(name: &str) -> String {
    let mut out = String::new();
    let mut before = '_';
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            if !out.is_empty() && !out.ends_with('_') {
                out.push('_');
            }
        } else {
            if c.is_ascii_uppercase() && (before.is_ascii_lowercase() || before.is_ascii_digit()) {
                out.push('_');
            }
            out.push(c.to_ascii_uppercase());
        }
        before = c;
    }
    out.trim_end_matches('_').to_owned()
}

fn is_telling(name: &str) -> bool {
    (3..=40).contains(&name.len()) && name.starts_with(|c: char| c.is_ascii_uppercase())
}

/// The way of a language. `shipped` is given where the value reaches every visitor of a page: the provider's public
/// value that belongs there, if there is one.
fn way(lang: Lang, path: &[u8], var: &str, shipped: Option<Option<&Rule>>) -> Replacement {
    let lower = String::from_utf8_lossy(path).to_ascii_lowercase();
    let file = lower.rsplit('/').next().unwrap_or_default();
    let write =
        |text: String, note: &str| Replacement::Expression { text, note: note.to_owned(), by_fix: false };
    let out = |note: String| Replacement::TakeOut { note };
    let small = var.to_ascii_lowercase();
    match lang {
        Lang::Python if file.ends_with(".ipynb") => {
            write(format!("os.environ['{var}']"), "and clear the output")
        }
        Lang::Python => write(format!("os.environ[\"{var}\"]"), "import os"),
        Lang::JavaScript | Lang::TypeScript | Lang::Html if shipped.is_some() => {
            let reads = if lang == Lang::Html { var.to_owned() } else { format!("process.env.{var}") };
            match shipped.flatten() {
                Some(public) => out(format!(
                    "put the {} there; what needs this one belongs on your server, which reads {reads}",
                    public.name
                )),
                None => out(format!("call it from your server, which reads {reads}")),
            }
        }
        Lang::JavaScript | Lang::TypeScript => write(format!("process.env.{var}"), ""),
        Lang::Go => write(format!("os.Getenv(\"{var}\")"), "import \"os\""),
        Lang::Java if file == "jenkinsfile" => {
            write(format!("credentials('{}')", small.replace('_', "-")), "in the environment block")
        }
        Lang::Java | Lang::Kotlin => write(format!("System.getenv(\"{var}\")"), ""),
        Lang::Scala => write(format!("sys.env(\"{var}\")"), ""),
        Lang::Ruby => write(format!("ENV.fetch(\"{var}\")"), ""),
        Lang::Php => write(format!("getenv('{var}')"), ""),
        Lang::CSharp => write(format!("Environment.GetEnvironmentVariable(\"{var}\")"), "using System"),
        Lang::Rust => {
            write(format!("std::env::var(\"{var}\")?"), "in a function: a const or static takes no call")
        }
        Lang::Swift if file.ends_with(".dart") => {
            write(format!("Platform.environment['{var}']"), "import 'dart:io'")
        }
        Lang::Swift if file.ends_with(".swift") => {
            write(format!("ProcessInfo.processInfo.environment[\"{var}\"]"), "import Foundation")
        }
        Lang::Swift => write(format!("NSProcessInfo.processInfo.environment[@\"{var}\"]"), ""),
        Lang::C => write(format!("getenv(\"{var}\")"), "from stdlib.h"),
        Lang::Shell if file == "makefile" || file.ends_with(".mk") => write(format!("$({var})"), ""),
        Lang::Shell if file.ends_with(".fish") => write(format!("\"${var}\""), ""),
        Lang::Shell => write(format!("\"${{{var}:?}}\""), "stops when it is not set"),
        Lang::PowerShell => write(format!("$env:{var}"), ""),
        Lang::Perl => write(format!("$ENV{{{var}}}"), ""),
        Lang::Lua => write(format!("os.getenv(\"{var}\")"), ""),
        Lang::Terraform if file.contains(".tfvars") => {
            Replacement::KeepOut { note: format!("set TF_VAR_{small} instead") }
        }
        Lang::Terraform => write(format!("var.{small}"), "declared sensitive, filled from the environment"),
        Lang::Yaml => yaml(&lower, file, var),
        Lang::Json if file.starts_with("appsettings") => {
            out(format!("JSON reads no variables: take the key out; .NET reads {var} from the environment"))
        }
        Lang::Json if file.ends_with(".tfstate") || file.contains(".tfstate.") => Replacement::KeepOut {
            note: "Terraform state holds secrets in clear: keep it in a remote backend".to_owned(),
        },
        Lang::Json => {
            out(format!("JSON reads no variables: leave \"\" here; let the program that reads it take {var}"))
        }
        Lang::Toml => {
            out(format!("TOML reads no variables: take the line out and let the program read {var}"))
        }
        Lang::Ini if file == ".npmrc" => write(format!("${{{var}}}"), "npm fills it in from the environment"),
        Lang::Ini if [".netrc", ".pypirc"].contains(&file) => {
            Replacement::KeepOut { note: "it belongs in your home folder, readable by you alone".to_owned() }
        }
        Lang::Ini if file.ends_with(".service") => {
            out(format!("take it out; EnvironmentFile= names a file with {var}"))
        }
        Lang::Ini => out(format!("take the line out and let the program read {var} from the environment")),
        Lang::Properties => write(format!("${{{var}}}"), "Spring and most others fill it in"),
        Lang::DotEnv if is_sample(file) => write(String::new(), "a sample has the name alone"),
        Lang::DotEnv => Replacement::KeepOut { note: format!("commit a .env.example with {var}= instead") },
        Lang::Xml if file == "pom.xml" || file == "settings.xml" => {
            write(format!("${{env.{var}}}"), "Maven fills it in")
        }
        Lang::Xml => out(format!("take it out and let the program read {var} from the environment")),
        Lang::Html => out(format!("call it from your server, which reads {var} from its environment")),
        Lang::Sql => out(format!("take it out and pass {var} in when the script runs")),
        Lang::Dockerfile => {
            out(format!("take the line out: docker run -e {var} at run time, a build secret while building"))
        }
        Lang::Markdown => write(format!("<{var}>"), "a name in place of the value"),
        Lang::Other => out(format!("take it out and let the program read {var} from the environment")),
    }
}

/// The name of a secret in GitHub's settings: names that start with its own it keeps for itself, and
/// `secrets.GITHUB_TOKEN` is the token that each run gets, not the one that was stored.
pub(super) fn name_at_github(var: &str) -> String {
    var.strip_prefix("GITHUB_").map_or_else(|| var.to_owned(), |rest| format!("GH_{rest}"))
}

/// YAML has no variables of its own; most programs that read it have.
fn yaml(path: &str, file: &str, var: &str) -> Replacement {
    let write =
        |text: String, note: &str| Replacement::Expression { text, note: note.to_owned(), by_fix: false };
    let spring = (file.starts_with("application") || file.starts_with("bootstrap")) && !path.contains("k8s");
    if ["database.yml", "cable.yml", "storage.yml"].contains(&file) || file.ends_with(".yml.erb") {
        write(format!("<%= ENV.fetch(\"{var}\") %>"), "Rails runs the file through ERB")
    } else if spring {
        write(format!("${{{var}}}"), "Spring fills it in from the environment")
    } else if path.contains(".github/workflows/") || path.contains(".github/actions/") {
        let name = name_at_github(var);
        write(format!("${{{{ secrets.{name} }}}}"), &format!("then: gh secret set {name}"))
    } else if file.starts_with(".gitlab-ci") {
        write(format!("${var}"), "a masked variable of the project's CI settings")
    } else if file.contains("compose") {
        write(format!("${{{var}:?}}"), "from the shell or an ignored .env")
    } else if path.contains("ansible") || path.contains("playbook") || path.contains("group_vars") {
        write(format!("\"{{{{ lookup('env', '{var}') }}}}\""), "or ansible-vault encrypt_string")
    } else if ["k8s", "kubernetes", "manifests", "deploy"].iter().any(|p| path.split('/').any(|x| x == *p)) {
        Replacement::TakeOut {
            note: format!("take it out: valueFrom.secretKeyRef, from kubectl create secret with {var}"),
        }
    } else {
        write(format!("${{{var}}}"), "if its reader fills variables in")
    }
}

fn is_sample(file: &str) -> bool {
    ["example", "sample", "template", "dist", "defaults"].iter().any(|s| file.contains(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_capitals_whatever_its_case_style() {
        for name in ["apiKey", "api-key", "api.key", "API_KEY", "ApiKey", "api key:"] {
            assert_eq!(capitals(name), "API_KEY", "{name}");
        }
        assert_eq!(capitals("s3Secret"), "S3_SECRET");
        // A bundler would write such a variable into the page.
        for (name, variable) in
            [("NEXT_PUBLIC_API_KEY", "API_KEY"), ("viteToken", "TOKEN"), ("VITE_", "VITE")]
        {
            assert_eq!(without_inlined(capitals(name)), variable, "{name}");
        }
        for name in ["PUBLICATION_KEY", "MY_VITE_KEY", "PUBLIC_KEY"] {
            assert_eq!(after_inlined(name), None, "{name}");
        }
    }

    #[test]
    fn each_language_reads_the_variable_in_its_own_way() {
        let text = |path: &str| match way(
            Lang::of_path(path.as_bytes()),
            path.as_bytes(),
            "A_KEY",
            (is_client_side(path.as_bytes()) == Some(true)).then_some(None),
        ) {
            Replacement::Expression { text, .. } => text,
            Replacement::KeepOut { .. } => "(keep out)".to_owned(),
            Replacement::TakeOut { note } => note,
        };
        for (path, want) in [
            ("a.py", "os.environ[\"A_KEY\"]"),
            ("a.ipynb", "os.environ['A_KEY']"),
            ("a.js", "process.env.A_KEY"),
            ("a.ts", "process.env.A_KEY"),
            ("a.go", "os.Getenv(\"A_KEY\")"),
            ("A.java", "System.getenv(\"A_KEY\")"),
            ("a.kt", "System.getenv(\"A_KEY\")"),
            ("a.rb", "ENV.fetch(\"A_KEY\")"),
            ("a.php", "getenv('A_KEY')"),
            ("A.cs", "Environment.GetEnvironmentVariable(\"A_KEY\")"),
            ("a.rs", "std::env::var(\"A_KEY\")?"),
            ("a.sh", "\"${A_KEY:?}\""),
            ("Makefile", "$(A_KEY)"),
            ("main.tf", "var.a_key"),
            ("prod.tfvars", "(keep out)"),
            (".env", "(keep out)"),
            (".env.example", ""),
            ("a.properties", "${A_KEY}"),
            ("a.yml", "${A_KEY}"),
            (".github/workflows/ci.yml", "${{ secrets.A_KEY }}"),
            ("compose.yaml", "${A_KEY:?}"),
            (".npmrc", "${A_KEY}"),
            ("README.md", "<A_KEY>"),
        ] {
            assert_eq!(text(path), want, "{path}");
        }
        for path in ["a.json", "Dockerfile", "a.toml", "a.bin", "a.xml", "static/a.js", "a.html"] {
            assert!(text(path).contains("A_KEY"), "{path}");
        }
    }

    #[test]
    fn what_a_browser_loads_is_told_from_what_a_server_runs() {
        for (path, want) in [
            ("static/app.js", Some(true)),
            ("src/components/Buy.vue", Some(true)),
            ("index.html", Some(true)),
            ("server/mail.js", Some(false)),
            ("app.py", Some(false)),
            ("src/app.js", None),
        ] {
            assert_eq!(is_client_side(path.as_bytes()), want, "{path}");
        }
    }
}
