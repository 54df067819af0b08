//! What the commands of assistants do: tables of commands, and the words that they have in a real shell.

use proptest::prelude::*;
use stanch::agent::shell::{Act, Commit, Language, Part, Place, Sent, acts, gate_file};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const HOME: &str = "/home/me";

/// A folder with the files that the tables name.
fn folder() -> (TempDir, PathBuf) {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().canonicalize().unwrap();
    for file in [
        ".env",
        ".env.local",
        ".env.example",
        "config/app.yml",
        "packages/api/.env",
        "src/main.py",
        "keys/server.pem",
        "secrets.json",
        "package.json",
        ".git/hooks/pre-commit",
        ".husky/pre-commit",
    ] {
        fs::create_dir_all(dir.join(file).parent().unwrap()).unwrap();
        fs::write(dir.join(file), "").unwrap();
    }
    (temp, dir)
}

fn acts_in(dir: &Path, command: &str, language: Language) -> Vec<Act> {
    let variable = |name: &str| (name == "CONFIG_DIR").then(|| "config".to_owned());
    let alias = |_: &Path, name: &str| {
        let aliases = [
            ("ci", "commit --no-verify"),
            ("co", "checkout"),
            ("cm", "commit -m"),
            ("again", "cm 'a \"b\"'"),
            ("sneak", "!sh -c 'git commit -n \"$@\"'"),
            ("env", "!cat .env"),
            ("first", "second"),
            ("second", "first"),
            ("semi", "commit -m ; --no-verify"),
            ("st", "status --short"),
        ];
        Ok(aliases.iter().find(|(alias, _)| *alias == name).map(|(_, value)| (*value).to_owned()))
    };
    acts(command, language, &Place { dir, home: Some(Path::new(HOME)), variable: &variable, alias: &alias })
}

fn shown(act: &Act, dir: &Path) -> String {
    let path = |path: &Path| {
        let text = path.strip_prefix(dir).map(|p| p.display().to_string());
        let home = path.strip_prefix(HOME).map(|p| format!("~/{}", p.display()));
        text.or(home).unwrap_or_else(|_| path.display().to_string())
    };
    match act {
        Act::Reads { path: file, part, revision } => {
            let mut out = format!("reads {}", path(file));
            if let Some(revision) = revision {
                write!(out, " at {revision}").unwrap();
            }
            match part {
                Part::Whole => {}
                Part::First(count) => write!(out, ", first {count}").unwrap(),
                Part::Last(count) => write!(out, ", last {count}").unwrap(),
                Part::Lines(from, to) => write!(out, ", lines {from} to {to}").unwrap(),
                Part::Matching(pattern) => write!(out, ", matching {pattern}").unwrap(),
            }
            out
        }
        Act::PrintsEnvironment { names: None } => "prints all variables".to_owned(),
        Act::PrintsEnvironment { names: Some(names) } => format!("prints {}", names.join(" ")),
        Act::PrintsStored { what } => format!("prints stored: {what}"),
        Act::Sends { host, what } => {
            let what: Vec<String> = what
                .iter()
                .map(|sent| match sent {
                    Sent::File(file) => path(file),
                    Sent::Variable(name) => format!("${name}"),
                    Sent::Credential(name) => format!("${name} as a credential"),
                    Sent::Environment => "all variables".to_owned(),
                    Sent::Stored(what) => format!("stored: {what}"),
                })
                .collect();
            format!("sends to {}: {}", host.as_deref().unwrap_or("?"), what.join(", "))
        }
        Act::GoesAround { what } => format!("goes around: {what}"),
        Act::Writes { path: file, text } => {
            let text = text.as_ref().map(|text| format!(": {text:?}")).unwrap_or_default();
            format!("writes {}{text}", path(file))
        }
        Act::Commits(Commit { dir: folder, paths, all, other_index }) => {
            let mut out = "commits".to_owned();
            if folder != dir {
                write!(out, " in {}", path(folder)).unwrap();
            }
            for also in paths {
                let also = if also == dir { "everything".to_owned() } else { path(also) };
                write!(out, ", with {also}").unwrap();
            }
            out.push_str(if *all { ", with what is tracked" } else { "" });
            out.push_str(if *other_index { ", from another index" } else { "" });
            out
        }
        Act::Unknown { why } => format!("unknown: {why}"),
        Act::Unread { why } => format!("unread: {why}"),
    }
}

