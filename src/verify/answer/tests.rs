use super::*;
use crate::secret::Secret;
use jiff::Timestamp;
use std::collections::BTreeMap;

const SECRET: &[u8] = b"made-up-value-0123456789";

fn judged(check: &str, status: u16, body: &str) -> Answer {
    judged_with(check, &Response { status, body: body.as_bytes().to_vec(), ..Response::default() })
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
fn the_log_in_page_of_a_network_is_not_the_provider() {
    for page in ["<html><body>Welcome to the hotel", "\n<!DOCTYPE html><title>Proxy</title>"] {
        assert!(matches!(judged("openai", 200, page).state, State::Unsure(_)), "{page}");
    }
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
    assert_eq!(cut("openai").state, State::Live);
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
    let body = "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ann</Arn>\
                <UserId>x</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    let answer = judged("aws-sts", 200, body);
    assert_eq!(answer.state, State::Live);
    let owner = [("Account", "123456789012"), ("Arn", "arn:aws:iam::123456789012:user/ann")];
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
