//! Every check of the catalogue against a loopback server that answers as the provider documents, and in each way that it
//! may go wrong. The table is the catalogue itself.

use super::vendor::{Received, Reply, Vendor, json};
use serde_json::{Map, Value};
use stanch::rules::{Asks, Condition, Fill, LiveCheck, Signature};
use stanch::secret::Secret;
use stanch::verify::address::Origin;
use stanch::verify::{self, Answer, Client, Given, Options, Proxy, Roots, State, call};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// The bench of one test: what the server answers may be changed between questions.
struct Bench {
    vendor: Vendor,
    reply: Arc<Mutex<Reply>>,
    seconds: u64,
}

impl Bench {
    fn new(seconds: u64) -> Bench {
        let reply = Arc::new(Mutex::new(Reply::Close));
        let of_server = Arc::clone(&reply);
        let vendor = Vendor::start(move |_| of_server.lock().unwrap().clone());
        Bench { vendor, reply, seconds }
    }

    fn ask(&self, check: &LiveCheck, reply: Reply) -> Answer {
        *self.reply.lock().unwrap() = reply;
        self.asked(check)
    }

    /// Each time with a client of its own: one remembers the hosts that said "too many requests".
    fn asked(&self, check: &LiveCheck) -> Answer {
        asked_by(&client(&self.vendor, self.seconds), check)
    }
}

fn asked_by(client: &Client, check: &LiveCheck) -> Answer {
    with_given(check, |given| verify::check(client, check, given))
}

fn client(vendor: &Vendor, seconds: u64) -> Client {
    let options = Options {
        proxy: Proxy::At(vendor.url()),
        roots: Roots::Only(vec![vendor.authority()]),
        private: false,
        seconds,
        per_second: 10_000,
    };
    Client::new(&options).unwrap()
}

/// A made-up value for a check; some are addresses, or have parts.
fn value(check: &LiveCheck) -> String {
    match check.hosts.first() {
        Some(host) => format!("https://{host}/api/webhooks/1/made-up-0123456789"),
        None => "tskey-made.up0123456789-us6".to_owned(),
    }
}

fn with_given<T>(check: &LiveCheck, run: impl FnOnce(&Given<'_>) -> T) -> T {
    let secret = Secret::new(value(check).as_bytes());
    let revocation = check.revoke.as_ref().map(|r| &r.fill);
    let words = check.fill.keys().chain(revocation.into_iter().flat_map(|fill| fill.keys()));
    let with: BTreeMap<String, String> = words.map(|word| (word.clone(), "given0".to_owned())).collect();
    let origin = Origin::parse("https://own.example", false).unwrap();
    let fills = check.revoke.iter().map(|r| &r.fill).chain([&check.fill]);
    let needs_host = fills.into_iter().flat_map(|fill| fill.values()).any(|fill| *fill == Fill::Host);
    run(&Given {
        secret: &secret,
        pair: None,
        with: &with,
        origin: needs_host.then_some(&origin),
        // What only a file names is asked about in doubt.rs.
        is_of_host: needs_host,
        now: jiff::Timestamp::UNIX_EPOCH,
    })
}

/// An answer for which a condition holds, with every field that tells whose it is. The server echoes the value too.
fn answer_for(check: &LiveCheck, condition: &Condition) -> Reply {
    let mut body = Value::Object(Map::new());
    let echoed = Value::from(format!("of-{} {}", check.id, value(check)));
    for name in check.owner.iter().chain(&check.scopes) {
        put(&mut body, &name.split('.').collect::<Vec<_>>(), &echoed);
    }
    if check.sign == Some(Signature::AwsV4) {
        let fields: String =
            check.owner.iter().map(|name| format!("<{name}>of-{0}</{name}>", check.id)).collect();
        let code = match condition.asks() {
            Asks::Words(words) => format!("<Code>{words}</Code>"),
            _ => String::new(),
        };
        let body = format!("<Response>{fields}{code}</Response>");
        return Reply::Plain(condition.status, "Content-Type: text/xml\r\n".to_owned(), body);
    }
    match condition.asks() {
        Asks::Status => {}
        Asks::Empty => return json(condition.status, ""),
        Asks::Field(path, value) => {
            put(&mut body, &path.split('.').collect::<Vec<_>>(), &value.unwrap_or(echoed));
        }
        Asks::Words("true") => return json(condition.status, "true"),
        Asks::Words(words) => {
            let words = Value::from(format!("{words}."));
            match &mut body {
                Value::Array(list) => list.push(words),
                body => put(body, &["note"], &words),
            }
        }
    }
    json(condition.status, &body.to_string().replace("\":", "\" : "))
}

fn put(at: &mut Value, path: &[&str], value: &Value) {
    let [first, rest @ ..] = path else {
        *at = value.clone();
        return;
    };
    if let Ok(index) = first.parse::<usize>() {
        if !at.is_array() {
            *at = Value::Array(Vec::new());
        }
        let list = at.as_array_mut().unwrap();
        while list.len() <= index {
            list.push(Value::Object(Map::new()));
        }
        put(&mut list[index], rest, value);
    } else {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let map = at.as_object_mut().unwrap();
        put(map.entry((*first).to_owned()).or_insert(Value::Object(Map::new())), rest, value);
    }
}

/// What a check says of a status without a known text.
fn of_status(check: &LiveCheck, status: u16) -> &'static str {
    let alone = |list: &[Condition]| list.iter().any(|c| c.status == status && c.text.is_empty());
    match (alone(&check.live), alone(&check.dead)) {
        (true, false) => "live",
        (false, true) => "dead",
        _ => "unsure",
    }
}

