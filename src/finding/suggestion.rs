//! What to do about a value in its file: worked out where the file's text is at hand, shown by reports.

/// What to write in place of a secret, or what to do where nothing can be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The name that the value has in its file, if one was seen.
    pub name: Option<String>,
    /// The environment variable (or its like) that holds the value from now on.
    pub variable: String,
    /// How the value leaves the file.
    pub way: Replacement,
    /// Who reads the file.
    pub reach: Reach,
    /// The change that `stanch fix` makes at this value, if it is within a line.
    pub edit: Option<Edit>,
}

/// A change within a line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The line, counted from 1.
    pub line: u32,
    /// The columns that are replaced, counted in bytes from 1; the end is exclusive.
    pub columns: std::ops::Range<usize>,
    /// What is written there.
    pub text: String,
    /// True if the file needs an import besides.
    pub needs_import: bool,
}

/// How the value leaves the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replacement {
    /// Write this expression in place of the value and its quotes.
    Expression {
        /// In the file's language.
        text: String,
        /// What it needs besides, or where the value goes: "import os".
        note: String,
        /// True if `stanch fix` writes it.
        by_fix: bool,
    },
    /// The file holds secrets by its nature: it stays out of git.
    KeepOut {
        /// Why, and where the value goes.
        note: String,
    },
    /// No expression can stand there: take the value out, and do this.
    TakeOut {
        /// What to do instead.
        note: String,
    },
}

/// Who can read a value in a file, once the file is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Those who run the program.
    Server,
    /// Perhaps every visitor of a page.
    Unknown,
    /// Every visitor of a page: a browser loads the file.
    Page,
    /// Every visitor of a page: a bundler writes the variable's value into it.
    Inlined,
}

impl Reach {
    /// Returns whether every visitor of a page can read the value.
    pub fn is_public(self) -> bool {
        matches!(self, Reach::Page | Reach::Inlined)
    }
}
