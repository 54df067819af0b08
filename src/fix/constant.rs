//! Places where a language requires a constant or a name, and what to write there instead.

use super::lex::{Code, Sort, Token};
use super::spot::Spot;
use super::write::expression;

/// What to write instead, if an expression may not replace a literal. `text` is the file's.
pub(super) fn instead(spot: &Spot<'_>, sort: Sort, var: &str) -> Option<String> {
    let e = expression(spot.code, var);
    if sort == Sort::Heredoc
        && let Some(instead) = heredoc(spot, &e)
    {
        return Some(instead);
    }
    if sort == Sort::Other {
        return Some(format!("write {e} there by hand: this literal is no text"));
    }
    match spot.code {
        Code::Python => python(spot, &e),
        Code::JavaScript | Code::TypeScript => script(spot, &e),
        Code::Go => go(spot, &e),
        Code::Java | Code::Groovy => java(spot, &e),
        Code::Kotlin | Code::Scala => kotlin(spot, &e),
        Code::CSharp => csharp(spot, &e),
        Code::Rust => rust(spot, var),
        Code::Php => php(spot, &e),
        Code::Ruby => ruby(spot, &e),
        Code::PowerShell => powershell(spot, &e),
        Code::Terraform => terraform(spot, &e, var),
        Code::Lua | Code::Perl => {
            // Lua's `f"a"` and `->{key}` have another syntax; a label is not one of our literals.
            (spot.code == Code::Perl && spot.before(0) == b"use")
                .then(|| format!("use takes a literal; read {e} behind it"))
        }
    }
}

/// A heredoc that allows no expression.
fn heredoc(spot: &Spot<'_>, e: &str) -> Option<String> {
    let token = &spot.text[spot.range()];
    match spot.code {
        Code::Php => {
            Some(format!("a heredoc takes no call: write `$value = {e};` before it, and {{$value}} in it"))
        }
        Code::PowerShell if token.starts_with(b"@'") => {
            Some(format!("this text expands nothing: write it between @\" and \"@, with $({e}) in it"))
        }
        _ => None,
    }
}

fn is_annotation(spot: &Spot<'_>) -> bool {
    spot.around().iter().any(|a| {
        let b = |n| a.spot.before(n);
        let mut n = 0;
        // `@a.b.Name(`, `@field:Name(`
        while matches!(b(n + 1), b"." | b":") {
            n += 2;
        }
        a.open == b'(' && b(n + 1) == b"@"
    })
}

fn python(spot: &Spot<'_>, e: &str) -> Option<String> {
    let statement = spot.statement();
    if statement.first() == Some(&&b"case"[..]) && spot.after(0) != b"=" {
        return Some(format!("a pattern takes no call: write `case value if value == {e}:`"));
    }
    let literal = spot.around().iter().any(|a| a.open == b'[' && a.spot.before(0) == b"Literal");
    literal.then(|| format!("a type takes no call: use str there, and read {e} where the value is used"))
}

