//! `explain` and `rules`: the pages about kinds of secrets.

use crate::report_message::rules;
use crate::support::Sandbox;
use snapbox::{assert_data_eq, str};
use stanch::report::explain::{self, Ask, Block, Stopped};
use stanch::report::snippets::{Store, Target};
use stanch::report::{Terminal, catalogue};
use stanch::rules::{LiveCheck, RuleSet};
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
    let ask = Ask { target: Target::named("py"), store: Store::named("vault"), stopped: None, all: false };
    assert_data_eq!(
        plain(&explain::text(&explain::sheet(rule, &ask), &look())),
        str![[r#"
Klaviyo private API key

What it opens
  Its holder can call Klaviyo's interface in your name: read and change what the key may,
  and run up what that costs.
  The six-character public API key (site ID) belongs there; whatever starts with pk_ is
  private at Klaviyo.

Has it leaked?
  - Never pushed: no. Only this machine and its backups have it.
  - Pushed to a private repository: yes, to everyone with read access, and to forks, build
    machines and backups.
  - Pushed to a public repository: yes. Assume that strangers have it: such repositories
    are watched.
  - In a log, a ticket, a chat or a page that browsers load: yes, to everyone who can read
    that.

What to do now
  1. Take it out of the commit
     stanch fix   # replaces it by code that reads the environment
     If it never left this machine, you are done. If a commit has it, amend that commit:
     with a new commit on top, history still has it.
  2. Revoke it, if anyone else could have read it
     Revoke at once if strangers could read it. Otherwise make the new one first, switch
     its users over, then revoke.
     https://www.klaviyo.com/settings/account/api-keys   the page to revoke it
     - Sign in as Owner or Admin
     - Open the organisation's Settings, then API keys
     - Find the key by its name: the value is never shown again, so match name, scope and
       creation date
     - Create and deploy the replacement first, unless the key is being abused already
     - Hover over the exposed key and click Delete: no confirmation is asked
  3. Look for use by others
     The next section says where. What was taken stays taken: data, other keys, new
     accounts.

How to see abuse
  Developer tools, API activity dashboard and API logs. Look for profiles or lists read in
  bulk, new campaigns, and endpoints that your integrations never call.
  https://developers.klaviyo.com/en/docs/monitor_api_usage   the page that shows its use
  After the revocation, refused calls come from users that you missed, or from someone
  else.

What stops working, and how to find it
  Only integrations that send this private key stop; on-site tracking goes on, because
  klaviyo.js uses the public key.
  git grep -ni KLAVIYO_API_KEY   # its users in this repository
  git log --oneline --all -GKLAVIYO_API_KEY   # commits that touched them
  stanch scan   # other copies of it in this tree
  Then build machines, deployments, other repositories, colleagues' machines.

How to make the new one
  - Settings, API keys, Create Private API Key
  - Name it after the integration that uses it, and choose Custom scopes
  - Copy the value at once into a secrets manager

Is the old one dead, does the new one work?
  read -rs KLAVIYO_API_KEY   # paste the old one; later the new one

    printf 'header = "Authorization: Klaviyo-API-Key %s"/n' "$KLAVIYO_API_KEY" |
      curl -sS -K - -o /dev/null -w '%{http_code}/n' /
      -H 'revision: 2026-07-15' /
      'https://a.klaviyo.com/api/accounts'

  200: it works. 401: it is dead. Any other answer says neither.
  The call may show in Klaviyo's log of requests or last use.

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

More
  # causes, risks, practices, what was not checked, sources:
  stanch explain klaviyo-private-api-key --all
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
        stopped: Some(Stopped {
            fingerprint: "4c1e9a07".into(),
            place: "a.go:3".into(),
            ..Stopped::default()
        }),
        all: true,
    };
    for rule in all.iter() {
        let sheet = explain::sheet(rule, &ask);
        let text = plain(&explain::text(&sheet, &look()));
        let markdown = explain::markdown(&sheet);
        let headings: &[&str] = if rule.public {
            &["Public by design"]
        } else if rule.remediation.ended.is_some() {
            // Nothing is left to watch or to make.
            &["What it opens", "Has it leaked?", "What to do now", "What stops working", "What it is"]
        } else {
            &[
                "What it opens",
                "Has it leaked?",
                "What to do now",
                "How to see abuse",
                "Where it belongs",
                "What it is",
            ]
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
fn a_provider_gets_the_list_of_its_kinds_and_the_most_severe_page() {
    let out = Sandbox::empty().stanch(["explain", "Klaviyo"]).ok().stdout;
    assert!(out.starts_with("Klaviyo has "), "{out}");
    assert!(out.contains("  klaviyo-private-api-key ") && out.contains("What to do now"), "{out}");
}

#[test]
fn the_fingerprint_of_a_blocked_secret_opens_its_page_in_its_language() {
    let s = Sandbox::guarded();
    s.write("app/mail.go", template::expand("key := \"pk_${hex-lower:34}\"\n", 3).unwrap());
    s.git(["add", "."]);
    let run = s.run_with("git", ["commit", "-m", "x"], b"");
    assert_eq!(run.code, 1, "{}", run.stderr);
    let at = run.stderr.find("stanch explain ").expect("the message names the page") + 15;
    let fingerprint = &run.stderr[at..at + 8];
    let out = s.stanch(["explain", fingerprint]).ok().stdout;
    assert!(out.contains("Yours was blocked at app/mail.go:1."), "{out}");
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

/// The commands run with stand-ins for the programs that they name, which write down what they get.
#[test]
fn a_command_that_asks_the_provider_holds_the_value_in_no_command_line() {
    let s = Sandbox::empty();
    let bin = s.dir().join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let programs =
        "curl psql mysql redis-cli mongosh docker ssh openssl date az aliyun tccli gcloud".split(' ');
    for program in programs {
        let stand_in = bin.join(program);
        let script =
            "#!/bin/sh\nprintf '%s\\n' \"$0\" \"$@\" >>args\ncat >>input\nenv >>environment\necho 0123\n";
        std::fs::write(&stand_in, script).unwrap();
        crate::support::executable(&stand_in);
    }
    let value = "a%sb-0";
    let mut ran = 0;
    for check in LiveCheck::all().iter().filter(|c| !c.urls.is_empty() || c.run.is_some()) {
        let rule = RuleSet::builtin().get(&check.rules[0]).unwrap();
        if rule.service_end().is_some() {
            continue;
        }
        let sheet = explain::sheet(rule, &Ask::default());
        let section = sheet.sections.iter().find(|s| s.heading.starts_with("Is the old one dead")).unwrap();
        let (variable, command) = match section.blocks.as_slice() {
            [Block::Command(read, _), Block::Code("sh", command), ..] => {
                (read.strip_prefix("read -rs ").unwrap(), command)
            }
            [Block::Code("sh", command), ..] => ("NOTHING", command),
            other => panic!("{}: {other:?}", check.id),
        };
        for file in ["args", "input", "environment"] {
            std::fs::write(s.dir().join(file), "").unwrap();
        }
        let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
        // As `read` leaves it: a variable of the shell, which programs do not see.
        let script = format!("{variable}='{value}'\n{command}");
        let done = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(s.dir())
            .env("PATH", path)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        assert!(done.status.success() && done.stderr.is_empty(), "{}: {done:?}", check.id);
        let read = |file: &str| std::fs::read_to_string(s.dir().join(file)).unwrap();
        let (args, input) = (read("args"), read("input"));
        assert!(!args.is_empty() && !args.contains(value), "{}: {args}", check.id);
        ran += 1;
        if variable == "NOTHING" {
            continue;
        }
        // It reaches the program by its standard input or environment, except for what only signs.
        let reached = input.contains(value) || read("environment").contains(value);
        assert!(reached, "{}: {input}", check.id);
        let parts = check.headers.iter().chain(&check.urls).chain(&check.user).chain(&check.data);
        let Some(part) = parts.into_iter().find(|part| part.contains("{secret}")) else { continue };
        if check.run.is_none() {
            let quoted = part.replace('"', "\\\"").replace("{secret}", value);
            assert!(input.contains(&format!(" = \"{quoted}\"\n")), "{}: {input}", check.id);
            let url = &check.urls[0];
            assert!(url.contains("{secret}") || args.lines().last() == Some(url), "{}: {args}", check.id);
        }
    }
    assert!(ran > 155, "{ran}");
}

/// A call that nobody read in the provider's documentation says so, on its page and beside the answer.
#[test]
fn a_call_that_was_not_read_says_so() {
    for check in LiveCheck::all() {
        for rule in check.rules.iter().map(|r| RuleSet::builtin().get(r).unwrap()) {
            let by_hand = explain::by_hand(rule);
            let has_command = !check.urls.is_empty() || check.run.is_some();
            assert_eq!(by_hand.is_some(), !check.is_asked() && has_command, "{}", rule.id);
            if rule.service_end().is_some() || !has_command {
                continue;
            }
            let page = plain(&explain::text(&explain::sheet(rule, &Ask::default()), &look()));
            let page = page.split_whitespace().collect::<Vec<_>>().join(" ");
            assert_eq!(page.contains("was not read in the provider's"), !check.checked, "{}", rule.id);
        }
    }
}

#[test]
fn what_will_stop_is_searched_by_every_name_that_the_value_has() {
    let s = Sandbox::guarded();
    let key = crate::support::key(1);
    s.stage("deploy/app.yml", format!("env:\n  MAIL_SENDER_KEY: {key}\n"));
    s.git(["commit", "-q", "--no-verify", "-m", "deploy"]);
    s.stage("app/mail.py", format!("NEWSLETTER_TOKEN = \"{key}\"\n"));
    let run = s.commit();
    let at = run.stderr.find("stanch allow ").unwrap() + 13;
    // The message has the name of the blocked place.
    assert!(run.stderr.contains("git grep -ni -e KLAVIYO_API_KEY -e NEWSLETTER_TOKEN"), "{}", run.stderr);
    let page = s.stanch(["explain", &run.stderr[at..at + 8]]).ok().stdout;
    assert!(page.contains("-e KLAVIYO_API_KEY -e NEWSLETTER_TOKEN -e MAIL_SENDER_KEY"), "{page}");
    assert!(page.contains("-G'KLAVIYO_API_KEY|NEWSLETTER_TOKEN|MAIL_SENDER_KEY|"), "{page}");
    assert!(page.contains("The same value is also in deploy/app.yml:2."), "{page}");
    assert!(!page.contains(&key), "{page}");
    // Both commands run, and find the other file.
    for command in page.lines().filter_map(|l| l.trim().strip_prefix("git ")) {
        let command = command.split("   #").next().unwrap().trim();
        if command.starts_with("grep") || command.starts_with("log") {
            let out = s.run_with("sh", ["-c", &format!("git {command}")], b"").ok().stdout;
            assert!(!out.is_empty(), "{command}");
        }
    }
}
