//! What `fix` writes, in a table: `tests/fix_cases/*.txt`. Each case is a file before the fix; what it becomes stands in
//! the same place of `tests/fix_cases/written`. Where the machine has the language's tool, every result is parsed, and
//! run before and after with the variable set: both must print the same.
//!
//! `@ PATH` names the file (or its ending), `# TITLE` begins a case, `!` before its text says that nothing may be
//! written there. `KEY` is the secret.

use crate::support::{Sandbox, secret};
use stanch::finding::{Finding, Replacement, RepoPath, Source, SourceKind};
use stanch::fix::{rewrite, suggest};
use stanch::rules::RuleSet;
use stanch::scan::{Engine, Fragment, Options};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const VARIABLE: &str = "KLAVIYO_API_KEY";

struct Case {
    title: String,
    path: String,
    before: String,
    refused: bool,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fix_cases")
}

fn cases() -> BTreeMap<String, Vec<Case>> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_some_and(|e| e == "txt") {
            let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
            all.insert(name, read(&fs::read_to_string(&file).unwrap()));
        }
    }
    all
}

fn read(text: &str) -> Vec<Case> {
    let (mut out, mut path): (Vec<Case>, String) = (Vec::new(), String::new());
    for line in text.split_inclusive('\n') {
        // A comment of a case's own language goes with an exclamation mark or stands behind its first line.
        let title = line.strip_prefix("# ").filter(|t| !t.contains("KEY") && !t.starts_with("-*-"));
        if let Some(name) = line.strip_prefix("@ ") {
            let name = name.trim_end();
            path = if name.contains('.') || name.contains('/') || name.starts_with("Docker") {
                name.to_owned()
            } else {
                format!("Main.{name}")
            };
        } else if let Some(title) = title {
            let (title, path) = (title.trim_end().to_owned(), path.clone());
            out.push(Case { title, path, before: String::new(), refused: false });
        } else if let Some(case) = out.last_mut() {
            let line = if case.before.is_empty() && line.starts_with('!') {
                case.refused = true;
                &line[1..]
            } else {
                line
            };
            case.before.push_str(line);
        }
    }
    out
}

fn engine() -> Engine {
    Engine::new(&RuleSet::builtin(), Options::default())
}

fn scanned(engine: &Engine, path: &str, bytes: &[u8], value: &str) -> Vec<Finding> {
    let source = Source::new(SourceKind::File, RepoPath::new(path));
    let found = engine.scan(&Fragment { source, bytes: bytes.into() });
    found.into_iter().filter(|f| f.matches(&regex(value))).collect()
}

fn regex(value: &str) -> regex::bytes::Regex {
    regex::bytes::Regex::new(&regex::escape(value)).unwrap()
}

/// The file after the fix, or why it stays.
fn fixed(engine: &Engine, case: &Case, value: &str) -> Result<String, String> {
    let bytes = case.before.replace("KEY_ONE", "K1").replace("KEY_A", "K2").replace(VARIABLE, "\0");
    let bytes = bytes.replace("KEY", value).replace('\0', VARIABLE);
    let found = scanned(engine, &case.path, bytes.as_bytes(), value);
    assert!(!found.is_empty(), "nothing found: {} in\n{}", case.title, case.before);
    let all: Vec<&Finding> = found.iter().collect();
    let suggested = suggest(bytes.as_bytes(), &all);
    let offered = suggested.iter().any(|s| matches!(s.way, Replacement::Expression { by_fix: true, .. }));
    match rewrite(bytes.as_bytes(), &all, None) {
        Ok(fixed) => {
            assert!(offered, "fix writes what the message does not offer: {}", case.title);
            let mut text = String::from_utf8(fixed.bytes).unwrap();
            text.push_str(fixed.declaration.as_deref().unwrap_or_default());
            Ok(text)
        }
        Err(why) => {
            assert!(!offered, "the message offers what fix does not write: {}: {why}", case.title);
            Err(why.to_string())
        }
    }
}

