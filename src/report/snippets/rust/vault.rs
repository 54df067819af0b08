// cargo add vaultrs
use std::collections::HashMap;
use vaultrs::client::{VaultClient, VaultClientSettingsBuilder};
use vaultrs::kv2;

/// Prefer a log-in of the platform to a token.
async fn @var@() -> Result<String, Box<dyn std::error::Error>> {
    let settings = VaultClientSettingsBuilder::default()
        .address(std::env::var("VAULT_ADDR")?)
        .token(std::env::var("VAULT_TOKEN")?)
        .build()?;
    let client = VaultClient::new(settings)?;
    let mut secret: HashMap<String, String> = kv2::read(&client, "secret", "@provider@").await?;
    Ok(secret.remove("@VAR@").ok_or("secret/@provider@ has no @VAR@")?)
}
