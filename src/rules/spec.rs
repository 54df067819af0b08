//! The rule format: what one TOML file of a provider may say, and what is checked about it.
//!
//! Pure data and checks over `std` and `serde` only: `build.rs` takes this file in by `#[path]` to build the
//! static tables, and the library uses the same types for a user's own rules. `deny_unknown_fields` everywhere.

use serde::Deserialize;
use std::collections::BTreeMap;

/// The format version that this program reads.
pub const SCHEMA: u32 = 1;

/// One TOML file: a provider, how to get out of trouble with it, and its rules.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Format version; [`SCHEMA`].
    pub schema: u32,
    /// Who issues these secrets.
    pub provider: ProviderSpec,
    /// What to do about a leak: the default for the rules below.
    #[serde(default)]
    pub remediation: RemediationSpec,
    /// Named departures from the default; a rule takes one by `remediation = "NAME"`.
    #[serde(default)]
    pub variant: BTreeMap<String, RemediationSpec>,
    /// The kinds of secrets.
    #[serde(default, rename = "rule")]
    pub rules: Vec<RuleSpec>,
}

/// Who issues a secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSpec {
    /// Stable slug, also the file's name.
    pub id: String,
    /// Name as the provider writes it.
    pub name: String,
}

/// What to do about a leaked secret. Every field may be absent: then nothing is known, and nothing is claimed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemediationSpec {
    /// What a holder of the secret can do.
    pub impact: Option<String>,
    /// The page where it is revoked.
    pub revoke_url: Option<String>,
    /// Revoking it, step by step.
    #[serde(default)]
    pub steps: Vec<String>,
    /// Commands or API calls that revoke it; upper-case words are to be replaced.
    #[serde(default)]
    pub commands: Vec<String>,
    /// Can two be active at once, so that nothing stops while it is replaced?
    pub zero_downtime: Option<bool>,
    /// The order that follows from that.
    pub rotation: Option<String>,
    /// Where use of the secret shows, and what to look for.
    pub audit: Option<String>,
    /// The page for that.
    pub audit_url: Option<String>,
    /// What stops when it is revoked, and how to find it.
    pub breaks: Option<String>,
    /// Making a new one with least privilege, step by step.
    #[serde(default)]
    pub create: Vec<String>,
    /// How long it lives and how it can be limited.
    pub limits: Option<String>,
    /// What the provider does by itself with one found in public.
    pub auto_revoked: Option<String>,
    /// Why a value that looks secret is public, or the other way about.
    pub public_by_design: Option<String>,
    /// What else helps.
    pub notes: Option<String>,
    /// The provider's documentation of these secrets.
    pub docs_url: Option<String>,
    /// Which of the fields above were read at the vendor; the others are worded with care.
    #[serde(default)]
    pub read: Vec<String>,
    /// Where the facts come from.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// One kind of secret.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSpec {
    /// Stable slug, unique in the catalogue.
    pub id: String,
    /// Former slugs, still accepted wherever a rule is named.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Name in a sentence: "Klaviyo private API key".
    pub name: String,
    /// What sort of secret.
    pub kind: Kind,
    /// Impact if the value is live.
    pub severity: Severity,
    /// How sure a match is, before checks that raise or lower it.
    pub confidence: Confidence,
    /// Public by design: known, shown on request, never blocking.
    #[serde(default)]
    pub public: bool,
    /// Literals of which one is in every match or, for a context rule, near it; 3 or more ASCII bytes, any case.
    /// A context rule may leave them out: its words are the keywords.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// A regular expression over bytes (no Unicode classes) with the group `secret`.
    pub regex: Option<String>,
    /// In place of a regex: a value without a form of its own, known by the names around it.
    pub context: Option<ContextSpec>,
    /// In place of both: found by judgement over assignments (`crate::scan::judge`), for secrets of no provider.
    #[serde(default)]
    pub judged: bool,
    /// Least Shannon entropy of the secret, bits a character; 0 is none.
    #[serde(default)]
    pub entropy: f32,
    /// How far around the keyword the regex may look.
    #[serde(default)]
    pub window: Window,
    /// Offline proof.
    #[serde(default)]
    pub validator: Validator,
    /// The conventional environment variable.
    pub env_var: Option<String>,
    /// Further conventional variables.
    #[serde(default)]
    pub env_var_aliases: Vec<String>,
    /// Where the format comes from.
    #[serde(default)]
    pub references: Vec<String>,
    /// Rules whose match on the same value gives way to this one; generic rules always give way.
    #[serde(default)]
    pub supersedes: Vec<String>,
    /// Rules whose value is used together with this one.
    #[serde(default)]
    pub pairs: Vec<String>,
    /// Variant of the remediation, or the file's default.
    pub remediation: Option<String>,
    /// Templates that must be found; see `template` for the language.
    #[serde(default)]
    pub examples: Vec<String>,
    /// Templates that come close and must not be found by this rule.
    #[serde(default)]
    pub negative_examples: Vec<String>,
}