#[test]
fn every_case_becomes_what_stands_in_the_table() {
    let engine = engine();
    let value = secret("pk_${hex-lower:34}", 3);
    let (mut written, mut refused, mut wrong) = (0, 0, Vec::new());
    for (name, list) in cases() {
        let mut table = String::new();
        for case in &list {
            let after = fixed(&engine, case, &value);
            match (&after, case.refused) {
                (Ok(_), false) => written += 1,
                (Err(_), true) => refused += 1,
                (Ok(text), true) => wrong.push(format!("written: {name}: {}\n{text}", case.title)),
                (Err(why), false) => {
                    wrong.push(format!("refused: {name}: {}: {why}\n{}", case.title, case.before));
                }
            }
            let text = match after {
                Ok(text) => text.replace(&value, "KEY"),
                Err(why) => format!("! {why}\n"),
            };
            table.push_str(&format!("# {} ({})\n{text}", case.title, case.path));
            if !table.ends_with('\n') {
                table.push('\n');
            }
        }
        let file = folder().join(format!("written/{name}.txt"));
        if std::env::var_os("SNAPSHOTS").is_some_and(|v| v == "overwrite") {
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, &table).unwrap();
        }
        let want = fs::read_to_string(&file).unwrap_or_default();
        if want != table {
            wrong.push(format!("{} differs:\n{table}", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), written + refused, wrong.join("\n"));
    assert!(written >= 200, "{written} written, {refused} refused");
}

/// Lines of a file of each language that have a value in every kind of place. `KEY` is the secret.
const PLACES: &[(&str, &str, &[&str])] = &[
    (
        "a.py",
        "",
        &[
            "k = \"KEY\"",
            "k = KEY",
            "# KEY",
            "k = \"a KEY b\"",
            "k = \"a\" 'KEY'",
            "k = b'KEY'",
            "k = f'{x}KEY'",
            "k = r\"KEY\"",
        ],
    ),
    (
        "a.js",
        "",
        &[
            "k = 'KEY';",
            "k = KEY;",
            "// KEY",
            "k = `a ${b} KEY`;",
            "k = \"a KEY\";",
            "k = /KEY/;",
            "k = t`KEY`;",
        ],
    ),
    (
        "a.ts",
        "",
        &[
            "k = 'KEY';",
            "k = KEY;",
            "/* KEY */",
            "k = 'KEY' as const;",
            "type K = 'KEY';",
            "enum A { B = 'KEY' }",
        ],
    ),
    (
        "a.go",
        "package a\n",
        &[
            "var k = \"KEY\"",
            "const k = \"KEY\"",
            "var k = KEY",
            "// KEY",
            "var k = `a KEY`",
            "var k = \"a KEY b\"",
        ],
    ),
    (
        "A.java",
        "class A {\n",
        &[
            "String k = \"KEY\";",
            "String k = KEY;",
            "// KEY",
            "@B(\"KEY\") String k;",
            "String k = \"a KEY\";",
        ],
    ),
    (
        "a.rb",
        "",
        &["k = 'KEY'", "k = KEY", "# KEY", "k = %q(KEY)", "k = \"a #{b} KEY\"", "k = <<~A\n  KEY\nA"],
    ),
    (
        "a.php",
        "<?php\n",
        &["$k = 'KEY';", "$k = KEY;", "// KEY", "const K = 'KEY';", "$k = \"a KEY\";", "$k = <<<A\nKEY\nA;"],
    ),
    (
        "A.cs",
        "",
        &[
            "var k = \"KEY\";",
            "const string K = \"KEY\";",
            "// KEY",
            "var k = @\"KEY\";",
            "var k = $\"{a}KEY\";",
        ],
    ),
    (
        "a.rs",
        "",
        &[
            "let k = \"KEY\";",
            "let k = KEY;",
            "// KEY",
            "#[a(\"KEY\")] struct A;",
            "let k = r#\"KEY\"#;",
            "let k = b\"KEY\";",
        ],
    ),
    ("a.kt", "", &["val k = \"KEY\"", "const val K = \"KEY\"", "// KEY", "val k = \"$a KEY\""]),
    (
        "a.sh",
        "",
        &[
            "K=KEY",
            "K='KEY'",
            "K=\"a KEY\"",
            "# KEY",
            "cat <<A\nKEY\nA",
            "cat <<'A'\nKEY\nA",
            "a | b --key KEY",
        ],
    ),
    (
        "a.tf",
        "",
        &[
            "k = \"KEY\"",
            "k = KEY",
            "# KEY",
            "k = \"a ${b} KEY\"",
            "variable \"a\" {\n  default = \"KEY\"\n}",
        ],
    ),
    ("a.pl", "", &["$k = 'KEY';", "$k = KEY;", "# KEY", "$k = \"a KEY\";", "$k = q(KEY);"]),
    ("a.lua", "", &["k = 'KEY'", "k = KEY", "-- KEY", "f'KEY'", "k = [[KEY]]"]),
    ("a.ps1", "", &["$k = 'KEY'", "# KEY", "$k = \"a KEY\"", "$k = @'\nKEY\n'@"]),
    ("compose.yml", "services:\n  a:\n", &["    k: KEY", "    k: 'KEY'", "    # KEY", "    k: |\n      KEY"]),
    ("application.yml", "a:\n", &["  k: KEY", "  k: \"a KEY\"", "  # KEY"]),
    (".github/workflows/a.yml", "env:\n", &["  K: KEY", "  # KEY", "  K: >\n    KEY"]),
    ("application.properties", "", &["k=KEY", "# KEY", "k=a\\\n KEY"]),
    ("config/database.yml", "a:\n", &["  password: KEY", "  # KEY"]),
    ("deploy/secret.yaml", "apiVersion: v1\nkind: Secret\nstringData:\n", &["  k: KEY", "  # KEY"]),
    ("a.c", "", &["char *k = \"KEY\";", "char *k = \"a KEY\";", "// KEY"]),
    ("README.md", "", &["`KEY`", "KEY"]),
    ("a.json", "", &["{\"k\": \"KEY\"}"]),
    ("a.toml", "", &["k = \"KEY\"", "# KEY"]),
    (".env.example", "", &["K=KEY", "# KEY"]),
    ("a.txt", "", &["KEY", "k = \"KEY\""]),
];

#[test]
fn the_message_offers_exactly_what_fix_writes_wherever_the_values_stand() {
    let engine = engine();
    let value = secret("pk_${hex-lower:34}", 3);
    let (mut written, mut refused) = (0, 0);
    for (path, head, lines) in PLACES {
        let alone = lines.iter().map(|line| format!("{head}{line}\n"));
        let pairs = lines.iter().flat_map(|a| lines.iter().map(move |b| format!("{head}{a}\n{b}\n")));
        for text in alone.chain(pairs) {
            let bytes = text.replace("KEY", &value).into_bytes();
            let found = scanned(&engine, path, &bytes, &value);
            assert!(!found.is_empty(), "nothing found in {path}:\n{text}");
            let all: Vec<&Finding> = found.iter().collect();
            let ways: Vec<Replacement> = suggest(&bytes, &all).into_iter().map(|s| s.way).collect();
            let offers: Vec<bool> =
                ways.iter().map(|way| matches!(way, Replacement::Expression { by_fix: true, .. })).collect();
            match rewrite(&bytes, &all, None) {
                Ok(fixed) => {
                    assert!(offers.iter().all(|offer| *offer), "{path}: {ways:?}\n{text}");
                    assert!(scanned(&engine, path, &fixed.bytes, &value).is_empty(), "{path}:\n{text}");
                    let after = String::from_utf8(fixed.bytes).unwrap();
                    for way in ways {
                        let Replacement::Expression { text: says, .. } = way else { unreachable!() };
                        // A text with interpolation has the variable in its own way.
                        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
                        let core = says
                            .split(|c| !is_word(c))
                            .find(|word| word.to_ascii_uppercase().contains("KLAVIYO"))
                            .unwrap_or_default();
                        assert!(after.contains(core), "{path}: {says} is not in\n{after}");
                        assert!(!says.starts_with('<') || after.contains(&says), "{path}: {says}\n{after}");
                    }
                    written += 1;
                }
                Err(why) => {
                    assert!(offers.iter().all(|offer| !offer), "{path}: {why}: {ways:?}\n{text}");
                    refused += 1;
                }
            }
        }
    }
    assert!(written > 200 && refused > 200, "{written} written, {refused} refused");
}

/// Languages of the cases, by their files' ending.
const LANGUAGES: &[(&str, &str)] = &[
    ("py", "Python"),
    ("js", "JavaScript"),
    ("ts", "TypeScript"),
    ("go", "Go"),
    ("java", "Java"),
    ("kt", "Kotlin"),
    ("scala", "Scala"),
    ("groovy", "Groovy"),
    ("cs", "C#"),
    ("rb", "Ruby"),
    ("php", "PHP"),
    ("rs", "Rust"),
    ("pl", "Perl"),
    ("lua", "Lua"),
    ("ps1", "PowerShell"),
    ("sh", "Shell"),
    ("tf", "Terraform"),
];

#[test]
fn the_page_has_the_table_of_the_cases() {
    let engine = engine();
    let value = secret("pk_${hex-lower:34}", 3);
    let mut rows: BTreeMap<usize, (usize, usize)> = BTreeMap::new();
    for case in cases().into_values().flatten() {
        let ending = case.path.rsplit('.').next().unwrap();
        let language = LANGUAGES.iter().position(|(e, _)| *e == ending).unwrap_or(LANGUAGES.len());
        let row = rows.entry(language).or_default();
        match fixed(&engine, &case, &value) {
            Ok(_) => row.0 += 1,
            Err(_) => row.1 += 1,
        }
    }
    let mut table = String::from(
        "| language | written | refused with what to write instead | parsed and run by |\n|---|---|---|---|\n",
    );
    let (mut written, mut refused) = (0, 0);
    for (language, (ok, no)) in rows {
        let (ending, name) =
            LANGUAGES.get(language).copied().unwrap_or(("", "YAML, properties, XML, Markdown and others"));
        let tool = TOOLS.iter().find(|t| t.ending == ending).map_or("", |t| t.program);
        table.push_str(&format!("| {name} | {ok} | {no} | {tool} |\n"));
        (written, refused) = (written + ok, refused + no);
    }
    table.push_str(&format!("| all | {written} | {refused} | |\n"));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/fix.md");
    let text = fs::read_to_string(&page).unwrap();
    let (head, rest) = text.split_once("| language |").unwrap();
    let tail = rest.split_once("\n\n").map_or("", |(_, tail)| tail);
    let want = format!("{head}{table}\n{tail}");
    if std::env::var_os("SNAPSHOTS").is_some_and(|v| v == "overwrite") {
        fs::write(&page, &want).unwrap();
    }
    assert!(
        want == fs::read_to_string(&page).unwrap(),
        "docs/fix.md has another table: SNAPSHOTS=overwrite\n{table}"
    );
}

/// How a language's tool parses and runs a file; `None` for what it has no program to run.
struct Tool {
    ending: &'static str,
    program: &'static str,
    parse: &'static [&'static str],
    run: &'static [&'static str],
}