fn script(spot: &Spot<'_>, e: &str) -> Option<String> {
    let (before, after) = (spot.before(0), spot.after(0));
    let statement = spot.statement();
    let first = statement.first().copied().unwrap_or_default();
    if before == b"from" || (first == b"import" && before != b"(") {
        return Some(format!("an import names its module; read {e} where the value is used"));
    }
    if statement.is_empty()
        && !spot.nested
        && spot.around().is_empty()
        && (spot.last_of_line() || after == b";")
    {
        return Some("this text alone on its line does nothing: take the line out".to_owned());
    }
    if (before == b"{" || before == b",") && after == b"(" {
        return Some(format!("a method's name in quotes takes no expression: write [{e}](...) by hand"));
    }
    if spot.code == Code::JavaScript {
        return None;
    }
    let as_const = after == b"as" && spot.after(1) == b"const";
    if as_const {
        return Some(format!("`as const` wants a literal: write {e} without it, or as string"));
    }
    if first == b"enum" || spot.around().first().is_some_and(|a| a.open == b'{' && a.spot.says("enum")) {
        return Some(format!(
            "a text member of an enum takes no expression: make it a constant, `export const {} = {e}`",
            spot.name()
        ));
    }
    let typed = || {
        Some(format!("a type takes no expression: write string there, and read {e} where the value is used"))
    };
    // `||` and `&&` are two tokens each.
    let single = |b: &[u8], b2: &[u8]| matches!(b, b"|" | b"&") && b != b2;
    if single(before, spot.before(1)) || single(after, spot.after(1)) {
        return typed();
    }
    if matches!(before, b"as" | b"satisfies" | b"extends" | b"is" | b"keyof")
        || (before == b"<" && matches!(after, b">" | b","))
    {
        return typed();
    }
    if first == b"type" || statement.get(1) == Some(&&b"type"[..]) || first == b"declare" {
        return typed();
    }
    let around = spot.around();
    let block = around.first().filter(|a| a.open == b'{');
    if block.is_some_and(|a| ["interface", "type", "declare"].iter().any(|w| a.spot.says(w))) {
        return typed();
    }
    if before == b":" {
        let ternary = statement.contains(&&b"?"[..]);
        let in_parens = around.first().is_some_and(|a| a.open == b'(');
        let in_class = block.is_some_and(|a| a.spot.says("class"));
        let declared = ["let", "const", "var", "readonly", "private", "public", "protected", "static"]
            .iter()
            .any(|w| statement.contains(&w.as_bytes()));
        let typed_here = after == b"=" || spot.before(1) == b")" || in_parens || in_class || declared;
        let is_case = first == b"case";
        if typed_here && !ternary && !is_case && !statement.contains(&&b"="[..]) {
            return typed();
        }
    }
    // A key of a type or a class may not be computed.
    let is_key = matches!(before, b"{" | b"," | b";") && after == b":";
    if is_key && block.is_some_and(|a| a.spot.says("class")) { typed() } else { None }
}

fn go(spot: &Spot<'_>, e: &str) -> Option<String> {
    let statement = spot.statement();
    let first = statement.first().copied().unwrap_or_default();
    let block = spot.around().into_iter().next().filter(|a| a.open == b'(');
    let in_block = |word: &[u8]| block.as_ref().is_some_and(|a| a.spot.before(0) == word);
    if first == b"const" || in_block(b"const") {
        let name =
            statement.iter().find(|w| **w != b"const").map_or("NAME".into(), |w| String::from_utf8_lossy(w));
        return Some(format!("a Go const takes no call: write `var {name} = {e}`, and import \"os\""));
    }
    if first == b"import" || in_block(b"import") {
        return Some(format!("an import names its package; read {e} where the value is used"));
    }
    let before = spot.before(0);
    let closes = matches!(before, b"]" | b"}" | b")" | b"*");
    let named = before.first().is_some_and(u8::is_ascii_alphabetic)
        && !matches!(before, b"return" | b"case" | b"range");
    (closes || named).then(|| format!("a struct tag takes no call; read {e} where the value is used"))
}

fn java(spot: &Spot<'_>, e: &str) -> Option<String> {
    if is_annotation(spot) || spot.before(0) == b"default" {
        return Some(format!("an annotation takes no call; read {e} where the value is used"));
    }
    let statement = spot.statement();
    (statement.first() == Some(&&b"case"[..]) && spot.code == Code::Java)
        .then(|| format!("a case takes no call: compare with {e}.equals(...) in an if"))
}

fn kotlin(spot: &Spot<'_>, e: &str) -> Option<String> {
    let statement = spot.statement();
    if statement.contains(&&b"const"[..]) {
        return Some(format!("a const val takes no call: write `val {} = {e}`", spot.name()));
    }
    if is_annotation(spot) {
        return Some(format!("an annotation takes no call; read {e} where the value is used"));
    }
    if spot.code == Code::Scala && statement.first() == Some(&&b"case"[..]) && !statement.contains(&&b"="[..])
    {
        return Some(format!("a pattern takes no call: write `case value if value == {e} =>`"));
    }
    (spot.code == Code::Scala && statement.contains(&&b"inline"[..]))
        .then(|| format!("an inline val takes no call: write `val {} = {e}`", spot.name()))
}

