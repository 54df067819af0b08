//! `explain` and `rules`: the pages about kinds of secrets.

use crate::report_message::rules;
use crate::support::Sandbox;
use snapbox::{assert_data_eq, str};
use stanch::report::explain::{self, Ask};
use stanch::report::snippets::{Store, Target};
use stanch::report::{Terminal, catalogue};
use stanch::rules::RuleSet;
use stanch::scan::template;

fn look() -> Terminal {
    Terminal { width: 100, unicode: true, limit: 5, prefix: Vec::new() }
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn the_page_has_every_part_in_the_order_of_need() {
    let rule = rules().get("klaviyo-private-api-key").unwrap();
    let ask = Ask { target: Target::named("py"), store: Store::named("vault"), place: None, all: false };
    assert_data_eq!(
        plain(&explain::text(&explain::sheet(rule, &ask), &look())),
        str![[r#"
Klaviyo private API key

What it is
  Klaviyo private API key is an API key: a program sends it with each call, and anyone who
  sends it gets access.
  It is known by its form. Severity high, confidence high. Rule: klaviyo-private-api-key.
  Programs usually read it from KLAVIYO_API_KEY.
  The six-character public API key (site ID) belongs there; whatever starts with pk_ is
  private at Klaviyo.
  Scopes for each API: none, read or full. No end date.

What a holder can do
  Whoever holds it can call Klaviyo's interface in your name: read and change what the key
  may, and run up what that costs.

Why such secrets leak
  - It was pasted into the code for a first try, and the first try was committed.
  - A .env file, a notebook's output or a recorded test was committed with the rest.
  - It was put into a script that browsers load, or printed to a build's log.

Contained or leaked?
  - Only staged, or in a commit that was never pushed: contained, as long as this machine
    and its backups are. Take it out of the commit; a new commit on top leaves it in the
    history.
  - Pushed to a private repository: leaked to everyone with read access, and to its forks,
    build machines and backups. Rotate it.
  - Pushed to a public one: taken as known to strangers; such repositories are watched.
    Revoke first. Rewriting history takes it from new clones and from nobody who has it.
  - In a log, a ticket, a chat or a page that browsers load: leaked to whoever can read
    that. Rotate it.

Step by step
  Two can live at once: create, deploy, then delete.
  1. Check for abuse
     Developer tools, API activity dashboard and API logs. Look for profiles or lists read
     in bulk, new campaigns, and endpoints that your integrations never call.
     https://developers.klaviyo.com/en/docs/monitor_api_usage   where use of it shows
     If someone else uses it, revoke it now and accept the outage.
  2. Make a new one
     - Settings, API keys, Create Private API Key
     - Name it after the integration that uses it, and choose Custom scopes
     - Copy the value at once into a secrets manager
  3. Give it to every user of the old one
     git grep -n KLAVIYO_API_KEY   # who reads it here
     Then build machines, deployments, other repositories, colleagues' machines.
  4. Revoke the old one
     https://www.klaviyo.com/settings/account/api-keys   where it is revoked
     - Sign in as Owner or Admin
     - Open the organisation's Settings, then API keys
     - Find the key by its name: the value is never shown again, so match name, scope and
       creation date
     - Create and deploy the replacement first, unless the key is being abused already
     - Hover over the exposed key and click Delete: no confirmation is asked
  5. Monitor
     Watch that log for some days: calls with the old one are the users you missed, or
     someone else.

What will stop, and how to find it
  Only integrations that send this private key stop; on-site tracking goes on, because
  klaviyo.js uses the public key.
  git grep -n KLAVIYO_API_KEY   # its users in this repository
  git log --oneline --all -GKLAVIYO_API_KEY   # commits that touched them
  stanch scan   # other copies of it in this tree

Where it belongs
  From HashiCorp Vault (KV version 2) or OpenBao, in python:

    # pip install hvac
    import hvac

    # Address and token from VAULT_ADDR and VAULT_TOKEN; prefer a role of the platform to a token.
    client = hvac.Client()
    secret = client.secrets.kv.v2.read_secret_version(
        mount_point="secret", path="klaviyo", raise_on_deleted_version=True
    )
    klaviyo_api_key = secret["data"]["data"]["KLAVIYO_API_KEY"]

  - The HTTP path and policies have /data/ after the mount; the CLI and most helpers add
    it by themselves.
  - The answer has data twice: data.data.NAME.
  - Tokens expire: prefer a log-in of the platform (Kubernetes, AppRole, OIDC) and log in
    again on 403.

So that it does not happen again
  - One secret for each program and environment: then one leak is one rotation, and the
    log says whose it was.
  - The least rights that do, and an end date where there is one.
  - In the store, or in a file that git ignores; in the repository only its name.
  - Read once at start; stop when it is missing; never print it, nor an error that quotes
    it.
  - Rehearse a rotation while nothing is on fire.

Links and sources
  stanch explain klaviyo-private-api-key --all   # with what was not checked
  Facts read in November 2026: developers.klaviyo.com monitor_api_usage.

"#]]
    );
}

#[test]
fn a_kind_without_facts_says_that_nothing_was_read() {
    let rule = rules().get("klaviyo-bare").unwrap();
    let text = plain(&explain::text(&explain::sheet(rule, &Ask::default()), &look()));
    assert!(text.contains("Revoke it at Klaviyo; at once if it was ever public."), "{text}");
    assert!(text.contains("Nothing about this kind was read at Klaviyo"), "{text}");
}

#[test]
fn every_page_of_the_catalogue_is_whole_in_every_form() {
    let all = RuleSet::builtin();
    let ask = Ask {
        target: Target::named("go"),
        store: Store::named("env"),
        place: Some("a.go:3".into()),
        all: true,
    };
    for rule in all.iter() {
        let sheet = explain::sheet(rule, &ask);
        let text = plain(&explain::text(&sheet, &look()));
        let markdown = explain::markdown(&sheet);
        let headings: &[&str] = if rule.public {
            &["Public by design"]
        } else {
            &["What it is", "Step by step", "Where it belongs"]
        };
        for heading in headings {
            assert!(text.contains(heading) && markdown.contains(heading), "{}", rule.id);
        }
        for line in text.lines() {
            // Prose keeps its width; what is to be pasted is whole.
            let whole = !line.trim().trim_start_matches("- ").contains(' ')
                || line.contains("https:")
                || line.contains("   #")
                || line.starts_with("    ");
            assert!(whole || line.chars().count() <= 90, "{}: {line}", rule.id);
        }
        assert!(!markdown.contains("\n\n\n"), "{}:\n{markdown}", rule.id);
        // When the facts were read is the last line.
        if !rule.remediation.read.is_empty() {
            assert!(
                markdown.trim_end().lines().last().unwrap().starts_with("Facts read"),
                "{}:\n{markdown}",
                rule.id
            );
        }
    }
    let mut json = Vec::new();
    catalogue::pages_json(all.as_slice(), &ask, &mut json).unwrap();
    let pages: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(pages.as_array().unwrap().len(), all.iter().len());
    assert_eq!(pages[0]["snippet"]["lang"], "go");
    for page in pages.as_array().unwrap() {
        let name = page["variable"].as_str().unwrap();
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        assert!(name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain), "{name}");
    }
}

#[test]
fn every_link_of_the_catalogue_is_https_and_no_fact_is_empty() {
    for rule in RuleSet::builtin().iter() {
        let r = rule.remediation;
        for url in [r.revoke_url, r.audit_url, r.docs_url].into_iter().flatten() {
            assert!(url.starts_with("https://") && !url.contains(' '), "{}: {url}", rule.id);
        }
        let facts =
            [r.impact, r.rotation, r.audit, r.breaks, r.limits, r.auto_revoked, r.public_by_design, r.notes];
        for fact in facts.into_iter().flatten().chain(r.steps.iter().copied()).chain(r.create.iter().copied())
        {
            assert!(!fact.trim().is_empty() && !fact.contains('\n'), "{}: {fact:?}", rule.id);
        }
    }
}

#[test]
fn a_pipe_gets_plain_text_and_no_pager() {
    let s = Sandbox::empty().env("PAGER", "false");
    let out = s.stanch(["explain", "klaviyo-private-api-key", "--lang", "ts", "--store", "1password"]).ok();
    assert!(out.stdout.starts_with("Klaviyo private API key\n"), "{}", out.stdout);
    assert!(out.stdout.contains("op://Production/klaviyo-api-key/credential"), "{}", out.stdout);
    assert!(!out.stdout.contains('\u{1b}'));
}

#[test]
fn an_unknown_name_gets_the_nearest_known_one() {
    let s = Sandbox::empty();
    let run = s.stanch(["explain", "klaviyo-privat-api-key"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean klaviyo-private-api-key?"), "{}", run.stderr);
    let run = s.stanch(["rules", "show", "klavyo"]);
    assert!(run.stderr.contains("did you mean klaviyo?"), "{}", run.stderr);
}

#[test]
fn a_provider_gets_the_list_of_its_kinds_and_the_gravest_page() {
    let out = Sandbox::empty().stanch(["explain", "Klaviyo"]).ok().stdout;
    assert!(out.starts_with("Klaviyo has "), "{out}");
    assert!(out.contains("  klaviyo-private-api-key ") && out.contains("Step by step"), "{out}");
}

#[test]
fn the_fingerprint_of_what_was_stopped_opens_its_page_in_its_language() {
    let s = Sandbox::guarded();
    s.write("app/mail.go", template::expand("key := \"pk_${hex-lower:34}\"\n", 3).unwrap());
    s.git(["add", "."]);
    let run = s.run_with("git", ["commit", "-m", "x"], b"");
    assert_eq!(run.code, 1, "{}", run.stderr);
    let at = run.stderr.find("stanch explain ").expect("the message names the page") + 15;
    let fingerprint = &run.stderr[at..at + 8];
    let out = s.stanch(["explain", fingerprint]).ok().stdout;
    assert!(out.contains("Yours was stopped at app/mail.go:1."), "{out}");
    assert!(out.contains("os.Getenv(\"KLAVIYO_API_KEY\")"), "{out}");
}

#[test]
fn the_list_of_rules_is_the_catalogue_with_its_remediation() {
    let s = Sandbox::empty();
    let json: serde_json::Value =
        serde_json::from_str(&s.stanch(["rules", "list", "--format", "json"]).ok().stdout).unwrap();
    let rules = json.as_array().unwrap();
    assert_eq!(rules.len(), RuleSet::builtin().iter().len());
    for field in ["id", "provider", "kind", "severity", "confidence", "validator", "remediation"] {
        assert!(rules.iter().all(|r| !r[field].is_null()), "{field}");
    }
    let klaviyo = rules.iter().find(|r| r["id"] == "klaviyo-private-api-key").unwrap();
    assert_eq!(klaviyo["env_var"], "KLAVIYO_API_KEY");
    assert!(klaviyo["remediation"]["revoke_url"].as_str().unwrap().starts_with("https://"));
    let few = s.stanch(["rules", "list", "klaviyo"]).ok().stdout;
    assert!(few.lines().count() < 20 && few.lines().all(|l| l.contains("klaviyo")), "{few}");
}
