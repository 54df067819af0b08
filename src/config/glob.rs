//! Globs as in .gitignore. A glob without wildcards is compared as bytes; any other is checked when it is read and
//! compiled when the first path is matched.

use crate::finding::printable;
use crate::rules::Pattern;
use globset::GlobBuilder;

/// Most bytes of a glob: the longest path on most systems.
const LONGEST: usize = 4096;
/// Most levels of `{a,{b,c}}`.
const DEEPEST: usize = 16;

/// A glob over paths from the top of the repository.
#[derive(Debug, Clone)]
pub struct Glob {
    text: String,
    matcher: Matcher,
}

#[derive(Debug, Clone)]
enum Matcher {
    /// `[**/]LITERAL[/**]`: the literal, whether it may be in any folder, and whether it is a folder.
    Literal {
        literal: String,
        in_any: bool,
        is_folder: bool,
    },
    Pattern(Pattern),
}

impl Glob {
    /// Parses a glob. Without a slash it matches in every folder; a folder's name matches everything in it.
    ///
    /// # Errors
    /// If it does not parse, is too long or nested too deep.
    pub fn new(text: &str) -> Result<Glob, String> {
        if text.len() > LONGEST {
            return Err(format!("glob is longer than {LONGEST} bytes; split it"));
        }
        if depth(text) > DEEPEST {
            return Err(format!(
                "glob nests {{...}} deeper than {DEEPEST} levels; write more entries instead"
            ));
        }
        let rooted = text.strip_prefix('/').unwrap_or(text);
        let mut glob = if rooted.trim_end_matches('/').contains('/') || text.starts_with('/') {
            rooted.to_owned()
        } else {
            format!("**/{rooted}")
        };
        if glob.ends_with('/') {
            glob.push_str("**");
        }
        if let Some(matcher) = literal(&glob) {
            return Ok(Glob { text: glob, matcher });
        }
        let fault = || format!("glob {:?} does not parse", printable(text.as_bytes()));
        let parsed = GlobBuilder::new(&glob)
            .literal_separator(true)
            .backslash_escape(true)
            .build()
            .map_err(|_| fault())?;
        let pattern = Pattern::checked(&format!("(?s){}", parsed.regex())).map_err(|_| fault())?;
        Ok(Glob { text: glob, matcher: Matcher::Pattern(pattern) })
    }

    /// Returns whether a path matches.
    pub fn is_match(&self, path: &[u8]) -> bool {
        let (literal, in_any, is_folder) = match &self.matcher {
            Matcher::Pattern(pattern) => return pattern.is_match(path),
            Matcher::Literal { literal, in_any, is_folder } => (literal.as_bytes(), *in_any, *is_folder),
        };
        // Where it may begin: at the top, or after a slash.
        let mut starts = memchr::memmem::find_iter(path, literal).filter(|at| match in_any {
            true => *at == 0 || path[at - 1] == b'/',
            false => *at == 0,
        });
        starts.any(|at| match path.get(at + literal.len()) {
            None => !is_folder,
            Some(next) => is_folder && *next == b'/',
        })
    }

    /// The glob in effect.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Memory that it takes: see [`Pattern::cost`].
    pub(super) fn cost(&self) -> u64 {
        match &self.matcher {
            Matcher::Pattern(pattern) => pattern.cost(),
            Matcher::Literal { .. } => 0,
        }
    }
}

fn literal(glob: &str) -> Option<Matcher> {
    let (in_any, rest) = glob.strip_prefix("**/").map_or((false, glob), |rest| (true, rest));
    let (is_folder, literal) = rest.strip_suffix("/**").map_or((false, rest), |literal| (true, literal));
    let is_plain = |b: u8| !b"*?[]{}!\\,".contains(&b);
    let is_literal = !literal.is_empty() && !literal.starts_with('/') && literal.bytes().all(is_plain);
    is_literal.then(|| Matcher::Literal { literal: literal.to_owned(), in_any, is_folder })
}

/// Levels of braces. Escaped braces count too: a glob that exceeds the bound by them alone is not written by
/// people.
fn depth(text: &str) -> usize {
    let (mut now, mut most) = (0usize, 0);
    for b in text.bytes() {
        match b {
            b'{' => now += 1,
            b'}' => now = now.saturating_sub(1),
            _ => {}
        }
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn globs_hold_as_in_gitignore() {
        let is = |g: &str, p: &str| Glob::new(g).unwrap().is_match(p.as_bytes());
        assert!(is("*.md", "docs/a.md") && is("*.md", "a.md"));
        assert!(is("tests/", "tests/x/y.rs") && is("tests/", "a/tests/y.rs"));
        assert!(is("/tests/**", "tests/x/y.rs") && !is("/tests/**", "a/tests/y.rs"));
        assert!(is("src/*.rs", "src/a.rs") && !is("src/*.rs", "src/a/b.rs"));
        assert!(is("*.{md,{txt,rst}}", "a/b.rst") && is("[a-c].md", "b.md") && is("**", "a\nb/c"));
        assert!(is("\\{a\\}", "{a}") && is("é?", "éx"));
    }

    #[test]
    fn a_glob_that_nests_too_deep_or_is_too_long_is_reported() {
        for deep in [17, 5_000, 2_000_000] {
            let nested = format!("{}x{}", "{a,".repeat(deep), "}".repeat(deep));
            let told = Glob::new(&nested).unwrap_err();
            assert!(told.contains("deeper than 16") || told.contains("longer than 4096"), "{told}");
        }
        let nested = format!("{}x{}", "{a,".repeat(16), "}".repeat(16));
        assert!(Glob::new(&nested).unwrap().is_match(b"x"));
        assert!(Glob::new("[a").unwrap_err().contains("does not parse"));
    }

    proptest! {
        /// As the library itself matches.
        #[test]
        fn a_path_matches_as_the_library_has_it(glob in "(\\*\\*/)?[ab*?/{},!\\[\\]-]{0,8}(/\\*\\*)?", path in "[ab/]{0,8}") {
            let Ok(ours) = Glob::new(&glob) else { return Ok(()) };
            let theirs = GlobBuilder::new(ours.as_str()).literal_separator(true).backslash_escape(true).build();
            prop_assert_eq!(ours.is_match(path.as_bytes()), theirs.unwrap().compile_matcher().is_match(&path));
        }
    }
}
