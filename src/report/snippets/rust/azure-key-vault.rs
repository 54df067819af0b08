// cargo add azure_identity azure_security_keyvault_secrets
use azure_identity::ManagedIdentityCredential;
use azure_security_keyvault_secrets::SecretClient;

/// In Azure; on a developer's machine the credential is DeveloperToolsCredential.
async fn @var@() -> Result<String, Box<dyn std::error::Error>> {
    // AZURE_KEYVAULT_URL is your own setting: https://NAME.vault.azure.net
    let vault = std::env::var("AZURE_KEYVAULT_URL")?;
    let client = SecretClient::new(&vault, ManagedIdentityCredential::new(None)?, None)?;
    let secret = client.get_secret("@slug@", None).await?.into_model()?;
    Ok(secret.value.ok_or("@slug@ is empty")?)
}
