//! Whether a webhook is genuine: code that checks the signature, for providers that sign.
//!
//! Each language has one file, `snippets/webhook/webhook.*`, with what all share and a part for each provider.
//! tests/snippets.rs runs every part against a signature that another program computed.

use crate::packed;
use crate::rules::Rule;

/// A language of the code.
#[derive(Debug)]
pub struct Language {
    /// As `explain --lang` calls it.
    pub slug: &'static str,
    /// The language of the fenced code block.
    pub fence: &'static str,
    /// The path of the code below `snippets`.
    file: &'static str,
}

/// Every language that has the code.
pub static LANGUAGES: [Language; 5] = [
    Language { slug: "python", fence: "python", file: "webhook/webhook.py" },
    Language { slug: "javascript", fence: "javascript", file: "webhook/webhook.mjs" },
    Language { slug: "go", fence: "go", file: "webhook/webhook.go" },
    Language { slug: "ruby", fence: "ruby", file: "webhook/webhook.rb" },
    Language { slug: "php", fence: "php", file: "webhook/webhook.php" },
];

/// How a provider signs.
#[derive(Debug)]
pub struct Scheme {
    /// The provider's id.
    pub provider: &'static str,
    /// The rule of the secret that it signs with.
    pub rule: &'static str,
    /// In words.
    pub how: &'static str,
}

/// Every provider whose signature is known here.
pub static SCHEMES: [Scheme; 6] = [
    Scheme {
        provider: "klaviyo",
        rule: "klaviyo-webhook-secret",
        how: "Klaviyo-Signature has the hex HMAC-SHA256 of the raw body followed by Klaviyo-Timestamp.",
    },
    Scheme {
        provider: "stripe",
        rule: "stripe-webhook-signing-secret",
        how: "Stripe-Signature has t=, a time, and v1=, the hex HMAC-SHA256 of that time, a full stop and the raw body.",
    },
    Scheme {
        provider: "github",
        rule: "github-webhook-secret",
        how: "X-Hub-Signature-256 has sha256= and the hex HMAC-SHA256 of the raw body.",
    },
    Scheme {
        provider: "slack",
        rule: "slack-signing-secret",
        how: "X-Slack-Signature has v0= and the hex HMAC-SHA256 of v0, X-Slack-Request-Timestamp and the raw body, with colons between.",
    },
    Scheme {
        provider: "shopify",
        rule: "shopify-app-shared-secret",
        how: "X-Shopify-Hmac-Sha256 has the base64 HMAC-SHA256 of the raw body.",
    },
    Scheme {
        provider: "twilio",
        rule: "twilio-auth-token",
        how: "X-Twilio-Signature has the base64 HMAC-SHA1 of the whole URL followed by each parameter of the form, name and value, sorted by name.",
    },
];

/// Providers that sign nothing, with what they offer.
static UNSIGNED: &[(&str, &str)] = &[(
    "mailjet",
    "Mailjet does not sign what it sends to a webhook: give the webhook's address a user name and a password of its own, and refuse calls without them.",
)];

impl Scheme {
    /// The scheme of a rule's provider.
    pub fn of(rule: &Rule) -> Option<&'static Scheme> {
        SCHEMES.iter().find(|s| s.provider == rule.provider.id)
    }

    /// The code that checks it.
    pub fn code(&self, language: &Language) -> String {
        let mark = if matches!(language.slug, "python" | "ruby") { "# -- " } else { "// -- " };
        let mut parts = packed::snippet(language.file).split(mark);
        let head = parts.next().unwrap_or_default();
        let part = parts.find_map(|part| {
            let (first, body) = part.split_once('\n')?;
            let (name, imports) = first.split_once(' ').unwrap_or((first, ""));
            (name == self.provider).then_some((imports, body))
        });
        let (imports, body) = part.unwrap_or_default();
        let body = body.trim_end();
        // A part names what it needs of the shared head.
        let head = match language.slug {
            "go" => {
                let lines: Vec<String> = imports.split(' ').map(|i| format!("\t\"{i}\"")).collect();
                head.replace("@imports@", &format!("import (\n{}\n)", lines.join("\n")))
            }
            "python" => {
                let used = |line: &&str| {
                    line.strip_prefix("import ").is_none_or(|module| body.contains(&format!("{module}.")))
                };
                head.lines().filter(used).map(|line| format!("{line}\n")).collect()
            }
            _ => head.to_owned(),
        };
        format!(
            "{}\n{}\n",
            head.trim_end(),
            if body.starts_with('\n') { body.to_owned() } else { format!("\n{body}") }
        )
    }
}

/// What a provider that signs nothing offers.
pub fn unsigned(rule: &Rule) -> Option<&'static str> {
    UNSIGNED.iter().find(|(provider, _)| *provider == rule.provider.id).map(|(_, text)| *text)
}
