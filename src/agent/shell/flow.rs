//! What passes between commands: contents of files, values of variables, texts and names of files.

use super::{Part, Sent};
use crate::rules;
use std::path::PathBuf;

/// Something that may hold a secret.
#[derive(Debug, Clone)]
pub(super) enum Content {
    /// Lines of a file, at a revision of git or in the work tree.
    File(PathBuf, Part, Option<String>),
    /// The value of an environment variable.
    Variable(String),
    /// Every environment variable.
    Environment,
    /// What a program with stored secrets prints.
    Stored(String),
}

impl PartialEq for Content {
    /// Paths are compared as bytes: they are plain already.
    fn eq(&self, other: &Content) -> bool {
        match (self, other) {
            (Content::File(a, part, revision), Content::File(b, other, of)) => {
                a.as_os_str() == b.as_os_str() && part == other && revision == of
            }
            (Content::Variable(a), Content::Variable(b)) | (Content::Stored(a), Content::Stored(b)) => a == b,
            (Content::Environment, Content::Environment) => true,
            _ => false,
        }
    }
}

impl Content {
    pub(super) fn sent(self) -> Sent {
        match self {
            Content::File(path, ..) => Sent::File(path),
            Content::Variable(name) => Sent::Variable(name),
            Content::Environment => Sent::Environment,
            Content::Stored(what) => Sent::Stored(what),
        }
    }
}

/// What a command prints, or what reaches its standard input.
#[derive(Debug, Clone, Default)]
pub(super) struct Flow {
    pub(super) contents: Vec<Content>,
    /// The text, if all of it is known.
    pub(super) text: Option<String>,
    /// Names of files in it (`find`, `ls`).
    pub(super) names: Vec<PathBuf>,
}

impl Flow {
    pub(super) fn of(contents: Vec<Content>) -> Flow {
        Flow { contents, ..Flow::default() }
    }

    pub(super) fn text(text: String) -> Flow {
        Flow { text: Some(text), ..Flow::default() }
    }

    /// The work that a copy of it takes.
    pub(super) fn size(&self) -> usize {
        self.text.as_ref().map_or(0, String::len) / 16 + 4 * self.contents.len() + 4 * self.names.len()
    }

    pub(super) fn add(&mut self, contents: impl IntoIterator<Item = Content>) {
        for content in contents {
            if !self.contents.contains(&content) {
                self.contents.push(content);
            }
        }
    }

    /// What two commands print one after the other.
    pub(super) fn and(&mut self, other: Flow) {
        self.add(other.contents);
        self.names.extend(other.names);
        self.text = match (self.text.take(), other.text) {
            (Some(a), Some(b)) => Some(a + &b),
            _ => None,
        };
    }

    /// The same contents, each narrowed to a part unless it is narrowed already.
    pub(super) fn part(mut self, part: &Part) -> Flow {
        for content in &mut self.contents {
            if let Content::File(_, whole @ Part::Whole, _) = content {
                *whole = part.clone();
            }
        }
        self.text = None;
        self
    }
}

/// One argument.
#[derive(Debug, Clone, Default)]
pub(super) struct Field {
    /// Its text; parts that are not known are left out.
    pub(super) text: String,
    /// True if all of the text is known.
    pub(super) known: bool,
    /// What the argument carries into the command.
    pub(super) carries: Vec<Content>,
}

impl Field {
    pub(super) fn known(text: impl Into<String>) -> Field {
        Field { text: text.into(), known: true, carries: Vec::new() }
    }
}

/// The arguments with a blank between them.
pub(super) fn joined(args: &[Field]) -> String {
    args.iter().map(|a| a.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A program's arguments, taken apart.
#[derive(Debug, Default)]
pub(super) struct Options {
    /// Options without their value, as they are written: `-n`, `--lines`. Letters written together stand alone.
    pub(super) flags: Vec<String>,
    /// Options with their value.
    pub(super) values: Vec<(String, Field)>,
    /// What is left.
    pub(super) operands: Vec<Field>,
}

impl Options {
    /// Takes arguments apart. `valued` names the options that have a value, without dashes, with blanks between:
    /// letters and long names.
    pub(super) fn of(args: &[Field], valued: &str) -> Options {
        let takes = |name: &str| valued.split(' ').any(|v| v == name);
        let mut out = Options::default();
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let text = arg.text.as_str();
            if text == "--" {
                out.operands.extend(args.cloned());
                break;
            }
            let Some(word) = text.strip_prefix('-').filter(|word| !word.is_empty()) else {
                out.operands.push(arg.clone());
                continue;
            };
            // Long: --name, --name=value, and the single dash of programs such as find.
            let long = word.strip_prefix('-').or_else(|| {
                let name = word.split('=').next()?;
                (name.len() > 1 && takes(name)).then_some(word)
            });
            if let Some(long) = long {
                let (name, value) = match long.split_once('=') {
                    Some((name, value)) => (name, Some(Field { text: value.to_owned(), ..arg.clone() })),
                    None if takes(long) => (long, args.next().cloned()),
                    None => (long, None),
                };
                match value {
                    Some(value) => out.values.push((name.to_owned(), value)),
                    None => out.flags.push(name.to_owned()),
                }
                continue;
            }
            for (at, letter) in word.char_indices() {
                let rest = &word[at + letter.len_utf8()..];
                let name = letter.to_string();
                if takes(&name) {
                    let value = match rest {
                        "" => args.next().cloned(),
                        rest => Some(Field { text: rest.to_owned(), ..arg.clone() }),
                    };
                    out.values.extend(value.map(|value| (name, value)));
                    break;
                }
                out.flags.push(name);
            }
        }
        out
    }

    /// The texts of the operands.
    pub(super) fn words(&self) -> Vec<&str> {
        self.operands.iter().map(|o| o.text.as_str()).collect()
    }

    /// The files that a cmdlet's `-Path` and operands name, in that order.
    pub(super) fn named(&self) -> impl Iterator<Item = &Field> {
        self.all("Path").chain(&self.operands)
    }

    /// True if one of these flags is given (names with blanks between).
    pub(super) fn has(&self, names: &str) -> bool {
        names.split(' ').any(|name| self.flags.iter().any(|f| f == name))
    }

    /// The last value of one of these options.
    pub(super) fn value(&self, names: &str) -> Option<&Field> {
        self.values.iter().rev().find(|(name, _)| names.split(' ').any(|n| n == name)).map(|(_, value)| value)
    }

    /// All values of these options.
    pub(super) fn all<'a>(&'a self, names: &'a str) -> impl Iterator<Item = &'a Field> {
        let named = move |(name, _): &&(String, Field)| names.split(' ').any(|n| n == name);
        self.values.iter().filter(named).map(|(_, value)| value)
    }
}

/// A regular expression of a command line; letters and cases are those of ASCII.
pub(super) fn compiled(pattern: &str) -> Option<regex::bytes::Regex> {
    rules::compile(pattern).ok()
}
