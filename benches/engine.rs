//! The engine: time to the first scanned byte, and bytes per second for each sort of text.
//!
//! All texts are generated here from a fixed seed. `cargo bench --bench engine`; divan prints the spread of
//! the samples.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use stanch::finding::{RepoPath, Source, SourceKind};
use stanch::rules::{Alphabet, Detector, RuleSet, keyword_table};
use stanch::scan::template::{self, Random};
use stanch::scan::{Engine, Fragment, Options};
use std::fmt::Write;

fn main() {
    divan::main();
}

/// Size of a benchmark text, in bytes.
const SIZE: usize = 1 << 20;

fn fragment(text: &[u8]) -> Fragment<'_> {
    let source = Source::new(SourceKind::File, RepoPath::new("src/service/handler.go"));
    Fragment { source, bytes: text.into() }
}

/// A complete start: the catalogue, an engine, a text.
#[divan::bench(args = [0, 1, 10])]
fn start_and_scan_lines(bencher: Bencher<'_, '_>, lines: usize) {
    let text: String = source(SIZE).lines().take(lines).fold(String::new(), |text, line| text + line + "\n");
    bencher.bench(|| {
        Engine::new(black_box(&RuleSet::builtin()), Options::default()).scan(&fragment(text.as_bytes()))
    });
}

/// A complete start with a finding, which compiles a pattern.
#[divan::bench]
fn start_and_find_a_token(bencher: Bencher<'_, '_>) {
    let text = expand("client := New(\"${seal:github-crc32:ghp_}\")\n", 1);
    bencher.bench(|| {
        Engine::new(black_box(&RuleSet::builtin()), Options::default()).scan(&fragment(text.as_bytes()))
    });
}

/// The first use of a rule's pattern, for each pattern of the catalogue in turn.
#[divan::bench]
fn compile_a_pattern(bencher: Bencher<'_, '_>) {
    let rules = RuleSet::builtin();
    let patterns: Vec<&str> = rules
        .iter()
        .filter_map(|r| if let Detector::Regex(pattern) = &r.detector { Some(*pattern) } else { None })
        .collect();
    let mut next = patterns.iter().cycle();
    bencher.with_inputs(|| *next.next().unwrap_or(&"")).bench_local_values(stanch::rules::compile);
}

#[divan::bench(args = ["source", "source with secrets", "minified", "base64", "lock file", "utf-16"])]
fn scan(bencher: Bencher<'_, '_>, sort: &str) {
    let text = match sort {
        "source" => source(SIZE).into_bytes(),
        "source with secrets" => with_secrets(SIZE).into_bytes(),
        "minified" => minified(SIZE).into_bytes(),
        "base64" => base64(SIZE).into_bytes(),
        "lock file" => lock_file(SIZE).into_bytes(),
        _ => source(SIZE / 2).encode_utf16().flat_map(u16::to_le_bytes).collect(),
    };
    let engine = Engine::new(&RuleSet::builtin(), Options::default());
    bencher.counter(BytesCount::of_slice(&text)).bench(|| engine.scan(&fragment(&text)));
}

/// The keywords of the catalogue, each with the index of its rule.
fn keywords(rules: &RuleSet) -> Vec<(&'static str, u16)> {
    (0..).zip(rules.iter()).flat_map(|(i, r)| r.keywords.iter().map(move |k| (*k, i))).collect()
}

#[divan::bench]
fn keywords_by_the_table(bencher: Bencher<'_, '_>) {
    let table = keyword_table::build(&keywords(&RuleSet::builtin()));
    let text = source(SIZE);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut hits = 0;
        table.scan(text.as_bytes(), |_, _| hits += 1);
        hits
    });
}

#[divan::bench(args = [true, false])]
fn keywords_by_aho_corasick(bencher: Bencher<'_, '_>, dfa: bool) {
    let kind =
        if dfa { aho_corasick::AhoCorasickKind::DFA } else { aho_corasick::AhoCorasickKind::ContiguousNFA };
    let automaton = aho_corasick::AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(kind))
        .build(keywords(&RuleSet::builtin()).iter().map(|(k, _)| k))
        .expect("keywords make an automaton");
    let text = source(SIZE);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| automaton.find_overlapping_iter(text.as_bytes()).count());
}

