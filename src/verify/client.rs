//! Sends requests: TLS with the system's certificates, no redirect, and nothing but public addresses.

#[cfg(feature = "network")]
pub use sending::Client;
#[cfg(not(feature = "network"))]
pub use without::Client;

#[cfg(not(feature = "network"))]
mod without {
    use crate::verify::answer::Response;
    use crate::verify::call::Request;
    use crate::verify::options::Options;

    /// Sends nothing: this program was built without network code.
    #[derive(Debug)]
    pub struct Client(());

    impl Client {
        /// Says that nothing can be sent.
        ///
        /// # Errors
        /// Always.
        pub fn new(_: &Options) -> Result<Client, String> {
            Err("this stanch was built without network code; install one with the feature `network`".into())
        }

        /// No host was asked.
        pub fn left_alone(&self, _: &str) -> Option<&'static str> {
            None
        }

        /// No host was asked.
        pub fn limit(&self, _: &str) {}

        /// Sends nothing.
        ///
        /// # Errors
        /// Always.
        pub fn send(&self, _: &Request) -> Result<Response, String> {
            Err("built without network code".into())
        }
    }
}

#[cfg(feature = "network")]
mod sending;
