//! The kinds of secrets that names mean.

/// The kinds of secrets that names mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::scan::detect::generic) enum NameKind {
    Password,
    Secret,
    Token,
    ApiKey,
    CryptoKey,
    /// `key` without a word for its purpose.
    Key,
    Auth,
    Credential,
    Salt,
    Nonce,
}

impl NameKind {
    /// All kinds, in order.
    pub(in crate::scan::detect::generic) const ALL: [NameKind; 10] = [
        NameKind::Password,
        NameKind::Secret,
        NameKind::Token,
        NameKind::ApiKey,
        NameKind::CryptoKey,
        NameKind::Key,
        NameKind::Auth,
        NameKind::Credential,
        NameKind::Salt,
        NameKind::Nonce,
    ];

    /// The code of the evidence that the name gives.
    pub(in crate::scan::detect::generic) fn code(self) -> &'static str {
        match self {
            NameKind::Password => "name-password",
            NameKind::Secret => "name-secret",
            NameKind::Token => "name-token",
            NameKind::ApiKey => "name-api-key",
            NameKind::CryptoKey => "name-crypto-key",
            NameKind::Key => "name-key",
            NameKind::Auth => "name-auth",
            NameKind::Credential => "name-credential",
            NameKind::Salt => "name-salt",
            NameKind::Nonce => "name-nonce",
        }
    }

    /// The catalogue's rule for secrets of this kind.
    pub(in crate::scan::detect::generic) fn rule(self) -> &'static str {
        match self {
            NameKind::Password => "generic-password",
            NameKind::Secret => "generic-secret",
            NameKind::Token => "generic-token",
            NameKind::ApiKey | NameKind::Key => "generic-api-key",
            NameKind::CryptoKey | NameKind::Salt | NameKind::Nonce => "generic-encryption-key",
            NameKind::Auth | NameKind::Credential => "generic-credential",
        }
    }
}
