// Conjur has no client for Rust: two HTTP calls.
// cargo add reqwest urlencoding
use std::env::var;

async fn @var@() -> Result<String, Box<dyn std::error::Error>> {
    let (url, account) = (var("CONJUR_APPLIANCE_URL")?, var("CONJUR_ACCOUNT")?);
    let login = var("CONJUR_AUTHN_LOGIN")?;
    let http = reqwest::Client::new();
    // The token lives for minutes: log in again instead of keeping it.
    let token = http
        .post(format!("{url}/authn/{account}/{}/authenticate", urlencoding::encode(&login)))
        .header("Accept-Encoding", "base64")
        .body(var("CONJUR_AUTHN_API_KEY")?)
        .send()
        .await?
        .error_for_status()?
        .text()
        .await?;
    let id = urlencoding::encode("apps/@slug@");
    let answer = http
        .get(format!("{url}/secrets/{account}/variable/{id}"))
        .header("Authorization", format!("Token token=\"{token}\""))
        .send()
        .await?
        .error_for_status()?;
    Ok(answer.text().await?)
}
