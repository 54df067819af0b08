"""Shared by the timing scripts: the other tools, alternating runs, and the tables in docs/performance.md.

Each round runs every command once, so a busy machine slows all of them alike. Only medians over the same rounds are
compared. Pages are mapped and files cached before the first round counts.
"""
import glob, os, pathlib, shutil, statistics, subprocess, tempfile, time

ENV = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull, NO_COLOR="1")
PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "performance.md"
# Slowest run that is repeated, in seconds.
SLOW = 15


class Run:
    """One run: wall and processor seconds, and peak memory in MB, children included."""

    def __init__(self, command, where, feed=b"", env=ENV, limit=600):
        with tempfile.TemporaryFile() as text:
            text.write(feed)
            text.seek(0)
            start = time.perf_counter()
            child = subprocess.Popen(["timeout", str(limit), *command] if limit < 600 else command, cwd=where, env=env,
                                     stdin=text, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            _, status, used = os.wait4(child.pid, 0)
            self.wall = time.perf_counter() - start
        self.code = child.returncode = os.waitstatus_to_exitcode(status)
        self.processor = used.ru_utime + used.ru_stime
        self.peak = used.ru_maxrss / 1024


class Median:
    """The medians of some runs; `runs` is their number."""

    def __init__(self, runs):
        self.runs = len(runs)
        for what in ("wall", "processor", "peak"):
            setattr(self, what, statistics.median(getattr(r, what) for r in runs))


def megabytes(peak, floor=[]):
    """A peak in words. The kernel includes this script's memory at the program's start, so smaller peaks are
    unknown."""
    if not floor:
        floor.append(Run(["true"], "/").peak)
    return f"{peak:.0f}" if peak > floor[0] * 1.02 + 0.2 else f"under {peak:.0f}"


def turns(commands, rounds, seldom=()):
    """Runs each of `commands` (name to a function that makes a Run) once per round; medians by name. Those named in
    `seldom` run in every sixth round, and a slow one only in the first."""
    runs = {name: [] for name in commands}
    for turn in range(rounds + 2):
        for name, command in commands.items():
            rare = name in seldom
            if rare and (turn % 6 != 2 or any(r.wall > SLOW for r in runs[name])):
                continue
            run = command()
            # The first two rounds fill the caches, also for tools that run seldom.
            if turn >= 2:
                runs[name].append(run)
    return {name: Median(r) for name, r in runs.items() if r}


def native(folder, name):
    """A tool's own program; a Python package's launcher would add an interpreter's start to each run."""
    for pattern in (f"venv*/lib/python*/site-packages/*/bin/{name}", f"venv*/bin/{name}", f"cargo/bin/{name}",
                    f"npm/node_modules/.bin/{name}"):
        for path in sorted(glob.glob(os.path.join(folder, pattern))) if folder else []:
            return os.path.realpath(path) if "site-packages" in path else path
    return shutil.which(name)


class Peers:
    """The installed tools: in a folder made by benches/peers.sh, otherwise on PATH."""

    def __init__(self, folder):
        self.folder = folder
        self.path = {n: native(folder, n) for n in ("kingfisher", "betterleaks", "gitleaks", "ripsecrets", "secretlint",
                                                    "detect-secrets-hook", "detect-secrets", "git-secrets")}
        # git-secrets has no patterns until they are configured: give it its AWS patterns in a separate
        # configuration.
        self.secrets_env = ENV
        if self.path["git-secrets"]:
            self.home = tempfile.TemporaryDirectory()
            subprocess.run(["git", "init", "-q"], cwd=self.home.name, env=ENV, check=True)
            subprocess.run(["git", "secrets", "--register-aws"], cwd=self.home.name, env=ENV, check=True,
                           stdout=subprocess.DEVNULL)
            self.secrets_env = dict(ENV, GIT_CONFIG_GLOBAL=os.path.join(self.home.name, ".git/config"))

    def secretlint(self, *what):
        """secretlint needs its rules in its own folder, and its options in a file."""
        preset = os.path.join(self.folder or "", "npm/node_modules/@secretlint/secretlint-rule-preset-recommend")
        rules = '{"rules":[{"id":"' + (preset if os.path.isdir(preset) else os.path.basename(preset)) + '"}]}'
        return [self.path["secretlint"], "--secretlintrcJSON", rules, *what]

    def hooks(self, where, staged):
        """How each tool checks a commit, following its manual. `staged` lists the files for tools that take names, as
        pre-commit would pass them; making the list is not timed."""
        p = self.path
        commands = {
            "betterleaks": [p["betterleaks"], "git", "--staged", "--no-banner"],
            "gitleaks": [p["gitleaks"], "git", "--pre-commit", "--staged", "--no-banner"],
            "kingfisher": [p["kingfisher"], "scan", ".", "--staged", "--no-validate", "--no-update-check", "--quiet"],
        }
        if staged:
            # Without file names git-secrets reads everything.
            commands |= {
                "git-secrets": ["git", "secrets", "--pre_commit_hook"],
                "ripsecrets": [p["ripsecrets"], "--strict-ignore", *staged],
                "secretlint": self.secretlint("--no-glob", *staged),
                "detect-secrets": [p["detect-secrets-hook"], *staged],
            }
        return self.made(commands, where)

    def trees(self, where):
        """How each tool reads a folder and its subfolders."""
        p = self.path
        commands = {
            "kingfisher": [p["kingfisher"], "scan", ".", "--no-validate", "--git-history", "none", "--no-update-check",
                           "--quiet"],
            "betterleaks": [p["betterleaks"], "filesystem", ".", "--no-banner"],
            "gitleaks": [p["gitleaks"], "dir", "--no-banner", "."],
            "ripsecrets": [p["ripsecrets"], "."],
            "secretlint": self.secretlint("**/*"),
            "detect-secrets": [p["detect-secrets"], "scan", "--all-files", "."],
        }
        return self.made(commands, where, limit=150)

    def pushes(self, where, base, tip):
        """How each tool reads the commits of a push."""
        p = self.path
        commands = {
            "betterleaks": [p["betterleaks"], "git", f"--log-opts={base}..{tip}", "--no-banner"],
            "gitleaks": [p["gitleaks"], "git", f"--log-opts={base}..{tip}", "--no-banner"],
            "kingfisher": [p["kingfisher"], "scan", ".", "--since-commit", base, "--no-validate", "--no-update-check",
                           "--quiet"],
        }
        return self.made(commands, where, limit=60)

    def made(self, commands, where, limit=600):
        there = {n: c for n, c in commands.items() if self.path[n]}
        env = {"git-secrets": self.secrets_env}
        return {n: (lambda c=c, n=n: Run(c, where, env=env.get(n, ENV), limit=limit)) for n, c in there.items()}


def write(name, table):
    """Prints a table and writes it into the page between its two marks."""
    print(table, flush=True)
    text = PAGE.read_text(encoding="utf-8")
    start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
    before, rest = text.split(start)
    _, after = rest.split(end)
    PAGE.write_text(f"{before}{start}{table.strip()}\n{end}{after}", encoding="utf-8")
