//! Each language's literals and comments.

use super::{Escape, Form, Hole};
use crate::text::lang::Lang;

/// A language with a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::fix) enum Code {
    Python,
    JavaScript,
    TypeScript,
    Go,
    Java,
    Groovy,
    Kotlin,
    Scala,
    Ruby,
    Php,
    CSharp,
    Rust,
    PowerShell,
    Perl,
    Lua,
    Terraform,
}

/// Literals and comments of a language.
#[derive(Debug)]
pub(super) struct Syntax {
    /// How comments start that end with their line.
    pub(super) lines: &'static [&'static str],
    /// Other comments: opening, closing, and true if they nest.
    pub(super) blocks: &'static [(&'static str, &'static str, bool)],
    /// Literals, the longest opening first.
    pub(super) forms: &'static [Form],
    /// Bytes of names besides letters, digits and `_`.
    pub(super) sigils: &'static [u8],
    /// True if the first of four closing quotes belongs to the text.
    pub(super) greedy: bool,
}

const fn form(quote: &'static str, escape: Escape, hole: Hole) -> Form {
    Form { open: quote, close: quote, escape, hole, lines: false }
}

const fn long(quote: &'static str, escape: Escape, hole: Hole) -> Form {
    Form { lines: true, ..form(quote, escape, hole) }
}

const fn opened(open: &'static str, close: &'static str, escape: Escape, hole: Hole, lines: bool) -> Form {
    Form { open, close, escape, hole, lines }
}

use Escape::{Backslash, Backtick, Doubled};

const SINGLE: Form = form("'", Backslash, Hole::None);
const DOUBLE: Form = form("\"", Backslash, Hole::None);
const NONE: Form = opened("", "", Escape::None, Hole::None, true);
const C_LIKE: Syntax = Syntax {
    lines: &["//"],
    blocks: &[("/*", "*/", false)],
    forms: &[DOUBLE, SINGLE],
    sigils: b"",
    greedy: false,
};

/// A literal whose delimiters the text chooses.
pub(super) const fn chosen(escape: Escape, hole: Hole) -> Form {
    Form { escape, hole, ..NONE }
}

static SCRIPT: Syntax =
    Syntax { forms: &[DOUBLE, SINGLE, long("`", Backslash, Hole::Dollar)], sigils: b"$", ..C_LIKE };
static PYTHON: Syntax = Syntax {
    lines: &["#"],
    blocks: &[],
    forms: &[long("\"\"\"", Backslash, Hole::None), long("'''", Backslash, Hole::None), DOUBLE, SINGLE],
    sigils: b"",
    greedy: false,
};
static GO: Syntax = Syntax { forms: &[DOUBLE, SINGLE, long("`", Escape::None, Hole::None)], ..C_LIKE };
static JAVA: Syntax =
    Syntax { forms: &[long("\"\"\"", Backslash, Hole::None), DOUBLE, SINGLE], sigils: b"$", ..C_LIKE };
static GROOVY: Syntax = Syntax {
    forms: &[
        long("\"\"\"", Backslash, Hole::Dollar),
        long("'''", Backslash, Hole::None),
        form("\"", Backslash, Hole::Dollar),
        SINGLE,
    ],
    ..C_LIKE
};
static KOTLIN: Syntax = Syntax {
    blocks: &[("/*", "*/", true)],
    forms: &[long("\"\"\"", Escape::None, Hole::Dollar), form("\"", Backslash, Hole::Dollar), SINGLE],
    greedy: true,
    ..C_LIKE
};
static SCALA: Syntax = Syntax {
    blocks: &[("/*", "*/", true)],
    forms: &[long("\"\"\"", Escape::None, Hole::None), DOUBLE],
    greedy: true,
    ..C_LIKE
};
static RUBY: Syntax = Syntax {
    lines: &["#"],
    blocks: &[],
    forms: &[
        long("\"", Backslash, Hole::Hash),
        long("'", Backslash, Hole::None),
        long("`", Backslash, Hole::Hash),
    ],
    sigils: b"@",
    greedy: false,
};
static PHP: Syntax = Syntax {
    lines: &["//", "#"],
    blocks: &[("/*", "*/", false)],
    forms: &[
        long("\"", Backslash, Hole::Php),
        long("'", Backslash, Hole::None),
        long("`", Backslash, Hole::Php),
    ],
    sigils: b"$",
    greedy: false,
};
static CSHARP: Syntax = Syntax {
    forms: &[
        opened("$@\"", "\"", Doubled, Hole::Brace, true),
        opened("@$\"", "\"", Doubled, Hole::Brace, true),
        opened("@\"", "\"", Doubled, Hole::None, true),
        opened("$\"", "\"", Backslash, Hole::Brace, false),
        DOUBLE,
        SINGLE,
    ],
    ..C_LIKE
};
static RUST: Syntax =
    Syntax { blocks: &[("/*", "*/", true)], forms: &[long("\"", Backslash, Hole::None)], ..C_LIKE };