/// Nothing that a provider echoes of the value comes out.
fn shows_nothing(check: &LiveCheck, answer: &Answer) {
    assert!(!format!("{answer:?}").contains("0123456789"), "{}: {answer:?}", check.id);
}

#[test]
fn each_check_reads_what_its_provider_documents_as_live_and_as_dead() {
    let bench = Bench::new(20);
    let mut asked = 0;
    for check in LiveCheck::asked() {
        for condition in &check.live {
            let answer = bench.ask(check, answer_for(check, condition));
            assert_eq!(answer.state, State::Live, "{}: {condition:?}", check.id);
            shows_nothing(check, &answer);
            let tells = !check.secret_answer;
            let fields: Vec<&str> = answer.owner.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(
                fields,
                if tells { check.owner.iter().map(String::as_str).collect() } else { vec![] },
                "{}",
                check.id
            );
            asked += bench.vendor.received().len();
        }
        for condition in &check.dead {
            let answer = bench.ask(check, answer_for(check, condition));
            assert_eq!(answer.state, State::Dead, "{}: {condition:?}", check.id);
            assert!(answer.owner.is_empty() && answer.scopes.is_empty());
            let received = bench.vendor.received();
            assert_eq!(received.len(), check.urls.len(), "{}: dead only if each address says so", check.id);
            asked += received.len();
        }
        for condition in &check.dead_at_own {
            bench.ask(check, answer_for(check, condition));
            let client = client(&bench.vendor, 20);
            let state = |is_of_host| {
                let at = |given: &Given<'_>| verify::check(&client, check, &Given { is_of_host, ..*given });
                with_given(check, at).state
            };
            assert!(matches!(state(false), State::Unsure(_)), "{}: it may be of another host", check.id);
            assert_eq!(state(true), State::Dead, "{}: {condition:?}", check.id);
            asked += bench.vendor.received().len();
        }
        for condition in &check.unsure {
            let answer = bench.ask(check, answer_for(check, condition));
            assert!(matches!(answer.state, State::Unsure(_)), "{}: {condition:?}: {answer:?}", check.id);
            asked += bench.vendor.received().len();
        }
    }
    assert!(asked > 330, "{asked}");
}

#[test]
fn each_request_goes_to_the_checks_own_host_and_holds_the_value_where_it_belongs() {
    let bench = Bench::new(20);
    for check in LiveCheck::asked() {
        bench.ask(check, json(500, "{}"));
        let received = bench.vendor.received();
        let hosts: Vec<String> = check.urls.iter().map(|url| host_of(check, url)).collect();
        assert_eq!(received.iter().map(|r| r.host.clone()).collect::<Vec<_>>(), hosts, "{}", check.id);
        for Received { head, body, .. } in &received {
            assert!(head.starts_with(&format!("{} /", check.method)), "{}: {head}", check.id);
            assert!(head.contains(&format!("user-agent: stanch/{} ", env!("CARGO_PKG_VERSION"))), "{head}");
            // No header but those that docs/verify.md lists.
            let named = check.headers.iter().map(|h| h.split(": ").next().unwrap().to_ascii_lowercase());
            let known = ["host", "accept", "user-agent", "content-length", "content-type", "authorization"];
            let signed = ["x-amz-date", "x-ovh-timestamp", "x-ovh-signature"];
            let known: Vec<String> =
                known.into_iter().chain(signed).map(str::to_owned).chain(named).collect();
            for line in head.lines().skip(1) {
                let name = line.split(':').next().unwrap().to_ascii_lowercase();
                assert!(known.contains(&name), "{}: {name} is sent too", check.id);
            }
            let basic = head.lines().find_map(|l| l.strip_prefix("authorization: Basic "));
            let basic = basic
                .map(|b| String::from_utf8(data_encoding::BASE64.decode(b.as_bytes()).unwrap()).unwrap());
            let sent = format!("{head}{body}{}", basic.unwrap_or_default());
            let holds = sent.contains("0123456789");
            assert_eq!(holds, check.sends_value(), "{}: {sent}", check.id);
            assert!(!sent.contains("{secret}"), "{}", check.id);
        }
    }
}

