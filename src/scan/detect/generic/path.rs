//! What a path says about the secrets in the file: whole components and known endings only, for `latest/` is no test
//! and `order.mapping.ts` no source map.

/// The class of a test's files.
pub(super) const TEST: &str = "path-test";
/// The class of recorded requests and answers.
pub(super) const RECORDING: &str = "path-recorded";
/// The class of documentation.
pub(super) const DOCUMENTATION: &str = "path-docs";
/// The class of what continuous integration runs: the passwords of the services that it starts for a run are no secrets,
/// its tokens are.
pub(super) const CI: &str = "path-ci";

/// The class of a path that makes secrets in it less likely real; the first that fits.
pub(super) fn class(path: &[u8]) -> Option<&'static str> {
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.rsplit(|b| matches!(b, b'/' | b'\\'));
    let name = parts.next().unwrap_or_default();
    let start = path.len() - name.len();
    let file = File { name, cased: &path[start..] };
    if file.is_generated() {
        return Some("path-generated");
    }
    if file.is_lock() {
        return Some("path-lock");
    }
    let (mut translation, mut soft, mut ci) = (file.is_translated(), file.class(), file.is_ci());
    for part in parts {
        translation |= (file.holds_texts() || file.names_language()) && TRANSLATIONS.contains(&part);
        // A test holds for all that is in it, save for recordings: they are of real requests. Else what is closest to
        // the file says the most.
        let class = of_component(part);
        soft = if class == Some(TEST) && soft != Some(RECORDING) { class } else { soft.or(class) };
        ci |= matches!(part, b".github" | b".circleci" | b".buildkite" | b".gitlab" | b".teamcity");
    }
    match translation {
        true => Some("path-translation"),
        false => soft.or(ci.then_some(CI)),
    }
}

/// The class of the files in a folder of this name.
fn of_component(part: &[u8]) -> Option<&'static str> {
    let is = |list: &[&[u8]]| list.contains(&part);
    if is(&RECORDED) {
        return Some(RECORDING);
    }
    // `tests`, and `api-tests` or `unit_test` as well.
    if is(&TESTS) || last_word(part).is_some_and(is_test_word) {
        return Some(TEST);
    }
    match () {
        () if is(&VENDORED) => Some("path-vendored"),
        () if is(&GENERATED) => Some("path-generated"),
        () if is(&EXAMPLES) => Some("path-example"),
        () if is(&DOCS) => Some(DOCUMENTATION),
        () => None,
    }
}

const RECORDED: [&[u8]; 6] =
    [b"cassettes", b"vcr_cassettes", b"vcr", b"recordings", b"recorded", b"cassette"];
const TESTS: [&[u8]; 27] = [
    b"test_resources",
    b"test-resources",
    b"testresources",
    b"test_files",
    b"test_fixtures",
    b"test",
    b"tests",
    b"testing",
    b"spec",
    b"specs",
    b"__tests__",
    b"__test__",
    b"fixture",
    b"fixtures",
    b"__fixtures__",
    b"testdata",
    b"test-data",
    b"test_data",
    b"mock",
    b"mocks",
    b"__mocks__",
    b"__snapshots__",
    b".snapshots",
    b"e2e",
    b"playwright",
    b"cypress",
    b"testutil",
];
const VENDORED: [&[u8]; 7] = [
    b".yarn",
    b"vendor",
    b"node_modules",
    b"third_party",
    b"third-party",
    b"bower_components",
    b"site-packages",
];
const GENERATED: [&[u8]; 1] = [b"dist"];
const EXAMPLES: [&[u8]; 12] = [
    b"example",
    b"examples",
    b"sample",
    b"samples",
    b"sample_data",
    b"sample-data",
    b"sampledata",
    b"demo",
    b"demos",
    b"tutorial",
    b"tutorials",
    b"quickstart",
];
const DOCS: [&[u8]; 4] = [b"doc", b"docs", b"documentation", b"javadoc"];
const TRANSLATIONS: [&[u8]; 12] = [
    b"locale",
    b"locales",
    b"i18n",
    b"l10n",
    b"lang",
    b"langs",
    b"language",
    b"languages",
    b"translation",
    b"translations",
    b"intl",
    b"messages",
];

