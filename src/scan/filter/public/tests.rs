use super::*;

const HEX: &[u8] = b"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b";
const FREE: &[u8] = b"kQ7xR2T9zLm4pWv8nB3cY6";

fn says(name: &str, value: &[u8]) -> bool {
    why_public(name.as_bytes(), value, false).is_some()
}

#[test]
fn a_setting_of_a_name_that_programs_give_to_data_is_a_credential() {
    for name in ["CIVICRM_SITE_KEY", "GITLAB_SYNC_TOKEN", "STATUS_PAGE_TOKEN", "JF_SHARED_SECURITY_JOIN_KEY"]
    {
        assert!(!says(name, FREE), "{name}");
    }
    for name in ["joinKey", "sync-token", "document.key"] {
        assert!(says(name, FREE) && why_public(name.as_bytes(), FREE, true).is_none(), "{name}");
    }
    for name in ["RECAPTCHA_SITE_KEY", "next_page_token", "partition_key"] {
        assert!(why_public(name.as_bytes(), FREE, true).is_some(), "{name}");
    }
    assert!(says("VITE_SITE_KEY", b"6LkQ7xR2T9zLm4pWv8nB3cY6kQ7xR2T9zLm4pWv8"));
}

#[test]
fn what_the_public_or_a_seal_is_about_is_no_key_of_it() {
    for name in [
        "PUBLIC_DATA_API_KEY",
        "public_transport_api_key",
        "PUB_TOKEN",
        "ENCRYPTED_VOLUME_PASSPHRASE",
        "ENCRYPTED_FIELDS_KEY",
        "PAYU_SALT",
        "encrypted_backup_password",
        "mock_exam_db_password",
        "csrf_bypass_token",
        "APT_REPO_TOKEN",
    ] {
        assert!(!says(name, FREE) && !says(name, HEX), "{name}");
    }
    for name in ["NEXT_PUBLIC_API_TOKEN", "publicKey", "pubKey", "encrypted_password", "encrypted_key"] {
        assert!(says(name, FREE) || says(name, HEX), "{name}");
    }
}

#[test]
fn names_of_what_is_not_a_secret_are_known() {
    for name in [
        "publicToken",
        "NEXT_PUBLIC_API_TOKEN",
        "VITE_PUBLIC_TOKEN",
        "publicKey",
        "PublicKeyToken",
        "siteKey",
        "RECAPTCHA_SITEKEY",
        "anonKey",
        "SUPABASE_ANON_KEY",
        "foreignKey",
        "cache-key",
        "gtfs_dataset_key",
        "nextPageToken",
        "csrfmiddlewaretoken",
        "X-XSRF-TOKEN",
        "NX-ANTI-CSRF-TOKEN",
        "__RequestVerificationToken",
        "oauth_nonce",
        "password_salt",
        "X-Auth0-RequestId",
        "auth_tag",
        "secret_kid",
        "mock_token",
        "dummyPassword",
    ] {
        assert!(says(name, FREE), "{name}");
    }
    for name in [
        "token_hash",
        "GRAYLOG_ROOT_PASSWORD_SHA2",
        "hashed_password",
        "GPG_KEY",
        "key_fingerprint",
        "export-secret-keys",
    ] {
        assert!(says(name, HEX), "{name}");
        assert!(!says(name, b"Summer!2019"), "{name}");
    }
    assert!(says("STATUS_WRONG_PASSWORD", b"3221225578"));
    assert!(says("sealed_token", &[FREE, FREE].concat()) && !says("sealed_token", b"Summer!2019"));
    assert!(says("hashedTokenKey", &[&b"$3:1:"[..], FREE].concat()));
    assert!(says("CalendarEventKey", b"8f14e45f-ceea-467f-a34c-0d2b1c9e7a61"));
    assert!(!says("CalendarEventKey", FREE));
    assert!(says("credentials-id", b"8f14e45f-ceea-467f-a34c-0d2b1c9e7a61"));
    let aria = "0c6ae279ed8443289764825290e4f9e2-8f14e45f-ceea-467f-a34c-0d2b1c9e7a61-7255";
    assert!(says("aiKey", aria.as_bytes()) && !says("aiKey", &aria.as_bytes()[..69]));
    assert!(says("REACT_APP_POSTHOG_TOKEN", FREE) && !says("POSTHOG_PERSONAL_API_KEY", FREE));
    assert!(!says("POSTHOG_SECRET_KEY", FREE));
    assert!(says("VITE_PUSHER_APP_KEY", &HEX[..20]) && says("syncToken", FREE));
    assert!(says("SENTRY_KEY", &HEX[..32]) && !says("SENTRY_SECRET_KEY", &HEX[..32]));
    assert!(!says("SENTRY_AUTH_TOKEN", HEX) && !says("SENTRY_KEY", FREE));
    assert!(says("segment_key", FREE) && says("SEGMENT_WRITE_KEY", FREE));
    assert!(!says("segment_access_token", FREE) && !says("segment_secret_key", FREE));
    assert!(says("rsa_key", b"9F86D081884C7D65") && !says("rsa_key", &[HEX, HEX].concat()));
    for value in ["UA-12345678-1", "G-K7R2XZ9Q4W", "GTM-K7R2XZ9", "AW-1234567890"] {
        assert!(says("measurementKey", value.as_bytes()), "{value}");
    }
    assert!(says("verification_token", &[&b"google-site-verification="[..], FREE].concat()));
}