fn host_of(check: &LiveCheck, url: &str) -> String {
    if let Some(host) = check.hosts.first() {
        return host.clone();
    }
    let rest = url.strip_prefix("https://").unwrap_or(url);
    let host = rest.split('/').next().unwrap();
    let mut named = host.to_owned();
    for (word, fill) in check.fill.iter().filter(|(word, _)| host.contains(word.as_str())) {
        match fill {
            Fill::Host => return "own.example".to_owned(),
            Fill::After(_) => named = named.replace(word, "us6"),
            _ => named = named.replace(word, "given0"),
        }
    }
    named
}

#[test]
fn what_goes_wrong_is_never_called_dead_and_never_live() {
    let bench = Bench::new(20);
    let page = "<!DOCTYPE html><html><body>Sign in to the network</body></html>";
    for check in LiveCheck::asked() {
        for (what, reply, expected) in [
            ("a missing scope", json(403, "{\"message\":\"Forbidden\"}"), of_status(check, 403)),
            ("a refusal", json(401, "{}"), of_status(check, 401)),
            ("a limit", json(429, "{}"), "unsure"),
            ("a fault", json(500, "{}"), "unsure"),
            ("maintenance", json(503, page), "unsure"),
            (
                "a page in between",
                Reply::Plain(200, "Content-Type: text/html\r\n".into(), page.into()),
                "unsure",
            ),
            (
                "a wall in front of the provider",
                Reply::Plain(403, "Content-Type: text/html\r\n".into(), page.into()),
                "unsure",
            ),
            (
                "a wall that asks who is there",
                Reply::Plain(401, "Content-Type: text/html\r\n".into(), page.into()),
                "unsure",
            ),
            (
                "a redirect",
                Reply::Plain(302, "Location: https://evil.example/\r\n".into(), String::new()),
                "unsure",
            ),
            (
                "a lasting redirect",
                Reply::Plain(308, "Location: https://evil.example/\r\n".into(), String::new()),
                "unsure",
            ),
            ("a closed connection", Reply::Close, "unsure"),
            ("no HTTP", Reply::Raw(b"SSH-2.0-x\r\n\r\n"), "unsure"),
        ] {
            let answer = bench.ask(check, reply);
            assert_eq!(answer.state.slug(), expected, "{}: {what}: {answer:?}", check.id);
            if let State::Unsure(why) = &answer.state {
                assert!(why.len() > 8 && !why.contains("0123456789"), "{}: {what}: {why}", check.id);
            }
            let elsewhere = bench.vendor.received().into_iter().find(|r| r.host == "evil.example");
            assert!(elsewhere.is_none(), "{}: {what} was followed", check.id);
        }
    }
}

#[test]
fn a_huge_answer_is_read_to_its_limit_and_a_slow_one_is_not_waited_for() {
    let bench = Bench::new(20);
    for check in LiveCheck::asked() {
        let answer = bench.ask(check, Reply::Huge(200, 8 << 20));
        assert_eq!(answer.state.slug(), "unsure", "{}: {answer:?}", check.id);
    }
    let bench = Bench::new(1);
    *bench.reply.lock().unwrap() = Reply::Slow(Duration::from_secs(8));
    std::thread::scope(|scope| {
        for check in LiveCheck::asked().filter(|c| c.urls.len() == 1) {
            scope.spawn(|| {
                let answer = bench.asked(check);
                assert_eq!(answer.state, State::Unsure("no answer in time".into()), "{}", check.id);
            });
        }
    });
}

