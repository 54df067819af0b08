#!/usr/bin/env python3
"""hostile.py STANCH [BEFORE] [--shapes WORD] [--dense] [--no-write]: what texts cost that are made to be slow, and texts full of keywords.

Two tables, written into docs/performance.md. The first has shapes that once made a scanner walk the same bytes again
and again, at 1, 2, 4 and 8 MB: processor seconds of `stanch scan FILE`, and the cost at 8 MB against a plain text of
the same size. With BEFORE, an older program, its figures stand beside. Nothing may grow faster than the text; a size is
left out (-) when half of it took over 20 seconds.

The second has what people commit: 20 files of 200 lines with words such as token, value and customer in them, and a
minified bundle of 4.8 MB, staged; wall time of the hook against `git diff --cached --quiet`, in runs that take turns.

All texts are made here, by program: nothing in them is a secret of anybody.
"""
import argparse, base64, io, pathlib, random, string, subprocess, sys, tempfile, tomllib, zipfile
from turns import ENV, Run, turns, write

SIZES = [1, 2, 4, 8]
MB = 1 << 20
LIMIT = 20


def noise(rng, length, letters=string.ascii_letters + string.digits):
    return "".join(rng.choices(letters, k=length))


def filled(unit, size):
    """A unit, or what a function makes of a number, again and again."""
    if isinstance(unit, str):
        return (unit * (size // len(unit) + 1))[:size]
    parts, length, i = [], 0, 0
    while length < size:
        parts.append(unit(i))
        length += len(parts[-1])
        i += 1
    return "".join(parts)[:size]


def keywords():
    catalogue = pathlib.Path(__file__).resolve().parent.parent / "src/rules/catalogue"
    for path in sorted(catalogue.glob("*.toml")):
        for rule in tomllib.loads(path.read_text(encoding="utf-8")).get("rule", []):
            yield from rule.get("keywords") or rule.get("context", {}).get("words", [])


def all_keywords(size):
    """Each keyword of the catalogue in turn, with a run that most rules ask for, on one line."""
    rng = random.Random(1)
    words = [f"{k}={noise(rng, 40, '0123456789abcdef')} " for k in keywords()]
    return filled("".join(words), size)


def wrapped_base64(width):
    """Lines of base64 of which only the last is no text."""
    def text(size):
        line = base64.b64encode(b"the quick brown fox jumps over the lazy dog. " * 4).decode()[:width]
        return filled(line + "\n", size - width - 1) + "//79" * (width // 4) + "\n"
    return text


def zips_of_zeros(size):
    """Strings of base64, each a zip of a file of a megabyte of zeros."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as to:
        to.writestr("a.bin", bytes(MB))
    return filled(f'"{base64.b64encode(packed.getvalue()).decode()}",\n', size)


def found(i):
    """A line with a value that is found."""
    return f'db_password_{i} = "{noise(random.Random(i), 20)}"\n'


def one_line(i):
    return f'password{i}="{noise(random.Random(i), 20)}";'


def record(i):
    """A line of JSON as databases export it; each eighth has a provider's word and a value of its rule's length."""
    rng = random.Random(i)
    rows = ", ".join(f'{{"id": "rec{noise(rng, 14)}", "name": "stop {rng.randrange(99)}", "value": {i}}}' for _ in range(20))
    return f'{{"id": "{noise(rng, 32, "0123456789abcdef")}", "by": "{"none" if i % 8 else "mailjet"}", "rows": [{rows}]}}\n'


def plain(i):
    return f"    total_{i % 997} = combine(left_{i % 89}, right_{i % 83});  // step\n"


# Name, file, and what it is made of: a unit that is repeated, or a function of the size.
SHAPES = [
    ("plain lines", "a.js", lambda n: filled(plain, n)),
    ("plain, one line", "a.js", lambda n: filled("total=combine(left,right);", n)),
    ('`password="a";` in .js', "a.js", 'password="a";'),
    ("the same in .sh", "a.sh", 'password="a";'),
    ("the same in .go", "a.go", 'password="a";'),
    ("the same in .sql", "a.sql", 'password="a";'),
    ("`password=` in .txt", "a.txt", "password="),
    ('`"""password = """` in .py', "a.py", '"""password = """'),
    ('`def f():"""password = """` lines in .py', "a.py", 'def f():\n  """password = \'abc\' """\n'),
    ("`curl` with a user and Bearer in .sh", "a.sh", 'curl -u a:b -H "Authorization: Bearer '),
    ("`curl` and Basic in .sh", "a.sh", 'curl stripe -H "Authorization: Basic YTpi" '),
    ("`curl curl curl` in .sh", "a.sh", lambda n: filled("curl stripe " + "curl " * 200 + "a" * 40 + " ", n)),
    ("`mysql mysql mysql` in .sh", "a.sh", "mysql "),
    ("`pdo(pdo(pdo(` in .php", "a.php", "pdo("),
    ("`login(` with quotes in .py", "a.py", "login('\"`"),
    ("`kind: Secret` lines in .yaml", "a.yaml", "kind: Secret\n"),
    ("`kind: Secret` ever further in", "a.yaml", lambda n: filled(lambda i: " " * (i % 40) + "kind: Secret\n", n)),
    ("`kind: Secret` with `data:`", "a.yaml", "kind: Secret\ndata:\n  ab: cd\n"),
    ('`"kind": "Secret"` in .json', "a.json", '{"kind": "Secret", "data": {"a": '),
    ("records of JSON, a provider's word in some", "a.json", lambda n: filled(record, n)),
    ("each keyword with a hex run", "a.txt", all_keywords),
    ("lines of base64, 76 wide", "a.txt", wrapped_base64(76)),
    ("lines of base64, 77 wide", "a.txt", wrapped_base64(77)),
    ("lines that begin gzip in base64", "a.txt", lambda n: filled(lambda i: "H4sI" + noise(random.Random(i), 72) + "\n", n)),
    ("lines that begin zlib in base64", "a.txt", lambda n: filled(lambda i: "eJw" + noise(random.Random(i), 73) + "\n", n)),
    ("zips of zeros in base64", "a.json", zips_of_zeros),
    ("strings in pieces in .js", "a.js", '"pass" + "word" + "=" + "ab";\n'),
    ("escapes in .js", "a.js", "%70assword%3Da%26"),
    ("a letter run as a value", "a.env", lambda n: filled("password=" + "qzxk" * 200 + "\n", n)),
    ("weak words as a value", "a.env", "password=foobarbazfoobarbazfoobarbazfoobarq\n"),
    ("lists of keys in .js", "a.js", 'keys: ["ab", "cd", "ef", '),
    ("tags in .xml", "a.xml", "<key name='password' value='ab' "),
    ("columns in .csv", "a.csv", lambda n: "user,password\n" + filled("a,bcde\n", n)),
    ("rows in .sql", "a.sql", "insert into t (a, password) values ('a', 'bcde'), ('c', 'defg');\n"),
    ("URLs with a user", "a.txt", "http://a:bcde@f "),
    ("open quotes", "a.js", "key=\"'`"),
    ("blanks after a name", "a.md", lambda n: filled("key:" + " " * 60, n)),
    ("values that are found, a line each", "a.js", lambda n: filled(found, n)),
    ("values that are found, one line", "a.js", lambda n: filled(one_line, n)),
    ("values that are found, one line of .md", "a.md", lambda n: filled(one_line, n)),
    ("found, each with a marker", "a.js", lambda n: filled(lambda i: found(i)[:-1] + " // stanch:allow generic-password -- x\n", n)),
]


def cost(program, name, text, where):
    path = pathlib.Path(where, name)
    path.write_text(text, encoding="utf-8")
    run = Run([program, "scan", name], where, limit=6 * LIMIT)
    return None if run.code == 124 else run.processor


def shapes(programs, word):
    rows, base = [], {}
    for title, name, unit in SHAPES:
        if word and word not in title and not title.startswith("plain"):
            continue
        cells = []
        for which, program in enumerate(programs):
            took, last = [], 0
            with tempfile.TemporaryDirectory() as where:
                for size in SIZES:
                    text = unit(size * MB) if callable(unit) else filled(unit, size * MB)
                    last = cost(program, name, text, where) if last is not None and last < LIMIT else None
                    took.append(last)
            cells += [f"{t:.2f}" if t is not None else "-" for t in took]
            base.setdefault(which, took[-1])
            if which == len(programs) - 1:
                cells.append(f"{took[-1] / base[which]:.0f}" if took[-1] else "-")
        rows.append(f"| {title} | " + " | ".join(cells) + " |")
        print(rows[-1], file=sys.stderr, flush=True)
    sizes = [f"{s} MB" for s in SIZES]
    before = [f"before, {s}" for s in sizes] if len(programs) > 1 else []
    head = ["shape", *before, *sizes, "8 MB / plain"]
    return "| " + " | ".join(head) + " |\n|" + "---|" * len(head) + "\n" + "\n".join(rows) + "\n"


NAMES = ["token", "value", "customer", "key", "session", "account", "default", "auth", "user", "config", "client", "secretary"]


def code(rng):
    """A line as it stands in a program, with the words that scanners look for."""
    a, b, c = (rng.choice(NAMES) for _ in range(3))
    n = rng.randrange(100)
    return rng.choice([
        f"    const {a}{n} = await {b}Store.get({c}Id, options);\n",
        f"    if ({a}.{b} === null || {c}.length > {n}) return {a};\n",
        f"    {a}: {b}.map(({c}) => {c}.{a}Name),\n",
        f"    // the {a} of a {b} is kept until the {c} ends\n",
        f"    logger.info(`{a} ${{{b}.id}} for {c} ${{index}}`);\n",
        f"    this.{a}By{b.title()}.set({c}.{b}, new {a.title()}({c}, {n}));\n",
        f"    expect({a}({b})).toBe('{c}');\n",
        f"    for (const [{a}, {b}] of Object.entries({c}s)) total += {a}.count;\n",
    ])


def minified(rng):
    a, b, c = (rng.choice(NAMES[:4]) for _ in range(3))
    n = rng.randrange(1000)
    return rng.choice([
        f"function a{n}(e,t){{return e.{a}=t.{b},e.{c}}};",
        f"var i{n}={{{a}:e,{b}:t.{b},{c}:null}};",
        f"this.{a}=e.{b}||\"\";",
        f"case\"{a}\":return n.{b}({c}{n},!0);",
        f"r({n}).{a}(function(e){{return e.{b}-{n}}}),",
        f"for(var {a}{n} in e)t.{b}[{c}]=e[{a}{n}];",
    ])


def dense(program, rounds=21):
    rng = random.Random(7)
    table = ("| work | stanch | `git diff --cached --quiet` | stanch / quiet |\n|---|---|---|---|\n")
    for title, base, files in [
        ("20 files of 200 lines, a small repository", 100, "lines"),
        ("20 files of 200 lines, 20,000 entries", 20_000, "lines"),
        ("a bundle of 4.8 MB, a small repository", 100, "bundle"),
        ("a bundle of 4.8 MB, 20,000 entries", 20_000, "bundle"),
    ]:
        with tempfile.TemporaryDirectory() as where:
            def git(*args, feed=None):
                quick = ["-c", "core.fsync=none", "-c", "gc.auto=0", "-c", "user.name=b", "-c", "user.email=b@localhost"]
                return subprocess.run(["git", *quick, *args], cwd=where, env=ENV, input=feed, capture_output=True,
                                      check=True).stdout.decode().strip()
            git("init", "-q", "-b", "main")
            old = {f"src/{i % 5}/part{i}.js": "".join(code(rng) for _ in range(200)) for i in range(20)}
            blob = git("hash-object", "-w", "--stdin", feed=b"unchanged\n")
            listing = "".join(f"100644 {blob}\tlib/{i // 900}/{i // 30 % 30}/file{i % 30}.c\n" for i in range(base))
            git("update-index", "--index-info", feed=listing.encode())
            def stage(path, text):
                file = pathlib.Path(where, path)
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")
                git("add", path)
            for path, text in old.items():
                stage(path, text)
            git("commit", "-q", "-m", "base")
            git("repack", "-adq")
            if files == "lines":
                for path, text in old.items():
                    stage(path, "".join(code(rng) for _ in range(100)) + text + "".join(code(rng) for _ in range(100)))
            else:
                stage("dist/bundle.min.js", filled(lambda _: minified(rng), 4_800_000))
            m = turns({
                "stanch": lambda: Run([program, "hook", "pre-commit"], where),
                "quiet": lambda: Run(["git", "diff", "--cached", "--quiet"], where),
            }, rounds)
            a, b = m["stanch"].wall * 1000, m["quiet"].wall * 1000
            table += f"| {title} | {a:.1f} | {b:.1f} | {a / b:.2f} |\n"
            print(table.splitlines()[-1], file=sys.stderr, flush=True)
    return table


parser = argparse.ArgumentParser(usage=__doc__.split(":")[0])
parser.add_argument("programs", nargs="+")
parser.add_argument("--shapes", default="", help="only those with this word in their names")
parser.add_argument("--dense", action="store_true", help="only the second table")
parser.add_argument("--no-write", action="store_true", help="print only")
args = parser.parse_args()
programs = [str(pathlib.Path(p).resolve()) for p in reversed(args.programs)]
put = (lambda name, table: print(table)) if args.no_write else write
if not args.dense:
    put("hostile", shapes(programs, args.shapes))
if not args.shapes:
    put("dense", dense(programs[-1]))
