use super::*;
use proptest::prelude::*;

/// Everything that is sent, each with its role, and whether it is sent to Acme.
fn sent(text: &str) -> Vec<(CredentialRole, String, bool)> {
    let text = text.as_bytes();
    let all = Requests::of(text, 0..text.len()).all.into_iter();
    let each = |r: Request| -> Vec<_> {
        let acme = r.names(text, &["acme"]);
        r.sent
            .into_iter()
            .map(|s| (s.role, s.decoded.unwrap_or_else(|| text[s.place].to_vec()), acme))
            .collect()
    };
    let plain = |(role, value, acme)| (role, String::from_utf8(value).unwrap(), acme);
    all.flat_map(each).filter(|s| !s.1.is_empty()).map(plain).collect()
}

/// A word as long as a key.
const LONG: &str = "a-long-word-or-two";

#[test]
fn a_user_and_a_password_are_recognised_by_their_place_in_a_command() {
    for text in [
        "curl -u id:LONG https://api.acme.com/v3",
        "curl -uid:LONG https://api.acme.com/v3",
        "curl -sSu id:LONG api.acme.com",
        "curl -X POST --user \"id:LONG\" https://api.acme.com",
        "curl --user=id:LONG --url https://api.acme.com",
        "curl -u id:'LONG' https://api.acme.com",
        "curl -u id:LONG \\\n  -H 'a: b' \\\n  https://api.acme.com/v3",
        "curl https://api.acme.com/v3 \\\r\n  -u id:LONG",
        "curl.exe `\r\n  -u \"id:LONG\" `\r\n  https://api.acme.com/v3",
        "curl ^\n  -u id:LONG ^\n  https://api.acme.com/v3",
        "$(curl -s https://api.acme.com -u id:LONG)",
        "[\"curl\", \"-u\", \"id:LONG\", \"https://api.acme.com\"]",
        "wget --user id --password LONG https://api.acme.com",
        "wget --http-user=id --http-password='LONG' https://api.acme.com",
        "http -a id:LONG POST https://api.acme.com name=x",
        "https --auth id:LONG api.acme.com/v1",
        "curl -u id:LONG $ACME_URL/v3",
        "curl -u id:LONG \"https://${ACME_HOST}/v3\"",
        "url = https://id:LONG@api.acme.com/v3",
    ] {
        let found = sent(&text.replace("LONG", LONG));
        let want = [
            (CredentialRole::User, "id".to_owned(), true),
            (CredentialRole::Password, LONG.to_owned(), true),
        ];
        assert_eq!(found, want, "{text}");
    }
}

#[test]
fn a_key_without_a_password_stands_alone() {
    for text in [
        "curl -u LONG: https://api.acme.com",
        "curl -u LONG https://api.acme.com",
        "curl --oauth2-bearer LONG https://api.acme.com",
        "git clone https://LONG@api.acme.com/a.git",
    ] {
        assert_eq!(
            sent(&text.replace("LONG", LONG)),
            [(CredentialRole::Alone, LONG.to_owned(), true)],
            "{text}"
        );
    }
    let words =
        [(CredentialRole::Alone, LONG.to_owned(), true), (CredentialRole::Password, "x".to_owned(), true)];
    assert_eq!(sent(&format!("curl -u {LONG}:x https://api.acme.com")), words);
}

#[test]
fn the_base64_of_basic_is_read() {
    let basic = |said: &str| {
        let encoded = data_encoding::BASE64.encode(said.as_bytes());
        sent(&format!("curl -H 'Authorization: Basic {encoded}' https://api.acme.com"))
    };
    assert_eq!(basic(&format!("id:{LONG}")), [(CredentialRole::Password, LONG.to_owned(), true)]);
    assert_eq!(basic(&format!("{LONG}:")), [(CredentialRole::Alone, LONG.to_owned(), true)]);
    assert_eq!(basic(LONG), []);
}

