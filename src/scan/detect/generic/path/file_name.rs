//! Evidence from a file's name about the secrets in it.

use super::{DOCUMENTATION, TEST};

/// A file's name, in lower case and as it is.
pub(super) struct FileName<'a> {
    pub(super) name: &'a [u8],
    pub(super) cased: &'a [u8],
}

impl FileName<'_> {
    fn ends(&self, endings: &[&[u8]]) -> bool {
        endings.iter().any(|e| self.name.ends_with(e))
    }

    /// Returns whether a program generated it from other files.
    pub(super) fn is_generated(&self) -> bool {
        self.ends(&[b".min.js", b".min.css", b".bundle.js", b".js.map", b".css.map", b".mjs.map", b".snap"])
            || self.has_digest()
            || self.is_search_index()
    }

    /// Returns whether it is the index of a site's own search, which holds the text of every page once more.
    fn is_search_index(&self) -> bool {
        let stem = self.name.split(|b| *b == b'.').next().unwrap_or_default();
        let indexes = [&b"searchindex"[..], b"search_index", b"search-index", b"search_plus_index"];
        self.ends(&[b".js", b".json"])
            && indexes.iter().any(|index| {
                // mdBook puts a digest behind it.
                stem.strip_prefix(*index)
                    .is_some_and(|rest| rest.is_empty() || matches!(rest, [b'-' | b'_', ..]))
            })
    }

    /// Returns whether a bundler put a digest behind the name of a script or style: `app-BeQX2D5a.js`. Words have one
    /// case, or digits only at their end.
    pub(super) fn is_chunk(&self) -> bool {
        let Some(stem) = [&b".js"[..], b".mjs", b".css"].iter().find_map(|e| self.cased.strip_suffix(*e))
        else {
            return false;
        };
        let Some((_, [joint, digest @ ..])) = stem.len().checked_sub(9).map(|at| stem.split_at(at)) else {
            return false;
        };
        let is_digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let has = |f: fn(&u8) -> bool| digest.iter().any(f);
        matches!(joint, b'-' | b'.')
            && digest.iter().all(is_digit)
            && has(u8::is_ascii_uppercase)
            && (has(u8::is_ascii_digit) || has(u8::is_ascii_lowercase) && !is_capitalised(digest))
    }

    /// Returns whether a digest precedes the ending, as in the output of bundlers: `main.0f3a9c1b.js`.
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
    pub(super) fn is_lock(&self) -> bool {
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

    /// Returns whether it may contain texts for people, and no program.
    pub(super) fn holds_texts(&self) -> bool {
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

    /// Returns whether its name says that it is a translation: `da.po`, `login_da.properties`, `da-DK.json`.
    pub(super) fn is_translated(&self) -> bool {
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

    /// Returns whether its name is a language: `da-DK.json`, `pl.js`.
    pub(super) fn names_language(&self) -> bool {
        let stem = self.name.split(|b| *b == b'.').next().unwrap_or_default();
        let with_place = || {
            let (language, place) = stem.split_at(2);
            let joined =
                matches!(place, [b'-' | b'_', rest @ ..] if rest.iter().all(u8::is_ascii_alphabetic));
            joined && (is_language(language) || matches!(language, b"en" | b"uk" | b"ca"))
        };
        is_language(stem) || stem.len() == 5 && with_place()
    }

    /// Returns whether its name is that of a translation for Qt, whose ending is that of TypeScript: `acme_de.ts`.
    pub(super) fn is_of_qt(&self) -> bool {
        let stem = self.name.strip_suffix(b".ts").unwrap_or_default();
        let mut parts = stem.rsplit(|b| *b == b'_');
        let (last, before) = (parts.next(), parts.next());
        before.is_some() && [last, before].into_iter().flatten().any(is_language)
    }

    /// Returns whether it is the configuration of a CI service.
    pub(super) fn is_ci(&self) -> bool {
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

    /// The class that the name itself implies: `.env.example`, `server_test.go`, `README`.
    pub(super) fn class(&self) -> Option<&'static str> {
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
            && !self.is_program_or_settings()
            || self.ends(&[b".md", b".mdx", b".rst", b".adoc", b".rd"])
            // The standards themselves.
            || stem.strip_prefix(b"rfc").is_some_and(|number| number.len() >= 3 && number.iter().all(u8::is_ascii_digit));
        docs.then_some(DOCUMENTATION)
    }

    /// Returns whether its ending is that of a program or of settings, which no documentation and no bundler has.
    pub(super) fn is_program_or_settings(&self) -> bool {
        self.ends(&[
            b".c",
            b".conf",
            b".cs",
            b".env",
            b".go",
            b".ini",
            b".java",
            b".kt",
            b".php",
            b".pl",
            b".properties",
            b".py",
            b".rb",
            b".rs",
            b".scala",
            b".sh",
            b".swift",
            b".toml",
            b".ts",
            b".tsx",
            b".yaml",
            b".yml",
        ])
    }

    /// Returns whether it is a test by the conventions of its language. Configurations are not tests:
    /// `.github/workflows/tests.yml` runs them.
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
        ) || self.name.ends_with(b".testclasses.abap")
            || stem.split(|b| matches!(b, b'.' | b'-' | b'_')).any(|word| word == b"e2e")
            || begins_as_mock(stem)
            || [&b"fake-"[..], b"fake_"].iter().any(|start| stem.starts_with(start))
        {
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
        let camel =
            [&b"Test"[..], b"Tests", b"TestCase", b"Spec", b"IT", b"It"].iter().any(|end| {
                let before = cased.strip_suffix(*end).and_then(<[u8]>::last);
                before.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            }) || cased.strip_prefix(b"Test").and_then(<[u8]>::first).is_some_and(u8::is_ascii_uppercase);
        if [&b"_fixture"[..], b"_fixtures", b"-fixture", b"-fixtures", b".fixture", b".fixtures"]
            .iter()
            .any(|end| stem.ends_with(end))
        {
            return true;
        }
        let mut words = stem.split(|b| matches!(b, b'.' | b'-' | b'_'));
        camel || words.clone().next().is_some_and(is_test_word) || words.next_back().is_some_and(is_test_word)
    }
}

/// Returns whether capitals are only where words of a name begin: `DateUtil`.
fn is_capitalised(name: &[u8]) -> bool {
    name.windows(2).all(|two| !(two[0].is_ascii_uppercase() && two[1].is_ascii_uppercase()))
        && name[0].is_ascii_uppercase()
        && name.iter().all(u8::is_ascii_alphabetic)
}

/// Returns whether the first word of a name says that it stands in for something.
pub(super) fn begins_as_mock(name: &[u8]) -> bool {
    [&b"mock-"[..], b"mock_"].iter().any(|start| name.starts_with(start))
}

pub(super) fn is_test_word(word: &[u8]) -> bool {
    matches!(word, b"test" | b"tests" | b"spec" | b"specs" | b"mock" | b"mocks")
}

const LANGUAGES: [&[u8]; 31] = [
    b"de", b"fr", b"es", b"it", b"pt", b"nl", b"da", b"sv", b"nb", b"fi", b"pl", b"cs", b"sk", b"hu", b"ro",
    b"bg", b"ru", b"el", b"tr", b"he", b"ar", b"ja", b"ko", b"zh", b"eu", b"gl", b"lt", b"lv", b"et", b"sl",
    b"sr",
];

/// Returns whether this is a language code. Codes that also stand for a place or a stage (`uk`, `ca`, `qa`) do not
/// count.
fn is_language(code: &[u8]) -> bool {
    LANGUAGES.contains(&code)
}
