//! Proxies that cannot be used, networks that are not there, and hosts that say nothing.

use super::vendor::{Reply, Vendor, json};
use super::{blocked, github, live_github};
use crate::managers::on_a_terminal;
use crate::support::{STANCH, Sandbox, secret};
use stanch::rules::LiveCheck;
use stanch::secret::Secret;
use stanch::verify::address::Origin;
use stanch::verify::{self, Client, Given, Options, Proxy, Roots, State};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// A server that takes a connection, and sends one byte of its answer in each of these pauses.
fn dripping(answer: &'static [u8], pause: Duration) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut head = [0; 4096];
                let _ = stream.read(&mut head);
                for byte in answer.iter().cycle() {
                    if stream.write_all(&[*byte]).is_err() {
                        return;
                    }
                    std::thread::sleep(pause);
                }
            });
        }
    });
    url
}

fn client(proxy: &str) -> Client {
    let options = Options {
        proxy: Proxy::At(proxy.to_owned()),
        roots: Roots::Only(Vec::new()),
        private: false,
        seconds: 1,
        per_second: 10_000,
    };
    Client::new(&options).unwrap()
}

fn ask(client: &Client) -> State {
    let (secret, with) = (Secret::new(b"made-up-value-0123456789"), BTreeMap::new());
    let now = jiff::Timestamp::UNIX_EPOCH;
    let given = Given { secret: &secret, pair: None, with: &with, origin: None, is_of_host: false, now };
    verify::check(client, LiveCheck::of("github-pat-classic").unwrap(), &given).state
}

#[test]
fn a_proxy_that_drips_is_not_waited_for_and_a_silent_host_is_left_alone() {
    let client = client(&dripping(b"HTTP/1.1 200 OK\r\nX: ", Duration::from_millis(300)));
    let start = Instant::now();
    for _ in 0..2 {
        assert_eq!(ask(&client), State::Unsure("no answer in time".into()));
    }
    let State::NotChecked(why) = ask(&client) else { panic!("it was asked a third time") };
    assert_eq!(why, "api.github.com gave no answer in time, twice");
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_proxy_that_is_set_and_cannot_be_used_is_an_error() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(81)).env("HTTPS_PROXY", "");
    for (name, value, what) in [
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "names a SOCKS proxy"),
        ("HTTPS_PROXY", "http://user:made-up-0123@", "cannot be read"),
        ("http_proxy", "ftp://127.0.0.1", "cannot be read"),
    ] {
        let run = s.env(name, value).stanch(["verify", "--yes"]);
        run.could_not_check(what);
        assert!(run.stderr.contains(name) && !run.stderr.contains("0123"), "{run:#?}");
    }
    assert_eq!(vendor.received().len(), 0);
}

/// No resolver is asked outside of this machine: a part of a name has 63 characters at most.
#[test]
fn a_name_that_cannot_be_looked_up_says_nothing_of_the_key() {
    let vendor = Vendor::start(|_| json(200, "{}"));
    let name = format!("{}.example", "x".repeat(64));
    let s = blocked(&vendor, &github(82)).env("HTTPS_PROXY", &format!("http://{name}:3128"));
    let run = s.stanch(["verify", "--yes"]);
    assert_eq!(run.code, 2, "{run:#?}");
    let said = format!("the name {name} cannot be looked up; nothing is known of the key");
    assert!(run.stdout.contains(&said), "{run:#?}");
    assert!(run.stdout.contains("If unsure, revoke it"), "{run:#?}");
    // A note about an answer comes with one only.
    assert!(!run.stdout.contains("Enterprise Server"), "{run:#?}");
}