/// Runs a table: commands, each followed by its acts on lines with an arrow. Returns the number of commands, and of
/// those with an act that is not a write.
fn table(name: &str, language: Language) -> (usize, usize) {
    let (_temp, dir) = folder();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/agent_commands").join(name);
    let text = fs::read_to_string(&path).unwrap();
    let (mut out, mut commands, mut judged) = (String::new(), 0, 0);
    for block in text.split("\n\n").map(|b| b.trim_matches('\n')).filter(|b| !b.is_empty()) {
        let command: Vec<&str> = block.lines().filter(|line| !line.starts_with("  -> ")).collect();
        let command = command.join("\n");
        commands += 1;
        out.push_str(&command);
        out.push('\n');
        let acts = acts_in(&dir, &command, language);
        judged += usize::from(acts.iter().any(|a| {
            !matches!(a, Act::Writes { .. } | Act::Commits(_) | Act::Unknown { .. } | Act::Unread { .. })
        }));
        for act in acts {
            writeln!(out, "  -> {}", shown(&act, &dir)).unwrap();
        }
        out.push('\n');
    }
    if std::env::var_os("STANCH_UPDATE").is_some() {
        fs::write(&path, &out).unwrap();
    }
    assert_eq!(text.trim(), out.trim(), "{name}: STANCH_UPDATE=1 writes what is found now; read each change");
    (commands, judged)
}

#[test]
fn commands_that_print_secrets_are_known() {
    let (commands, judged) = table("reads.txt", Language::Posix);
    assert!(commands >= 90 && judged == commands, "{judged} of {commands}");
}

#[test]
fn commands_that_send_secrets_are_known() {
    let (commands, judged) = table("sends.txt", Language::Posix);
    assert!(commands >= 40 && judged == commands, "{judged} of {commands}");
}

#[test]
fn commands_that_go_around_the_gate_are_known() {
    let (commands, judged) = table("around.txt", Language::Posix);
    assert!(commands >= 60 && judged == commands, "{judged} of {commands}");
}

#[test]
fn ordinary_commands_neither_print_nor_send_a_secret() {
    let (commands, judged) = table("harmless.txt", Language::Posix);
    assert!(commands >= 80 && judged == 0, "{judged} of {commands}");
}

#[test]
fn what_is_not_known_is_said_and_what_is_written_is_known() {
    let (commands, judged) = table("unknown.txt", Language::Posix);
    assert!(commands >= 20 && judged == 0, "{judged} of {commands}");
}

#[test]
fn commands_of_powershell_and_cmd_are_known() {
    table("powershell.txt", Language::PowerShell);
    table("cmd.txt", Language::Cmd);
}

#[test]
fn files_of_the_gate_are_known_by_their_path() {
    for path in [
        "/r/.stanch.toml",
        "sub/.stanch.toml",
        "/r/.git/hooks/pre-push",
        "/r/.husky/pre-commit",
        "/r/.claude/settings.json",
    ] {
        assert!(gate_file(Path::new(path)).is_some(), "{path}");
    }
    for path in [
        "/r/src/main.rs",
        "/r/.github/workflows/ci.yml",
        "/r/.husky/README.md",
        "/r/hooks/pre-commit",
        "stanch.toml",
        "/r/.claude/agents/x.md",
    ] {
        assert_eq!(gate_file(Path::new(path)), None, "{path}");
    }
}

