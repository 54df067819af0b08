//! Code that reads a secret from its proper store: one template per language and store, filled in with the rule's
//! names.
//!
//! A template is a complete file in `snippets/LANGUAGE/STORE.*`, so that the language's own tools can check
//! it (tests/snippets.rs). Its placeholders are `@VAR@` (environment variable), `@var@`, `@camel@`,
//! `@Pascal@`, `@SECRET@` (the secret's name at GitHub), `@slug@` (in a store) and `@provider@`.

use crate::fix::replacement::{name_at_github, variable};
use crate::packed;
use crate::rules::Rule;
use crate::text::lang::Lang;

/// A language or platform.
#[derive(Debug)]
pub struct Target {
    /// The value of `--lang`.
    pub slug: &'static str,
    /// Other accepted values of `--lang`.
    pub aliases: &'static [&'static str],
    /// The language of the fenced code block.
    pub fence: &'static str,
    /// The folder of its templates, one for each of [`STORES`], and the ending of their names.
    files: (&'static str, &'static str),
}

/// A place to keep secrets.
#[derive(Debug)]
pub struct Store {
    /// The value of `--store`.
    pub slug: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Common mistakes with it.
    pub pitfalls: &'static [&'static str],
}

macro_rules! targets {
    ($($slug:literal, [$($alias:literal),*], $fence:literal, $dir:literal . $ext:literal;)*) => {
        /// Every language and platform.
        pub static TARGETS: &[Target] = &[$(Target {
            slug: $slug,
            aliases: &[$($alias),*],
            fence: $fence,
            files: ($dir, $ext),
        }),*];
    };
}

targets! {
    "python", ["py"], "python", "python"."py";
    "javascript", ["js", "node"], "javascript", "javascript"."mjs";
    "typescript", ["ts"], "typescript", "javascript"."mjs";
    "go", ["golang"], "go", "go"."go";
    "java", [], "java", "java"."java";
    "ruby", ["rb"], "ruby", "ruby"."rb";
    "php", [], "php", "php"."php";
    "c#", ["csharp", "cs"], "csharp", "csharp"."cs";
    "rust", ["rs"], "rust", "rust"."rs";
    "shell", ["bash", "sh"], "bash", "shell"."sh";
    "kotlin", ["kt"], "kotlin", "kotlin"."kt";
    "terraform", ["tf", "hcl"], "hcl", "terraform"."tf";
    "github-actions", ["github", "gha"], "yaml", "github-actions"."yml";
    "docker-compose", ["compose", "docker"], "yaml", "docker-compose"."yml";
    "kubernetes", ["k8s"], "yaml", "kubernetes"."yml";
}

/// Every store.
pub static STORES: [Store; 7] = [
    Store {
        slug: "env",
        name: "the environment",
        pitfalls: &[
            "A .env file stays out of git: put it in .gitignore, commit a .env.example with the names alone.",
            "Child processes and crash reports see the environment; print neither.",
        ],
    },
    Store {
        slug: "aws-secrets-manager",
        name: "AWS Secrets Manager",
        pitfalls: &[
            "A secret made as key/value pairs is one JSON text: parse it, then take the field.",
            "The role needs secretsmanager:GetSecretValue, and usually kms:Decrypt for a key of your own.",
            "boto3 takes the region from AWS_DEFAULT_REGION or the profile; AWS_REGION alone is not enough.",
        ],
    },
    Store {
        slug: "vault",
        name: "HashiCorp Vault (KV version 2) or OpenBao",
        pitfalls: &[
            "The HTTP path and policies have /data/ after the mount; the CLI and most helpers add it by themselves.",
            "The answer has data twice: data.data.NAME.",
            "Tokens expire: prefer a log-in of the platform (Kubernetes, AppRole, OIDC) and log in again on 403.",
        ],
    },
    Store {
        slug: "conjur",
        name: "CyberArk Conjur",
        pitfalls: &[
            "A host logs in as host/NAME; slashes in names are percent-encoded in URLs.",
            "The access token lives for minutes: log in again instead of keeping it.",
            "The server often has a private CA (CONJUR_CERT_FILE or CONJUR_SSL_CERTIFICATE).",
        ],
    },
    Store {
        slug: "gcp-secret-manager",
        name: "Google Cloud Secret Manager",
        pitfalls: &[
            "latest follows rotation; it is the newest version made, and a disabled one is an error, not a fallback.",
            "The payload is bytes: a secret made by echo ends in a line break, one made by printf does not.",
            "The account needs roles/secretmanager.secretAccessor on this secret.",
        ],
    },
    Store {
        slug: "azure-key-vault",
        name: "Azure Key Vault",
        pitfalls: &[
            "Names have letters, digits and hyphens only: an underscore is refused.",
            "The identity needs the role Key Vault Secrets User; the vault's firewall answers 403 as well.",
            "DefaultAzureCredential tries many sources: in production name one.",
        ],
    },
    Store {
        slug: "1password",
        name: "1Password",
        pitfalls: &[
            "A service account sees the vaults it was given when it was made, never a personal one.",
            "Service accounts have rate limits: read once, at start.",
        ],
    },
];

impl Target {
    /// The target with this slug or alias.
    pub fn named(name: &str) -> Option<&'static Target> {
        let name = name.to_ascii_lowercase();
        TARGETS.iter().find(|t| t.slug == name || t.aliases.contains(&name.as_str()))
    }

    /// The target for a file in this language.
    pub fn of(lang: Lang, path: &[u8]) -> Option<&'static Target> {
        let slug = match lang {
            Lang::Python => "python",
            Lang::JavaScript => "javascript",
            Lang::TypeScript => "typescript",
            Lang::Go => "go",
            Lang::Java => "java",
            Lang::Ruby => "ruby",
            Lang::Php => "php",
            Lang::CSharp => "c#",
            Lang::Rust => "rust",
            Lang::Shell => "shell",
            Lang::Kotlin => "kotlin",
            Lang::Terraform => "terraform",
            Lang::Yaml => {
                let path = String::from_utf8_lossy(path);
                if path.contains(".github/") {
                    "github-actions"
                } else if path.contains("compose") {
                    "docker-compose"
                } else {
                    return None;
                }
            }
            _ => return None,
        };
        Target::named(slug)
    }

    /// The template filled with a rule's names.
    pub fn snippet(&self, store: &Store, rule: &Rule) -> String {
        let (folder, ending) = self.files;
        let var = variable(rule, None);
        let lower = var.to_ascii_lowercase();
        let provider = if !rule.provider.is_issuer() { "app" } else { rule.provider.id };
        let pascal: String = lower.split('_').map(capitalised).collect();
        let camel = lower.split('_').next().unwrap_or_default().to_owned()
            + &lower.split('_').skip(1).map(capitalised).collect::<String>();
        packed::snippet(&format!("{folder}/{}.{ending}", store.slug))
            .replace("@SECRET@", &name_at_github(&var))
            .replace("@VAR@", &var)
            .replace("@var@", &lower)
            .replace("@camel@", &camel)
            .replace("@Pascal@", &pascal)
            .replace("@slug@", &lower.replace('_', "-"))
            .replace("@provider@", provider)
    }
}

impl Store {
    /// The store with this slug.
    pub fn named(name: &str) -> Option<&'static Store> {
        let name = name.to_ascii_lowercase();
        STORES.iter().find(|s| s.slug == name)
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}
