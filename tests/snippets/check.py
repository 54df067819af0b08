#!/usr/bin/env python3
"""The heavy checks of the code that `stanch explain --lang L --store S` shows.

    cargo build && python3 tests/snippets/check.py FOLDER [LANGUAGE ...]

Installs the stores' own clients from the package registries into FOLDER (some GB; kept for later runs). Each
language's compiler or type checker reads every snippet with them. Runnable snippets run against the servers of
servers.py twice: once they must print the secret; once the store refuses it, and they must stop with an error.

Prints a table, language by store, and exits with 1 if anything failed. Missing compilers and programs are noted and
skipped. `cargo test` needs none of this: tests/snippets.rs has the quick part.
"""

import json
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True  # the sources' folder stays as it is
import languages  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
STANCH = pathlib.Path(os.environ.get("STANCH", HERE.parent.parent / "target/debug/stanch"))
RULE, SLUG, VAR, PROVIDER = "klaviyo-private-api-key", "klaviyo-api-key", "KLAVIYO_API_KEY", "klaviyo"
VALUE = "made-up"
STORES = ["env", "aws-secrets-manager", "vault", "conjur", "gcp-secret-manager", "azure-key-vault", "1password"]
# Environment changes that make each store refuse.
REFUSED = {
    "env": {VAR: ""},
    "aws-secrets-manager": {"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"},
    "vault": {"VAULT_TOKEN": "wrong"},
    "conjur": {"CONJUR_AUTHN_API_KEY": "wrong"},
    "gcp-secret-manager": {"GOOGLE_CLOUD_PROJECT": "other"},
    "azure-key-vault": {"IDENTITY_HEADER": "wrong"},
    "1password": {"REFUSE": "no "},
}


class Work:
    """The folder, the servers, and the results."""

    def __init__(self, folder):
        self.folder = folder
        self.cells = {}
        self.failed = []
        self.tools = {}
        self.home = folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self.venv = folder / "venv/bin"
        self.npm = folder / "npm"
        self._servers = None

    def sources(self, lang, extension):
        """The snippets of a language by store, as `explain` prints them."""
        out = {}
        for store in STORES:
            command = [STANCH, "explain", RULE, "--lang", lang, "--store", store, "--format", "json"]
            answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            path = self.folder / "work" / lang.replace("#", "sharp") / store / f"snippet.{extension}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.loads(answer)[0]["snippet"]["code"])
            out[store] = path
        return out

    def command(self, *words, env=None, cwd=None, timeout=900):
        """Runs a program with a small environment; returns its exit code, output and errors."""
        path = f"{self.folder}/bin:{self.venv}:{os.environ['PATH']}"
        base = {"PATH": path, "HOME": str(self.home), "LANG": "C.UTF-8", "npm_config_update_notifier": "false"}
        passed = {k: v for k, v in os.environ.items() if k in ("CARGO_HOME", "RUSTUP_HOME", "JAVA_HOME")}
        cargo = pathlib.Path.home() / ".cargo"
        passed.setdefault("CARGO_HOME", str(cargo))
        passed.setdefault("RUSTUP_HOME", str(cargo.parent / ".rustup"))
        try:
            done = subprocess.run(
                [str(w) for w in words], env={**base, **passed, **(env or {})}, cwd=cwd or self.folder,
                capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
            )
        except FileNotFoundError:
            return 127, "", f"{words[0]} is not installed"
        except subprocess.TimeoutExpired:
            return 124, "", f"{words[0]} did not end in {timeout} s"
        return done.returncode, done.stdout, done.stderr

    def has(self, tool, *version):
        """Returns whether the tool is installed; notes its version or its absence."""
        code, out, err = self.command(tool, *(version or ["--version"]))
        if code == 127:
            self.say(f"note: {tool} is not installed; its checks were skipped")
            return False
        lines = [line for line in (out + err).splitlines() if any(c.isdigit() for c in line) and "arning" not in line]
        self.tools[pathlib.Path(str(tool)).name] = lines[0].strip() if lines else "?"
        return True

    def note(self, lang, store, what, ok, text=""):
        """Records one check of one snippet."""
        if ok:
            self.cells.setdefault((lang, store), []).append(what)
        else:
            self.failed.append((lang, store, what))
            self.say(f"FAILED {lang} {store}: {what}\n{text.strip()[-2000:]}")

    def run(self, lang, store, words, what="run", environment=None, refused=None, cwd=None):
        """Checks that the program prints the secret, and stops with an error if the store refuses it."""
        if store == "1password":
            what = "program"
        good = self.servers().get(environment or store)
        bad = {**good, **(refused or REFUSED[store])}
        code, out, err = self.command(*words, env=good, cwd=cwd, timeout=120)
        ok = code == 0 and out.rstrip("\n") == VALUE
        if ok:
            code, out, err = self.command(*words, env=bad, cwd=cwd, timeout=120)
            # It must end by itself, with an error and without the value.
            ok = code not in (0, 124, 127) and VALUE not in out
            err = f"when refused: {err}"
        self.note(lang, store, what, ok, f"exit {code}\n{out}\n{err}")

    def servers(self):
        if self._servers is None:
            words = [self.venv / "python", HERE / "servers.py", self.folder / "servers", SLUG, VAR, PROVIDER]
            self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            line = self._process.stdout.readline()
            if not line:
                sys.exit("the servers did not start")
            self._servers = json.loads(line) | {"1password": {}, "programs": {"KEY_VAULT_NAME": "v"}}
            fakes(self.folder / "bin")
        return self._servers

    def close(self):
        if self._servers is not None:
            self._process.stdin.close()
            self._process.wait()

    def say(self, text):
        print(text, file=sys.stderr, flush=True)


PROGRAMS = {
    "op": f"read --no-newline op://Production/{SLUG}/credential",
    "vault": f"kv get -mount=secret -field={VAR} {PROVIDER}",
    "conjur": f"variable get -i apps/{SLUG}",
    "az": f"keyvault secret show --vault-name v --name {SLUG} --query value -o tsv",
}


def fakes(folder):
    """Makes stand-ins for programs that cannot be installed; each answers only its documented command line."""
    folder.mkdir(exist_ok=True)
    for name, words in PROGRAMS.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n[ \"$REFUSE$*\" = '{words}' ] && printf {VALUE}\n")
        program.chmod(0o755)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if not STANCH.exists():
        sys.exit(f"{STANCH} is not there: cargo build makes it, or name another in STANCH")
    work = Work(pathlib.Path(sys.argv[1]).resolve())
    chosen = sys.argv[2:] or list(languages.CHECKS)
    try:
        languages.install(work, chosen)
        for lang in chosen:
            work.say(f"== {lang}")
            languages.CHECKS[lang](work)
    finally:
        work.close()
    print("| | " + " | ".join(STORES) + " |\n|---|" + "---|" * len(STORES))
    for lang in chosen:
        cells = [", ".join(work.cells.get((lang, s), ["-"])) for s in STORES]
        print(f"| {lang} | " + " | ".join(cells) + " |")
    print("\nWith " + "; ".join(sorted(f"{k}: {v}" for k, v in work.tools.items())) + ".")
    for lang, store, what in work.failed:
        print(f"FAILED {lang} {store}: {what}")
    sys.exit(1 if work.failed else 0)


if __name__ == "__main__":
    main()
