//! Proxies that cannot be used, networks that are not there, and hosts that say nothing.

use super::vendor::{Vendor, json};
use super::{blocked, github, live_github};
use stanch::rules::LiveCheck;
use stanch::secret::Secret;
use stanch::verify::{self, Client, Given, Options, Proxy, Roots, State};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpListener;
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
