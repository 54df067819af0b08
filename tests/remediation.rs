//! What is said about a leak: a rule's facts are of its own kind, what is known from memory stays out of the message,
//! and no line of it is cut.

use crate::report_message::{decision, message};
use crate::rules::{example, files, rules, scan_as};
use stanch::finding::SourceKind;
use stanch::fix::replacement::suggestion;
use stanch::policy::{Action, Decision, Stage};
use stanch::report::Terminal;
use stanch::report::explain::{self, Ask};
use stanch::rules::remediation::{PROVIDER, RemedySpec};
use stanch::rules::spec::{FileSpec, RuleSpec};
use stanch::rules::{Rule, RuleSet, SecretKind, faults};
use stanch::scan::template;

const RULE: &str = r#"
[[rule]]
id = "acme-key"
name = "Acme key"
kind = "api-key"
severity = "high"
confidence = "high"
regex = '\b(?P<secret>acme_[0-9a-f]{20})\b'
"#;

fn file(text: &str) -> FileSpec {
    toml::from_str(&format!("schema = 1\nprovider = {{ id = \"acme\", name = \"Acme\" }}\n{text}")).unwrap()
}

fn fault(text: &str) -> String {
    faults(&file(text)).into_iter().map(|f| f.what).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_rule_takes_facts_only_when_it_says_so() {
    let blocks = "[remediation]\nsteps = [\"A\"]\n[variant.b]\nsteps = [\"B\"]\n";
    let spec = file(&format!("{blocks}{RULE}remediation = \"provider\"\n{RULE}remediation = \"b\"\n{RULE}"));
    let steps: Vec<Vec<String>> = spec.rules.iter().map(|r| spec.remediation_of(r).steps).collect();
    assert_eq!(steps, [vec!["A".to_owned()], vec!["B".to_owned()], vec![]]);
}

#[test]
fn a_base_gives_what_is_left_out_and_what_was_read_of_it() {
    let blocks = "[remediation]\nimpact = \"I\"\nsteps = [\"A\"]\naudit = \"L\"\nread = [\"steps\", \"audit\"]\n\
                  read_in = \"2026-11\"\nsources = [\"one\"]\n";
    let own = "[rule.remediation]\nbase = \"provider\"\nsteps = [\"B\"]\nsources = [\"two\"]\n";
    let spec = file(&format!("{blocks}{RULE}{own}"));
    let r = spec.remediation_of(&spec.rules[0]);
    assert_eq!((r.impact.as_deref(), r.audit.as_deref()), (Some("I"), Some("L")));
    // The steps are its own, and nobody read those.
    assert_eq!((r.steps, r.read), (vec!["B".to_owned()], vec!["audit".to_owned()]));
    assert_eq!(
        (r.read_in.as_deref(), r.sources),
        (Some("2026-11"), vec!["two".to_owned(), "one".to_owned()])
    );
}

#[test]
fn bases_in_a_circle_end() {
    let blocks = "[variant.a]\nbase = \"b\"\nimpact = \"A\"\n[variant.b]\nbase = \"a\"\nnotes = \"B\"\n";
    let spec = file(&format!("{blocks}{RULE}remediation = \"a\"\n"));
    let r = spec.remediation_of(&spec.rules[0]);
    assert_eq!((r.impact.as_deref(), r.notes.as_deref()), (Some("A"), Some("B")));
}

#[test]
fn facts_of_another_kind_are_refused() {
    let block = "[remediation]\nsteps = [\"A\"]\n";
    let take = format!("{RULE}remediation = \"provider\"\n");
    let webhook = take.replace("acme-key", "acme-hook").replace("api-key", "webhook-url");
    let public = take.replace("acme-key", "acme-id").replace("severity", "public = true\nseverity");
    for (text, told) in [
        (format!("{block}{take}"), ""),
        (format!("{block}{RULE}"), "no rule takes the remediation \"provider\""),
        (format!("{block}{take}{webhook}"), "is taken by rules of several kinds (api-key, webhook-url)"),
        (format!("[remediation]\nkinds = [\"token\"]\n{take}"), "rule acme-key is of the kind api-key"),
        (format!("{block}{take}{public}"), "rule acme-id is public by design"),
        (format!("{block}{RULE}remediation = \"x\"\n"), "is not a [variant.x]"),
        (format!("{block}base = \"x\"\n{take}"), "base \"x\" is not"),
        (format!("{block}base = \"provider\"\n{take}"), "base \"provider\" is not"),
        (
            format!("{block}short_revoke = \"{}\"\n{take}", "a".repeat(79)),
            "short_revoke is not one whole line",
        ),
        (
            format!("{block}short_check = \"Look at the\u{2026}\"\n{take}"),
            "short_check is not one whole line",
        ),
        (format!("{block}read_in = \"today\"\n{take}"), "read_in is not a month"),
    ] {
        let said = fault(&text);
        assert!(said.contains(told) && said.is_empty() == told.is_empty(), "{said}\n{text}");
    }
}

/// Kinds that once had a sibling's facts, and words of those.
const OF_ANOTHER_KIND: &[(&str, &str)] = &[
    ("adyen-hmac-key", "API credential"),
    ("anthropic-admin-api-key", "Delete API Key"),
    ("aws-api-gateway-api-key", "Security credentials"),
    ("aws-appsync-api-key", "Security credentials"),
    ("aws-cognito-client-secret", "Security credentials"),
    ("axiom-personal-token", "settings/api-tokens"),
    ("bitbucket-oauth-client-secret", "App password"),
    ("box-jwt-config", "oauth2/revoke"),
    ("brevo-smtp-key", "settings/keys/api"),
    ("buildkite-portal-secret", "Agent token"),
    ("buildkite-portal-token", "Agent token"),
    ("circleci-project-token", "settings/user/tokens"),
    ("cloudflare-r2-secret", "Global API Key"),
    ("cloudflare-turnstile-secret", "Global API Key"),
    ("contentful-delivery-token", "cma_tokens"),
    ("datadog-application-key", "@metadata.api_key"),
    ("datadog-application-key-v2", "@metadata.api_key"),
    ("discord-client-secret", "WEBHOOK_ID"),
    ("docker-organization-access-token", "Personal access tokens"),
    ("docker-swarm-join-token", "Docker Home"),
    ("docker-swarm-unlock-key", "Docker Home"),
    ("doppler-personal-token", "configs tokens"),
    ("dropbox-app-secret", "token/revoke"),
    ("github-webhook-secret", "Personal access tokens"),
    ("gitlab-ci-job-token", "Edit profile"),
    ("gitlab-deploy-token", "Edit profile"),
    ("gitlab-runner-authentication-token", "Edit profile"),
    ("google-application-default-credentials", "auth/clients"),
    ("google-oauth-access-token", "client secrets"),
    ("google-oauth-authorization-code", "auth/clients"),
    ("google-recaptcha-secret-key", "30 days"),
    ("grafana-cloud-access-policy-token", "serviceaccounts"),
    ("kubernetes-client-key", "Token from a Secret"),
    ("linear-webhook-secret", "Personal API keys"),
    ("mailgun-webhook-signing-key", "domain sending key"),
    ("mapbox-temporary-token", "Any number of tokens"),
    ("mongodb-uri", "Service account"),
    ("newrelic-license-key-nral", "userKeyIds"),
    ("okta-client-secret", "Security > API > Tokens"),
    ("onepassword-secret-key", "Service accounts"),
    ("paddle-webhook-secret", "client-side token"),
    ("planetscale-database-password", "service-tokens"),
    ("polar-personal-access-token", "One organisation"),
    ("posthog-feature-flags-secure-key", "user-api-keys"),
    ("postmark-account-token", "A server can hold"),
    ("slack-app-level-token", "auth.revoke"),
    ("slack-config-access-token", "auth.revoke"),
    ("slack-session-cookie", "api.slack.com/apps"),
    ("slack-session-token", "api.slack.com/apps"),
    ("stripe-organization-key", "whsec_"),
    ("supabase-scoped-access-token", "settings/api-keys"),
    ("telegram-api-hash", "getWebhookInfo"),
    ("vault-unseal-key", "accessor"),
];

fn page(rule: &'static Rule) -> String {
    let look = look(10_000);
    let sheet = explain::sheet(rule, &Ask { all: true, ..Ask::default() });
    anstream::adapter::strip_str(&explain::text(&sheet, &look)).to_string()
}

#[test]
fn a_page_tells_of_its_own_kind() {
    let set = RuleSet::builtin();
    let azure = set.of_provider("azure").filter(|r| !r.public && !r.id.contains("entra-client-secret"));
    let known = azure.map(|r| (r.id, "App registrations"));
    for (id, words) in known.chain(OF_ANOTHER_KIND.iter().copied()) {
        let text = page(set.get(id).unwrap());
        // A page may have been read for one kind and tell of several.
        let text = text.split("\nLinks and sources").next().unwrap();
        assert!(!text.contains(words), "{id}:\n{text}");
    }
}

/// Beside siblings with facts of their own, what is taken whole is the mixture that is left.
#[test]
fn facts_that_a_rule_takes_whole_beside_others_say_how_its_kind_is_revoked() {
    let set = RuleSet::builtin();
    let is_whole =
        |r: &&RuleSpec| matches!(&r.remediation, Some(RemedySpec::Named(name)) if name == PROVIDER);
    for file in files().filter(|f| !f.remediation.read.is_empty()) {
        let mut takers = file.rules.iter().filter(|r| !r.public && r.remediation.is_some());
        let Some(whole) = takers.clone().find(is_whole) else { continue };
        let is_issuer = set.get(&whole.id).unwrap().provider.is_issuer();
        let has_others = takers.any(|r| !is_whole(&r));
        let says_how = file.remediation.short_revoke.is_some();
        assert!(!is_issuer || !has_others || says_how, "{} takes the facts of every kind", whole.id);
    }
}

#[test]
fn a_public_value_has_its_own_short_page() {
    for rule in RuleSet::builtin().iter().filter(|r| r.public) {
        let text = page(rule);
        assert!(text.contains("Public by design"), "{text}");
        for not in ["What to do now", "What it opens", "How to see abuse", "Why such secrets leak"] {
            assert!(!text.contains(&format!("\n{not}\n")), "{}: {not}\n{text}", rule.id);
        }
        assert!(rule.remediation.public_by_design.is_some(), "{} does not say why", rule.id);
    }
    let text = page(RuleSet::builtin().get("klaviyo-public-site-id").unwrap());
    assert!(text.contains("Klaviyo private API key: it starts with pk_"), "{text}");
}

#[test]
fn the_page_for_revoking_a_key_is_not_its_documentation() {
    for rule in RuleSet::builtin().iter() {
        if let Some(url) = rule.remediation.revoke_url {
            let is_docs =
                ["https://docs.", "https://help.", "https://support.", "/docs/", "/help/", "apidocs"]
                    .iter()
                    .any(|part| url.contains(part));
            assert!(!is_docs, "{}: {url}", rule.id);
        }
    }
}

#[test]
fn what_was_read_is_there_and_says_when() {
    for file in files() {
        for rule in &file.rules {
            let r = file.remediation_of(rule);
            assert!(r.read.is_empty() || r.read_in.is_some(), "{}: read_in is missing", rule.id);
        }
    }
}

#[test]
fn four_hundred_rules_have_lines_of_their_own() {
    let set = RuleSet::builtin();
    let with_line = set.iter().filter(|r| r.remediation.short_revoke.is_some()).count();
    assert!(with_line >= 400, "{with_line}");
}

/// A terminal of this width.
fn look(width: usize) -> Terminal {
    Terminal { width, unicode: true, limit: 5, prefix: Vec::new() }
}

/// What one rule finds in a staged file, as if it blocked.
fn blocked(rule: &'static Rule, path: &str, text: &str) -> Decision {
    let mut one = RuleSet::empty();
    one.push(rule);
    let mut d = decision(&one, Stage::Commit, &[(SourceKind::Staged, path, text, None)]);
    d.findings.iter_mut().for_each(|v| v.action = Action::Block);
    d
}

/// The message about the first example of each rule, as if it blocked.
fn messages(width: usize) -> Vec<(&'static Rule, String)> {
    let set = RuleSet::builtin();
    let look = look(width);
    let mut out = Vec::new();
    for spec in rules().filter(|r| !r.public) {
        let rule = set.get(&spec.id).unwrap();
        let text = template::expand(&spec.examples[0], 7).unwrap();
        let (path, bytes) = example(spec, &text);
        let Ok(text) = String::from_utf8(bytes) else { continue };
        let mut d = blocked(rule, &path, &text);
        d.findings.truncate(1);
        if !d.findings.is_empty() {
            out.push((rule, message(&look, &d)));
        }
    }
    out
}

#[test]
fn the_search_for_users_keeps_the_name_that_the_value_has_here() {
    let rule = RuleSet::builtin().get("freshbooks-access-token").unwrap();
    let code = "class A {\n  static String freshbooksAccessToken = \"${hex-lower:64}\";\n}\n";
    let text = message(&look(80), &blocked(rule, "src/A.java", code));
    let search = text.lines().find(|l| l.contains("git grep")).unwrap();
    assert!(search.ends_with("-e FRESHBOOKS_ACCESS_TOKEN -e freshbooksAccessToken"), "{text}");
}

#[test]
fn a_file_that_is_the_secret_stays_out_of_git_and_its_users_are_found_by_its_name() {
    let said = |id: &str, path: &str, code: &str| {
        let rule = RuleSet::builtin().get(id).unwrap();
        message(&look(100), &blocked(rule, path, code))
    };
    let google = "google-service-account-json";
    let text = said(google, "conf/key.json", "${seal:google-service-account:}");
    assert!(text.contains("takes conf/key.json out of the commit and ignores it"), "{text}");
    assert!(text.contains("-e GOOGLE_APPLICATION_CREDENTIALS -e key.json"), "{text}");
    // One object of a file that says more.
    let text = said(google, "conf/app.json", "{\"port\": 1, \"google\": ${seal:google-service-account:}}");
    assert!(text.contains("JSON reads no variables"), "{text}");
    let text = said("private-key-pkcs8", "tls/server.pem", "${seal:private-key:pkcs8}\n");
    assert!(text.contains("takes tls/server.pem out of the commit"), "{text}");
    assert!(text.contains("git grep -niw server.pem"), "{text}");
}

#[test]
fn the_variable_for_a_part_of_an_address_is_not_called_an_address() {
    let mut checked = 0;
    for spec in rules().filter(|r| !r.public && r.kind == SecretKind::WebhookUrl) {
        let (path, bytes) = example(spec, &template::expand(&spec.examples[0], 7).unwrap());
        for f in scan_as(&path, &bytes).iter().filter(|f| f.rule.id == spec.id) {
            let value = String::from_utf8_lossy(&bytes[f.location.bytes.clone()]).into_owned();
            let variable = suggestion(f).variable;
            assert!(value.contains("://") || !variable.ends_with("URL"), "{}: {variable}", spec.id);
            checked += 1;
        }
    }
    assert!(checked > 10, "{checked}");
}

#[test]
fn no_line_of_any_message_is_cut() {
    for width in [80, 100] {
        let all = messages(width);
        assert!(all.len() > 1100, "{}", all.len());
        for (rule, text) in all {
            assert!(!text.contains('\u{2026}'), "{}:\n{text}", rule.id);
            for line in text.lines() {
                assert!(!line.ends_with("..."), "{}: {line}", rule.id);
                // Only what is pasted or opened may be wider, and it has no blank to break it at.
                let prose = line.trim_start();
                let pasted = ["git ", "stanch ", "https://"].iter().any(|p| prose.contains(p));
                assert!(line.chars().count() <= width || pasted, "{}: {line}", rule.id);
            }
        }
    }
}

#[test]
fn the_message_holds_nothing_from_memory() {
    for (rule, text) in messages(10_000) {
        let r = rule.remediation;
        let lines = [
            ("short_revoke", r.short_revoke),
            ("short_check", r.short_check),
            ("short_breaks", r.short_breaks),
            ("short_new_key", r.short_new_key),
            ("revoke_url", r.revoke_url),
        ];
        for (field, line) in lines {
            let Some(line) = line else { continue };
            let said = text.lines().any(|l| l.ends_with(line) || l.contains(&format!("{line}   ")));
            if field != "short_new_key" {
                assert_eq!(said, r.is_read(field), "{}: {field} = {line}\n{text}", rule.id);
            } else {
                assert!(r.is_read(field) || !said, "{}: {field} = {line}\n{text}", rule.id);
            }
        }
        for hedge in ["As a rule:", "The usual", "What to expect:", "As far as is known", "Where it usually"]
        {
            assert!(!text.contains(hedge), "{}:\n{text}", rule.id);
        }
    }
}

#[test]
fn a_page_that_says_what_to_do_does_not_say_that_it_was_not_read() {
    for rule in RuleSet::builtin().iter().filter(|r| !r.public) {
        let r = rule.remediation;
        let has_steps = r.is_read("steps") && !r.steps.is_empty();
        if has_steps || r.is_read("short_revoke") && r.short_revoke.is_some() {
            let text = page(rule);
            assert!(!text.contains("what to do there was not read"), "{text}");
        }
    }
}

/// Pages of a provider without any link: nothing names its address here.
const WITHOUT_LINK: usize = 12;

#[test]
fn nearly_every_page_of_a_provider_has_a_link_to_it() {
    let look = look(100);
    let set = RuleSet::builtin();
    let has_link = |rule: &&'static Rule| {
        explain::text(&explain::sheet(rule, &Ask::default()), &look).contains("https://")
    };
    let without: Vec<&str> = set
        .iter()
        .filter(|r| !r.public && r.provider.is_issuer())
        // Of a service that has ended nothing is left to open.
        .filter(|r| r.remediation.ended.is_none())
        .filter(|r| !has_link(r))
        .map(|r| r.id)
        .collect();
    assert!(without.len() <= WITHOUT_LINK, "{}: {without:?}", without.len());
    let named = set.get("zenkit-api-key").unwrap();
    let text = explain::text(&explain::sheet(named, &Ask::default()), &look);
    for part in ["https://zenkit.com", "the provider's own site; what to do there was not read"] {
        assert!(text.contains(part), "{text}");
    }
}
