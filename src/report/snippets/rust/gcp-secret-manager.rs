// cargo add google-cloud-secretmanager-v1
use google_cloud_secretmanager_v1::client::SecretManagerService;

/// Log-in by Application Default Credentials.
async fn @var@() -> Result<String, Box<dyn std::error::Error>> {
    let project = std::env::var("GOOGLE_CLOUD_PROJECT")?;
    let client = SecretManagerService::builder().build().await?;
    let name = format!("projects/{project}/secrets/@slug@/versions/latest");
    let version = client.access_secret_version().set_name(name).send().await?;
    let payload = version.payload.ok_or("@slug@ is empty")?;
    Ok(String::from_utf8(payload.data.to_vec())?)
}
