use super::*;
use std::collections::BTreeSet;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn check(id: &str) -> &'static LiveCheck {
    LiveCheck::all().iter().find(|c| c.id == id).unwrap()
}

fn made(id: &str, secret: &str, pair: Option<&str>, with: &[(&str, &str)]) -> Result<Vec<Request>, String> {
    at(id, secret, pair, with, None)
}

fn at(
    id: &str,
    secret: &str,
    pair: Option<&str>,
    with: &[(&str, &str)],
    origin: Option<&str>,
) -> Result<Vec<Request>, String> {
    let (secret, pair) = (Secret::new(secret.as_bytes()), pair.map(|p| Secret::new(p.as_bytes())));
    let with = with.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let origin = origin.map(|o| Origin::parse(o, true).unwrap());
    of_check(
        check(id),
        &Given {
            secret: &secret,
            pair: pair.as_ref(),
            with: &with,
            origin: origin.as_ref(),
            is_of_host: false,
            now: NOW,
        },
    )
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    &request.headers.iter().find(|(n, _)| n == name).unwrap().1
}

#[test]
fn a_value_is_encoded_for_its_place_and_never_shown() {
    let secret = "a/b?c\"d&e";
    let github = &made("github", secret, None, &[]).unwrap()[0];
    assert_eq!(header(github, "Authorization"), "Bearer a/b?c\"d&e");
    let telegram = &made("telegram-bot", secret, None, &[]).unwrap()[0];
    assert_eq!(telegram.url, "https://api.telegram.org/bota%2Fb%3Fc%22d%26e/getMe");
    assert_eq!(telegram.shown, "https://api.telegram.org/bot***/getMe");
    let form = &made("google-oauth-access", secret, None, &[]).unwrap()[0];
    assert_eq!(form.body.as_deref(), Some("access_token=a%2Fb%3Fc%22d%26e"));
    assert_eq!(header(form, "Content-Type"), "application/x-www-form-urlencoded");
    let json = &made("hubspot", secret, None, &[]).unwrap()[0];
    assert_eq!(json.body.as_deref(), Some("{\"tokenKey\":\"a/b?c\\\"d&e\"}"));
    for request in [github, telegram, form, json] {
        assert!(!format!("{request:?}").contains("b?c") && !request.shown.contains("b?c"), "{request:?}");
    }
}

#[test]
fn a_value_that_no_header_may_have_is_not_sent() {
    for secret in ["a\r\nHost: evil.example", "a\nb", "a\0b", "sch\u{f6}n"] {
        assert!(made("github", secret, None, &[]).is_err(), "{secret:?}");
    }
}

#[test]
fn a_value_does_not_change_the_host() {
    assert_eq!(
        made("mailchimp", "0123abcd-us6", None, &[]).unwrap()[0].shown,
        "https://us6.api.mailchimp.com/3.0/"
    );
    for secret in ["x-evil.example/", "x-evil.example#", "x-a@b", "x-us6.evil", "x-", "nodash"] {
        assert!(made("mailchimp", secret, None, &[]).is_err(), "{secret}");
    }
    assert!(made("okta", "s", None, &[("ORG", "acme")]).is_ok());
    for org in ["evil.example/x", "a.b", "", "x?", "x\\", "x@y", "x:80", &"a".repeat(64)] {
        assert!(made("okta", "s", None, &[("ORG", org)]).is_err(), "{org}");
    }
    let hook = "/api/webhooks/123/abc";
    assert!(made("discord-webhook", &format!("https://discord.com{hook}"), None, &[]).is_ok());
    for host in [
        "https://evil.example",
        "https://discord.com.evil.example",
        "https://discord.com:1",
        "http://discord.com",
        "https://discord.com@evil.example",
        "https://evil.example\\.discord.com",
    ] {
        assert!(made("discord-webhook", &format!("{host}{hook}"), None, &[]).is_err(), "{host}");
    }
}