#[test]
fn each_revocation_is_one_documented_call_and_is_done_only_as_documented() {
    let bench = Bench::new(20);
    let mut known = 0;
    for check in LiveCheck::all() {
        let Some(revocation) = &check.revoke else { continue };
        known += 1;
        let run = |reply: Reply| {
            *bench.reply.lock().unwrap() = reply;
            with_given(check, |given| {
                let requests = call::of_revocation(check, revocation, given).unwrap();
                verify::revoke(&client(&bench.vendor, 20), check, revocation, &requests)
            })
        };
        for condition in &revocation.done {
            assert_eq!(run(answer_for(check, condition)), verify::Revoked::Done, "{}", check.id);
            let received = bench.vendor.received();
            assert_eq!(received.len(), revocation.urls.len(), "{}", check.id);
            for r in &received {
                assert!(
                    r.line().starts_with(&format!("{} /", revocation.method)),
                    "{}: {}",
                    check.id,
                    r.line()
                );
            }
        }
        for reply in [
            json(401, "{}"),
            json(404, "{}"),
            json(500, "{}"),
            Reply::Close,
            Reply::Plain(302, "Location: https://evil.example/\r\n".into(), String::new()),
        ] {
            let revoked = run(reply.clone());
            // AWS answers in XML alone.
            let is_aws = check.sign == Some(Signature::AwsV4);
            let is_refused = matches!(reply, Reply::Plain(400..=499, ..)) && !is_aws;
            let (why, is_right) = match &revoked {
                verify::Revoked::Done => panic!("{}: {reply:?}", check.id),
                verify::Revoked::Refused(why) => (why, is_refused),
                verify::Revoked::Unknown(why) => (why, !is_refused),
            };
            assert!(is_right && !why.contains("0123456789"), "{}: {reply:?}: {revoked:?}", check.id);
            assert!(bench.vendor.received().iter().all(|r| r.host != "evil.example"), "{}", check.id);
        }
        for rule in &revocation.not {
            assert!(check.rules.contains(rule) && LiveCheck::ends(rule).is_none(), "{}: {rule}", check.id);
        }
    }
    assert!(known >= 36, "{known}");
}

/// A host that says "too many requests" is not asked again by the same client: neither about another secret nor by another
/// check.
#[test]
fn a_host_that_says_too_many_requests_is_not_asked_again() {
    let vendor = Vendor::start(|r| match r.host.as_str() {
        "api.github.com" => json(429, "{}"),
        "api.openai.com" => json(429, "{\"error\":{\"code\":\"insufficient_quota\"}}"),
        _ => json(401, "{}"),
    });
    let client = client(&vendor, 20);
    let states = |rule: &str| asked_by(&client, LiveCheck::of(rule).unwrap()).state;
    assert!(matches!(states("github-pat-classic"), State::Unsure(why) if why.contains("429")));
    assert_eq!(vendor.received().len(), 1);
    for rule in ["github-pat-classic", "github-app-installation-token"] {
        let State::NotChecked(why) = states(rule) else { panic!("{rule}") };
        assert_eq!(why, "api.github.com said too many requests");
    }
    assert_eq!(vendor.received().len(), 0, "nothing more was sent");
    // What a check counts as live by its text limits nobody, and another host is asked.
    for _ in 0..2 {
        assert_eq!(states("openai-project-api-key"), State::Live);
    }
    assert_eq!(states("digitalocean-personal-access-token"), State::Dead);
    assert_eq!(vendor.received().len(), 3);
}

/// One of several addresses that is not asked leaves the answer open, and is not called "not asked".
#[test]
fn an_address_that_is_not_asked_leaves_the_answer_open() {
    let vendor = Vendor::start(|r| match r.host.as_str() {
        "api.eu.pagerduty.com" => json(429, "{}"),
        _ => json(401, "{}"),
    });
    let client = client(&vendor, 20);
    let check = LiveCheck::of("pagerduty-api-key").unwrap();
    assert!(matches!(asked_by(&client, check).state, State::Unsure(why) if why.contains("429")));
    let again = asked_by(&client, check).state;
    assert_eq!(again, State::Unsure("api.eu.pagerduty.com said too many requests".into()));
    assert_eq!(vendor.received().len(), 3);
}

/// The pause is a lower bound: no machine is fast enough to break it.
#[test]
fn a_host_is_asked_so_often_a_second_and_no_more() {
    let vendor = Vendor::start(|_| json(500, "{}"));
    let options = Options {
        proxy: Proxy::At(vendor.url()),
        roots: Roots::Only(vec![vendor.authority()]),
        private: false,
        seconds: 20,
        per_second: 5,
    };
    let client = Client::new(&options).unwrap();
    let check = LiveCheck::of("github-pat-classic").unwrap();
    let start = std::time::Instant::now();
    for _ in 0..4 {
        asked_by(&client, check);
    }
    assert!(start.elapsed() >= Duration::from_millis(600), "{:?}", start.elapsed());
    assert_eq!(vendor.received().len(), 4);
}

#[test]
fn a_certificate_of_nobody_known_is_refused() {
    let vendor = Vendor::start(|_| json(200, "{}"));
    let options = Options {
        proxy: Proxy::At(vendor.url()),
        roots: Roots::Only(vec![Vendor::start(|_| Reply::Close).authority()]),
        seconds: 20,
        per_second: 10_000,
        private: false,
    };
    let client = Client::new(&options).unwrap();
    let check = LiveCheck::of("github-pat-classic").unwrap();
    let answer = asked_by(&client, check);
    assert!(matches!(&answer.state, State::Unsure(why) if why.starts_with("TLS failed")), "{answer:?}");
    assert!(vendor.received().is_empty(), "nothing was sent");
}
