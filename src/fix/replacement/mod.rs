//! What replaces a secret: the expression that reads a variable in the file's language, or what to do instead if a
//! format cannot read one.
//!
//! `suggestion` knows only the file's name, if nobody read its text; `suggest` of the parent module also uses the file's text.

mod reach;
mod variable;
mod way;
pub(super) mod yaml;

pub use variable::{SET_AT_GITHUB, name_at_github, other_names, variable};

use crate::finding::{Finding, Lines, Reach, Replacement, RepoPath, SourceKind, Suggestion};
use crate::rules::{Detector, Rule, SecretKind};
use crate::text::lang::Lang;

/// The suggestion for a finding: the one worked out with its text, else the one for its path.
pub fn suggestion(f: &Finding) -> Suggestion {
    f.suggestion.as_deref().cloned().unwrap_or_else(|| with_variable(f, None, variable_in(f, None)))
}

/// The variable for a finding: by the name that the value has, which only the text may show.
pub(super) fn variable_in(f: &Finding, text: Option<&[u8]>) -> String {
    // Without a provider the name says all; then it is the one that the detector judged by.
    let name = if f.rule.provider.is_issuer() { name_in(f, text) } else { f.name.clone() };
    variable(f.rule, name.as_deref())
}

/// The name that the value has in its file.
fn name_in(f: &Finding, text: Option<&[u8]>) -> Option<String> {
    let at = &f.location.bytes;
    let read = || {
        // `user:` before a password in an address is not its name.
        let in_text = f.source.kind != SourceKind::FileName && f.rule.kind != SecretKind::ConnectionString;
        let text = text.filter(|t| in_text && at.end <= t.len())?;
        Lines::of(text, at).assigned_name()
    };
    f.name.clone().or_else(read)
}

/// The language of a finding's file.
pub(super) fn lang(f: &Finding) -> Lang {
    match f.source.kind {
        SourceKind::Staged | SourceKind::Commit | SourceKind::File => Lang::of_path(f.source.path.as_bytes()),
        _ => Lang::Other,
    }
}

/// The suggestion for a file's name, and its text if available; the place in the file is not considered.
pub(super) fn with_variable(f: &Finding, text: Option<&[u8]>, variable: String) -> Suggestion {
    let path = f.source.path.as_bytes();
    let lang = lang(f);
    let reach = if lang == Lang::Other && f.source.kind == SourceKind::Stdin {
        Reach::Server
    } else {
        reach::reach(f, lang, text)
    };
    let keep = |note: &str| Replacement::KeepOut { note: note.to_owned() };
    let way = if f.source.kind == SourceKind::Image {
        Replacement::TakeOut { note: image(f).to_owned() }
    } else if f.source.path.member() == Some(f.source.path.file_name()) {
        // The content that a pointer of Git LFS stands for.
        Replacement::TakeOut { note: "take the value out of the file, and add it again for Git LFS".into() }
    } else if f.source.path.member().is_some() {
        Replacement::TakeOut {
            note: "take it out of what the archive is made from, and make the archive again".into(),
        }
    } else if f.rule.kind == SecretKind::PrivateKey
        && lang == Lang::Other
        && f.source.kind != SourceKind::Stdin
    {
        keep("a private key lives outside of the repository, readable by its user alone")
    } else if f.rule.id == "kubernetes-secret-value" {
        Replacement::TakeOut {
            note: "take the value out: keep a sealed or external secret in git, or create the Secret with kubectl; \
                   pods read it by secretKeyRef"
                .to_owned(),
        }
    } else if matches!(f.rule.detector, Detector::File(_)) && lang != Lang::DotEnv {
        keep("its reader takes it from outside of the repository")
    } else if f.rule.kind == SecretKind::CredentialFile
        && lang == Lang::Json
        && text.is_some_and(|t| is_outermost(t, f.location.bytes.start))
    {
        keep(
            "the file is the key: keep it outside of the repository, and give its path to the programs that read it",
        )
    } else {
        let shipped = reach.is_public().then(|| reach::public_sibling(f.rule));
        way::way(lang, path, &variable, shipped, text)
    };
    Suggestion { name: name_in(f, text), variable, way, reach, edit: None }
}

/// Returns whether a place in JSON is directly in its outermost object.
fn is_outermost(json: &[u8], at: usize) -> bool {
    json.get(..at).is_some_and(|before| {
        before.trim_ascii_start().first() == Some(&b'{')
            && memchr::memchr2_iter(b'{', b'[', before).count() == 1
    })
}

/// The name of a file that is the secret itself: its users know it by that.
pub fn secret_file(rule: &Rule, way: &Replacement, path: &RepoPath) -> Option<String> {
    let is_file = matches!(rule.kind, SecretKind::PrivateKey | SecretKind::CredentialFile)
        && matches!(way, Replacement::KeepOut { .. })
        && matches!(Lang::of_path(path.as_bytes()), Lang::Other | Lang::Json)
        && path.glob().is_none();
    let name = path.file_name();
    let is_word = name.first().is_some_and(|b| *b != b'-')
        && name.iter().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(b));
    (is_file && is_word).then(|| String::from_utf8_lossy(name).into_owned())
}

/// What to do about a secret in a container image: no later instruction takes it out of a layer.
fn image(f: &Finding) -> &'static str {
    let by_run =
        f.source.layer.as_ref().and_then(|l| l.instruction.as_ref()).is_some_and(|i| i.starts_with("RUN"));
    match f.source.path.member() {
        Some(b"<history>") => {
            "use RUN --mount=type=secret,id=ID in place of a build argument or a value in the command, and build the image \
             again: a history cannot be edited"
        }
        Some(b"<environment>" | b"<labels>" | b"<entry point>") => {
            "take it out of the Dockerfile, give it when the container starts, and build the image again"
        }
        _ if by_run => {
            "give it to the build by RUN --mount=type=secret,id=ID and build the image again: what a later RUN deletes is \
             still in its layer"
        }
        _ => {
            "keep its file out of the image (.dockerignore, or RUN --mount=type=secret,id=ID if the build needs it) and build \
             again: what a later RUN deletes is still in its layer"
        }
    }
}

/// Formats that `fix` can change, besides the languages that it lexes.
pub(super) fn is_filled_in(lang: Lang, path: &[u8], text: &[u8]) -> bool {
    let path = String::from_utf8_lossy(path).to_ascii_lowercase();
    let file = path.rsplit('/').next().unwrap_or_default();
    match lang {
        Lang::Shell => {
            !file.starts_with("makefile")
                && !file.ends_with(".mk")
                && !file.ends_with(".fish")
                && !is_startup(file)
        }
        Lang::Yaml => yaml::is_filled_in(&path, file, text),
        Lang::Properties => yaml::is_spring(file),
        Lang::DotEnv | Lang::Markdown => true,
        Lang::Ini => file == ".npmrc",
        Lang::Xml => matches!(file, "pom.xml" | "settings.xml"),
        _ => false,
    }
}

/// Files that a shell reads at start: a missing required variable would abort them.
pub(super) fn is_startup(file: &str) -> bool {
    matches!(file, ".bashrc" | ".zshrc" | ".profile" | ".bash_profile" | ".zshenv" | ".zprofile" | ".kshrc")
}