/// A value known by the names around it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextSpec {
    /// Words for the provider, any case, separators ignored (`sendgrid`, `mj_apikey`): one must stand in the
    /// name that the value is assigned to, or near it (see `near`).
    pub words: Vec<String>,
    /// Parts of the name that tell this value from the provider's others (`secret`, `private`); one must stand in
    /// the name. Empty: any name that says key, token, secret, password or the like.
    #[serde(default)]
    pub names: Vec<String>,
    /// Parts of the name that rule this value out (`public`).
    #[serde(default)]
    pub not_names: Vec<String>,
    /// The value.
    pub value: ValueSpec,
    /// Lines above and below on which a word may stand when the name itself has none.
    #[serde(default)]
    pub near: u8,
    /// The provider's word must stand in the name itself.
    #[serde(default)]
    pub strict: bool,
}

/// The shape of a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueSpec {
    /// Literal first characters.
    #[serde(default)]
    pub prefix: String,
    /// Characters of the rest.
    pub alphabet: Alphabet,
    /// Least and most characters of the rest.
    pub length: Length,
    /// Literal last characters.
    #[serde(default)]
    pub suffix: String,
}

/// A number or a range of lengths, in characters.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(untagged)]
pub enum Length {
    /// Exactly so many.
    Exact(u32),
    /// From, to.
    Range([u32; 2]),
}

impl Length {
    /// Least and most, inclusive.
    pub fn bounds(self) -> (u32, u32) {
        match self {
            Length::Exact(n) => (n, n),
            Length::Range([a, b]) => (a, b),
        }
    }
}

/// Declares a closed enum with a slug for each value: parsed from TOML, printed, and emitted by the generator.
macro_rules! closed_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $slug:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $slug)] $variant,)* }
        impl $name {
            /// Every value.
            pub const ALL: &[$name] = &[$($name::$variant),*];
            /// The slug used in files and output.
            pub fn slug(self) -> &'static str { match self { $($name::$variant => $slug,)* } }
            /// The value with this slug.
            pub fn from_slug(slug: &str) -> Option<$name> {
                Self::ALL.iter().copied().find(|v| v.slug() == slug)
            }
        }
    };
}

closed_enum! {
    /// Impact if the value is live and valid.
    Severity {
        /// Little harm, or public by design.
        Low = "low",
        /// Some data or money.
        Medium = "medium",
        /// Customer data, code, money.
        High = "high",
        /// The whole account or fleet.
        Critical = "critical",
    }
}

closed_enum! {
    /// How sure it is that this is a secret of this kind.
    Confidence {
        /// A guess worth a look.
        Low = "low",
        /// More likely than not.
        Medium = "medium",
        /// Format and setting agree.
        High = "high",
        /// Proved offline: a checksum or a structure that chance does not make.
        Certain = "certain",
    }
}

closed_enum! {
    /// What sort of secret a rule finds.
    Kind {
        /// A key for an API.
        ApiKey = "api-key",
        /// A bearer or access token.
        Token = "token",
        /// A password.
        Password = "password",
        /// A private key of an asymmetric pair.
        PrivateKey = "private-key",
        /// A secret shared for signing or encryption.
        SigningKey = "signing-key",
        /// An OAuth client or application secret.
        ClientSecret = "client-secret",
        /// A URL or connection string that carries a credential.
        ConnectionString = "connection-string",
        /// A URL that is itself the credential.
        WebhookUrl = "webhook-url",
        /// An identifier, useful only with its secret sibling.
        Identifier = "identifier",
        /// A file or entry full of credentials.
        CredentialFile = "credential-file",
        /// A hash of a password.
        PasswordHash = "password-hash",
        /// A seed or a wallet key.
        WalletKey = "wallet-key",
    }
}

