#!/bin/bash
# Time of one event of a coding assistant, process start included: a payload of 100 KB at each event, and command lines
# of 100 KB that are made to take long.
# benches/agent.sh [PROGRAM] [RUNS]
# STANCH_EVENTS, a regular expression, names some of the events.
# With STANCH_INSTRUCTIONS set it counts instructions with callgrind instead, one run each: a busy machine counts the same.
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
# A command line may be refused for its size or depth; it must be so within the time.
size = 100_000
hostile = {
    "nested": "echo " + "$(" * (size // 3) + ")" * (size // 3),
    "quotes": "echo " + "'\\''" * (size // 4),
    "braces": "echo " + "{a,b}" * (size // 5),
    "alias": "".join(f"a{i}=$a{i - 1}$a{i - 1}; " for i in range(1, size // 18)) + "echo $a99",
    "pipes": "true | " * (size // 7) + "true",
    "list": "ls; " * (size // 4),
    "heredocs": "cat <<A <<B\nx\nA\ny\nB\n" * (size // 21),
    "eval": "eval " * (size // 5) + "ls",
    "shells": "sh -c '" + "sh -c " * (size // 6) + "ls'",
    "functions": "".join(f"f{i}() {{ f{i + 1}; f{i + 1}; }}; " for i in range(size // 30)) + "f0",
    "loops": "for i in 1 2; do " * (size // 24) + ":; " + "done; " * (size // 24),
    "globs": "ls " + "*" * size,
    "globs2": "ls " + "*/" * (size // 2),
    "here": "cat <<< " * (size // 8) + "x",
    "large-function": "f() { " + "a=b " * (size // 5) + "}; " + "f; " * 5000,
    "substitutions": "echo " + "$(ls) " * (size // 6),
    "backquotes": "echo " + "`a` " * (size // 4),
    "arguments": "ls " + "a " * (size // 2),
    "copies": "".join(f"cp .env f{i}; cat f{i}; " for i in range(size // 24)),
    "tee": "echo '" + "a " * (size // 4) + "' | tee " + "".join(f"f{i} " for i in range(size // 16)),
    "searches": "find . -name '*.py'; " * (size // 21),
    "code": "python3 -c '" + 'x("a", "b");' * (size // 12) + "print(1)'",
    "broken": "a () b; fi; " * (size // 12),
    "case": "case x in " + "a|b) ls;; " * (size // 10) + "esac",
    "forks": "".join(f"a{i}=b; (:); " for i in range(size // 15)),
    "open-braces": "echo " + "{ {a " * (size // 5),
    "encoded": "echo " + "YWFh" * (size // 4) + " | base64 -d | sh",
}
# Prompts and edits.
events["hostile-mentions"] = dict(base, hook_event_name="UserPromptSubmit", prompt="@" * size)
events["hostile-names"] = dict(base, hook_event_name="UserPromptSubmit", prompt="".join(f"@f{i} " for i in range(size // 8)))
edits = [{"old_string": f"gone{i}", "new_string": "x"} for i in range(size // 50)]
events["hostile-edits"] = pre("MultiEdit", {"file_path": dir + "/repo/app.py", "edits": edits})
events["hostile-texts"] = dict(base, hook_event_name="PostToolUse", tool_name="Bash", tool_input={"command": "x"},
                               tool_response={"content": [f"text number {i}" for i in range(size // 20)]})
events |= {f"hostile-{name}": pre("Bash", {"command": line}) for name, line in hostile.items()}
for name, payload in events.items():
    json.dump(payload, open(f"{dir}/{name}.json", "w"))
PY
for event in prompt read write edit command output "$dir"/hostile-*.json; do
  [[ "$event" =~ ${STANCH_EVENTS:-.} ]] || continue
  event=$(basename "$event" .json)
  if [ -n "${STANCH_INSTRUCTIONS:-}" ]; then
    count=$({ valgrind --tool=callgrind --callgrind-out-file=/dev/null "$stanch" agent hook claude <"$dir/$event.json" 2>&1 >/dev/null || true; } |
      sed -n 's/.*Collected : //p')
    printf '%-18s %6.1f million instructions\n' "$event" "$(awk "BEGIN { print $count / 1e6 }")"
    continue
  fi
  python3 - "$stanch" "$dir/$event.json" "$runs" "$event" <<'PY'
import subprocess, sys, time
program, file, runs, event = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
payload = open(file, "rb").read()
times = []
for _ in range(runs):
    start = time.perf_counter()
    run = subprocess.run([program, "agent", "hook", "claude"], input=payload, capture_output=True)
    times.append((time.perf_counter() - start) * 1000)
    assert run.returncode == 0 and (event.startswith("hostile") or not run.stdout), run
times.sort()
print(f"{event:18} median {times[len(times) // 2]:5.1f} ms  worst of 95 % {times[len(times) * 95 // 100]:5.1f} ms")
PY
done