/// The name of a file, in lower case and as it is.
struct File<'a> {
    name: &'a [u8],
    cased: &'a [u8],
}

impl File<'_> {
    fn ends(&self, endings: &[&[u8]]) -> bool {
        endings.iter().any(|e| self.name.ends_with(e))
    }

    /// Returns whether a program wrote it out of other files.
    fn is_generated(&self) -> bool {
        self.ends(&[b".min.js", b".min.css", b".bundle.js", b".js.map", b".css.map", b".mjs.map", b".snap"])
            || self.has_digest()
    }

    /// Returns whether a digest comes before the ending, as bundlers name what they write: `main.0f3a9c1b.js`.
    fn has_digest(&self) -> bool {
        let mut parts = self.name.rsplit(|b| *b == b'.');
        let is_bundle = matches!(parts.next(), Some(b"js" | b"css"));
        let digest = parts.next().unwrap_or_default();
        is_bundle
            && parts.next().is_some()
            && (8..=32).contains(&digest.len())
            && digest.iter().all(u8::is_ascii_hexdigit)
            && digest.iter().any(u8::is_ascii_digit)
    }

    /// Returns whether it lists versions and their checksums.
    fn is_lock(&self) -> bool {
        const NAMES: [&[u8]; 10] = [
            b"go.sum",
            b"go.work.sum",
            b"package-lock.json",
            b"npm-shrinkwrap.json",
            b"pnpm-lock.yaml",
            b"checksums",
            b"checksums.txt",
            b"sha256sums",
            b"sha512sums",
            b"gemfile.lock",
        ];
        NAMES.contains(&self.name)
            || self.ends(&[b".lock", b".lockfile", b"-lock.json", b"-lock.yaml", b".sha256"])
    }

    /// Returns whether texts for people may stand in it, and no program.
    fn holds_texts(&self) -> bool {
        self.ends(&[
            b".json",
            b".yml",
            b".yaml",
            b".po",
            b".pot",
            b".properties",
            b".php",
            b".xml",
            b".xlf",
            b".xliff",
            b".strings",
            b".arb",
            b".resx",
            b".ftl",
            b".toml",
            b".ini",
        ])
    }

    /// Returns whether it is a translation by its name: `da.po`, `login_da.properties`, `da-DK.json`.
    fn is_translated(&self) -> bool {
        if self.ends(&[b".po", b".pot", b".xlf", b".xliff", b".arb"]) {
            return true;
        }
        let mut dots = self.name.rsplitn(2, |b| *b == b'.');
        let (Some(ending), Some(stem)) = (dots.next(), dots.next()) else { return false };
        match ending {
            b"json" | b"yml" | b"yaml" => self.names_language(),
            // Java's.
            b"properties" => {
                let mut parts = stem.rsplit(|b| *b == b'_');
                let (last, before) = (parts.next(), parts.next());
                is_language(stem) || before.is_some() && [last, before].into_iter().flatten().any(is_language)
            }
            _ => false,
        }
    }

    /// Returns whether it is called as a language: `da-DK.json`, `pl.js`.
    fn names_language(&self) -> bool {
        let stem = self.name.split(|b| *b == b'.').next().unwrap_or_default();
        let with_place = || {
            let (language, place) = stem.split_at(2);
            let joined =
                matches!(place, [b'-' | b'_', rest @ ..] if rest.iter().all(u8::is_ascii_alphabetic));
            joined && (is_language(language) || matches!(language, b"en" | b"uk" | b"ca"))
        };
        is_language(stem) || stem.len() == 5 && with_place()
    }

    /// Returns whether it is the file of a service for continuous integration.
    fn is_ci(&self) -> bool {
        matches!(
            self.name,
            b".gitlab-ci.yml"
                | b".travis.yml"
                | b"azure-pipelines.yml"
                | b"bitbucket-pipelines.yml"
                | b"appveyor.yml"
                | b".appveyor.yml"
                | b".drone.yml"
                | b"jenkinsfile"
                | b".cirrus.yml"
                | b"codeship-services.yml"
        )
    }

    /// What the name itself says: `.env.example`, `server_test.go`, `README`.
    fn class(&self) -> Option<&'static str> {
        let stem = self.name.split(|b| *b == b'.').next().unwrap_or_default();
        if self.is_test() {
            return Some(TEST);
        }
        let mut words = self.name.split(|b| matches!(b, b'.' | b'-' | b'_'));
        if words.any(|w| matches!(w, b"example" | b"examples" | b"sample" | b"demo" | b"tutorial" | b"dist"))
            && !matches!(stem, b"demo" | b"sample")
        {
            return Some("path-example");
        }
        let docs = matches!(stem, b"readme" | b"changelog" | b"changes" | b"history" | b"contributing")
            || self.ends(&[b".md", b".mdx", b".rst", b".adoc"]);
        docs.then_some(DOCUMENTATION)
    }

    /// Returns whether it is a test by the customs of its language. Configurations are none: `.github/workflows/tests.yml`
    /// runs them.
    fn is_test(&self) -> bool {
        let mut dots = self.name.rsplitn(2, |b| *b == b'.');
        let (Some(ending), Some(stem)) = (dots.next(), dots.next()) else { return false };
        if matches!(
            self.name,
            b".env.test"
                | b".env.testing"
                | b".env.test.local"
                | b".env.testing.local"
                | b"test.env"
                | b"conftest.py"
                | b"phpunit.xml"
                | b"phpunit.xml.dist"
                | b"phpunit.dist.xml"
                | b"pytest.ini"
                | b"karma.conf.js"
        ) {
            return true;
        }
        let program = matches!(
            ending,
            b"go"
                | b"py"
                | b"rb"
                | b"js"
                | b"jsx"
                | b"ts"
                | b"tsx"
                | b"mjs"
                | b"cjs"
                | b"java"
                | b"kt"
                | b"kts"
                | b"scala"
                | b"groovy"
                | b"cs"
                | b"vb"
                | b"fs"
                | b"php"
                | b"rs"
                | b"c"
                | b"cc"
                | b"cpp"
                | b"h"
                | b"hpp"
                | b"swift"
                | b"m"
                | b"mm"
                | b"ex"
                | b"exs"
                | b"erl"
                | b"clj"
                | b"cljs"
                | b"dart"
                | b"lua"
                | b"pl"
                | b"t"
                | b"sh"
                | b"bats"
                | b"ps1"
                | b"r"
                | b"jl"
                | b"hs"
                | b"ml"
                | b"vue"
                | b"svelte"
        );
        if !program {
            return false;
        }
        if matches!(ending, b"bats" | b"t") {
            return true;
        }
        // `FormatTest.java`, `FormatTests.cs`, `LoginIT.java`.
        let cased = &self.cased[..stem.len()];
        let camel = [&b"Test"[..], b"Tests", b"TestCase", b"Spec", b"IT"]
            .iter()
            .any(|end| cased.strip_suffix(*end).and_then(<[u8]>::last).is_some_and(u8::is_ascii_lowercase))
            || cased.strip_prefix(b"Test").and_then(<[u8]>::first).is_some_and(u8::is_ascii_uppercase);
        let mut words = stem.split(|b| matches!(b, b'.' | b'-' | b'_'));
        camel || words.clone().next().is_some_and(is_test_word) || words.next_back().is_some_and(is_test_word)
    }
}

