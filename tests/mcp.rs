//! `stanch mcp`: the protocol, its four tools, and no value in an answer.

use crate::support::{STANCH, Sandbox, key};
use serde_json::{Value, json};

/// Sends messages, one a line; returns the answers.
fn talk(s: &Sandbox, messages: &[Value]) -> Vec<Value> {
    let input: String = messages.iter().map(|m| format!("{m}\n")).collect();
    let run = s.run_with(STANCH, ["mcp"], input.as_bytes()).ok();
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn call(s: &Sandbox, tool: &str, arguments: &Value) -> Value {
    let params = json!({"name": tool, "arguments": arguments});
    let message = json!({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params});
    let answer = talk(s, &[message]).remove(0);
    assert_eq!((&answer["id"], &answer["jsonrpc"]), (&json!(7), &json!("2.0")), "{answer}");
    answer["result"].clone()
}

fn text(result: &Value) -> String {
    assert_eq!(result["content"][0]["type"], "text", "{result}");
    result["content"][0]["text"].as_str().unwrap().to_owned()
}

#[test]
fn the_protocol_is_spoken_and_a_bad_message_ends_nothing() {
    let s = Sandbox::empty();
    let answers = talk(
        &s,
        &[
            json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion": "2025-03-26", "capabilities": {}}}),
            json!({"jsonrpc": "2.0", "method": "notifications/initialized"}),
            json!({"jsonrpc": "2.0", "id": "two", "method": "tools/list"}),
            json!({"jsonrpc": "2.0", "id": 3, "method": "no/such"}),
            json!({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "scan_text", "arguments": {}}}),
            json!({"jsonrpc": "2.0", "id": 5, "method": "ping"}),
        ],
    );
    assert_eq!(answers.len(), 5, "{answers:#?}");
    assert_eq!(answers[0]["result"]["protocolVersion"], "2025-03-26");
    assert_eq!(answers[0]["result"]["serverInfo"]["name"], "stanch");
    let tools: Vec<&str> = answers[1]["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["name"].as_str().unwrap())
        .collect();
    assert_eq!(tools, ["scan_text", "explain", "fix", "where_does_it_belong"]);
    assert_eq!(answers[1]["id"], "two");
    assert_eq!(answers[2]["error"]["code"], -32601);
    assert_eq!(answers[3]["error"]["code"], -32602);
    assert_eq!(answers[4]["result"], json!({}));
    let run =
        s.run_with(STANCH, ["mcp"], b"not json\n\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\n").ok();
    assert_eq!(run.stdout.lines().count(), 2, "{run:#?}");
    assert!(run.stdout.contains("-32700"), "{run:#?}");
}

#[test]
fn a_text_is_scanned_and_fixed_without_a_value_in_the_answer() {
    let s = Sandbox::new();
    let code = format!("import os\n\nKLAVIYO_API_KEY = \"{}\"\n", key(1));
    let found = text(&call(&s, "scan_text", &json!({"text": code, "path": "app.py"})));
    assert!(!found.contains(&key(1)), "{found}");
    let found: Value = serde_json::from_str(&found).unwrap();
    assert_eq!((&found["result"], &found["findings"][0]["line"]), (&json!("blocked"), &json!(3)), "{found}");

    let fixed = text(&call(&s, "fix", &json!({"text": code, "path": "app.py"})));
    assert!(!fixed.contains(&key(1)), "{fixed}");
    let fixed: Value = serde_json::from_str(&fixed).unwrap();
    assert!(fixed["text"].as_str().unwrap().contains("os.environ[\"KLAVIYO_API_KEY\"]"), "{fixed}");
    assert_eq!(fixed["left"], json!([]), "{fixed}");
    // What no expression can replace stays, masked and named.
    let kept =
        text(&call(&s, "fix", &json!({"text": format!("use {} here\n", key(2)), "path": "klaviyo.txt"})));
    assert!(!kept.contains(&key(2)), "{kept}");
    let clean = text(&call(&s, "scan_text", &json!({"text": "x = 1\n", "path": "app.py"})));
    let clean: Value = serde_json::from_str(&clean).unwrap();
    assert_eq!(
        (&clean["result"], &clean["next"]),
        (&json!("passed"), &json!("nothing was found")),
        "{clean}"
    );
}

#[test]
fn a_rule_is_explained_and_an_unknown_one_is_an_error_of_the_tool() {
    let s = Sandbox::empty();
    let page = text(&call(&s, "explain", &json!({"rule": "github-pat-classic"})));
    assert!(page.contains("GitHub") && page.contains("evoke"), "{page}");
    let place = text(&call(&s, "where_does_it_belong", &json!({"rule": "github-pat-classic"})));
    assert!(place.contains("GITHUB_TOKEN") && place.contains("environment"), "{place}");
    assert_eq!(call(&s, "explain", &json!({"rule": "no-such-rule"}))["isError"], true);
    assert_eq!(call(&s, "where_does_it_belong", &json!({"rule": "no-such-rule"}))["isError"], true);
}

#[test]
fn a_text_that_stands_for_content_that_was_not_read_is_not_called_clean() {
    let s = Sandbox::new();
    s.record(&[(".stanch.toml", "[block]\nunread = true\n")]);
    let pointer = format!(
        "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 12345\n",
        "0123456789abcdef".repeat(4)
    );
    let result = call(&s, "scan_text", &json!({"text": pointer, "path": "big.bin"}));
    let object: Value = serde_json::from_str(&text(&result)).unwrap();
    assert_eq!(object["result"], "blocked", "{object}");
    assert_eq!(object["unread"][0]["path"], "big.bin", "{object}");
}