const TOOLS: &[Tool] = &[
    Tool {
        ending: "py",
        program: "python3",
        parse: &["-c", "import ast,sys; ast.parse(open(sys.argv[1]).read())"],
        run: &[""],
    },
    Tool { ending: "js", program: "node", parse: &["--check"], run: &[""] },
    Tool { ending: "sh", program: "bash", parse: &["-n"], run: &[""] },
    Tool { ending: "rb", program: "ruby", parse: &["-c"], run: &[""] },
    Tool { ending: "php", program: "php", parse: &["-l"], run: &[""] },
    Tool { ending: "pl", program: "perl", parse: &["-c"], run: &[""] },
    Tool { ending: "lua", program: "lua5.4", parse: &["-e", "assert(loadfile(arg[1]))"], run: &[""] },
    Tool { ending: "go", program: "go", parse: &["vet"], run: &["run"] },
    Tool { ending: "java", program: "java", parse: &["-version"], run: &[""] },
    Tool { ending: "tf", program: "terraform", parse: &["fmt", "-write=false"], run: &[] },
    Tool {
        ending: "rs",
        program: "rustc",
        parse: &["--edition", "2021", "-A", "warnings", "-o", "main"],
        run: &["./main"],
    },
    Tool {
        ending: "ts",
        program: "tsc",
        parse: &[
            "--strict",
            "--skipLibCheck",
            "--target",
            "es2022",
            "--module",
            "commonjs",
            "--experimentalDecorators",
            "false",
            "--types",
            "node",
        ],
        run: &["node", "Main.js"],
    },
];