#[test]
fn the_part_of_a_file_that_is_printed_is_exact() {
    let text = "a\nB=1\nkey=2\nd\ne\n";
    for (part, lines) in [
        (Part::Whole, vec![1, 2, 3, 4, 5]),
        (Part::First(2), vec![1, 2]),
        (Part::Last(2), vec![4, 5]),
        (Part::Lines(2, 3), vec![2, 3]),
        (Part::Lines(4, usize::MAX), vec![4, 5]),
        (Part::Matching("=".to_owned()), vec![2, 3]),
        (Part::Matching("(?i)KEY|^b".to_owned()), vec![2, 3]),
    ] {
        assert_eq!(part.numbers(text), lines, "{part:?}");
    }
}

#[test]
fn a_command_without_bounds_is_never_taken_for_one_that_was_read() {
    let (_temp, dir) = folder();
    for command in [
        "(".repeat(10_000),
        "$(".repeat(10_000),
        "`\\".repeat(10_000),
        "${a:-".repeat(10_000),
        "if ".repeat(10_000),
        format!("{}cat .env{}", "bash -c '".repeat(50), "'".repeat(50)),
        "f() { f; f; f; }; f".to_owned(),
        "for a in 1 2 3 4 5 6 7 8 9; do for b in 1 2 3 4 5 6 7 8 9; do for c in 1 2 3 4 5 6 7 8 9; do for d in 1 2 3 4 5 6 7 8 9; do cat $a$b$c$d; done; done; done; done".to_owned(),
        format!("cat {}", "*".repeat(100_000)),
        format!("cat [{}]nv", ".e".repeat(50_000)),
        format!("cat {}.env", "*/".repeat(50_000)),
        "x".repeat(2 << 20),
    ] {
        let start: String = command.chars().take(20).collect();
        let acts = acts_in(&dir, &command, Language::Posix);
        let seen = acts.iter().any(|a| matches!(a, Act::Unknown { .. } | Act::Unread { .. }));
        assert!(seen, "{start}: {acts:?}");
    }
    // The readers of the other languages come to an end too.
    for text in [",".repeat(1_000_000), "(".repeat(10_000), "$(".repeat(10_000), "\"$(".repeat(10_000)] {
        for language in [Language::PowerShell, Language::Cmd] {
            acts_in(&dir, &text, language);
        }
    }
    // A pattern that is too long to be compiled may match any name.
    let stars = "*".repeat(100_000);
    for command in [format!("find . -name '{stars}' | xargs cat"), format!("grep -r . --include='{stars}' .")]
    {
        let acts = acts_in(&dir, &command, Language::Posix);
        let start: String = command.chars().take(20).collect();
        assert!(acts.iter().any(|a| shown(a, &dir).contains(".env")), "{start}: {acts:?}");
    }
    for language in [Language::PowerShell, Language::Cmd] {
        let acts = acts_in(&dir, &format!("type .env {}", " ".repeat(1 << 20)), language);
        assert_eq!(acts, [Act::Unread { why: "it is longer than 1 MB" }]);
    }
    // Braces and long lists are cut short, and a long text is one word.
    acts_in(&dir, &format!("cat {}", "{a,b}".repeat(200)), Language::Posix);
    acts_in(&dir, &format!("echo {}", "x ".repeat(100_000)), Language::Posix);
    let written = |lines| {
        let command = format!("cat > out.txt <<'E'\n{}E\n", "line\n".repeat(lines));
        acts_in(&dir, &command, Language::Posix)
    };
    let acts = written(20_000);
    assert!(matches!(&acts[..], [Act::Writes { text: Some(text), .. }] if text.len() == 100_000));
    // One that costs more to read than a command may is said to be unread.
    let acts = written(100_000);
    assert!(acts.contains(&Act::Unread { why: "it is too large" }));
}