#[test]
fn words_come_from_the_pair_or_the_person_and_their_lack_is_said() {
    let sid = "AC-made-up";
    let twilio = &made("twilio", "secret", Some(sid), &[]).unwrap()[0];
    assert_eq!(twilio.url, "https://api.twilio.com/2010-04-01/Accounts/AC-made-up.json");
    let basic = header(twilio, "Authorization").strip_prefix("Basic ").unwrap();
    assert_eq!(data_encoding::BASE64.decode(basic.as_bytes()).unwrap(), b"AC-made-up:secret");
    // What the person gives stands over the pair.
    let other = &made("twilio", "secret", Some(sid), &[("ACCOUNT_SID", "AC2")]).unwrap()[0];
    assert!(other.url.ends_with("/AC2.json"));
    assert!(made("twilio", "secret", None, &[]).unwrap_err().contains("--with ACCOUNT_SID=VALUE"));
    assert!(made("vault", "s", None, &[]).unwrap_err().contains("--host vault=https://"));
    // A value that looks like a word or a template stays what it is.
    let odd = &made("twilio", "ACCOUNT_SID{secret}", Some(sid), &[]).unwrap()[0];
    let basic = header(odd, "Authorization").strip_prefix("Basic ").unwrap();
    assert_eq!(data_encoding::BASE64.decode(basic.as_bytes()).unwrap(), b"AC-made-up:ACCOUNT_SID{secret}");
}

#[test]
fn an_instance_of_ones_own_takes_the_place_of_the_providers_host() {
    let own = |id, origin| at(id, "s", None, &[], Some(origin)).unwrap().remove(0).url;
    assert_eq!(own("vault", "https://v.example:8200"), "https://v.example:8200/v1/auth/token/lookup-self");
    assert_eq!(
        own("gitlab", "https://g.example/sub/"),
        "https://g.example/sub/api/v4/personal_access_tokens/self"
    );
    assert_eq!(own("databricks", "https://w.example"), "https://w.example/api/2.0/preview/scim/v2/Me");
    assert_eq!(own("github", "https://g.example/api/v3"), "https://g.example/api/v3/user");
    // A provider without instances keeps its own host.
    assert_eq!(own("digitalocean", "https://g.example"), "https://api.digitalocean.com/v2/account");
}

#[test]
fn an_aws_key_signs_and_is_not_sent() {
    let secret = "made-up-secret-of-forty-characters-00000";
    let request = &made("aws-sts", secret, Some("AKIAMADEUP"), &[]).unwrap()[0];
    let sent = format!("{} {:?} {:?}", request.url, request.headers, request.body);
    assert!(!sent.contains("made-up-secret"), "{sent}");
    let authorization = header(request, "Authorization");
    assert!(
        authorization.contains("Credential=AKIAMADEUP/19700101/us-east-1/sts/aws4_request"),
        "{authorization}"
    );
    assert!(authorization.contains("SignedHeaders=content-type;host;x-amz-date,"), "{authorization}");
    assert!(made("aws-sts", secret, None, &[]).unwrap_err().contains("ACCESS_KEY_ID"));
    assert!(made("aws-sts", secret, Some("ASIAMADEUP"), &[]).unwrap_err().contains("SESSION_TOKEN"));
    let with = [("SESSION_TOKEN", "made-up-token")];
    let request = &made("aws-sts", secret, Some("ASIAMADEUP"), &with).unwrap()[0];
    assert_eq!(header(request, "x-amz-security-token"), "made-up-token");
    assert!(header(request, "Authorization").contains("x-amz-security-token,"), "signed too");
}