/// Languages whose tool starts in a moment; the others are asked for by `STANCH_FIX_RUNS`, as `.ci/full` does.
const QUICK: &[&str] = &["py", "js", "sh", "pl"];

fn rustup() -> String {
    std::env::var("RUSTUP_HOME")
        .unwrap_or_else(|_| format!("{}/.rustup", std::env::var("HOME").unwrap_or_default()))
}

#[test]
fn every_result_parses_and_prints_what_the_original_printed() {
    let engine = engine();
    let value = secret("pk_${hex-lower:34}", 3);
    let all = std::env::var_os("STANCH_FIX_RUNS").is_some();
    let s = Sandbox::empty();
    let (mut parsed, mut ran, mut wrong) = (0, 0, Vec::new());
    let mut lacking = std::collections::BTreeSet::new();
    for case in cases().into_values().flatten() {
        let Ok(text) = fixed(&engine, &case, &value) else { continue };
        let ending = case.path.rsplit('.').next().unwrap();
        let Some(tool) = TOOLS.iter().find(|t| t.ending == ending && case.path.starts_with("Main.")) else {
            continue;
        };
        if !all && !QUICK.contains(&ending) {
            continue;
        }
        let program = tool.program;
        if s.command(program).arg("--help").output().is_err() {
            lacking.insert(program);
            continue;
        }
        let before = case.before.replace("KEY_ONE", "K1").replace("KEY_A", "K2").replace(VARIABLE, "\0");
        let before = before.replace("KEY", &value).replace('\0', VARIABLE);
        let mut printed = Vec::new();
        for (n, (what, content)) in [("before", &before), ("after", &text)].into_iter().enumerate() {
            let at =
                s.at(format!("{parsed}-{n}")).env(VARIABLE, &value).env("HOME", s.home().to_str().unwrap());
            // The compiler lies in the person's own home.
            let at = at.env("RUSTUP_HOME", &rustup());
            let at = at.env("RUSTUP_TOOLCHAIN", &std::env::var("RUSTUP_TOOLCHAIN").unwrap_or_default());
            let at = at.env("GOCACHE", s.root().join("gocache").to_str().unwrap()).env("GO111MODULE", "off");
            at.write(&case.path, content);
            at.write(
                "node_modules/@types/node/index.d.ts",
                "declare const process: { env: { [name: string]: string | undefined } };\n",
            );
            let run = |words: &[&str]| {
                let (program, words) = match words {
                    [first, rest @ ..] if first.starts_with("./") || *first == "node" => {
                        (*first, rest.to_vec())
                    }
                    words => (
                        program,
                        words.iter().copied().filter(|w| !w.is_empty()).chain([&*case.path]).collect(),
                    ),
                };
                at.run_with(
                    at.dir().join(program).to_str().filter(|_| program.starts_with("./")).unwrap_or(program),
                    words,
                    b"",
                )
            };
            let read = run(tool.parse);
            if read.code != 0 {
                wrong.push(format!(
                    "{what} does not parse: {} ({}): {}{}\n{content}",
                    case.title, case.path, read.stdout, read.stderr
                ));
            } else if !tool.run.is_empty() {
                let done = run(tool.run);
                printed.push((done.code, done.stdout));
            }
        }
        parsed += 1;
        if let [first, second] = &printed[..] {
            ran += 1;
            if first != second {
                wrong.push(format!("{} ({}): {first:?} becomes {second:?}\n{text}", case.title, case.path));
            }
        }
    }
    let kept: Vec<&String> = wrong.iter().collect();
    assert!(kept.is_empty(), "{} wrong:\n{}", kept.len(), wrong.join("\n"));
    assert!(parsed > 0 && ran > 0);
    if !lacking.is_empty() {
        println!("not on this machine: {lacking:?}");
    }
    println!("{parsed} parsed, {ran} run");
}
