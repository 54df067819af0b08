// cargo add aws-config aws-sdk-secretsmanager
use aws_config::BehaviorVersion;
use aws_sdk_secretsmanager::Client;

/// Region from AWS_REGION; log-in from the role that it runs as.
async fn @var@() -> Result<String, Box<dyn std::error::Error>> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let answer = Client::new(&config).get_secret_value().secret_id("@slug@").send().await?;
    // A key/value secret is one JSON text: parse it, then take the field.
    Ok(answer.secret_string().ok_or("@slug@ has no text value")?.to_owned())
}
