"""Real files of bare clones, by language and place, in which a line can be put."""
import random, re, subprocess

from syntaxes import AFTER, EXTENSIONS, STATEMENT

OF_TESTS = "tests?|__tests__|unittests?|specs?|fixtures|testdata|testing|e2e|__mocks__|mocks?"
TEST = re.compile(
    rf"(?i:(^|/)({OF_TESTS})/|[._-](test|spec)\.\w+$)"
    r"|(^|/)\w*[a-z]Tests?/|(^|/)test_[^/]*$|(Tests?|(^|/)tests?)\.\w+$"
)
SAMPLE = re.compile(r"(^|/)(examples?|samples?|demos?)/|\.(example|sample|template|dist)(\.|$)", re.I)
DOCS = re.compile(r"(^|/)docs?/|\.(md|mdx|rst|adoc)$", re.I)
NOT_WRITTEN = re.compile(r"(^|/)(node_modules|vendor|third_party|dist|build|target|\.git[^/]*)/|\.min\.|lock|(^|/)(package|tsconfig)", re.I)


def git(repository, *args):
    return subprocess.run(["git", "--git-dir", repository, "-c", "safe.directory=*", *args], capture_output=True).stdout


def place_of(path):
    for place, pattern in (("test", TEST), ("docs", DOCS), ("sample", SAMPLE)):
        if pattern.search(path):
            return place
    return "production"


def language_of(path):
    name = path.rsplit("/", 1)[-1]
    for language, endings in EXTENSIONS.items():
        if any(name.endswith(e) for e in endings):
            return language
    return "markdown" if name.endswith(".md") else None


class Hosts:
    """Draws files; one repository counts as much as another."""

    def __init__(self, repositories, rng):
        self.rng, self.files = rng, {}
        for repository in sorted(repositories):
            listed = git(repository, "ls-tree", "-r", "-l", "-z", "HEAD").decode("utf-8", "replace").split("\0")
            for entry in filter(None, listed):
                (mode, _, blob, size), path = entry.split("\t")[0].split(), entry.split("\t", 1)[1]
                language = language_of(path)
                if mode.startswith("100") and language and size.isdigit() and 200 < int(size) < 60_000 and not NOT_WRITTEN.search(path):
                    key = language, place_of(path) if language != "markdown" else "docs"
                    self.files.setdefault(key, {}).setdefault(repository, []).append((path, blob))

    def draw(self, language, place):
        """(path, text, the line after which a new one goes, indent), or None."""
        wanted = [(language, place), (language, "production"), (language, "sample"), (language, "test")]
        for key in wanted:
            for _ in range(30 if key in self.files else 0):
                repository = self.rng.choice(sorted(self.files[key]))
                path, blob = self.rng.choice(self.files[key][repository])
                text = git(repository, "cat-file", "blob", blob)
                at = self.point(language, text)
                if at:
                    return self.moved(path, language, key[1], place), text, *at
        return None

    def point(self, language, text):
        try:
            lines = text.decode().split("\n")
        except UnicodeDecodeError:
            return None
        if any(len(line) > 500 or line.endswith("\r") for line in lines):
            return None
        after = re.compile(AFTER.get(language, STATEMENT))
        indent = lambda line: re.match(r"\s*", line)[0]
        at = [i for i in range(2, len(lines) - 1) if after.fullmatch(lines[i]) and lines[i + 1].strip()
              and indent(lines[i]) == indent(lines[i + 1])]
        if not at:
            return None
        chosen = self.rng.choice(at)
        return chosen + 1, indent(lines[chosen])

    def moved(self, path, language, has, place):
        """A path of the wanted place where the clones have none."""
        if language == "env":
            return {"production": ".env.production", "test": ".env.test", "sample": ".env.example"}[place]
        if has == place:
            return path
        bare = re.sub(rf"(^|/)({OF_TESTS}|examples?|samples?|demos?|docs?|\w*[a-z]Tests?)/", r"\1", path)
        bare = re.sub(r"(^|/)test_", r"\1", bare)
        return {"production": "", "test": "tests/", "sample": "examples/"}[place] + bare

    def markdown(self):
        """(path, text, the line after which a block goes)"""
        for _ in range(100):
            repository = self.rng.choice(sorted(self.files["markdown", "docs"]))
            path, blob = self.rng.choice(self.files["markdown", "docs"][repository])
            text = git(repository, "cat-file", "blob", blob)
            lines = text.decode("utf-8", "replace").split("\n")
            fences = 0
            at = []
            for i, line in enumerate(lines):
                fences += line.lstrip().startswith("```")
                if not line.strip() and fences % 2 == 0 and i:
                    at.append(i)
            if at:
                return path, text, self.rng.choice(at) + 1
        return None