#[test]
fn a_host_that_no_proxy_names_is_reached_without_the_proxy() {
    let vendor = Vendor::start(|_| json(200, "{\"data\":{\"display_name\":\"root\"}}"));
    let proxy = Vendor::start(live_github);
    let s = blocked(&vendor, &github(83)).env("HTTPS_PROXY", &proxy.url());
    s.write("vault.env", format!("VAULT_TOKEN={}\n", secret("hvs.${base64url:92}", 83)));
    let own = format!("vault={}", vendor.url().replace("http://127.0.0.1", "https://localhost"));
    let verify =
        |s: &Sandbox| s.stanch(["verify", "--yes", "--fresh", "--private", "--host", &own, "vault.env"]);
    // Another host is named: the proxy is asked, whose certificate nobody here trusts.
    let run = verify(&s.env("NO_PROXY", "example.com"));
    assert!(run.code == 2 && run.stdout.contains("TLS failed"), "{run:#?}");
    for name in ["NO_PROXY", "no_proxy"] {
        let run = verify(&s.env(name, "example.com,localhost"));
        assert!(run.code == 1 && run.stdout.contains("display_name root"), "{name}: {run:#?}");
    }
    assert_eq!((vendor.received().len(), proxy.received().len()), (2, 0));
}

#[cfg(unix)]
#[test]
fn an_interrupt_keeps_the_answers_so_far() {
    let asked = AtomicUsize::new(0);
    let vendor = Vendor::start(move |r| match asked.fetch_add(1, Ordering::Relaxed) {
        1 => Reply::Slow(Duration::from_secs(30)),
        _ => live_github(r),
    });
    let s = blocked(&vendor, &github(84));
    s.write("two.env", format!("A={}\nB={}\n", github(84), github(85)));
    let mut command = s.command(STANCH);
    command.args(["verify", "--yes", "two.env"]).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut all = Vec::new();
    while all.len() < 2 {
        assert!(child.try_wait().unwrap().is_none(), "it ended after {all:?}");
        std::thread::sleep(Duration::from_millis(20));
        all.extend(vendor.received());
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert!(!child.wait().unwrap().success());
    // The one that was answered is not asked about again.
    let run = s.stanch(["verify", "--yes", "two.env"]);
    assert_eq!(run.stdout.matches("LIVE").count(), 2, "{run:#?}");
    let again = vendor.received();
    assert_eq!(again.len(), 1, "{again:?}");
    assert_eq!(again[0].head, all[1].head);
}

#[test]
fn progress_is_shown_on_a_terminal() {
    let vendor = Vendor::start(live_github);
    let s = blocked(&vendor, &github(86));
    s.write("two.env", format!("A={}\nB={}\n", github(86), github(87)));
    let command = format!("TERM=xterm; export TERM; stty cols 80 rows 24; {STANCH} verify --yes two.env");
    let Some(run) = on_a_terminal(&s, &command) else { return };
    assert!(run.code == 1 && run.stdout.contains("/2 secrets asked about"), "{run:#?}");
    let run = s.stanch(["verify", "--yes", "--fresh", "two.env"]);
    assert!(run.code == 1 && !run.stderr.contains("secrets asked about"), "{run:#?}");
}

#[test]
fn a_name_that_leads_to_a_private_address_is_not_connected_to() {
    let vendor = Vendor::start(|_| json(200, "{}"));
    let options = Options {
        proxy: Proxy::None,
        roots: Roots::Only(Vec::new()),
        private: false,
        seconds: 5,
        per_second: 10,
    };
    let client = Client::new(&options).unwrap();
    let port = vendor.url().rsplit(':').next().unwrap().to_owned();
    let own = Origin::parse(&format!("https://localhost:{port}"), true).unwrap();
    let (secret, with) = (Secret::new(b"made-up-value-0123456789"), BTreeMap::new());
    let now = jiff::Timestamp::UNIX_EPOCH;
    let given = Given { secret: &secret, pair: None, with: &with, origin: Some(&own), is_of_host: true, now };
    let check = LiveCheck::all().iter().find(|check| check.id == "vault").unwrap();
    let State::Unsure(why) = verify::check(&client, check, &given).state else { panic!("it was reached") };
    assert!(why.contains("private or link-local address"), "{why}");
    assert_eq!(vendor.received().len(), 0);
}
