//! The vocabulary of the rule format: closed enums, each value with the slug that files and output use.
//!
//! Pure, like `spec.rs`: `build.rs` includes this file by `#[path]`.

use serde::Deserialize;

/// Declares a closed enum with a slug for each value: parsed from TOML, printed, and emitted by `codegen`.
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

impl Severity {
    /// One step more severe; `critical` stays.
    #[must_use]
    pub fn raised(self) -> Severity {
        match self {
            Severity::Low => Severity::Medium,
            Severity::Medium => Severity::High,
            Severity::High | Severity::Critical => Severity::Critical,
        }
    }
}

closed_enum! {
    /// How sure it is that this is a secret of this kind.
    Confidence {
        /// A guess that is worth checking.
        Low = "low",
        /// More likely than not.
        Medium = "medium",
        /// Format and surroundings agree.
        High = "high",
        /// Proved offline by a checksum or a structure that chance does not produce.
        Certain = "certain",
    }
}

closed_enum! {
    /// The kind of secret that a rule finds.
    SecretKind {
        /// A key for an API.
        ApiKey = "api-key",
        /// A bearer or access token.
        Token = "token",
        /// A password.
        Password = "password",
        /// A private key of an asymmetric pair.
        PrivateKey = "private-key",
        /// A shared secret for signing or encryption.
        SigningKey = "signing-key",
        /// An OAuth client or application secret.
        ClientSecret = "client-secret",
        /// A URL or connection string that carries a credential.
        ConnectionString = "connection-string",
        /// A URL that is itself the credential.
        WebhookUrl = "webhook-url",
        /// An identifier, useful only together with its secret.
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
    /// The characters of a value.
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
        /// `A-Za-z0-9+/`, with `=` at the end
        Base64 = "base64",
        /// `A-Za-z0-9_-`, with `=` at the end
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
        /// Any printable ASCII except space, quotes and backslash
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

    /// Returns whether this byte belongs to the alphabet; padding does not.
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

    /// Returns whether `=` may follow at the end.
    pub fn padded(self) -> bool {
        matches!(self, Alphabet::Base64 | Alphabet::Base64Url)
    }
}

closed_enum! {
    /// How far around a keyword a regex looks.
    Window {
        /// The keyword's line; some kilobytes on both sides if the line is long.
        Line = "line",
        /// The keyword's line and more lines after it, for PEM blocks and other multi-line forms.
        Hunk = "hunk",
        /// The whole text if a keyword is in it; every text if the rule has no keyword.
        File = "file",
    }
}

#[allow(clippy::derivable_impls, reason = "the macro makes the enum")]
impl Default for Window {
    fn default() -> Self {
        Window::Line
    }
}

closed_enum! {
    /// Offline proof: each value names one function of `crate::validate`.
    Validator {
        /// No check.
        None = "none",
        /// GitHub classic tokens and npm: CRC32 in base 62 over 30 characters.
        GithubCrc32 = "github-crc32",
        /// GitLab routable tokens; the classic form gives "unknown".
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
        /// URLs and connection strings: a real host, and a password that is not a placeholder.
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

closed_enum! {
    /// What a file must contain to count as a secret because of its name.
    Holds {
        /// Names that suggest secrets, with values filled in.
        Values = "values",
        /// A private key.
        PrivateKey = "private-key",
        /// A key store or password database: recognised by its first bytes, never opened.
        KeyStore = "key-store",
        /// A match of the rule's own pattern, for files with a special format.
        Pattern = "pattern",
    }
}
