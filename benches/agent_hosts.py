#!/usr/bin/env python3
"""Real coding assistants against a stand-in for their model on loopback: no account, no key, no network.

    benches/agent_hosts.py PROGRAM HOST=COMMAND...     claude=node_modules/.bin/claude

Each case is a repository with the hooks of `stanch agent install HOST`, a prompt, and the call of a tool that the stand-in
answers with. What the host does with the hook's answer is read from what it sends to the model next. A secret in it fails the
case, and so does a refusal that the model does not get.
"""

import hashlib
import http.server
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading

# A made-up private key of Klaviyo.
VALUE = "pk_" + hashlib.sha256(b"made up").hexdigest()[:34]


class Model(http.server.ThreadingHTTPServer):
    """Answers the first request that offers a tool with a call of it, and every other one with a word."""

    daemon_threads = True

    def __init__(self, tool, arguments):
        super().__init__(("127.0.0.1", 0), Answers)
        self.tool, self.arguments, self.seen, self.called = tool, arguments, [], False

    def calls(self, request):
        named = json.dumps(self.tool) in json.dumps(request.get("tools", ""))
        if self.tool is None or self.called or not named:
            return False
        self.called = True
        return True


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.send([{}], "application/json")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode("utf-8", "replace")
        try:
            request = json.loads(body)
        except ValueError:
            request = {}
        if "/messages" in self.path and "count_tokens" not in self.path:
            form = anthropic
        elif "GenerateContent" in self.path or "generateContent" in self.path:
            form = gemini
        elif "/responses" in self.path:
            form = responses
        elif "/chat/completions" in self.path:
            form = completions
        else:
            return self.send([{"input_tokens": 1, "totalTokens": 1}], "application/json")
        self.server.seen.append(body)
        events = list(form(self.server, self.server.calls(request)))
        if form is gemini and "stream" not in self.path:
            return self.send(events, "application/json")
        self.send(events, "text/event-stream")

    def send(self, events, kind):
        if kind == "application/json":
            body = json.dumps(events[0])
        else:
            named = lambda e: f"event: {e['type']}\n" if "type" in e else ""
            body = "".join(f"{named(e)}data: {json.dumps(e)}\n\n" for e in events)
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())


