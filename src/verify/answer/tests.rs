use super::*;
use crate::secret::Secret;
use jiff::Timestamp;
use std::collections::BTreeMap;

const SECRET: &[u8] = b"made-up-value-0123456789";

fn judged(check: &str, status: u16, body: &str) -> Answer {
    judged_with(check, &Response { status, body: body.as_bytes().to_vec(), ..Response::default() })
}

fn reply(status: u16, kind: &str, body: &[u8]) -> Response {
    let headers = vec![("content-type".to_owned(), kind.to_owned())];
    Response { status, headers, body: body.to_vec(), ..Response::default() }
}

fn is_unsure(answer: &Answer) -> bool {
    matches!(answer.state, State::Unsure(_))
}

fn judged_with(check: &str, response: &Response) -> Answer {
    let check = LiveCheck::all().iter().find(|c| c.id == check).unwrap();
    let (secret, with) = (Secret::new(SECRET), BTreeMap::new());
    let given = Given {
        secret: &secret,
        pair: None,
        with: &with,
        origin: None,
        is_of_host: false,
        now: Timestamp::UNIX_EPOCH,
    };
    judge(check, response, &given)
}

#[test]
fn a_condition_with_a_text_comes_first_and_blanks_do_not_count() {
    assert_eq!(judged("slack", 200, "{\"ok\": true, \"team\": \"acme\"}").state, State::Live);
    assert_eq!(judged("slack", 200, "{\"ok\":false,\"error\":\"token_revoked\"}").state, State::Dead);
    assert!(matches!(judged("slack", 200, "{\"ok\":false,\"error\":\"x\"}").state, State::Unsure(_)));
    // 200 alone is live for xAI, unless the key is disabled.
    assert_eq!(judged("xai", 200, "{\"api_key_disabled\": true}").state, State::Dead);
    assert_eq!(judged("xai", 200, "{\"api_key_disabled\": false}").state, State::Live);
}

#[test]
fn an_answer_that_is_named_as_telling_nothing_is_unsure() {
    // Zendesk answers an anonymous visitor with 200 too.
    assert_eq!(judged("zendesk", 200, "{\"user\":{\"id\":7,\"email\":\"a@b.example\"}}").state, State::Live);
    let anonymous = judged("zendesk", 200, "{\"user\": {\"id\": null, \"name\": \"Anonymous user\"}}");
    assert!(matches!(&anonymous.state, State::Unsure(why) if why.contains("nothing")), "{anonymous:?}");
    assert!(anonymous.owner.is_empty());
}

#[test]
fn what_is_not_listed_is_unsure_with_its_reason() {
    for (status, word) in [
        (401, "refused"),
        (429, "no more requests"),
        (500, "failed"),
        (302, "redirects"),
        (204, "does not list"),
    ] {
        let State::Unsure(why) = judged("github", status, "").state else { panic!("{status}") };
        assert!(why.contains(word), "{status}: {why}");
    }
}

