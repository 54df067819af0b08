//! Texts that hold for every secret of a kind, regardless of the issuer.

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
        SecretKind::SigningKey => {
            "a secret for signing or encryption: whoever has it can make what others trust"
        }
        SecretKind::ClientSecret => {
            "a client secret: with the client's id it makes a program pass for that application"
        }
        SecretKind::ConnectionString => "a connection string: address, account and password in one",
        SecretKind::WebhookUrl => "a webhook URL: the address is itself the permission to post there",
        SecretKind::Identifier => "an identifier: of use only together with its secret sibling",
        SecretKind::CredentialFile => "a file of credentials: each entry opens something",
        SecretKind::PasswordHash => "the hash of a password: the password can be guessed against it, offline",
        SecretKind::WalletKey => "a wallet's key or seed: whoever has it owns what is in the wallet",
    }
}

/// How the rule finds it.
pub(super) fn detection(rule: &Rule) -> String {
    let form = match &rule.detector {
        Detector::Regex(_) => "It is known by its form".to_owned(),
        Detector::Context(c) => {
            format!("It has no form of its own: it is known by names around it ({})", c.words.join(", "))
        }
        Detector::File(f) => format!(
            "It is known by the file's name ({}) and by what the file holds; a sample (`.env.example`) with \
             placeholders is none",
            f.names.join(", ")
        ),
        Detector::Judged => {
            "It is known by judgement: a name that says secret, a value that looks random".to_owned()
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

/// Practices that keep the next secret from leaking.
pub(super) const PRACTICES: &[&str] = &[
    "One secret for each program and environment: then one leak is one rotation, and the log says whose it was.",
    "The least rights that do, and an end date where there is one.",
    "In the store, or in a file that git ignores; in the repository only its name.",
    "Read once at start; stop when it is missing; never print it, nor an error that quotes it.",
    "Rehearse a rotation while nothing is on fire.",
];
