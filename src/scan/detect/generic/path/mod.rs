//! Evidence from a path about the secrets in the file: only whole components and known endings count, since
//! `latest/` is not a test and `order.mapping.ts` not a source map.

mod file_name;

use crate::text::lang::without_backup;
use file_name::{FileName, begins_as_mock, is_test_word};

/// The class of test files.
pub(super) const TEST: &str = "path-test";
/// The class of recorded requests and answers.
pub(super) const RECORDING: &str = "path-recorded";
/// The class of documentation.
pub(super) const DOCUMENTATION: &str = "path-docs";
/// The class of what others wrote.
const VENDOR: &str = "path-vendored";
/// The class of what a bundler writes into a folder.
const GENERATED_FOLDER: &str = "path-generated";
/// The class of examples.
const EXAMPLE: &str = "path-example";
/// The class of CI configurations: passwords of services that are started for one run are not secrets, tokens are.
pub(super) const CI: &str = "path-ci";

/// The class of a path that makes secrets in it less likely real; the first that fits.
pub(in crate::scan) fn class(path: &[u8]) -> Option<&'static str> {
    let path = without_backup(path);
    let lower = path.to_ascii_lowercase();
    let mut parts = lower.rsplit(|b| matches!(b, b'/' | b'\\'));
    let name = parts.next().unwrap_or_default();
    let start = path.len() - name.len();
    let file = FileName { name, cased: &path[start..] };
    if file.is_generated() {
        return Some("path-generated");
    }
    if file.is_lock() {
        return Some("path-lock");
    }
    let (mut translation, mut soft, mut ci) = (file.is_translated(), file.class(), file.is_ci());
    let is_chunk = file.is_chunk();
    // True for the folder that contains the file.
    let mut is_direct = true;
    for part in parts {
        if is_chunk && BUNDLES.contains(&part) {
            return Some("path-generated");
        }
        translation |=
            (file.holds_texts() || file.names_language() || file.is_of_qt()) && TRANSLATIONS.contains(&part);
        // A test counts for everything in it, except for recordings of real requests, and so does what a
        // package manager installed, documentation included. Otherwise the component nearest to the file is
        // the most telling.
        let class = match of_component(part) {
            // A bundler writes no settings, and packages have folders of their own: `apps/vendor/settings.py` is of a
            // supplier.
            Some(GENERATED_FOLDER) if file.is_program_or_settings() => None,
            Some(VENDOR) if is_direct && part == b"vendor" && file.is_program_or_settings() => None,
            class => class,
        };
        is_direct = false;
        let counts = match class {
            Some(TEST) => soft != Some(RECORDING),
            Some(VENDOR) => INSTALLED.contains(&part) && matches!(soft, Some(DOCUMENTATION | EXAMPLE)),
            _ => false,
        };
        soft = if counts { class } else { soft.or(class) };
        ci |= matches!(part, b".github" | b".circleci" | b".buildkite" | b".gitlab" | b".teamcity");
    }
    match translation {
        true => Some("path-translation"),
        false => soft.or(ci.then_some(CI)),
    }
}

/// Returns whether documentation is in a folder of its own, or in a format that only manuals have.
pub(super) fn is_manual(path: &[u8]) -> bool {
    let lower = path.to_ascii_lowercase();
    [&b".rst"[..], b".adoc", b".mdx", b".rd"].iter().any(|end| lower.ends_with(end))
        || lower.split(|b| *b == b'/').any(|part| DOCS.contains(&part))
}

/// Returns whether this is a test of a package that others wrote: in a folder of such packages, or in an archive.
pub(super) fn is_test_of_others(path: &[u8]) -> bool {
    let is_of_others = |part: &[u8]| VENDORED.contains(&&*part.to_ascii_lowercase());
    (path.contains(&b'!') || path.split(|b| *b == b'/').any(is_of_others)) && class(path) == Some(TEST)
}

/// The class of files in a folder with this name.
fn of_component(part: &[u8]) -> Option<&'static str> {
    let is = |list: &[&[u8]]| list.contains(&part);
    if is(&RECORDED) {
        return Some(RECORDING);
    }
    // `tests`, and `api-tests` or `unit_test` as well.
    if is(&TESTS)
        || last_word(part).is_some_and(is_test_word)
        || is_kind_of_test(last_word(part).unwrap_or(part))
        || is_project_of_tests(part)
        || begins_as_mock(part)
    {
        return Some(TEST);
    }
    match () {
        () if is(&VENDORED) => Some(VENDOR),
        () if is(&GENERATED) => Some(GENERATED_FOLDER),
        () if is(&EXAMPLES) => Some(EXAMPLE),
        () if is(&DOCS) => Some(DOCUMENTATION),
        () => None,
    }
}

const RECORDED: [&[u8]; 6] =
    [b"cassettes", b"vcr_cassettes", b"vcr", b"recordings", b"recorded", b"cassette"];