#[test]
fn another_host_and_other_words_of_a_command_lead_nowhere() {
    for text in [
        "curl -u id:LONG https://repo.internal/acme",
        "curl -u id:LONG https://acme.repo.herokuapp.com/",
        "curl -u id:LONG -x proxy.acme.com:80 https://repo.internal",
        "curl -u id:LONG -o acme.com https://repo.internal",
        "curl -u id:LONG -e https://acme.com https://repo.internal",
        "curl -u id:LONG https://repo.internal # acme.com",
        "curl -u id:LONG https://repo.internal; curl https://api.acme.com",
        "curl -u id:LONG https://acmeish.com",
        "curl -u id:LONG https://repo.acme",
        "https://id:LONG@repo.internal https://api.acme.com",
    ] {
        let found = sent(&text.replace("LONG", LONG));
        assert_eq!(found.len(), 2, "{text}");
        assert!(found.iter().all(|s| !s.2), "{text}");
    }
    for text in
        ["docker run -u id:LONG acme.com", "sort -u id:LONG", "mycurl -u id:LONG https://api.acme.com"]
    {
        assert_eq!(sent(&text.replace("LONG", LONG)), [], "{text}");
    }
}

#[test]
fn a_host_is_recognised_by_its_labels() {
    for (host, word, is) in [
        ("api.mailjet.com", "mailjet", true),
        ("in-v3.mailjet.com", "mailjet", true),
        ("track.customer.io", "customer_io", true),
        ("my.openai.azure.com", "openai.azure", true),
        ("api.datadoghq.com", "datadog", true),
        ("api.travis-ci.com", "travis", true),
        ("mailjet-proxy.acme.com", "mailjet", true),
        ("notmailjet.com", "mailjet", false),
        ("api.boxcar.com", "box", false),
        ("foo.sk", "sk_", false),
        ("mail.jet.sk", "jet.sk.x", false),
        ("a.eu-west-1.amazonaws.com", "amazon", false),
        ("$MAILJET_URL", "mailjet", true),
        ("localhost", "localhost", false),
    ] {
        assert_eq!(is_of(host.as_bytes(), &[word]), is, "{host} {word}");
    }
}

#[test]
fn a_parameter_belongs_to_the_url_before_it() {
    let host = |text: &str, name: &str| {
        queried(text.as_bytes(), text.find(name).unwrap()).map(|h| text[h].to_owned())
    };
    assert_eq!(host("get('https://api.acme.com/a?b=c&key=v')", "key="), Some("api.acme.com".to_owned()));
    assert_eq!(host("get('https://u:p@api.acme.com?key=v')", "key="), Some("api.acme.com".to_owned()));
    assert_eq!(host("get('https://api.acme.com') ?key=v", "key="), None);
    assert_eq!(host("a key=v", "key="), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::test_support::tries(300)))]

    #[test]
    fn any_bytes_are_safe(
        parts in prop::collection::vec(
            prop_oneof![
                prop::sample::select(vec![
                    "curl ", "wget ", "http ", "-u ", "-su", "--user=", "--password ", "a:b", "https://", "@", "$A", "${",
                    "api.acme.com", "/", "\\\n", "'", "\"", " ", ":", "Basic ", "YTpiYg==", "?key=", "\n",
                ]).prop_map(|s| s.as_bytes().to_vec()),
                prop::collection::vec(any::<u8>(), 0..4),
            ],
            0..24,
        )
    ) {
        let text = parts.concat();
        for request in Requests::of(&text, 0..text.len()).all {
            request.names(&text, &["acme"]);
            request.is_foreign(&text, &["acme"]);
            for sent in request.sent {
                prop_assert!(text.get(sent.place).is_some());
            }
        }
        for i in 0..text.len() {
            queried(&text, i);
        }
        hosts(&text, 0..text.len());
    }
}

proptest! {
    #[test]
    fn the_request_of_a_place_is_the_first_that_holds_it(
        ranges in prop::collection::vec((0usize..40, 0usize..20), 0..12),
    ) {
        let request = |(start, length): (usize, usize)| Request { at: start..start + length, to: vec![], sent: vec![] };
        let all: Vec<_> = ranges.into_iter().map(request).collect();
        let requests = Requests { all, covers: OnceCell::new() };
        for place in 0..64 {
            let plain = requests.all.iter().position(|r| r.at.contains(&place));
            prop_assert_eq!(requests.index(place), plain, "{}", place);
        }
    }
}
