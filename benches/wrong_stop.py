#!/usr/bin/env python3
"""What a wrong stop costs: from the block to a passing commit by the commands that stanch prints.

    benches/wrong_stop.py PROGRAM

Each case is a repository of its own, with the hooks installed and one made-up value staged that blocks. The script does
what the message says and nothing else: the line after "Not a secret?", then the command that `allow` prints. It
counts commands, keystrokes if all is typed, keystrokes if each command is pasted and only the reason is typed (two for
copy, two for paste, one for Enter), and the seconds that the programs take. Reading and thinking are a person's own.
"""
import os, pathlib, random, re, string, subprocess, sys, tempfile, time

REASON = "made up for a test"
SEED = 15


def drawn(kind, length):
    return "".join(random.choice(kind) for _ in range(length))


def cases():
    word = drawn(string.ascii_letters + string.digits, 24)
    hexadecimal = drawn("0123456789abcdef", 40)
    return [
        ("a password in YAML", "config/app.yml", f"db_password: {word}\n"),
        ("a key in JSON", "config/app.json", f'{{"internal_api_key": "{hexadecimal}"}}\n'),
        ("a token in Python", "app.py", f'API_TOKEN = "{word}"\n'),
        ("a URL in .env", ".env", f"DATABASE_URL=postgres://app:{word}@db.acme.io/app\n"),
        ("five of them in one commit", "config/five.yml", "".join(
            f"{name}_password: {drawn(string.ascii_letters + string.digits, 24)}\n"
            for name in ("db", "mail", "queue", "cache", "search"))),
    ]


def main(program):
    program = pathlib.Path(program).resolve()
    random.seed(SEED)
    print("| what was stopped | commands | keys, all typed | keys, pasted | seconds |")
    print("|---|--:|--:|--:|--:|")
    for title, path, text in cases():
        with tempfile.TemporaryDirectory() as folder:
            print(row(title, path, text, pathlib.Path(folder), program))


def row(title, path, text, folder, program):
    tools, home, repository = folder / "bin", folder / "home", folder / "repository"
    for made in (tools, home, repository):
        made.mkdir()
    (tools / "stanch").symlink_to(program)
    env = dict(os.environ, HOME=str(home), PATH=f"{tools}:{os.environ['PATH']}", GIT_CONFIG_SYSTEM=os.devnull,
               NO_COLOR="1")

    def run(line):
        start = time.perf_counter()
        done = subprocess.run(["sh", "-c", line], cwd=repository, env=env, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr, time.perf_counter() - start

    for line in ("git init -q", "git config user.name Ada", "git config user.email ada@acme.io", "stanch install"):
        assert run(line)[0] == 0, line
    file = repository / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(text)
    run(f"git add {path}")
    code, said, _ = run("git commit -m change")
    assert code == 1, f"{title}: not blocked\n{said}"
    commands, typed, pasted, seconds = 0, 0, 0, 0.0
    while code != 0:
        allow = re.search(r'stanch allow [^\n]*--reason "WHY"', said)
        assert allow, said
        # Of several the message names each above, and the command once.
        each = re.findall(r"^ +([0-9a-f]{8}) ", said, re.M) if "FINGERPRINT" in allow[0] else [""]
        for fingerprint in each:
            line = allow[0].replace("FINGERPRINT", fingerprint).replace("WHY", REASON)
            code, told, took = run(line)
            assert code == 0, told
            commands, typed, pasted, seconds = commands + 1, typed + len(line) + 1, pasted + 5 + len(REASON), seconds + took
        line = re.search(r"now: (.*)", told)[1].replace("git commit", "git commit -m change")
        code, said, took = run(line)
        commands, typed, pasted, seconds = commands + 1, typed + len(line) + 1, pasted + 5, seconds + took
        assert commands < 40, said
    return f"| {title} | {commands} | {typed} | {pasted} | {seconds:.2f} |"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
