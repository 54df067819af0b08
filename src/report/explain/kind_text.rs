//! Texts that apply to every secret of a kind, regardless of the issuer.

use crate::rules::{Detector, Rule, SecretKind, Validator};

/// The kind in words: "an API key ...".
pub(super) fn kind(kind: SecretKind) -> &'static str {
    match kind {
        SecretKind::ApiKey => {
            "an API key: a program sends it with each call, and anyone who sends it gets access"
        }
        SecretKind::Token => "a token: its holder acts as the account that it was made for",
        SecretKind::Password => "a password: it opens an account from anywhere the log-in can be reached",
        SecretKind::PrivateKey => {
            "a private key: it proves who its owner is, and decrypts or signs in that name"
        }
        SecretKind::SigningKey => "a secret for signing or encryption: its holder can make what others trust",
        SecretKind::ClientSecret => {
            "a client secret: with the client's id it makes a program pass for that application"
        }
        SecretKind::ConnectionString => "a connection string: address, account and password in one",
        SecretKind::WebhookUrl => "a webhook URL: the address is itself the permission to post there",
        SecretKind::Identifier => "an identifier: of use only together with its secret sibling",
        SecretKind::CredentialFile => "a file of credentials: each entry opens something",
        SecretKind::PasswordHash => "the hash of a password: the password can be guessed against it, offline",
        SecretKind::WalletKey => "a wallet's key or seed: its holder owns what is in the wallet",
    }
}

/// How the rule finds it.
pub(super) fn detection(rule: &Rule) -> String {
    let form = match &rule.detector {
        Detector::Regex(_) => "It is recognised by its format".to_owned(),
        Detector::Context(c) => {
            format!(
                "It has no format of its own: it is recognised by names around it ({})",
                c.words.join(", ")
            )
        }
        Detector::File(f) => format!(
            "It is recognised by the file's name ({}) and by what the file holds; a sample (`.env.example`) with \
             placeholders does not count",
            f.names.join(", ")
        ),
        Detector::Judged => {
            "It is recognised by evidence: a name that says secret, and a value that looks random".to_owned()
        }
    };
    match rule.validator {
        Validator::None => format!("{form}."),
        v => format!("{form}, and checked offline ({}).", v.slug()),
    }
}

/// Why such secrets leak.
pub(super) fn causes(kind: SecretKind) -> &'static [&'static str] {
    match kind {
        SecretKind::PrivateKey | SecretKind::SigningKey | SecretKind::WalletKey => &[
            "The key file lies in the project folder, and git add . takes it along.",
            "It was pasted into a test, a fixture or a deployment script to make it run once.",
            "It was copied into an image, an archive or a backup of the project.",
        ],
        SecretKind::Password | SecretKind::ConnectionString | SecretKind::PasswordHash => &[
            "A configuration for one machine was committed with the rest of the project.",
            "A default was written into the code \"for now\", and now was years ago.",
            "It stands in a dump, a log or a command line that was saved.",
        ],
        SecretKind::WebhookUrl => &[
            "It looks like an address, not like a secret.",
            "It was pasted into a script or a pipeline that posts a message.",
        ],
        SecretKind::CredentialFile => &[
            "The tool writes it into the project folder, and git add . takes it along.",
            "It was copied into an image to let a build log in.",
        ],
        SecretKind::ApiKey | SecretKind::Token | SecretKind::ClientSecret | SecretKind::Identifier => &[
            "It was pasted into the code for a first try, and the first try was committed.",
            "A .env file, a notebook's output or a recorded test was committed with the rest.",
            "It was put into a script that browsers load, or printed to a build's log.",
        ],
    }
}

/// Causes that have nothing to do with a repository.
pub(super) const OTHER_CAUSES: &[&str] = &[
    "A phishing page asked for it, or for the password of the account that it belongs to.",
    "Malware on a developer's machine read it, or a package ran a script when it was installed.",
    "A weak or reused password opened the account, and nothing asked for a second factor.",
    "Someone had access who no longer needed it: a former colleague, a supplier, a shared account.",
    "Someone with access took it on purpose.",
];

/// What a leak of such a secret can lead to.
pub(super) fn risks(kind: SecretKind) -> &'static [&'static str] {
    match kind {
        SecretKind::PrivateKey | SecretKind::SigningKey => &[
            "Traffic that was recorded earlier may be read, and new traffic answered in your name.",
            "Software, sessions or documents can be signed that others will trust.",
        ],
        SecretKind::WalletKey => &["The funds are gone within minutes; nobody can bring them back."],
        SecretKind::WebhookUrl => {
            &["Messages that look like yours ask colleagues for passwords or payments."]
        }
        SecretKind::Password | SecretKind::ConnectionString | SecretKind::PasswordHash => &[
            "Data is copied, changed or deleted; the same password opens other accounts too where it was reused.",
            "Access spreads: a database holds the keys and addresses of other systems.",
        ],
        SecretKind::ApiKey
        | SecretKind::Token
        | SecretKind::ClientSecret
        | SecretKind::Identifier
        | SecretKind::CredentialFile => &[
            "Data that the key can read is copied and sold; what it can change is changed.",
            "Its quota is used up or billed to you: messages, computing, model calls.",
            "Messages and requests go out in your name, and the service may close the account for it.",
        ],
    }
}

/// What any leak can lead to.
pub(super) const RISKS: &[&str] = &[
    "Where personal data could be read with it, the law may oblige you to tell an authority and the people concerned, \
     often within days (72 hours in the European Union). Contracts and card schemes have duties of their own. Ask whoever \
     is responsible for this in your organisation before you decide that nothing happened, and keep the logs.",
];

/// Practices that keep the next secret from leaking.
pub(super) const PRACTICES: &[&str] = &[
    "Use one secret for each program and environment: then one leak is one rotation, and the log says whose it was.",
    "Give it the least rights that are enough, and an end date if there can be one; rotate it before it is old, not only after a leak.",
    "Keep it in the store, or in a file that git ignores; keep only its name in the repository.",
    "Read it once at start; stop if it is missing; print neither it nor an error that quotes it.",
    "Review who and what holds such secrets every few months, and revoke what nobody uses.",
    "Require a second factor on every account that can make or read them.",
    "Rehearse a rotation before you need one.",
];