#[test]
fn a_word_far_from_the_kind_leaves_open_what_the_value_is() {
    for name in ["encrypted_backup_password", "mock_exam_db_password"] {
        assert!(!says(name, FREE) && why_unsure(name.as_bytes()).is_some(), "{name}");
    }
    for name in ["encrypted_password", "mock_token", "dummyPassword", "mock_api_token"] {
        assert!(says(name, &[FREE, FREE].concat()) && why_unsure(name.as_bytes()).is_none(), "{name}");
    }
    assert!(why_unsure(b"db_password").is_none() && why_unsure(b"ENCRYPTED_FIELDS_KEY").is_none());
}

#[test]
fn names_of_secrets_beside_them_are_not() {
    for name in [
        "privateToken",
        "NEXT_PUBLIC_CLIENT_SECRET",
        "PUBLIC_KEY_PASSWORD",
        "republicToken",
        "CSRF_SECRET",
        "csrf_key",
        "primaryKey",
        "website_key",
        "NEXT_AUTH_TOKEN",
        "NONCE_SALT",
        "AUTH_SALT",
        "APP_SALT",
        "NONCE_KEY",
        "hash_key",
        "gpg_passphrase",
        "error_token",
        "requestToken",
        "FACEBOOK_PAGE_TOKEN",
        "JWT_SIGNATURE",
        "registry_key",
        "CURSOR_TOKEN",
        "WebPubSubKey",
    ] {
        assert!(!says(name, FREE), "{name}");
    }
    assert!(!says("db_password", b"3221225578"));
    assert!(!says("secret_id", b"8f14e45f-ceea-467f-a34c-0d2b1c9e7a61"));
    assert!(!says("SLACK_VERIFICATION_TOKEN", FREE));
    assert!(!says("api_key", b"G-ABCDEFGHIJKLMN") && !says("api_key", b"UA-ABCDEFGH"));
    assert!(!says("api_key", HEX));
}

#[test]
fn addresses_on_a_blockchain_are_public_and_keys_are_not() {
    let evm = [b"0x", HEX].concat();
    let solana = [FREE, &FREE[..21]].concat();
    for name in ["token", "usdcToken", "ethTokenAddress", "TOKEN_CONTRACT", "wallet_token"] {
        assert!(says(name, &evm), "{name}");
        assert!(!says(name, FREE), "{name}");
        // 32 bytes: a private key.
        assert!(!says(name, &[&evm[..], &HEX[..24]].concat()), "{name}");
    }
    for name in ["solTokenBridgeAddress", "tokenProgramAddress", "rewardsTokenPDA", "TOKEN_MINT"] {
        assert!(says(name, &solana), "{name}");
        assert!(!says(name, &[&solana[..], FREE, FREE].concat()), "{name}");
    }
    assert!(!says("token", &solana));
    assert!(says("This wallet holds no tokens.", &evm));
    assert!(!says("This wallet holds no tokens.", &solana));
    for name in ["access_token", "apiToken", "tokenSecret", "private_key", "walletPassword", "bot_token"] {
        assert!(!says(name, &evm), "{name}");
        assert!(!says(name, &solana), "{name}");
    }
}

#[test]
fn the_id_of_a_request_is_public_and_a_key_of_its_client_is_not() {
    let uuid = b"8f14e45f-ceea-467f-a34c-0d2b1c9e7a61";
    assert!(says("Postman-Token", uuid));
    assert!(!says("Postman-Token", FREE) && !says("acme-token", uuid));
}