fn csharp(spot: &Spot<'_>, e: &str) -> Option<String> {
    let statement = spot.statement();
    let has = |w: &[u8]| statement.contains(&w);
    if has(b"const") {
        return Some(format!("a const takes no call: write `static readonly string {} = {e}`", spot.name()));
    }
    let around = spot.around();
    let attribute = around.iter().any(|a| {
        a.open == b'[' && {
            let before = a.spot.before(0);
            let word = before.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
            !word && !matches!(before, b")" | b"=" | b":" | b"?" | b">" | b"+")
        }
    });
    if attribute && around.first().is_some_and(|a| a.open == b'(') {
        return Some(format!("an attribute takes no call; read {e} where the value is used"));
    }
    let (before, after) = (spot.before(0), spot.after(0));
    let arm = after == b"=" && spot.after(1) == b">" && around.first().is_some_and(|a| a.open == b'{');
    if statement.first() == Some(&&b"case"[..]) || arm || matches!(before, b"is" | b"or" | b"and" | b"not") {
        return Some(format!("a pattern takes no call: compare with {e} in an if"));
    }
    let declared = before == b"=" && around.first().is_some_and(|a| a.open == b'(') && {
        let ty = spot.before(2);
        ty.first().is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
            || matches!(ty, b">" | b"?" | b"]")
    };
    declared.then(|| {
        format!(
            "a parameter's default takes no call: make it null, and write `{} ?? {e}` in the method",
            String::from_utf8_lossy(spot.before(1))
        )
    })
}

/// Macros whose arguments are expressions.
const PLAIN_MACROS: &[&[u8]] = &[
    b"vec",
    b"json",
    b"format",
    b"println",
    b"print",
    b"eprintln",
    b"eprint",
    b"write",
    b"writeln",
    b"panic",
    b"assert",
    b"assert_eq",
    b"assert_ne",
    b"dbg",
    b"anyhow",
    b"bail",
    b"info",
    b"warn",
    b"error",
    b"debug",
    b"trace",
    b"concat",
    b"hashmap",
];

fn rust(spot: &Spot<'_>, var: &str) -> Option<String> {
    let e = format!("env!(\"{var}\")");
    let around = spot.around();
    if around.iter().any(|a| a.open == b'[' && matches!(a.spot.before(0), b"#" | b"!"))
        && around.iter().any(|a| a.open == b'[' && (a.spot.before(0) == b"#" || a.spot.before(1) == b"#"))
    {
        return Some(format!(
            "an attribute takes no call; read std::env::var(\"{var}\") where the value is used"
        ));
    }
    for a in &around {
        if a.spot.before(0) == b"!" && a.spot.before(1) != b"#" {
            let name = a.spot.before(1);
            if !PLAIN_MACROS.contains(&name) {
                let name = String::from_utf8_lossy(name);
                return Some(format!(
                    "what {name}! makes of an expression is its own matter: write {e} by hand"
                ));
            }
        }
    }
    let after = (spot.after(0), spot.after(1));
    let alternative = |b: &[u8], b2: &[u8]| b == b"|" && b2 != b"|";
    let pattern = after == (b"=", b">")
        || after.0 == b"if"
        || alternative(after.0, after.1)
        || alternative(spot.before(0), spot.before(1))
        || spot.before(0) == b"let";
    if pattern {
        return Some(format!("a pattern takes no macro: write `value if value == {e} =>`"));
    }
    (spot.before(0) == b"extern").then(|| "an ABI is a literal".to_owned())
}