/// Commands of this size that are made to take long, in every form that has cost much. `END` is the command behind.
fn hostile(size: usize) -> Vec<(&'static str, String)> {
    let times = |text: &str| text.repeat(size / text.len());
    let each =
        |text: &str, count: usize| (0..count).map(|n| text.replace('#', &n.to_string())).collect::<String>();
    vec![
        ("braces", format!("echo {}; END", times("{a,b}"))),
        ("nested braces", format!("echo {}a{}; END", "{a,".repeat(size / 4), "}".repeat(size / 4))),
        (
            "doubled variables",
            format!("a0=xxxxxxxx; {}echo $a99; END", each("a#=\"$a#$a#$a0$a0\"; a0=$a#$a#; ", size / 34)),
        ),
        ("doubled words", format!("x='a b c d'; {}echo $x; END", times("x=\"$x $x\"; "))),
        ("list", format!("{}END", times("ls; "))),
        ("pipes", format!("{}END", times("true | "))),
        ("assignments", format!("{}END", each("a#=b; ", size / 9))),
        ("forks", format!("{}END", each("a#=b; (:); ", size / 15))),
        ("functions", format!("{}f0; END", each("f#() { f0; f0; ls; }; ", size / 24))),
        ("large function", format!("f() {{ {}}}; {}END", times("a=b "), "f; ".repeat(2_000))),
        ("documents", format!("{}END", times("cat <<A <<B\nx\nA\ny\nB\n"))),
        (
            "one document, many times",
            format!("f() {{ cat <<A; }}\n{}\nA\n{}END", times("x $a "), "f\n".repeat(2_000)),
        ),
        ("here-strings", format!("cat {}; END", times("<<< x "))),
        ("files", format!("cat {}; END", each("f# ", size / 7))),
        ("files one by one", format!("{}END", each("cat f#; ", size / 11))),
        ("copies", format!("{}END", each("cp .env f#; cat f#; ", size / 24))),
        ("writes", format!("x='{}'; {}END", "a ".repeat(size / 4), "echo \"$x\" > f; ".repeat(size / 32))),
        ("tee", format!("echo '{}' | tee {}; END", "a ".repeat(size / 4), each("f# ", size / 16))),
        ("globs", format!("ls {}; END", times("s*c/m?*[a-z] "))),
        ("searches", format!("{}END", times("find . -name '*.py'; "))),
        ("recursive", format!("{}END", times("grep -r a .; "))),
        (
            "xargs",
            format!("echo {}| xargs -I{{}} echo {}; END", "a ".repeat(size / 4), "{} ".repeat(size / 6)),
        ),
        ("printf", format!("printf '%s{}' {}; END", "x".repeat(size / 2), "a ".repeat(size / 4))),
        ("loops", format!("{}:{}; END", "for i in 1 2 3; do ".repeat(20), "; done".repeat(20))),
        ("one loop", format!("for i in {}; do ls; done; END", times("a "))),
        ("case", format!("case x in {} esac; END", times("a|b) ls;; "))),
        ("arithmetic", format!("{}END", times("((a) && : & "))),
        ("brackets", format!("{}; END", times("a[ b[ "))),
        ("open braces", format!("echo {}; END", times("{ {a "))),
        ("parameters", format!("echo {}{}{}; END", "${a:-".repeat(30), times("x"), "}".repeat(30))),
        ("backquotes", format!("echo {}; END", times("`a` "))),
        ("quotes", format!("echo {}; END", times("'\\''"))),
        ("ANSI quotes", format!("echo {}; END", times("$'\\x41' "))),
        ("unclosed", format!("{}\nEND", times("echo ' ; (a "))),
        ("broken", format!("{}END", times("a () b; fi; "))),
        ("eval", format!("{}ls; END", times("eval "))),
        ("shells", format!("sh -c '{}ls'; END", times("sh -c "))),
        ("aliases", format!("{}END", times("alias a='ls; ls'; "))),
        ("code", format!("python3 -c '{}print(1)'; END", times("x(\"a\", \"b\");"))),
        ("many literals", format!("node -e '{}console.log(1)'; END", each("f(\"./f#\");", size / 14))),
        ("removals", format!("rm {}; END", each("f# ", size / 7))),
        ("git", format!("{}END", times("git log; git -c a.b='x y' st; "))),
        ("awk", format!("{}END", times("awk 'BEGIN{system(\"a b\")}'; "))),
        ("path", format!("cat {}; END", times("a/"))),
        ("declared", format!("{}END", each("export A#=b; env; ", size / 22))),
        ("sourced", format!("{}echo {}; END", each("source f#; ", size / 26), times("$Q "))),
        ("substitutions", format!("echo {}; END", times("$(ls) "))),
        ("processes", format!("cat {}; END", times("<(ls) "))),
    ]
}

