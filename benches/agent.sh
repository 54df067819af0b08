#!/bin/bash
# Time of one event of a coding assistant, process start included: a payload of 100 KB at each event.
# benches/agent.sh [PROGRAM] [RUNS]
set -euo pipefail
stanch=$(realpath "${1:-target/release/stanch}") runs=${2:-100}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export HOME="$dir/home" GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
mkdir -p "$HOME" "$dir/repo"
cd "$dir/repo"
git init -q .
python3 - "$dir" <<'PY'
import json, sys
dir = sys.argv[1]
line = "def handler_{0}(request, options=None):\n    return render(request, 'page_{0}.html', options or {{'page': {0}}})\n\n"
text = "".join(line.format(i) for i in range(2000))[:100_000]
open("app.py", "w").write(text)
base = {"session_id": "s", "cwd": dir + "/repo"}
pre = lambda tool, args: dict(base, hook_event_name="PreToolUse", tool_name=tool, tool_input=args)
events = {
    "prompt": dict(base, hook_event_name="UserPromptSubmit", prompt=text),
    "read": pre("Read", {"file_path": dir + "/repo/app.py"}),
    "write": pre("Write", {"file_path": dir + "/repo/new.py", "content": text}),
    "edit": pre("Edit", {"file_path": dir + "/repo/app.py", "old_string": "handler_9(", "new_string": "handler_x("}),
    "command": pre("Bash", {"command": "git status --short && grep -n handler app.py | head"}),
    "output": dict(base, hook_event_name="PostToolUse", tool_name="Bash", tool_input={"command": "x"},
                   tool_response={"stdout": text, "stderr": ""}),
}
for name, payload in events.items():
    json.dump(payload, open(f"{dir}/{name}.json", "w"))
PY
for event in prompt read write edit command output; do
  python3 - "$stanch" "$dir/$event.json" "$runs" "$event" <<'PY'
import subprocess, sys, time
program, file, runs, event = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
payload = open(file, "rb").read()
times = []
for _ in range(runs):
    start = time.perf_counter()
    run = subprocess.run([program, "agent", "hook", "claude"], input=payload, capture_output=True)
    times.append((time.perf_counter() - start) * 1000)
    assert run.returncode == 0 and not run.stdout, run
times.sort()
print(f"{event:8} median {times[len(times) // 2]:5.1f} ms  worst of 95 % {times[len(times) * 95 // 100]:5.1f} ms")
PY
done
