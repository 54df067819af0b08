//! The paths that made a finding less sure in 0.1: parts of names, anywhere in the path. Never changed.

/// Returns whether a path made findings less sure: generated, a lock file, a translation, vendored, a test, an
/// example or documentation.
pub(super) fn is_soft(path: &[u8]) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit(|b| *b == b'/').next().unwrap_or_default();
    PARTS.iter().any(|part| memchr::memmem::find(&lower, part).is_some())
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || is_translated(name)
        || says_test(&lower)
}

const ENDINGS: [&[u8]; 2] = [b".lock", b".po"];

const PARTS: [&[u8]; 43] = [
    b".min.js",
    b".min.css",
    b".bundle.js",
    b".map",
    b"/dist/",
    b".snap",
    b"-lock.",
    b"go.sum",
    b"lockfile",
    b"checksums",
    b"shrinkwrap",
    b".sum",
    b"locale",
    b"i18n",
    b"/lang/",
    b"translations",
    b"l10n",
    b"messages_",
    b"vendor/",
    b"node_modules/",
    b"third_party/",
    b"third-party/",
    b"external/",
    b"spec/",
    b"_spec.",
    b".spec.",
    b"fixture",
    b"mock",
    b"cassette",
    b"__snapshots__",
    b"example",
    b"sample",
    b"demo",
    b"tutorial",
    b"template",
    b"doc/",
    b"docs/",
    b"documentation/",
    b"readme",
    b"changelog",
    b".md",
    b".rst",
    b".adoc",
];

/// Returns whether a path names a test, and not just contains `latest`, `contest` or `attestation`.
fn says_test(lower: &[u8]) -> bool {
    memchr::memmem::find_iter(lower, b"test").any(|at| {
        let word = lower[..at].iter().rposition(|b| !b.is_ascii_alphabetic()).map_or(0, |i| i + 1);
        !matches!(&lower[word..at], b"la" | b"con" | b"at" | b"pro" | b"fas" | b"grea")
    })
}

/// Returns whether this is a translation, as Java's `login_da.properties`. Codes that also stand for a place or a
/// stage (`uk`, `ca`, `qa`) do not count.
fn is_translated(name: &[u8]) -> bool {
    const LANGUAGES: [&[u8]; 31] = [
        b"de", b"fr", b"es", b"it", b"pt", b"nl", b"da", b"sv", b"nb", b"fi", b"pl", b"cs", b"sk", b"hu",
        b"ro", b"bg", b"ru", b"el", b"tr", b"he", b"ar", b"ja", b"ko", b"zh", b"eu", b"gl", b"lt", b"lv",
        b"et", b"sl", b"sr",
    ];
    let Some(stem) = name.strip_suffix(b".properties") else { return false };
    let mut parts = stem.rsplit(|b| *b == b'_');
    let (last, before) = (parts.next(), parts.next());
    let is_language = |part: Option<&[u8]>| part.is_some_and(|p| LANGUAGES.contains(&p));
    before.is_some() && (is_language(last) || is_language(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_names_made_a_path_soft_wherever_they_stood() {
        for path in [
            "src/user.mapper.ts",
            "sampler.py",
            "mydocs/app.py",
            "tests/app.py",
            "yarn.lock",
            "a/x_da.properties",
        ] {
            assert!(is_soft(path.as_bytes()), "{path}");
        }
        for path in ["src/latest/app.rb", "contest/app.rb", "config/prod.yml", "attestation.go", ""] {
            assert!(!is_soft(path.as_bytes()), "{path}");
        }
    }
}