closed_enum! {
    /// Characters a value is made of.
    Alphabet {
        /// `0-9a-f`
        HexLower = "hex-lower",
        /// `0-9A-F`
        HexUpper = "hex-upper",
        /// `0-9a-fA-F`
        Hex = "hex",
        /// `0-9`
        Digits = "digits",
        /// `A-Za-z`
        Alpha = "alpha",
        /// `a-z0-9`
        AlnumLower = "alnum-lower",
        /// `A-Z0-9`
        AlnumUpper = "alnum-upper",
        /// `A-Za-z0-9-`
        AlnumDash = "alnum-dash",
        /// `a-z0-9-`
        AlnumLowerDash = "alnum-lower-dash",
        /// `A-Za-z0-9`
        Base62 = "base62",
        /// `A-Za-z0-9_`
        Word = "word",
        /// `A-Za-z0-9+/` and `=` at the end
        Base64 = "base64",
        /// `A-Za-z0-9_-` and `=` at the end
        Base64Url = "base64url",
        /// Base62 without `0OIl`
        Base58 = "base58",
        /// `A-Z2-7`
        Base32 = "base32",
        /// `a-z2-7`
        Base32Lower = "base32-lower",
        /// 8-4-4-4-12 hex digits, either case; the length is 36
        Uuid = "uuid",
        /// `A-Za-z0-9._~-`
        UrlUnreserved = "url-unreserved",
        /// `./A-Za-z0-9`
        Crypt64 = "crypt64",
        /// Any printable ASCII but space, quotes and backslash
        Printable = "printable",
    }
}

impl Alphabet {
    /// The class as a regex bracket expression, without padding.
    pub fn class(self) -> &'static str {
        match self {
            Alphabet::HexLower => "[0-9a-f]",
            Alphabet::HexUpper => "[0-9A-F]",
            Alphabet::Hex => "[0-9a-fA-F]",
            Alphabet::Digits => "[0-9]",
            Alphabet::Alpha => "[A-Za-z]",
            Alphabet::AlnumLower => "[a-z0-9]",
            Alphabet::AlnumUpper => "[A-Z0-9]",
            Alphabet::AlnumDash => "[A-Za-z0-9-]",
            Alphabet::AlnumLowerDash => "[a-z0-9-]",
            Alphabet::Base62 => "[A-Za-z0-9]",
            Alphabet::Word => "[A-Za-z0-9_]",
            Alphabet::Base64 => "[A-Za-z0-9+/]",
            Alphabet::Base64Url => "[A-Za-z0-9_-]",
            Alphabet::Base58 => "[1-9A-HJ-NP-Za-km-z]",
            Alphabet::Base32 => "[A-Z2-7]",
            Alphabet::Base32Lower => "[a-z2-7]",
            Alphabet::Uuid => "[0-9a-fA-F-]",
            Alphabet::UrlUnreserved => "[A-Za-z0-9._~-]",
            Alphabet::Crypt64 => "[./A-Za-z0-9]",
            Alphabet::Printable => r#"[!#-&(-\[\]-_a-~]"#,
        }
    }

    /// Is this byte one of the alphabet's? Padding is not.
    pub fn contains(self, b: u8) -> bool {
        let alnum = b.is_ascii_alphanumeric();
        match self {
            Alphabet::HexLower => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
            Alphabet::HexUpper => b.is_ascii_digit() || (b'A'..=b'F').contains(&b),
            Alphabet::Hex => b.is_ascii_hexdigit(),
            Alphabet::Digits => b.is_ascii_digit(),
            Alphabet::Alpha => b.is_ascii_alphabetic(),
            Alphabet::AlnumLower => b.is_ascii_digit() || b.is_ascii_lowercase(),
            Alphabet::AlnumUpper => b.is_ascii_digit() || b.is_ascii_uppercase(),
            Alphabet::AlnumDash => alnum || b == b'-',
            Alphabet::AlnumLowerDash => b.is_ascii_digit() || b.is_ascii_lowercase() || b == b'-',
            Alphabet::Base62 => alnum,
            Alphabet::Word => alnum || b == b'_',
            Alphabet::Base64 => alnum || b == b'+' || b == b'/',
            Alphabet::Base64Url => alnum || b == b'_' || b == b'-',
            Alphabet::Base58 => alnum && !matches!(b, b'0' | b'O' | b'I' | b'l'),
            Alphabet::Base32 => b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b),
            Alphabet::Base32Lower => b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b),
            Alphabet::Uuid => b.is_ascii_hexdigit() || b == b'-',
            Alphabet::UrlUnreserved => alnum || matches!(b, b'.' | b'_' | b'~' | b'-'),
            Alphabet::Crypt64 => alnum || b == b'.' || b == b'/',
            Alphabet::Printable => (0x21..0x7f).contains(&b) && !matches!(b, b'"' | b'\'' | b'\\' | b'`'),
        }
    }

    /// May `=` stand at the end?
    pub fn padded(self) -> bool {
        matches!(self, Alphabet::Base64 | Alphabet::Base64Url)
    }
}

