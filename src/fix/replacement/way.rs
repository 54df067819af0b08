//! How each language and format reads a value from elsewhere.

use super::yaml;
use crate::finding::Replacement;
use crate::fix::lex::Code;
use crate::fix::write::expression;
use crate::rules::Rule;
use crate::text::lang::Lang;

/// The replacement for a language. `shipped` is set if the value reaches every visitor of a page; it holds the
/// provider's public value for pages, if there is one.
pub(super) fn way(
    lang: Lang,
    path: &[u8],
    var: &str,
    shipped: Option<Option<&Rule>>,
    content: Option<&[u8]>,
) -> Replacement {
    let lower = String::from_utf8_lossy(path).to_ascii_lowercase();
    let file = lower.rsplit('/').next().unwrap_or_default();
    let write =
        |text: String, note: &str| Replacement::Expression { text, note: note.to_owned(), by_fix: false };
    let out = |note: String| Replacement::TakeOut { note };
    let small = var.to_ascii_lowercase();
    // A file that stays out of git does so whatever program reads it.
    let stays = lang == Lang::DotEnv || file.contains(".tfvars");
    if let Some(public) = shipped.filter(|_| !stays) {
        let reads = match Code::of(lang, path) {
            Some(code) if !matches!(code, Code::Php | Code::Ruby) => expression(code, var),
            _ => var.to_owned(),
        };
        return out(match public {
            Some(public) => {
                format!(
                    "put the {} there; what needs this one belongs on your server, which reads {reads}",
                    public.name
                )
            }
            None => format!("call it from your server, which reads {reads}"),
        });
    }
    if let Some(code) = Code::of(lang, path) {
        return write(expression(code, var), needs(code));
    }
    match lang {
        Lang::Python => write(format!("os.environ['{var}']"), "import os; clear the cell's output"),
        Lang::JavaScript | Lang::TypeScript => write(format!("process.env.{var}"), ""),
        Lang::Java if file == "jenkinsfile" => {
            write(format!("credentials('{}')", small.replace('_', "-")), "in the environment block")
        }
        Lang::Java | Lang::Kotlin => write(format!("System.getenv(\"{var}\")"), ""),
        Lang::Ruby => write(format!("ENV.fetch(\"{var}\")"), "in ERB tags"),
        Lang::CSharp => write(format!("Environment.GetEnvironmentVariable(\"{var}\")"), "of System"),
        Lang::PowerShell => {
            out(format!("a data file reads no variables: take it out, and let the script read $env:{var}"))
        }
        Lang::Swift if file.ends_with(".dart") => {
            write(format!("Platform.environment['{var}']"), "import 'dart:io'")
        }
        Lang::Swift if file.ends_with(".swift") => {
            write(format!("ProcessInfo.processInfo.environment[\"{var}\"]"), "import Foundation")
        }
        Lang::Swift => write(format!("NSProcessInfo.processInfo.environment[@\"{var}\"]"), ""),
        Lang::C => write(format!("getenv(\"{var}\")"), "from stdlib.h"),
        Lang::Shell if super::is_startup(file) => out(
            "move the line to a file outside of git, such as ~/.secrets (chmod 600), and read that here: \
             [ -r ~/.secrets ] && . ~/.secrets"
                .to_owned(),
        ),
        Lang::Shell if file == "makefile" || file.ends_with(".mk") => write(format!("$({var})"), ""),
        Lang::Shell if file.ends_with(".fish") => write(format!("\"${var}\""), ""),
        Lang::Shell => write(format!("\"${{{var}:?}}\""), "stops when it is not set"),
        Lang::Terraform if file.contains(".tfvars") => {
            Replacement::KeepOut { note: format!("set TF_VAR_{small} instead") }
        }
        Lang::Terraform => write(format!("var.{small}"), "declared sensitive, filled from the environment"),
        Lang::Yaml => yaml::way(&lower, file, var, content.unwrap_or_default()),
        Lang::Json if file.starts_with("appsettings") => {
            out("JSON reads no variables: take the key out; .NET reads the variable named by its path, with two underscores \
                 (Mail__Password for Mail:Password)"
                .to_owned())
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
        Lang::Properties if yaml::is_spring(file) => {
            write(format!("${{{var}}}"), "Spring fills it in from the environment")
        }
        Lang::Properties => write(format!("${{{var}}}"), "if its reader fills variables in"),
        Lang::DotEnv if is_sample(file) => write(String::new(), "a sample has the name alone"),
        Lang::DotEnv if shipped.is_some() => Replacement::KeepOut {
            note: format!(
                "a bundler writes a variable of this name into the page; call it {var} and read it on your server"
            ),
        },
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
        _ => out(format!("take it out and let the program read {var} from the environment")),
    }
}

/// What else an expression needs.
fn needs(code: Code) -> &'static str {
    match code {
        Code::Python => "import os",
        Code::Go => "import \"os\"",
        Code::Rust => "read when it is built; std::env::var reads it at run time",
        Code::Terraform => "declared sensitive, filled from the environment",
        _ => "",
    }
}

pub(super) fn is_sample(file: &str) -> bool {
    ["example", "sample", "template", "dist", "defaults"].iter().any(|s| file.contains(s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_reads_the_variable_in_its_own_way() {
        let text = |path: &str| {
            let page = ["static/a.js", "a.html"].contains(&path).then_some(None);
            match way(Lang::of_path(path.as_bytes()), path.as_bytes(), "A_KEY", page, None) {
                Replacement::Expression { text, .. } => text,
                Replacement::KeepOut { .. } => "(keep out)".to_owned(),
                Replacement::TakeOut { note } => note,
            }
        };
        for (path, want) in [
            ("a.py", "os.environ[\"A_KEY\"]"),
            ("a.ipynb", "os.environ['A_KEY']"),
            ("a.js", "process.env.A_KEY"),
            ("a.ts", "process.env.A_KEY!"),
            ("a.go", "os.Getenv(\"A_KEY\")"),
            ("A.java", "System.getenv(\"A_KEY\")"),
            ("a.kt", "System.getenv(\"A_KEY\")"),
            ("a.rb", "ENV.fetch(\"A_KEY\")"),
            ("a.php", "getenv('A_KEY')"),
            ("A.cs", "System.Environment.GetEnvironmentVariable(\"A_KEY\")"),
            ("a.rs", "env!(\"A_KEY\")"),
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
            ("config/database.yml", "<%= ENV.fetch(\"A_KEY\") %>"),
            (".npmrc", "${A_KEY}"),
            ("README.md", "<A_KEY>"),
        ] {
            assert_eq!(text(path), want, "{path}");
        }
        for path in ["a.json", "Dockerfile", "a.toml", "a.bin", "a.xml", "static/a.js", "a.html"] {
            assert!(text(path).contains("A_KEY"), "{path}");
        }
    }
}
