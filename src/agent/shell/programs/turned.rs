//! Texts that a command turns back before it runs them: base64, hex digits, letters that are exchanged, lines that are
//! written backwards.

use crate::agent::shell::flow::Options;
use crate::agent::shell::run::Call;
use data_encoding::{BASE32, BASE64, HEXLOWER_PERMISSIVE};

/// What a program makes of the text of its input; `None` if it does something else.
pub(super) fn turned(call: &Call) -> Option<String> {
    let text = call.stdin.text.as_deref()?;
    let options = Options::of(&call.args, "in out");
    let compact = || text.split_whitespace().collect::<String>();
    let of = |bytes: Result<Vec<u8>, _>| String::from_utf8(bytes.ok()?).ok();
    match call.name.as_str() {
        "base64" if options.has("d D decode") => of(BASE64.decode(compact().as_bytes())),
        "base32" if options.has("d D decode") => of(BASE32.decode(compact().as_bytes())),
        "xxd" if options.has("r") && options.has("p") || call.args.iter().any(|a| a.text == "-rp") => {
            of(HEXLOWER_PERMISSIVE.decode(compact().as_bytes()))
        }
        "openssl" => {
            let flag = |name: &str| call.args.iter().any(|a| a.text.trim_start_matches('-') == name);
            let decodes = flag("d") && (flag("base64") || flag("a"));
            decodes.then(|| of(BASE64.decode(compact().as_bytes())))?
        }
        "rev" if options.operands.is_empty() => {
            let lines = text.lines().map(|line| line.chars().rev().collect::<String>() + "\n");
            Some(lines.collect())
        }
        "tr" if options.flags.is_empty() => {
            let [from, to] = &options.operands[..] else { return None };
            let (from, to) = (set(&from.text), set(&to.text));
            let exchange = |c: char| match from.iter().position(|f| *f == c) {
                Some(at) => to.get(at).or(to.last()).copied().unwrap_or(c),
                None => c,
            };
            Some(text.chars().map(exchange).collect())
        }
        _ => None,
    }
}

/// The characters of a set of `tr`, ranges written out.
fn set(text: &str) -> Vec<char> {
    let all: Vec<char> = text.chars().collect();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(first) = all.get(at) {
        match all.get(at + 1..at + 3) {
            Some(['-', last]) if last > first && last.is_ascii() => {
                out.extend(*first..=*last);
                at += 3;
            }
            _ => {
                out.push(*first);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::shell::flow::{Field, Flow};

    #[test]
    fn a_text_is_turned_back_as_the_program_does() {
        for (name, args, text, whole) in [
            ("base64", "-d", "bHM=", "ls"),
            ("base32", "--decode", "NRZQ====", "ls"),
            ("xxd", "-r -p", "6c 73", "ls"),
            ("openssl", "enc -base64 -d", "bHM=", "ls"),
            ("rev", "", "sl", "ls\n"),
            ("tr", "a-z n-za-m", "yf", "ls"),
            ("tr", "xy l", "xs", "ls"),
        ] {
            let args = args.split_whitespace().map(Field::known).collect();
            let call = Call { name: name.to_owned(), args, stdin: Flow::text(text.to_owned()) };
            assert_eq!(turned(&call).as_deref(), Some(whole), "{name}");
        }
        for (name, args) in [("base64", ""), ("tr", "-d a"), ("xxd", "-p"), ("cat", "")] {
            let args = args.split_whitespace().map(Field::known).collect();
            let call = Call { name: name.to_owned(), args, stdin: Flow::text("bHM=".to_owned()) };
            assert_eq!(turned(&call), None, "{name}");
        }
    }
}