#[test]
fn a_hostile_command_of_100_kb_hides_nothing_behind_it() {
    let (_temp, dir) = folder();
    for (name, command) in hostile(100_000) {
        for (end, hidden) in [("git commit --no-verify", "goes around"), ("cat .env", "reads .env")] {
            let command = command.replace("END", end);
            let acts: Vec<String> =
                acts_in(&dir, &command, Language::Posix).iter().map(|act| shown(act, &dir)).collect();
            let seen = acts.iter().any(|act| act.starts_with(hidden) || act.starts_with("unread: "));
            assert!(seen, "{name}: {:?}", &acts[..acts.len().min(5)]);
        }
    }
    // The same in the other languages, where the end is a line of its own.
    for text in
        ["echo a; ", "echo (a) ", "echo $(a) ", "echo %a% ", "\"a\" | ", "x,", "$a=$a+$a\n", "{ a } ", "(a) "]
    {
        for language in [Language::PowerShell, Language::Cmd] {
            let command = format!("{}\ngit commit --no-verify\n", text.repeat(100_000 / text.len()));
            let acts = acts_in(&dir, &command, language);
            let seen = acts.iter().any(|act| matches!(act, Act::GoesAround { .. } | Act::Unread { .. }));
            assert!(seen, "{language:?} {text}: {:?}", &acts[..acts.len().min(5)]);
        }
    }
}

#[test]
fn ordinary_commands_of_many_parts_are_read_to_their_end() {
    let (_temp, dir) = folder();
    for (name, command) in [
        (
            "a large document",
            format!(
                "cat > out.txt <<'E'\n{}E\ncat .env",
                "some line of text, as it is written\n".repeat(2_700)
            ),
        ),
        (
            "many files",
            format!(
                "git add {}; cat .env",
                (0..1_000).map(|n| format!("src/file_{n}.rs ")).collect::<String>()
            ),
        ),
        (
            "a script",
            format!(
                "{}cat .env",
                "if [ -f a ]; then cp a \"$b/c\"; else echo \"no a in $PWD\" >&2; fi\n".repeat(100)
            ),
        ),
        ("a loop", "for i in {1..60}; do curl -s localhost/$i | jq .; sleep 1; done; cat .env".to_owned()),
        ("braces", "mkdir -p {a..z}/{src,test}/{x,y}; cat .env".to_owned()),
    ] {
        let acts: Vec<String> =
            acts_in(&dir, &command, Language::Posix).iter().map(|act| shown(act, &dir)).collect();
        assert!(acts.iter().any(|act| act == "reads .env"), "{name}: {acts:?}");
        assert!(!acts.iter().any(|act| act.starts_with("unread")), "{name}: {acts:?}");
    }
}

#[test]
fn what_follows_a_fault_is_read_as_a_shell_or_another_parser_would() {
    let (_temp, dir) = folder();
    for command in [
        "cat .env\necho \"unclosed",
        "[[ a =~ (b ]]; cat .env",
        "fi; cat .env",
        "a () b\ncat .env",
        "echo $((1; cat .env",
    ] {
        let acts: Vec<String> =
            acts_in(&dir, command, Language::Posix).iter().map(|act| shown(act, &dir)).collect();
        assert!(acts.iter().any(|act| act == "reads .env"), "{command}: {acts:?}");
    }
    for language in [Language::PowerShell, Language::Cmd] {
        let acts = acts_in(&dir, "type .env\necho \"unclosed", language);
        assert!(acts.iter().any(|act| matches!(act, Act::Reads { .. })), "{acts:?}");
    }
}

#[test]
fn the_value_of_a_variable_is_split_as_the_shell_does() {
    let (_temp, dir) = folder();
    for command in [
        "run='cat .env'; $run",
        "flags='-n 3'; head $flags .env",
        "set -- .env; cat \"$@\"",
        "x=' .env'; cat$x",
    ] {
        let acts = acts_in(&dir, command, Language::Posix);
        assert!(
            matches!(&acts[..], [Act::Reads { path, .. }] if path.ends_with(".env")),
            "{command}: {acts:?}"
        );
    }
}