/// The setup of the plain matcher.
#[divan::bench]
fn build_aho_corasick(bencher: Bencher<'_, '_>) {
    let keywords = keywords(&RuleSet::builtin());
    bencher.bench(|| {
        aho_corasick::AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(aho_corasick::AhoCorasickKind::ContiguousNFA))
            .build(keywords.iter().map(|(k, _)| k))
    });
}

fn expand(form: &str, seed: u64) -> String {
    template::expand(form, seed).expect("a known form")
}

/// Text of at least `size` bytes; `line` appends each line.
fn text(size: usize, mut line: impl FnMut(&mut String, u32)) -> String {
    let mut out = String::with_capacity(size + 200);
    for n in 0.. {
        line(&mut out, n);
        if out.len() >= size {
            break;
        }
    }
    out
}

fn push(out: &mut String, line: std::fmt::Arguments<'_>) {
    out.write_fmt(line).expect("a string can be written to");
}

/// Code without findings.
fn source(size: usize) -> String {
    let mut random = Random::new(1);
    text(size, |out, n| {
        let (a, b) = (random.draw() % 90, random.draw() % 90);
        match n % 8 {
            0 => push(
                out,
                format_args!("\n// handle{n} answers a request of the type {a}, and tells the log.\n"),
            ),
            1 => push(
                out,
                format_args!("func (s *Server) handle{n}(ctx context.Context, r *Request) error {{\n"),
            ),
            2 => push(out, format_args!("\tif err := s.store.Update(ctx, r.Name, {a}); err != nil {{\n")),
            3 => push(out, format_args!("\t\treturn fmt.Errorf(\"cannot update %s: %w\", r.Name, err)\n")),
            4 => out.push_str("\t}\n"),
            5 => push(out, format_args!("\titems := make([]Item, 0, len(r.List)+{b})\n")),
            6 => push(out, format_args!("\ts.metrics.observe(\"requests\", time.Since(start), {a}, {b})\n")),
            _ => out.push_str("\treturn nil\n}\n"),
        }
    })
}

/// The same code with a secret in every hundredth line.
fn with_secrets(size: usize) -> String {
    let forms = [
        "\tclient := New(\"${seal:github-crc32:ghp_}\")\n",
        "\tos.Setenv(\"AWS_SECRET_ACCESS_KEY\", \"${base64:40}\")\n",
        "\tdb, err := sql.Open(\"postgres\", \"postgres://service:${base62:20}@db.internal/orders\")\n",
        "\tconst apiKey = \"sk_live_${base62:24}\"\n",
        "\tpassword := \"${base62:18}\"\n",
    ];
    let mut out = String::with_capacity(size + 200);
    for (n, line) in (0u64..).zip(source(size).lines()) {
        out.push_str(line);
        out.push('\n');
        if n % 100 == 0 {
            out.push_str(&expand(forms[(n / 100) as usize % forms.len()], n));
        }
    }
    out
}

/// Minified script on one line.
fn minified(size: usize) -> String {
    let mut random = Random::new(2);
    text(size, |out, n| {
        let (a, b) = (random.draw() % 97, random.draw() % 26);
        let c = char::from(b'a' + b as u8);
        push(out, format_args!("function a{n}({c},t){{return {c}.e?t({c},{a}):void 0!==t.d{a}&&{c}.k(t)}};"));
    })
}

/// Certificates and images in base64.
fn base64(size: usize) -> String {
    let mut random = Random::new(3);
    text(size, |out, n| {
        if n % 40 == 0 {
            push(out, format_args!("\npicture{n}: data:image/png;base64,\n"));
        }
        push(out, format_args!("{}\n", random.characters(Alphabet::Base64, 76)));
    })
}

/// Packages with checksums.
fn lock_file(size: usize) -> String {
    let mut random = Random::new(4);
    text(size, |out, n| {
        let sum = random.characters(Alphabet::Base64, 86);
        push(
            out,
            format_args!(
                "    \"node_modules/part-{n}\": {{\n      \"version\": \"1.{}.0\",\n      \"resolved\": \
                 \"https://packages.acme-corp.net/part-{n}/-/part-{n}-1.0.{n}.tgz\",\n      \"integrity\": \
                 \"sha512-{sum}==\"\n    }},\n",
                n % 20
            ),
        );
    })
}
