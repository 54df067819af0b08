//! The HTML report in a real browser: headless Chromium opens it, and a script beside the page's own filters and clicks.
//!
//! `STANCH_TEST_CHROMIUM` names the browser, or PATH has it; without one the tests say that they were skipped.

use crate::managers::tool;
use crate::support::{Sandbox, key};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// Switches for a browser without a network, a profile or a screen.
const SWITCHES: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
];

/// What the page shows after each step: `out.push(seen())` adds to it.
const EYES: &str = r##"
const failures = [];
addEventListener("error", (e) => failures.push(String(e.message)));
document.addEventListener("securitypolicyviolation", (e) => failures.push("policy: " + e.violatedDirective));
const visible = (e) => e.checkVisibility() && e.getBoundingClientRect().height > 0;
const seen = () => ({
  secrets: [...document.querySelectorAll("article")].filter(visible).length,
  places: [...document.querySelectorAll("article li")].filter(visible).map((e) => e.firstChild.textContent),
  count: document.getElementById("count").textContent,
  none: visible(document.getElementById("none")),
  advice: [...document.querySelectorAll("#advice section")].filter(visible).map((e) => e.dataset.rule),
});
const choose = (name, value) => {
  const field = document.querySelector(`[name=${name}]`);
  field.value = value;
  if (field.value !== value) failures.push(`no ${name} ${value}`);
  field.dispatchEvent(new Event("input", { bubbles: true }));
};
const reset = () => document.getElementById("reset").click();
const out = [];
"##;

/// Opens the page in a window of this size, runs the steps, and returns what they pushed.
fn browse(chromium: &Path, folder: &Path, page: &str, size: &str, steps: &str) -> Vec<Value> {
    let end = "document.documentElement.dataset.seen = JSON.stringify({ out, failures });";
    // Before the page's own script, so that its errors are seen.
    let eyes = page.replacen("<header>", &format!("<script>{EYES}</script><header>"), 1);
    let whole = eyes.replace("</body>", &format!("<script>{steps}\n{end}</script></body>"));
    let file = folder.join("page.html");
    std::fs::write(&file, whole).unwrap();
    let profile = tempfile::tempdir().unwrap();
    let out = Command::new(chromium)
        .args(SWITCHES)
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args([&format!("--window-size={size}"), "--dump-dom"])
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&out.stdout);
    let told = dom.split_once("data-seen=\"").and_then(|(_, rest)| rest.split_once('"'));
    let (told, _) = told.unwrap_or_else(|| panic!("the page did not run: {dom}\n{out:?}"));
    let marks = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    let told = marks.iter().fold(told.to_owned(), |told, (mark, sign)| told.replace(mark, sign));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["failures"], json!([]), "{told:#}");
    told["out"].as_array().unwrap().clone()
}

/// A history with a secret in two places, one in an archive, a warning, and names that look like markup.
fn history() -> Sandbox {
    let s = Sandbox::new();
    let jar = crate::archives::zip(&[("in/.env", format!("KLAVIYO_API_KEY={}\n", key(3)).as_bytes())]);
    s.write("lib.jar", jar);
    s.write("a&b <i>.py", format!("key = \"{}\"\n", key(1)));
    s.write("b.py", format!("x = 1\nkey = \"{}\"\n", key(1)));
    s.write("c.txt", format!("key: \"{}\"\n", crate::support::secret("${base62:32}", 9)));
    s.git(["add", "-A"]);
    s.git(["commit", "-qm", "first", "--no-verify"]);
    s.record(&[("d.py", &format!("key = \"{}\"\n", key(2)))]);
    s
}

#[test]
fn a_browser_filters_the_findings_and_shows_the_advice() {
    let Some(chromium) = tool("STANCH_TEST_CHROMIUM", "chromium") else { return };
    let s = history();
    let run = s.stanch(["scan", "--history", "--format", "html"]);
    assert_eq!(run.code, 1, "{run:#?}");
    let commit = s.git(["rev-parse", "HEAD"]);
    let steps = r##"
out.push(seen());
choose("file", "lib.jar!in/.env"); out.push(seen()); reset();
choose("file", "a&b <i>.py"); out.push(seen()); reset();
choose("decision", "warning"); out.push(seen()); reset();
choose("provider", "Klaviyo"); out.push(seen()); reset();
choose("commit", "COMMIT"); out.push(seen());
choose("file", "b.py"); out.push(seen()); reset();
choose("search", "D.PY"); out.push(seen()); reset();
document.querySelector("article a.advice").click(); out.push(seen());
document.getElementById("close").click(); out.push(seen());
document.querySelector("article a.advice").click();
document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape" })); out.push(seen());
"##
    .replace("COMMIT", &commit);
    for size in ["1280,900", "390,844"] {
        let seen = browse(&chromium, s.root().as_path(), &run.stdout, size, &steps);
        let is = |at: usize, secrets: u64, count: &str, advice: Value| {
            let now = &seen[at];
            assert_eq!((&now["secrets"], &now["count"]), (&json!(secrets), &json!(count)), "{at}: {now:#}");
            assert_eq!((&now["advice"], &now["none"]), (&advice, &json!(secrets == 0)), "{at}: {now:#}");
        };
        is(0, 4, "4 secrets in 5 places", json!([]));
        is(1, 1, "1 secret in 1 place", json!([]));
        assert_eq!(seen[1]["places"], json!(["lib.jar!in/.env:1:17"]));
        is(2, 1, "1 secret in 1 place", json!([]));
        assert_eq!(seen[2]["places"], json!(["a&b <i>.py:1:8"]));
        is(3, 1, "1 secret in 1 place", json!([]));
        is(4, 3, "3 secrets in 4 places", json!([]));
        is(5, 1, "1 secret in 1 place", json!([]));
        is(6, 0, "0 secrets in 0 places", json!([]));
        is(7, 1, "1 secret in 1 place", json!([]));
        is(8, 4, "4 secrets in 5 places", json!(["klaviyo-private-api-key"]));
        is(9, 4, "4 secrets in 5 places", json!([]));
        is(10, 4, "4 secrets in 5 places", json!([]));
    }
}

#[test]
fn a_page_is_no_wider_than_a_phone_and_loads_nothing() {
    let Some(chromium) = tool("STANCH_TEST_CHROMIUM", "chromium") else { return };
    let s = history();
    s.write(format!("{}/x.py", "long-name-of-a-folder".repeat(8)), format!("key = \"{}\"\n", key(5)));
    let run = s.stanch(["scan", "--format", "html"]);
    let steps = r#"
document.querySelector("article a.advice").click();
const wide = [document.documentElement, document.getElementById("advice")].map((e) => e.scrollWidth <= e.clientWidth);
out.push({ wide, loaded: performance.getEntriesByType("resource").map((e) => e.name) });
"#;
    let seen = browse(&chromium, s.root().as_path(), &run.stdout, "500,844", steps);
    assert_eq!(seen, [json!({ "wide": [true, true], "loaded": [] })]);
}