closed_enum! {
    /// How far around a keyword a regex looks.
    Window {
        /// The keyword's line (of a long line, some kilobytes on both sides).
        Line = "line",
        /// Further lines after the keyword, for PEM blocks and other shapes of many lines.
        Hunk = "hunk",
    }
}

#[allow(clippy::derivable_impls, reason = "the macro makes the enum")]
impl Default for Window {
    fn default() -> Self {
        Window::Line
    }
}

closed_enum! {
    /// Offline proof: each names one function of `crate::validate`.
    Validator {
        /// Nothing is known.
        None = "none",
        /// GitHub classic tokens and npm: CRC32 in base 62 over 30 characters.
        GithubCrc32 = "github-crc32",
        /// GitLab routable tokens; the classic form is left alone.
        GitlabRoutable = "gitlab-routable",
        /// Cloudflare `cf?t_`: CRC32 in hex.
        CloudflareCrc32 = "cloudflare-crc32",
        /// Vercel `vc?_`: CRC32 in base 62.
        VercelCrc32 = "vercel-crc32",
        /// Grafana service account: CRC32, little-endian hex.
        GrafanaCrc32 = "grafana-crc32",
        /// Private Packagist: CRC32 in hex.
        PackagistCrc32 = "packagist-crc32",
        /// Atlassian and Bitbucket: CRC32 in upper-case hex.
        AtlassianCrc32 = "atlassian-crc32",
        /// Confluent `cflt`: CRC32 in base64.
        ConfluentCrc32 = "confluent-crc32",
        /// Zuplo: CRC32 in hex.
        ZuploCrc32 = "zuplo-crc32",
        /// Apify: CRC32 in base 62, confirms only.
        ApifyCrc32 = "apify-crc32",
        /// SaladCloud: CRC32 in base 62, confirms only.
        SaladCrc32 = "salad-crc32",
        /// Azure identifiable keys: Marvin32 with a signature.
        AzureIdentifiable = "azure-identifiable",
        /// Azure CASK keys.
        AzureCask = "azure-cask",
        /// Entra ID client secrets with `8Q~`.
        EntraSecret = "entra-secret",
        /// Azure DevOps personal access tokens, old form.
        AzureDevopsPat = "azure-devops-pat",
        /// AWS access key ids: base32, an account inside.
        AwsKeyId = "aws-key-id",
        /// AWS Bedrock keys: base64 of a known text.
        AwsBedrock = "aws-bedrock",
        /// Discord bot tokens: a snowflake inside.
        Discord = "discord",
        /// OpenAI keys: a fixed marker inside.
        Openai = "openai",
        /// Telegram bot tokens.
        Telegram = "telegram",
        /// JSON Web Tokens.
        Jwt = "jwt",
        /// PyPI macaroons.
        PypiMacaroon = "pypi-macaroon",
        /// Sentry organisation tokens.
        SentryOrg = "sentry-org",
        /// 1Password service accounts.
        OnepasswordService = "onepassword-service",
        /// base64 of a JSON object.
        Base64Json = "base64-json",
        /// JFrog reference tokens.
        JfrogReference = "jfrog-reference",
        /// base64 of `user:password`.
        BasicAuth = "basic-auth",
        /// Mailjet's two halves in base64.
        MailjetBasic = "mailjet-basic",
        /// Google service account JSON.
        GoogleServiceAccount = "google-service-account",
        /// PEM, OpenSSH, PGP and PuTTY private keys.
        PrivateKey = "private-key",
        /// age secret keys: bech32.
        AgeKey = "age-key",
        /// WireGuard keys: clamped.
        Wireguard = "wireguard",
        /// Nostr: bech32.
        NostrNsec = "nostr-nsec",
        /// Bitcoin WIF: base58check.
        BitcoinWif = "bitcoin-wif",
        /// BIP-32 extended private keys: base58check.
        Xprv = "xprv",
        /// BIP-39 mnemonics.
        Bip39 = "bip39",
        /// Stellar seeds: CRC16.
        StellarSeed = "stellar-seed",
        /// NATS seeds: CRC16.
        NatsSeed = "nats-seed",
        /// Solana key pairs: 64 bytes in base58.
        SolanaKey = "solana-key",
        /// Ethereum: a number in the curve's range.
        EthereumKey = "ethereum-key",
        /// 32 bytes of base64 or base64url (Laravel, Fernet).
        Key32 = "key-32",
        /// Luhn's check digit.
        Luhn = "luhn",
        /// URLs and connection strings: a host that is real, a password that is no placeholder.
        UrlCredential = "url-credential",
        /// Azure shared access signatures: the signature is 32 bytes.
        AzureSas = "azure-sas",
    }
}