static POWERSHELL: Syntax = Syntax {
    lines: &["#"],
    blocks: &[("<#", "#>", false)],
    forms: &[long("\"", Backtick, Hole::Paren), long("'", Doubled, Hole::None)],
    sigils: b"$",
    greedy: false,
};
static PERL: Syntax = Syntax {
    lines: &["#"],
    blocks: &[],
    forms: &[
        long("\"", Backslash, Hole::Names),
        long("'", Backslash, Hole::None),
        long("`", Backslash, Hole::Names),
    ],
    sigils: b"$@",
    greedy: false,
};
static LUA: Syntax =
    Syntax { lines: &["--"], blocks: &[], forms: &[DOUBLE, SINGLE], sigils: b"", greedy: false };
static TERRAFORM: Syntax =
    Syntax { lines: &["#", "//"], forms: &[form("\"", Backslash, Hole::Dollar)], sigils: b"-", ..C_LIKE };

impl Code {
    #[cfg(test)]
    pub(in crate::fix) const ALL: &[Code] = &[
        Code::Python,
        Code::JavaScript,
        Code::TypeScript,
        Code::Go,
        Code::Java,
        Code::Groovy,
        Code::Kotlin,
        Code::Scala,
        Code::Ruby,
        Code::Php,
        Code::CSharp,
        Code::Rust,
        Code::PowerShell,
        Code::Perl,
        Code::Lua,
        Code::Terraform,
    ];

    pub(super) fn syntax(self) -> &'static Syntax {
        match self {
            Code::Python => &PYTHON,
            Code::JavaScript | Code::TypeScript => &SCRIPT,
            Code::Go => &GO,
            Code::Java => &JAVA,
            Code::Groovy => &GROOVY,
            Code::Kotlin => &KOTLIN,
            Code::Scala => &SCALA,
            Code::Ruby => &RUBY,
            Code::Php => &PHP,
            Code::CSharp => &CSHARP,
            Code::Rust => &RUST,
            Code::PowerShell => &POWERSHELL,
            Code::Perl => &PERL,
            Code::Lua => &LUA,
            Code::Terraform => &TERRAFORM,
        }
    }

    /// The language of a file; `None` if there is no table for it.
    pub(in crate::fix) fn of(lang: Lang, path: &[u8]) -> Option<Code> {
        let name = path.rsplit(|b| *b == b'/').next().unwrap_or_default().to_ascii_lowercase();
        let ends = |ends: &[&str]| ends.iter().any(|e| name.ends_with(e.as_bytes()));
        Some(match lang {
            Lang::Python if !ends(&[".ipynb"]) => Code::Python,
            Lang::JavaScript if ends(&[".js", ".mjs", ".cjs", ".jsx"]) => Code::JavaScript,
            Lang::TypeScript => Code::TypeScript,
            Lang::Go => Code::Go,
            Lang::Java if ends(&[".java"]) => Code::Java,
            Lang::Java if ends(&[".groovy", ".gradle"]) => Code::Groovy,
            Lang::Kotlin => Code::Kotlin,
            Lang::Scala => Code::Scala,
            // `.rb.erb` and the like are templates.
            Lang::Ruby if !ends(&[".erb"]) => Code::Ruby,
            Lang::Php => Code::Php,
            Lang::CSharp if ends(&[".cs"]) => Code::CSharp,
            Lang::Rust => Code::Rust,
            Lang::PowerShell if !ends(&[".psd1"]) => Code::PowerShell,
            Lang::Perl => Code::Perl,
            Lang::Lua => Code::Lua,
            Lang::Terraform if ends(&[".tf"]) => Code::Terraform,
            _ => return None,
        })
    }
}
