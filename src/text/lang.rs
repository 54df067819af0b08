//! Languages and file formats, by path.

/// Endings that an editor, a merge or a person adds to a copy of a file.
const BACKUPS: [&[u8]; 8] = [b".bak", b".backup", b".old", b".orig", b".rej", b".save", b".sav", b"~"];

/// The path of the file of which this is a copy: `config.php` of `config.php.bak`.
pub fn without_backup(path: &[u8]) -> &[u8] {
    let ends = |e: &&&[u8]| path.len() > e.len() && path[path.len() - e.len()..].eq_ignore_ascii_case(e);
    let of = BACKUPS.iter().find(ends).map_or(path, |e| &path[..path.len() - e.len()]);
    if of.ends_with(b"/") { path } else { of }
}

/// A language or format, as far as quoting and reading a variable differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Lang {
    Python,
    JavaScript,
    TypeScript,
    Go,
    Java,
    Kotlin,
    Scala,
    Ruby,
    Php,
    CSharp,
    Rust,
    Swift,
    C,
    Shell,
    PowerShell,
    Perl,
    Lua,
    Terraform,
    Yaml,
    Json,
    Toml,
    Ini,
    Properties,
    DotEnv,
    Xml,
    Html,
    Sql,
    Dockerfile,
    Markdown,
    Other,
}

impl Lang {
    /// Returns whether it is a programming language, not a format of settings, text or commands.
    pub fn is_program(self) -> bool {
        !matches!(
            self,
            Lang::Shell
                | Lang::PowerShell
                | Lang::Terraform
                | Lang::Yaml
                | Lang::Json
                | Lang::Toml
                | Lang::Ini
                | Lang::Properties
                | Lang::DotEnv
                | Lang::Xml
                | Lang::Html
                | Lang::Sql
                | Lang::Dockerfile
                | Lang::Markdown
                | Lang::Other
        )
    }

    /// Returns whether it is a format of settings, in which a name is chosen by who sets it up.
    pub fn is_settings(self) -> bool {
        matches!(
            self,
            Lang::DotEnv
                | Lang::Dockerfile
                | Lang::Ini
                | Lang::Properties
                | Lang::Terraform
                | Lang::Toml
                | Lang::Yaml
        )
    }

    /// The language that the file's name implies.
    pub fn of_path(path: &[u8]) -> Lang {
        let name = without_backup(path)
            .rsplit(|b| *b == b'/' || *b == b'\\')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        if name.starts_with(b".env") || name.ends_with(b".env") || name == b".envrc" {
            return Lang::DotEnv;
        }
        if name.starts_with(b"dockerfile")
            || name.starts_with(b"containerfile")
            || name.ends_with(b".dockerfile")
        {
            return Lang::Dockerfile;
        }
        match &*name {
            b".npmrc" | b".netrc" | b".pypirc" | b".gitconfig" | b".editorconfig" | b"pip.conf" => {
                return Lang::Ini;
            }
            b".bashrc" | b".zshrc" | b".profile" | b".bash_profile" | b".zshenv" | b"makefile" => {
                return Lang::Shell;
            }
            b"gemfile" | b"rakefile" | b"vagrantfile" | b"podfile" | b"fastfile" => {
                return Lang::Ruby;
            }
            b"jenkinsfile" => return Lang::Java,
            _ => {}
        }
        let ext = match memchr::memrchr(b'.', &name) {
            Some(i) => &name[i + 1..],
            None => return Lang::Other,
        };
        match ext {
            b"py" | b"pyi" | b"pyw" | b"ipynb" => Lang::Python,
            b"js" | b"jsx" | b"mjs" | b"cjs" | b"vue" | b"svelte" => Lang::JavaScript,
            b"ts" | b"tsx" | b"mts" | b"cts" => Lang::TypeScript,
            b"go" => Lang::Go,
            b"java" | b"groovy" | b"gradle" => Lang::Java,
            b"kt" | b"kts" => Lang::Kotlin,
            b"scala" | b"sbt" => Lang::Scala,
            b"rb" | b"erb" | b"rake" | b"gemspec" => Lang::Ruby,
            b"php" | b"phtml" | b"inc" => Lang::Php,
            b"cs" | b"vb" | b"fs" | b"cshtml" => Lang::CSharp,
            b"rs" => Lang::Rust,
            b"swift" | b"m" | b"mm" | b"dart" => Lang::Swift,
            b"c" | b"h" | b"cc" | b"cpp" | b"cxx" | b"hpp" | b"hh" | b"ino" => Lang::C,
            b"sh" | b"bash" | b"zsh" | b"fish" | b"ksh" | b"mk" | b"bats" => Lang::Shell,
            b"ps1" | b"psm1" | b"psd1" => Lang::PowerShell,
            b"pl" | b"pm" | b"t" => Lang::Perl,
            b"lua" => Lang::Lua,
            b"tf" | b"tfvars" | b"hcl" => Lang::Terraform,
            b"yml" | b"yaml" => Lang::Yaml,
            b"json" | b"tfstate" | b"jsonc" | b"json5" | b"har" => Lang::Json,
            b"toml" => Lang::Toml,
            b"ini" | b"cfg" | b"conf" | b"cnf" | b"service" => Lang::Ini,
            b"properties" => Lang::Properties,
            b"xml" | b"config" | b"plist" | b"csproj" | b"xaml" | b"resx" => Lang::Xml,
            b"html" | b"htm" => Lang::Html,
            b"sql" | b"pls" | b"pks" | b"pkb" | b"plsql" | b"psql" | b"ddl" => Lang::Sql,
            b"md" | b"mdx" | b"rst" | b"adoc" | b"txt" => Lang::Markdown,
            _ => Lang::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_language_of_its_file() {
        for (path, lang) in [
            ("a/config.php.bak", Lang::Php),
            ("settings.py.ORIG", Lang::Python),
            (".env~", Lang::DotEnv),
            ("Dockerfile.old", Lang::Dockerfile),
            ("app.yml", Lang::Yaml),
        ] {
            assert_eq!(Lang::of_path(path.as_bytes()), lang, "{path}");
        }
        for path in ["~", ".old", "a/.bak", "my.old/a", "threshold"] {
            assert_eq!(without_backup(path.as_bytes()), path.as_bytes(), "{path}");
        }
    }
}