/// A piece of a word, in any of the forms that bash has.
fn piece() -> impl Strategy<Value = String> {
    let text = "[a-z0-9_.]{1,4}";
    prop_oneof![
        4 => text.prop_map(|t| t),
        1 => "[a-z *?$`\"\\\\]{0,5}".prop_map(|t| format!("'{t}'")),
        1 => "[a-z *?']{0,5}".prop_map(|t| format!("\"{t}\"")),
        1 => "[a-z *?$'\"\\\\&|;()<>]".prop_map(|t| format!("\\{t}")),
        1 => text.prop_map(|t| format!("$'{t}\\x41\\101\\''")),
        1 => Just("${v}".to_owned()),
        1 => Just("\"$v$w\"".to_owned()),
        1 => Just("${v}x".to_owned()),
        1 => Just("${unset_name:-other}".to_owned()),
        1 => text.prop_map(|t| format!("{{{t},b}}")),
        1 => "([a-d]|[1-4]?[1-9])\\.\\.([a-d]|[1-4]?[1-9])".prop_map(|t| format!("{{{t}}}")),
        1 => "0[1-9]\\.\\.[1-4]?[1-9]\\.\\.[1-3]".prop_map(|t| format!("{{{t}}}")),
        1 => text.prop_map(|t| format!("$(echo {t})")),
        1 => text.prop_map(|t| format!("\"`echo {t}`\"")),
        1 => Just("$(printf '%s' \"a b\")".to_owned()),
        1 => Just("${s}".to_owned()),
        1 => Just("\"${s}\"".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The files that a command reads are the words that bash hands to the program.
    #[cfg(unix)]
    #[test]
    fn words_are_those_of_bash(words in prop::collection::vec(prop::collection::vec(piece(), 1..4), 1..4)) {
        let (_temp, dir) = folder();
        let words: Vec<String> = words.into_iter().map(|pieces| pieces.concat()).collect();
        let words = words.join(" ");
        let script = format!("v=va; w='w w'; s=' s t '; printf '%s\\0' {words}");
        let Ok(run) = Command::new("bash").args(["--norc", "-c", &script]).current_dir(&dir).output() else {
            eprintln!("no bash: not compared");
            return Ok(());
        };
        prop_assume!(run.status.success());
        let expected: BTreeSet<PathBuf> = run
            .stdout
            .split(|b| *b == 0)
            .map(|word| String::from_utf8(word.to_vec()).unwrap())
            .filter(|word| !word.is_empty() && word != "." && word != "..")
            .map(|word| dir.join(word))
            .collect();
        let acts = acts_in(&dir, &format!("v=va; w='w w'; s=' s t '; cat -- {words}"), Language::Posix);
        let is_cut = acts.iter().any(|act| matches!(act, Act::Unread { .. }));
        let found: BTreeSet<PathBuf> = acts
            .into_iter()
            .filter_map(|act| match act {
                Act::Reads { path, .. } if path != dir && path != dir.parent().unwrap() => Some(path),
                _ => None,
            })
            .collect();
        let expected: BTreeSet<PathBuf> = expected.into_iter().filter(|p| !p.ends_with("..")).collect();
        // Sequences beside each other make hundreds of words: more than are followed.
        if is_cut {
            prop_assert!(expected.len() > 250 && found.is_subset(&expected), "{}: {}", words, expected.len());
        } else {
            prop_assert_eq!(found, expected, "{}", words);
        }
    }

    /// No text makes a reader panic, and a plain read behind it is found if it parses.
    #[test]
    fn no_text_breaks_a_reader(text in "[a-z .$(){}`'\"\\\\|&;<>=\\n\\[\\]#!*-]{0,60}") {
        let (_temp, dir) = folder();
        for language in [Language::Posix, Language::PowerShell, Language::Cmd] {
            acts_in(&dir, &text, language);
        }
    }
}