const TESTS: [&[u8]; 31] = [
    // Random values with which a test failed.
    b"proptest-regressions",
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
    b"dummy-data",
    b"dummy_data",
    b"mock",
    b"mocks",
    b"__mocks__",
    b"__snapshots__",
    b".snapshots",
    b"e2e",
    b"playwright",
    b"cypress",
    // The tests of Ansible's roles.
    b"molecule",
    b"testutil",
];
const VENDORED: [&[u8]; 8] = [
    b".yarn",
    b"vendor",
    b"node_modules",
    b"third_party",
    b"third-party",
    b"bower_components",
    b"site-packages",
    b"dist-packages",
];
/// Those that only a package manager writes.
const INSTALLED: [&[u8]; 5] =
    [b".yarn", b"node_modules", b"bower_components", b"site-packages", b"dist-packages"];
const GENERATED: [&[u8]; 1] = [b"dist"];
/// Folders into which bundlers write.
const BUNDLES: [&[u8]; 9] =
    [b"assets", b"build", b"chunks", b"immutable", b"static", b"public", b"js", b"bundles", b"_next"];
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

/// Returns whether a word says what kind of tests a folder holds: `UnitTests`, `integrationTest`, `androidTest`.
fn is_kind_of_test(word: &[u8]) -> bool {
    let kind = word.strip_suffix(b"tests").or(word.strip_suffix(b"test")).unwrap_or_default();
    matches!(
        kind,
        b"acceptance"
            | b"android"
            | b"api"
            | b"component"
            | b"contract"
            | b"e2e"
            | b"end2end"
            | b"functional"
            | b"i"
            | b"integ"
            | b"integration"
            | b"regression"
            | b"smoke"
            | b"system"
            | b"ui"
            | b"unit"
    )
}

/// Returns whether this is a project of .NET with tests of one kind: `Acme.Tests.Integration`.
fn is_project_of_tests(part: &[u8]) -> bool {
    let mut words = part.rsplit(|b| *b == b'.');
    let kind = words.next().unwrap_or_default();
    matches!(kind, b"common" | b"e2e" | b"functional" | b"helpers" | b"integration" | b"shared" | b"unit")
        && words.next() == Some(b"tests")
        && words.next().is_some()
}

/// The last of several words in a name.
fn last_word(part: &[u8]) -> Option<&[u8]> {
    let at = part.iter().rposition(|b| matches!(b, b'-' | b'_' | b'.'))?;
    Some(&part[at + 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_of_others_is_known() {
        for path in ["a/node_modules/tls/test/key.pem", "deps/acme-1.2.tar.gz!acme-1.2/acme/tests.py"] {
            assert!(is_test_of_others(path.as_bytes()), "{path}");
        }
        for path in ["test/key.pem", "vendor/acme/key.pem", "deploy.tar.gz!deploy/key.pem"] {
            assert!(!is_test_of_others(path.as_bytes()), "{path}");
        }
    }

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
            "src/Acme.Testing.Server/Login.cs",
            "test.acme.io/app.rb",
            "sites/shop.test.com/config.php",
            "src/searchindexer.js",
            "lib/app-BeQX2D5a.js",
            "assets/date-DateUtil.js",
            "assets/app-settings.js",
            "assets/app-version2.js",
            "contest/app.rb",
            "config/prod.yml",
            "messages/queue.rb",
            "attestation.go",
            "cmd/fixtures_loader.go",
        ] {
            assert_eq!(class(path.as_bytes()), None, "{path}");
        }
        for (path, is) in [
            ("docs/searchindex.js", "path-generated"),
            ("app/mock-google-services.json", "path-test"),
            ("src/IntegrationTests/java/Login.java", "path-test"),
            ("Acme.UnitTests/Login.cs", "path-test"),
            ("src/Acme.Tests.Integration/Login.cs", "path-test"),
            ("dummy-data/login/ClientLogin", "path-test"),
            ("src/androidTest/Login.kt", "path-test"),
            ("a/Md5Tests.cs", "path-test"),
            ("a/LoginIT.java", "path-test"),
            ("a/cl_login.clas.testclasses.abap", "path-test"),
            ("rfc/rfc7628.txt", "path-docs"),
            ("book/searchindex-9f86d081.js", "path-generated"),
            ("site/search/search_index.json", "path-generated"),
            ("public/build/assets/app-BeQX2D5a.js", "path-generated"),
            ("web/static/vendor-BSxPthRw.js", "path-generated"),
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
            ("internal/entity/password_fixtures.go", TEST),
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
            ("deps.zip/node_modules/superagent/docs/test.html", "path-vendored"),
            ("vendor/acme/examples/run.php", "path-example"),
            ("lib/site-packages/acme/README.md", "path-vendored"),
            ("node_modules/acme/test/run.js", TEST),
            ("docs/vendor/a.js", "path-vendored"),
            ("docs/app.md.orig", "path-docs"),
            ("pkg/server_test.go~", TEST),
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