fn is_test_word(word: &[u8]) -> bool {
    matches!(word, b"test" | b"tests" | b"spec" | b"specs" | b"mock" | b"mocks")
}

/// The last word of a name of several.
fn last_word(part: &[u8]) -> Option<&[u8]> {
    let at = part.iter().rposition(|b| matches!(b, b'-' | b'_' | b'.'))?;
    Some(&part[at + 1..])
}

const LANGUAGES: [&[u8]; 31] = [
    b"de", b"fr", b"es", b"it", b"pt", b"nl", b"da", b"sv", b"nb", b"fi", b"pl", b"cs", b"sk", b"hu", b"ro",
    b"bg", b"ru", b"el", b"tr", b"he", b"ar", b"ja", b"ko", b"zh", b"eu", b"gl", b"lt", b"lv", b"et", b"sl",
    b"sr",
];

/// A language's code. Codes that are a place's or a stage's as well (`uk`, `ca`, `qa`) say nothing.
fn is_language(code: &[u8]) -> bool {
    LANGUAGES.contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_components_and_known_endings_make_a_class() {
        for path in [
            "src/user.mapper.ts",
            "order.mapping.ts",
            "cart.summary.py",
            "cmd/checksums/main.go",
            "lockfile_client.py",
            "charts/x/templates/secret.yaml",
            "template.yaml",
            "roles/x/templates/my.cnf.j2",
            "services/external/client.go",
            "sampler.py",
            "demographics.py",
            "lang/Client.java",
            "shop-demo-oauth/app.py",
            "democracy/app.py",
            "resampler.py",
            "inspec/app.rb",
            "hottest/app.py",
            "btc-testnet/prod.yml",
            "mydocs/app.py",
            "multi-vendor/app.py",
            "localenv.rb",
            "messages_queue.rb",
            "src/latest/app.rb",
            "contest/app.rb",
            "config/prod.yml",
            "messages/queue.rb",
            "attestation.go",
        ] {
            assert_eq!(class(path.as_bytes()), None, "{path}");
        }
        for (path, is) in [
            ("tests/app.py", TEST),
            ("a/__tests__/app.js", TEST),
            ("spec/models/user_spec.rb", TEST),
            ("pkg/server_test.go", TEST),
            ("src/FormatTest.rb", TEST),
            ("src/LoginIT.java", TEST),
            ("a/test_login.py", TEST),
            ("src/app.spec.ts", TEST),
            ("a/fixtures/keys.json", TEST),
            ("integration-tests/app.py", TEST),
            (".env.test", TEST),
            ("phpunit.xml", TEST),
            ("playwright/test.env", TEST),
            ("client/.snapshots/TestHandler.json", TEST),
            (".yarn/releases/yarn-4.6.0.cjs", "path-vendored"),
            ("src/test/java/acme/examples/App.java", TEST),
            ("tests/README.md", TEST),
            (".env.example", "path-example"),
            ("config.sample.php", "path-example"),
            ("examples/app.py", "path-example"),
            ("demo/app.py", "path-example"),
            ("docs/app.md", "path-docs"),
            ("README", "path-docs"),
            ("spec/cassettes/login.yml", "path-recorded"),
            ("vendor/a/b.go", "path-vendored"),
            ("go.sum", "path-lock"),
            ("yarn.lock", "path-lock"),
            ("web/app.min.js", "path-generated"),
            ("web/app.js.map", "path-generated"),
            ("public/main.0f3a9c1b.js", "path-generated"),
            ("a/login_da.properties", "path-translation"),
            ("public/intl/messages/da-DK.json", "path-translation"),
            ("config/locales/users.de.yml", "path-translation"),
            ("de.json", "path-translation"),
            ("src/lang/pl.js", "path-translation"),
            (".github/workflows/tests.yml", CI),
            (".travis.yml", CI),
        ] {
            assert_eq!(class(path.as_bytes()), Some(is), "{path}");
        }
    }
}
