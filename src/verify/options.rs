//! How requests are sent: proxy, certificates, addresses and pace.

/// How requests are sent.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The proxy.
    pub proxy: Proxy,
    /// Which certificates are trusted.
    pub roots: Roots,
    /// True if private and loopback addresses may be asked.
    pub private: bool,
    /// Seconds for a whole request.
    pub seconds: u64,
    /// Requests to one host within a second.
    pub per_second: u32,
}

/// Which proxy is used.
#[derive(Debug, Clone, Default)]
pub enum Proxy {
    /// None.
    #[default]
    None,
    /// What `HTTPS_PROXY` and its kin name: the person's environment, never a repository.
    Environment,
    /// This one.
    At(String),
}

/// Which certificates are trusted.
#[derive(Debug, Clone, Default)]
pub enum Roots {
    /// The system's, or those that are built in where the system has none.
    #[default]
    System,
    /// These, each in DER.
    Only(Vec<Vec<u8>>),
}