def anthropic(model, calls):
    block, delta, stop = {"type": "text", "text": ""}, {"type": "text_delta", "text": "done"}, "end_turn"
    if calls:
        block = {"type": "tool_use", "id": "toolu_1", "name": model.tool, "input": {}}
        delta, stop = {"type": "input_json_delta", "partial_json": json.dumps(model.arguments)}, "tool_use"
    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": None,
               "stop_sequence": None, "usage": usage}
    yield {"type": "message_start", "message": message}
    yield {"type": "content_block_start", "index": 0, "content_block": block}
    yield {"type": "content_block_delta", "index": 0, "delta": delta}
    yield {"type": "content_block_stop", "index": 0}
    yield {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": {"output_tokens": 1}}
    yield {"type": "message_stop"}


def gemini(model, calls):
    part = {"functionCall": {"name": model.tool, "args": model.arguments}} if calls else {"text": "done"}
    yield {"candidates": [{"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}],
           "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2}}


def responses(model, calls):
    item = {"type": "message", "id": "m1", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": "done", "annotations": []}]}
    if calls:
        item = {"type": "function_call", "id": "f1", "call_id": "c1", "name": model.tool, "status": "completed",
                "arguments": json.dumps(model.arguments)}
    usage = {"input_tokens": 1, "input_tokens_details": None, "output_tokens": 1, "output_tokens_details": None, "total_tokens": 2}
    yield {"type": "response.created", "response": {"id": "r1"}}
    yield {"type": "response.output_item.done", "output_index": 0, "item": item}
    yield {"type": "response.completed", "response": {"id": "r1", "status": "completed", "output": [item], "usage": usage}}


def completions(model, calls):
    delta, reason = {"role": "assistant", "content": "done"}, "stop"
    if calls:
        function = {"name": model.tool, "arguments": json.dumps(model.arguments)}
        delta, reason = {"role": "assistant", "tool_calls": [{"index": 0, "id": "c1", "type": "function", "function": function}]}, "tool_calls"
    chunk = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    yield {**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}],
           "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}}


# Of each host: its arguments before the prompt, its environment, its files; and the names of its tools with their arguments.
def claude(folder, url):
    env = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": "none", "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}
    return ["-p", "--allowedTools=Bash,Read,Write"], env, {}


def gemini_cli(folder, url):
    env = {"GOOGLE_GEMINI_BASE_URL": url, "GEMINI_API_KEY": "none", "GEMINI_CLI_TRUST_WORKSPACE": "true", "NO_BROWSER": "1"}
    settings = {"security": {"auth": {"selectedType": "gemini-api-key"}}, "privacy": {"usageStatisticsEnabled": False},
                "general": {"enableAutoUpdate": False, "disableAutoUpdate": True}}
    return ["--yolo", "-m", "gemini-2.5-flash", "-p"], env, {".gemini/settings.json": json.dumps(settings)}


def codex(folder, url):
    config = (f'model = "m"\nmodel_provider = "local"\napproval_policy = "never"\nsandbox_mode = "danger-full-access"\n'
              f'[model_providers.local]\nname = "local"\nbase_url = "{url}/v1"\nwire_api = "responses"\n'
              f'[features]\nhooks = true\n[projects."{folder}"]\ntrust_level = "trusted"\n')
    return ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "--dangerously-bypass-hook-trust"], {}, {".codex/config.toml": config}


def opencode(folder, url):
    provider = {"npm": "@ai-sdk/openai-compatible", "options": {"baseURL": f"{url}/v1", "apiKey": "none"},
                "models": {"m": {"name": "m", "tool_call": True, "limit": {"context": 100000, "output": 1000}}}}
    config = {"provider": {"local": provider}, "model": "local/m", "small_model": "local/m", "autoupdate": False, "share": "disabled"}
    return ["run", "-m", "local/m"], {"OPENCODE_DISABLE_AUTOUPDATE": "1"}, {".config/opencode/opencode.json": json.dumps(config)}


def copilot(folder, url):
    env = {"COPILOT_OFFLINE": "true", "COPILOT_PROVIDER_BASE_URL": f"{url}/v1", "COPILOT_PROVIDER_API_KEY": "none", "COPILOT_MODEL": "m",
           "COPILOT_PROVIDER_MAX_PROMPT_TOKENS": "100000", "COPILOT_PROVIDER_MAX_OUTPUT_TOKENS": "1000"}
    return ["--yolo", "--trust-folder", "-p"], env, {}


def cline(folder, url):
    # Its settings have a form of their own: `cline auth` writes them, see `before`.
    return ["-P", "openai-compatible", "-m", "m"], {"CLINE_TEST_URL": f"{url}/v1"}, {}


def before(host, command, env, folder):
    if host == "cline":
        auth = ["auth", "-p", "openai-compatible", "-k", "none", "-m", "m", "-b", env["CLINE_TEST_URL"]]
        subprocess.run([*command, *auth], cwd=folder, env=env, check=True, capture_output=True, timeout=120)


HOSTS = {"claude": claude, "gemini": gemini_cli, "codex": codex, "opencode": opencode, "copilot": copilot, "cline": cline}
SHELL = {"claude": ("Bash", "command"), "gemini": ("run_shell_command", "command"), "codex": ("exec_command", "cmd"),
         "opencode": ("bash", "command"), "copilot": ("bash", "command"), "cline": ("run_commands", "commands")}
# What a host does with an output or a prompt that it cannot replace or refuse: it is only said.
ONLY_SAID = {"copilot": {"output"}, "cline": {"output", "prompt"}}


# Ends the whole run at a refusal: the model is not asked again.
ENDS = {"cline"}


def cases(host, folder):
    """Name, prompt, tool, arguments, and what the model must get in the end."""
    tool, key = SHELL[host]
    said = ONLY_SAID.get(host, set())
    shell = lambda line: {key: [line] if host == "cline" else line, **({"description": "x"} if host in ("opencode", "copilot") else {})}
    if "prompt" not in said:
        yield "a secret in the prompt", f"use KLAVIYO_API_KEY={VALUE}", None, {}, None
    yield "a command that reads a secret", "go on", tool, shell("cat .env"), "stanch refused this"
    yield "a command that goes around the gate", "go on", tool, shell("git commit --no-verify -m x"), "stanch refused this"
    if "output" not in said:
        yield "an output with a secret", "go on", tool, shell("./print.sh"), "<masked "
    yield "an ordinary command", "go on", tool, shell("echo fine"), "fine"
    yield "a commit that no hook of git judges", "go on", tool, shell("git add -A && git commit -m x"), "stanch refused this"
    if host == "cline":
        path = os.path.join(folder, "a.py")
        yield "a file with a secret", "go on", "editor", {"path": path, "new_text": f'KLAVIYO_API_KEY = "{VALUE}"\n'}, "stanch refused this"
        yield "a read of a secret", "go on", "read_files", {"files": [{"path": ".env"}]}, "stanch refused this"
    if host == "copilot":
        path = os.path.join(folder, "a.py")
        yield "a file with a secret", "go on", "create", {"path": path, "file_text": f'KLAVIYO_API_KEY = "{VALUE}"\n'}, "stanch refused this"
        yield "a read of a secret", "go on", "view", {"path": os.path.join(folder, ".env")}, "stanch refused this"
    if host == "claude":
        path = os.path.join(folder, "a.py")
        yield "a file with a secret", "go on", "Write", {"file_path": path, "content": f'KLAVIYO_API_KEY = "{VALUE}"\n'}, "stanch refused this"
        yield "a read of a secret", "go on", "Read", {"file_path": os.path.join(folder, ".env")}, "stanch refused this"


def run(program, host, command, case, scratch):
    """What became of a case, in one line."""
    name, prompt, tool, arguments, expected = case
    folder, home = os.path.join(scratch, "repo"), os.path.join(scratch, "home")
    for path in (folder, home):
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
    model = Model(tool, arguments)
    threading.Thread(target=model.serve_forever, daemon=True).start()
    flags, extra, files = HOSTS[host](folder, f"http://127.0.0.1:{model.server_port}")
    path = os.path.dirname(os.path.realpath(program)) + ":" + os.environ["PATH"]
    env = {"PATH": path, "HOME": home, "LANG": "C.UTF-8", "TERM": "dumb", **extra}
    for file, text in files.items():
        os.makedirs(os.path.dirname(os.path.join(home, file)), exist_ok=True)
        open(os.path.join(home, file), "w").write(text)
    subprocess.run(["git", "init", "-q", folder], check=True, env=env)
    open(os.path.join(folder, ".env"), "w").write(f"KLAVIYO_API_KEY={VALUE}\n")
    # The value comes about only when the script runs.
    half = len(VALUE) // 2
    script = os.path.join(folder, "print.sh")
    open(script, "w").write(f"#!/bin/sh\nprintf 'KLAVIYO_API_KEY=%s%s\\n' {VALUE[:half]} {VALUE[half:]}\n")
    os.chmod(script, 0o755)
    subprocess.run([program, "agent", "install", host], check=True, cwd=folder, env=env, capture_output=True)
    before(host, command, env, folder)
    try:
        done = subprocess.run([*command, *flags, prompt], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=120)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
    except subprocess.TimeoutExpired:
        said = "it did not end in 120 s"
    model.shutdown()
    got = [body for body in model.seen if VALUE not in json.dumps(arguments) or tool is None or model.seen.index(body) == 0]
    if any(VALUE in body for body in got):
        return "FAILED: the model got the secret"
    if expected is None:
        asked = "the model was asked without it" if model.seen else "refused before the model"
        return asked if model.seen or "stanch" in said or "Blocked" in said else f"FAILED: {said[-300:]!r}"
    if expected == "stanch refused this" and host in ENDS and model.called:
        return "refused, and the run ended" if len(model.seen) == 1 else "FAILED: the run went on"
    if tool and not model.called:
        return f"NOT RUN: the tool was not offered or the model not asked: {said[-300:]!r}"
    if not any(expected in body.replace("\\u003c", "<") for body in model.seen[1:]):
        return f"FAILED: the model did not get {expected!r}: {said[-300:]!r}"
    return f"the model got {expected!r}"


def main():
    program, hosts = os.path.realpath(sys.argv[1]), dict(arg.split("=", 1) for arg in sys.argv[2:])
    failed = False
    for host, command in hosts.items():
        with tempfile.TemporaryDirectory(prefix="agent-hosts-") as scratch:
            scratch = os.path.realpath(scratch)
            for case in cases(host, os.path.join(scratch, "repo")):
                result = run(program, host, command.split(), case, scratch)
                failed |= "FAILED" in result or "NOT RUN" in result
                print(f"{host:9} {case[0]:38} {result}", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