#[test]
fn an_ovhcloud_secret_signs_and_is_not_sent() {
    let with = [("APPLICATION_KEY", "key"), ("CONSUMER_KEY", "consumer")];
    let requests = made("ovh-application-secret", "made-up-secret", None, &with).unwrap();
    assert_eq!(requests.len(), 3, "one for each region");
    let request = &requests[0];
    assert_eq!(request.url, "https://eu.api.ovh.com/1.0/auth/currentCredential");
    assert_eq!(header(request, "X-Ovh-Application"), "key");
    assert_eq!(header(request, "X-Ovh-Consumer"), "consumer");
    assert_eq!(header(request, "X-Ovh-Timestamp"), "0");
    let signed = "made-up-secret+consumer+GET+https://eu.api.ovh.com/1.0/auth/currentCredential++0";
    let expected = HEXLOWER.encode(&Sha1::digest(signed));
    assert_eq!(header(request, "X-Ovh-Signature"), format!("$1${expected}"));
    let sent = format!("{} {:?} {:?}", request.url, request.headers, request.body);
    assert!(!sent.contains("made-up-secret"), "{sent}");
    // Each region's address is signed for itself.
    let signatures: BTreeSet<&str> = requests.iter().map(|r| header(r, "X-Ovh-Signature")).collect();
    assert_eq!(signatures.len(), 3);
    // A consumer key is sent, and the application's secret signs.
    let with = [("APPLICATION_KEY", "key"), ("APPLICATION_SECRET", "made-up-secret")];
    let request = &made("ovh-consumer-key", "consumer", None, &with).unwrap()[0];
    assert_eq!(header(request, "X-Ovh-Signature"), format!("$1${expected}"));
    assert_eq!(header(request, "X-Ovh-Consumer"), "consumer");
}

#[test]
fn an_aws_key_is_switched_off_by_itself_and_is_not_sent() {
    let check = check("aws-sts");
    let (secret, id) = (Secret::new(b"made-up-secret"), Secret::new(b"AKIAMADEUP"));
    let with = BTreeMap::new();
    let given =
        Given { secret: &secret, pair: Some(&id), with: &with, origin: None, is_of_host: false, now: NOW };
    let requests = of_revocation(check, check.revoke.as_ref().unwrap(), &given).unwrap();
    let [request] = requests.as_slice() else { panic!("{requests:?}") };
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://iam.amazonaws.com/"));
    let body = "Action=UpdateAccessKey&AccessKeyId=AKIAMADEUP&Status=Inactive&Version=2010-05-08";
    assert_eq!(request.body.as_deref(), Some(body));
    let authorization = header(request, "Authorization");
    let scope = "AWS4-HMAC-SHA256 Credential=AKIAMADEUP/19700101/us-east-1/iam/aws4_request, ";
    assert!(authorization.starts_with(scope), "{authorization}");
    assert!(!format!("{:?} {:?}", request.headers, request.body).contains("made-up-secret"));
}

#[test]
fn every_check_makes_requests_to_hosts_over_tls_and_leaves_no_word_unfilled() {
    for check in LiveCheck::asked() {
        let with: BTreeMap<String, String> =
            check.fill.keys().map(|word| (word.clone(), "given0".to_owned())).collect();
        let text = match check.hosts.first() {
            Some(host) => format!("https://{host}/made/up"),
            None => "made-up-value-us6".to_owned(),
        };
        let secret = Secret::new(text.as_bytes());
        let origin = Origin::parse("https://own.example", false).unwrap();
        let given = Given {
            secret: &secret,
            pair: None,
            with: &with,
            origin: check.self_hosted.then_some(&origin),
            is_of_host: false,
            now: NOW,
        };
        let requests = of_check(check, &given).unwrap_or_else(|e| panic!("{}: {e}", check.id));
        // An instance of one's own stands for each address of the provider.
        let expected = if check.self_hosted { 1 } else { check.urls.len() };
        assert_eq!(requests.len(), expected, "{}", check.id);
        for request in requests {
            assert!(request.url.starts_with("https://"), "{}: {request:?}", check.id);
            let sent = format!("{} {:?} {:?}", request.url, request.headers, request.body);
            for word in check.fill.keys() {
                assert!(!sent.contains(word.as_str()), "{}: {word} in {sent}", check.id);
            }
            assert!(!sent.contains("{secret}"), "{}", check.id);
        }
    }
}