fn php(spot: &Spot<'_>, e: &str) -> Option<String> {
    let statement = spot.statement();
    let around = spot.around();
    // The statement of the outermost array around it: `private $a = ['k' => '...'];`
    let outer = around
        .iter()
        .take_while(|a| a.open == b'[' || (a.open == b'(' && a.spot.before(0) == b"array"))
        .last();
    let words = outer.map_or(statement, |a| {
        let mut words = a.spot.statement();
        words.push(b"=");
        words
    });
    let has = |w: &[u8]| words.iter().any(|x| x.eq_ignore_ascii_case(w));
    let assigned = words.contains(&&b"="[..]);
    let first = words.first().copied().unwrap_or_default();
    if has(b"const") {
        return Some(format!(
            "a const takes no call: write define('{}', {e}) outside of a class, or read it in a method",
            spot.name()
        ));
    }
    if assigned && first.eq_ignore_ascii_case(b"case") {
        return Some(format!("an enum's case takes no call: add a method that returns {e}"));
    }
    if assigned
        && [&b"public"[..], b"private", b"protected", b"var", b"static", b"readonly"].iter().any(|w| has(w))
    {
        let name = words
            .iter()
            .find(|w| w.starts_with(b"$"))
            .map_or("NAME".into(), |n| String::from_utf8_lossy(&n[1..]));
        return Some(format!(
            "a property takes no call: declare it without a value, and write `$this->{name} = {e};` in the constructor"
        ));
    }
    if around.iter().any(|a| a.open == b'[' && a.spot.before(0) == b"#") {
        return Some(format!("an attribute takes no call; read {e} where the value is used"));
    }
    let default = spot.before(0) == b"="
        && around.first().is_some_and(|a| {
            a.open == b'('
                && (matches!(a.spot.before(0), b"function" | b"fn" | b"__construct")
                    || a.spot.before(1) == b"function"
                    || a.spot.before(1) == b"&")
        });
    default.then(|| {
        format!(
            "a parameter's default takes no call: make it null, and write `${{}} ??= {e};` in the function"
        )
        .replace("${}", &String::from_utf8_lossy(spot.before(1)))
    })
}

fn ruby(spot: &Spot<'_>, e: &str) -> Option<String> {
    if spot.after(0) == b":" && spot.after(1) != b":" && matches!(spot.before(0), b"{" | b"," | b"(") {
        return Some(format!("a key before a colon is a symbol: write `{e} =>`"));
    }
    (spot.statement().first() == Some(&&b"in"[..]))
        .then(|| format!("a pattern takes no call: write `in ^({e})`"))
}

fn powershell(spot: &Spot<'_>, e: &str) -> Option<String> {
    let around = spot.around();
    if around.first().is_some_and(|a| a.open == b'(')
        && around.get(1).is_some_and(|a| {
            a.open == b'['
                && a.spot.before(0).first().is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'$')
        })
    {
        return Some(format!("an attribute takes no expression; compare with {e} in the function"));
    }
    let table = around.first().is_some_and(|a| a.open == b'{' && a.spot.before(0) == b"@");
    (table && spot.after(0) == b"=").then(|| format!("a key of a table is written ({e}) by hand"))
}

fn terraform(spot: &Spot<'_>, e: &str, var: &str) -> Option<String> {
    let small = var.to_ascii_lowercase();
    let heads: Vec<Vec<&[u8]>> =
        spot.around().iter().filter(|a| a.open == b'{').map(|a| a.spot.statement()).collect();
    let within = |word: &[u8]| heads.iter().any(|h| h.first() == Some(&word));
    if within(b"variable") {
        return Some(format!(
            "a variable's default takes no variable: take the line out, add `sensitive = true`, set TF_VAR_{small}"
        ));
    }
    if within(b"terraform") || within(b"lifecycle") {
        return Some("a backend takes no variable: take the line out, and give it with terraform init -backend-config=FILE".to_owned());
    }
    let name = spot.statement().first().copied().unwrap_or_default().to_vec();
    let is_head = spot.after(0) == b"{" && heads.is_empty()
        || spot.statement().len() == 1 && spot.before(0) != b"=" && heads.is_empty();
    if is_head {
        return Some(format!("a block's label takes no variable: use {e} where the value is needed"));
    }
    (within(b"module") && (name == b"source" || name == b"version")).then(|| {
        "a module's source takes no variable: give git the credential with a credential helper".to_owned()
    })
}

/// What to write instead if other code of the file needs the constant that the literal defines.
pub(super) fn needed_elsewhere(spot: &Spot<'_>, tokens: &[Token], var: &str) -> Option<String> {
    if spot.code != Code::Java || !spot.says("final") {
        return None;
    }
    let name = spot.name();
    let uses = Spot::uses(spot.code, spot.text, tokens, name.as_bytes());
    let constant = |u: &Spot<'_>| is_annotation(u) || u.statement().first() == Some(&&b"case"[..]);
    uses.iter().any(constant).then(|| {
        let e = expression(spot.code, var);
        format!("a case or an annotation uses {name}, and takes no call; read {e} where it is used")
    })
}