#[allow(clippy::derivable_impls, reason = "the macro makes the enum")]
impl Default for Validator {
    fn default() -> Self {
        Validator::None
    }
}

impl RuleSpec {
    /// The prefilter literals, lower case: `keywords`, or the words of a context rule.
    pub fn effective_keywords(&self) -> Vec<String> {
        let from: &[String] = match (&self.context, self.keywords.is_empty()) {
            (Some(c), true) => &c.words,
            _ => &self.keywords,
        };
        let mut out: Vec<String> = from.iter().map(|k| k.to_ascii_lowercase()).collect();
        out.sort();
        out.dedup();
        out
    }
}

/// Says what is wrong with a file of rules: nothing, or a sentence a fault, naming the rule.
pub fn check(file: &FileSpec) -> Vec<String> {
    let mut faults = Vec::new();
    let slug = |s: &str| {
        !s.is_empty() && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if file.schema != SCHEMA {
        faults.push(format!("schema is {}, this program reads {SCHEMA}", file.schema));
    }
    if !slug(&file.provider.id) {
        faults.push(format!("provider id {:?} is not lower-case-with-dashes", file.provider.id));
    }
    for (name, r) in std::iter::once(("default", &file.remediation))
        .chain(file.variant.iter().map(|(n, r)| (n.as_str(), r)))
    {
        check_remediation(name, r, &mut faults);
    }
    for rule in &file.rules {
        let mut fault = |text: String| faults.push(format!("rule {}: {text}", rule.id));
        if !slug(&rule.id) {
            fault("id is not lower-case-with-dashes".into());
        }
        if rule.name.trim().is_empty() {
            fault("name is empty".into());
        }
        let detectors = [rule.regex.is_some(), rule.context.is_some(), rule.judged];
        if detectors.iter().filter(|d| **d).count() != 1 {
            fault("give one of regex, context and judged".into());
        }
        if let Some(regex) = &rule.regex
            && !regex.contains("(?P<secret>")
        {
            fault("regex has no group (?P<secret>...)".into());
        }
        if let Some(c) = &rule.context {
            let (least, most) = c.value.length.bounds();
            if least == 0 || most < least {
                fault("context.value.length is empty".into());
            }
            if c.words.is_empty() {
                fault("context.words is empty".into());
            }
        }
        let keywords = rule.effective_keywords();
        if keywords.is_empty() {
            fault("no keyword".into());
        }
        for k in &keywords {
            if k.len() < 3 || !k.bytes().all(|b| (0x20..0x7f).contains(&b)) {
                fault(format!("keyword {k:?} is not 3 or more printable ASCII bytes"));
            }
        }
        if let Some(v) = &rule.remediation
            && !file.variant.contains_key(v)
        {
            fault(format!("remediation {v:?} is not a [variant.{v}] of this file"));
        }
        if rule.examples.is_empty() {
            fault("no example".into());
        }
        if rule.negative_examples.is_empty() {
            fault("no negative example".into());
        }
    }
    faults
}

fn check_remediation(name: &str, r: &RemediationSpec, faults: &mut Vec<String>) {
    let mut fault = |text: String| faults.push(format!("remediation {name}: {text}"));
    let texts = [
        ("impact", &r.impact),
        ("rotation", &r.rotation),
        ("audit", &r.audit),
        ("breaks", &r.breaks),
        ("limits", &r.limits),
        ("auto_revoked", &r.auto_revoked),
        ("public_by_design", &r.public_by_design),
        ("notes", &r.notes),
    ];
    for (field, value) in texts {
        if value.as_ref().is_some_and(|v| v.trim().is_empty()) {
            fault(format!("{field} is empty"));
        }
    }
    for (field, value) in
        [("revoke_url", &r.revoke_url), ("audit_url", &r.audit_url), ("docs_url", &r.docs_url)]
    {
        if let Some(v) = value
            && !v.starts_with("https://")
        {
            fault(format!("{field} {v:?} is not an https:// link"));
        }
    }
    for (field, list) in
        [("steps", &r.steps), ("commands", &r.commands), ("create", &r.create), ("sources", &r.sources)]
    {
        if list.iter().any(|s| s.trim().is_empty()) {
            fault(format!("{field} has an empty entry"));
        }
    }
}