#[test]
fn what_stands_on_the_way_is_not_the_provider() {
    let (html, text) = ("text/html; charset=utf-8", "text/plain");
    let gateway = br#"{"message":"blocked"}"#;
    for (check, status, kind, body) in [
        ("openai", 200, html, &b"<html><body>Welcome to the hotel"[..]),
        ("openai", 200, "", b"\n<!DOCTYPE html><title>Proxy</title>"),
        ("digitalocean", 401, html, b"\xef\xbb\xbf<html>Sign in"),
        ("digitalocean", 401, "", b"<!-- proxy --><html>Sign in"),
        ("digitalocean", 401, "", b"<?xml version=\"1.0\"?><!-- x --><html>Sign in"),
        ("digitalocean", 401, "", b"<head><title>Sign in"),
        ("digitalocean", 401, "application/xml", b"<error>denied</error>"),
        ("digitalocean", 401, text, b"Blocked by firewall"),
        ("digitalocean", 401, "", b""),
        ("digitalocean", 401, html, gateway),
        ("hubspot", 400, text, b"Bad Request"),
        ("hubspot", 404, text, b"not found"),
        ("datadog", 403, text, b"error code: 1020"),
        ("github", 401, html, b"<html>Bad credentials for proxy"),
        ("github", 401, "", b"<html>Bad credentials for proxy"),
        ("github", 401, text, b"Squid: Bad credentials for proxy user joe"),
        ("github", 401, "", b"Bad credentials"),
        ("github", 401, "", b"<error>Bad credentials</error>"),
        ("github", 401, "", b"<table><tr><td>Bad credentials</table>"),
        ("github", 401, "application/json", b"{\"message\":\"Bad credentials\""),
        ("github", 401, "", b"{\"message\":\"Bad credentials\"} <html>"),
        ("aws-sts", 403, text, b"InvalidClientTokenId"),
        ("aws-sts", 403, "application/json", b"{\"Code\":\"InvalidClientTokenId\"}"),
        ("aws-sts", 403, "text/xml", b"<a><!-- <Code>InvalidClientTokenId</Code> --></a>"),
        ("aws-sts", 403, "text/xml", b"<E><Code>InvalidClientTokenId</Code>"),
        ("aws-sts", 403, "text/xml", b"<E><Message>InvalidClientTokenId</Message></E>"),
        ("aws-sts", 200, "application/json", b"{\"captive\":\"portal\"}"),
        ("aws-sts", 200, "text/xml", b"<a"),
        // Called live: a wall's refusal, and an answer that is not whole or not text.
        ("digitalocean", 403, text, b"error code: 1020"),
        ("heroku", 403, text, b"error code: 1020"),
        ("heroku", 403, "application/json", gateway),
        ("openai", 403, text, b"error code: 1020"),
        ("openai", 403, "application/json", br#"{"error":{"code":"unsupported_country_region_territory"}}"#),
        ("openai", 200, "application/json", b"null"),
        ("openai", 200, "application/json", b""),
        ("openai", 200, "application/json", b"\xff\xfe{\0}\0"),
        ("openai", 200, "text/plain", b"ok"),
        ("xai", 200, "application/json", br#"{"name":"a","api_key_disab"#),
        ("openai", 200, "application/json", &[b'['; 30_000]),
    ] {
        let answer = judged_with(check, &reply(status, kind, body));
        assert!(
            is_unsure(&answer),
            "{check} {status} {kind} {:?}: {answer:?}",
            String::from_utf8_lossy(body)
        );
    }
    for coding in ["gzip", "br"] {
        let mut packed = reply(401, "application/json", b"{}");
        packed.headers.push(("content-encoding".to_owned(), coding.to_owned()));
        assert!(is_unsure(&judged_with("digitalocean", &packed)));
    }
    assert_eq!(
        judged_with("digitalocean", &reply(401, "application/json", b"\xef\xbb\xbf{}")).state,
        State::Dead
    );
    // In plain text only where the provider documents its words.
    let words = b"Access Denied. Please sign up for an account at https://rubygems.org";
    assert_eq!(judged_with("rubygems", &reply(401, text, words)).state, State::Dead);
    assert!(is_unsure(&judged_with("rubygems", &reply(401, "application/json", b"{}"))));
    assert_eq!(judged_with("box", &reply(401, "", b"")).state, State::Dead);
}

#[test]
fn a_number_and_a_field_are_compared_whole_and_where_they_belong() {
    for (check, status, body) in [
        ("cloudflare-token", 401, r#"{"errors":[{"code":10000}]}"#),
        ("cloudflare-token", 401, r#"{"ray":"8a71000c","errors":[]}"#),
        ("cloudflare-token", 401, r#"{"ray":1000}"#),
        ("facebook", 400, r#"{"error":{"code":1900}}"#),
        ("facebook", 400, r#"{"code":190}"#),
        ("splunk-hec", 403, r#"{"code":40}"#),
        ("splunk-hec", 403, r#"{"code":14}"#),
        ("splunk-hec", 400, r#"{"code":50}"#),
        ("twilio", 401, r#"{"code":200031}"#),
        ("discord-webhook", 404, r#"{"code":100150}"#),
        ("okta", 401, r#"{"errorCode":"E00000112"}"#),
        ("slack", 200, r#"{"ok":false,"m":{"ok":true}}"#),
        ("slack", 200, r#"{"ok":"true"}"#),
        ("linear", 200, r#"{"errors":[{"path":["email"]}],"data":{"viewer":{"email":null}}}"#),
        ("upstash-redis", 200, r#"{"error":"PONG is not known"}"#),
    ] {
        let answer = judged(check, status, body);
        assert!(is_unsure(&answer), "{check} {body}: {answer:?}");
    }
    for (check, status, body) in [
        ("cloudflare-token", 401, r#"{"errors":[{"code":1000,"message":"Invalid API Token"}]}"#),
        ("facebook", 400, r#"{"error":{"code": 190,"error_subcode":463}}"#),
        ("xai", 200, r#"{"api_key_disabl\u0065d": true}"#),
        ("vercel", 403, r#"{"error":{"code":"forbidden","invalidToken":true}}"#),
        ("github", 401, "{\"message\":\"Bad  credentials\"}"),
    ] {
        assert_eq!(judged(check, status, body).state, State::Dead, "{check} {body}");
    }
    let permitted =
        "The provided key does not have the required permissions for this endpoint on account 'x'.";
    assert_eq!(
        judged("stripe", 403, &format!(r#"{{"error":{{"message":"{permitted}"}}}}"#)).state,
        State::Live
    );
}

#[test]
fn a_session_that_its_user_can_wake_up_is_not_dead() {
    for subcode in [459, 464] {
        let body = format!(r#"{{"error":{{"code":190,"error_subcode":{subcode}}}}}"#);
        assert!(is_unsure(&judged("facebook", 400, &body)), "{subcode}");
    }
}

#[test]
fn a_value_that_a_provider_echoes_in_parts_is_masked() {
    for echoed in [
        "made-up-value 0123456789",
        "MADE-UP-VALUE-0123456789",
        "up-value-0123",
        "Made_Up_Value/0123 456 789",
    ] {
        let answer = judged("github", 200, &format!(r#"{{"login":"of {echoed} end","id":7}}"#));
        let login = answer.owner[0].1.to_ascii_lowercase();
        assert!(login.starts_with("of ") && login.ends_with(" end"), "{login}");
        assert!(!login.contains("value") && !login.contains("0123"), "{echoed}: {login}");
    }
    let scopes = (0..60).map(|n| format!("s{n}")).collect::<Vec<_>>().join(", ");
    let mut response = reply(200, "application/json", b"{}");
    response.headers.push(("x-oauth-scopes".to_owned(), scopes));
    let answer = judged_with("github", &response);
    assert_eq!((answer.scopes.len(), answer.scopes[20].as_str()), (21, "and 40 more"));
}

#[test]
fn an_answer_that_is_cut_is_unsure_where_its_rest_may_decide() {
    let cut = |check| {
        judged_with(
            check,
            &Response { status: 200, is_cut: true, body: b"{".to_vec(), ..Response::default() },
        )
    };
    assert!(matches!(cut("xai").state, State::Unsure(_)));
    assert!(matches!(cut("openai").state, State::Unsure(_)));
}

#[test]
fn identity_and_scopes_are_read_masked_and_made_printable() {
    let body =
        format!("{{\"login\": \"ann\\u001b[2J {}\", \"id\": 7}}", std::str::from_utf8(SECRET).unwrap());
    let headers = vec![("x-oauth-scopes".to_owned(), "repo, read:org".to_owned())];
    let answer =
        judged_with("github", &Response { status: 200, headers, body: body.into_bytes(), is_cut: false });
    assert_eq!(answer.scopes, ["repo", "read:org"]);
    assert_eq!(answer.owner[1], ("id".to_owned(), "7".to_owned()));
    let login = &answer.owner[0].1;
    assert!(
        login.starts_with("ann") && !login.contains('\u{1b}') && !login.contains("0123456789"),
        "{login}"
    );
    let body = "{\"data\":[{\"name\":\"a.example\"}]}";
    assert_eq!(judged("resend", 200, body).owner, [("data.0.name".to_owned(), "a.example".to_owned())]);
    // A dead secret has no owner, and what holds a secret is not read.
    assert!(judged("ibm-cloud", 200, "{\"access_token\":\"x\"}").owner.is_empty());
}

#[test]
fn an_answer_in_xml_tells_whose_a_secret_is_too() {
    let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::210987650021:user/ann</Arn>\
                <UserId>x</UserId><Account>210987650021</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let answer = judged("aws-sts", 200, body);
    assert_eq!(answer.state, State::Live);
    let owner = [("Account", "210987650021"), ("Arn", "arn:aws:iam::210987650021:user/ann")];
    assert_eq!(answer.owner, owner.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let body = "<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>";
    assert_eq!(judged("aws-sts", 403, body).state, State::Dead);
    let body = "<ErrorResponse><Error><Code>SignatureDoesNotMatch</Code></Error></ErrorResponse>";
    assert!(matches!(judged("aws-sts", 403, body).state, State::Unsure(_)));
}

#[test]
fn the_list_of_names_has_each_state() {
    let all = [State::Live, State::Dead, State::Unsure(String::new()), State::NotChecked(String::new())];
    assert_eq!(all.map(|state| state.slug()), State::SLUGS);
}
