//! Holds the layering of docs/architecture.md: every source file is parsed, and each path that it names is followed to the
//! file that defines it. What only tests use does not count.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, Item, UseTree};

/// A folder may name only folders of a lower rank; of one rank, only itself.
const RANKS: &[(&str, u8)] = &[
    ("cli", 9),
    ("agent", 8),
    ("check", 7),
    ("ci", 7),
    ("hooks", 7),
    ("fix", 7),
    ("report", 7),
    ("policy", 6),
    ("error", 5),
    ("git", 4),
    ("config", 4),
    ("image", 3),
    ("scan", 3),
    ("archive", 2),
    ("validate", 2),
    ("verify", 2),
    ("rules", 1),
    ("finding", 1),
    ("text", 1),
    ("secret", 0),
    ("disk", 0),
    ("reader", 0),
    ("caller", 0),
    ("packed", 0),
    ("sort", 0),
];

/// Folders of one rank; the first may name the second.
const SIBLINGS: &[(&str, &str)] = &[("finding", "rules"), ("report", "fix"), ("check", "fix")];

/// Folders that may read a raw secret.
const EXPOSE: &[&str] = &["secret", "finding", "scan", "validate", "fix", "check", "verify", "agent", "cli"];

type Segments = Vec<String>;

/// One module: its file, the names that `use` brings into it, and the paths that its code names.
#[derive(Default)]
struct Module {
    file: String,
    imports: BTreeMap<String, Segments>,
    paths: BTreeSet<Segments>,
}

/// All modules by their path from the crate's root, without what is compiled for tests only.
struct Sources(BTreeMap<Segments, Module>);

impl Sources {
    fn read() -> Sources {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut sources = Sources(BTreeMap::new());
        sources.add_file(&src, &src.join("lib.rs"), Vec::new());
        sources
    }

    fn add_file(&mut self, src: &Path, file: &Path, path: Segments) {
        let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
        let items = syn::parse_file(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display())).items;
        let name = file.strip_prefix(src).unwrap().to_str().unwrap().to_owned();
        let folder = match file.file_stem().unwrap().to_str().unwrap() {
            "lib" | "mod" => file.parent().unwrap().to_owned(),
            _ => file.with_extension(""),
        };
        self.add_items(src, &folder, &name, path, items);
    }

    fn add_items(&mut self, src: &Path, folder: &Path, file: &str, path: Segments, items: Vec<Item>) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        for item in items {
            match item {
                Item::Mod(m) if is_for_tests(&m.attrs) => {}
                Item::Mod(m) => {
                    let name = m.ident.to_string();
                    let inner = [path.clone(), vec![name.clone()]].concat();
                    match m.content {
                        Some((_, items)) => self.add_items(src, folder, file, inner, items),
                        None => {
                            let flat: PathBuf = folder.join(format!("{name}.rs"));
                            let nested = folder.join(&name).join("mod.rs");
                            self.add_file(src, if flat.exists() { &flat } else { &nested }, inner);
                        }
                    }
                }
                Item::Use(u) if !is_for_tests(&u.attrs) => imports(&u.tree, &mut Vec::new(), &mut module),
                Item::Use(_) => {}
                Item::Fn(f) if is_for_tests(&f.attrs) => {}
                Item::Impl(i) if is_for_tests(&i.attrs) => {}
                Item::Const(c) if is_for_tests(&c.attrs) => {}
                other => token_paths(other.to_token_stream(), &mut module.paths),
            }
        }
        self.0.insert(path, module);
    }

    /// The module that defines what `path` means in the module `from`; `None` if that is another crate.
    fn target(&self, from: &Segments, path: &[String], depth: u8) -> Option<Segments> {
        assert!(depth < 32, "{path:?} in {from:?} leads in a circle");
        let mut at = from.clone();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => (at, rest) = (Vec::new(), &rest[1..]),
            "self" => rest = &rest[1..],
            "super" => {}
            first => {
                let module = &self.0[from];
                let child = [from.clone(), vec![first.to_owned()]].concat();
                if !self.0.contains_key(&child) && !module.imports.contains_key(first) {
                    return None;
                }
            }
        }
        while rest.first().is_some_and(|s| s == "super") {
            at.pop();
            rest = &rest[1..];
        }
        while let Some(name) = rest.first() {
            let child = [at.clone(), vec![name.clone()]].concat();
            if self.0.contains_key(&child) {
                at = child;
                rest = &rest[1..];
                continue;
            }
            return match self.0[&at].imports.get(name) {
                Some(import) => self.target(&at, &[import, &rest[1..]].concat(), depth + 1),
                None => Some(at),
            };
        }
        Some(at)
    }

    /// For every file the other files that define what it names.
    fn edges(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (path, module) in &self.0 {
            let named = module.paths.iter().chain(module.imports.values());
            let files = named.filter_map(|p| self.target(path, p, 0)).map(|t| &*self.0[&t].file);
            edges.entry(&module.file).or_default().extend(files.filter(|f| *f != module.file));
        }
        edges
    }
}

fn is_for_tests(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|a| {
        a.path().is_ident("cfg") && {
            let text = a.to_token_stream().to_string().replace(' ', "");
            text.contains("(test)") || text.contains("(fuzzing)") || text.contains("any(test,fuzzing)")
        }
    })
}

fn imports(tree: &UseTree, at: &mut Segments, module: &mut Module) {
    let mut leaf = |name: String, path: Segments| {
        module.imports.insert(name, path);
    };
    match tree {
        UseTree::Path(p) => {
            at.push(p.ident.to_string());
            imports(&p.tree, at, module);
            at.pop();
        }
        UseTree::Group(g) => g.items.iter().for_each(|t| imports(t, at, module)),
        UseTree::Name(n) if n.ident == "self" => leaf(at.last().unwrap().clone(), at.clone()),
        UseTree::Name(n) => leaf(n.ident.to_string(), [at.clone(), vec![n.ident.to_string()]].concat()),
        UseTree::Rename(r) if r.ident == "self" => leaf(r.rename.to_string(), at.clone()),
        UseTree::Rename(r) => {
            leaf(r.rename.to_string(), [at.clone(), vec![r.ident.to_string()]].concat());
        }
        UseTree::Glob(_) => leaf(format!("*{}", at.join("::")), at.clone()),
    }
}

/// Adds every `a::b` of the tokens, those inside of macros too.
fn token_paths(tokens: TokenStream, out: &mut BTreeSet<Segments>) {
    let (mut path, mut colons): (Segments, u8) = (Vec::new(), 0);
    let end = |path: &mut Segments, out: &mut BTreeSet<Segments>| {
        let path = std::mem::take(path);
        if path.len() > 1 {
            out.insert(path);
        }
    };
    for token in tokens {
        match token {
            TokenTree::Punct(p) if p.as_char() == ':' => colons += 1,
            TokenTree::Ident(i) => {
                if colons != 2 || path.is_empty() {
                    end(&mut path, out);
                }
                path.push(i.to_string());
                colons = 0;
            }
            other => {
                end(&mut path, out);
                colons = 0;
                if let TokenTree::Group(g) = other {
                    token_paths(g.stream(), out);
                }
            }
        }
    }
    end(&mut path, out);
}

fn folder(file: &str) -> &str {
    file.split('/').next().unwrap().trim_end_matches(".rs")
}

#[test]
fn a_folder_names_only_folders_below_it() {
    let sources = Sources::read();
    let rank = |f: &str| RANKS.iter().find(|(n, _)| *n == f).map(|(_, r)| *r);
    let mut faults = Vec::new();
    let edges = sources.edges();
    for (from, to) in edges.iter().flat_map(|(f, ts)| ts.iter().map(move |t| (*f, *t))) {
        let (a, b) = (folder(from), folder(to));
        if a == "lib" || b == "lib" || a == b || SIBLINGS.contains(&(a, b)) {
            continue;
        }
        let (Some(above), Some(below)) = (rank(a), rank(b)) else { panic!("no rank for {a} or {b}") };
        if below >= above {
            faults.push(format!("{from} names {to}"));
        }
    }
    assert!(edges.len() > 200 && edges["cli/mod.rs"].contains("error.rs"), "the test reads the sources");
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn no_files_name_each_other_in_a_circle() {
    let sources = Sources::read();
    let mut edges = sources.edges();
    // The mod.rs of a folder speaks for the folder: what lies in it may use what it defines.
    for (file, to) in &mut edges {
        to.retain(|t| !t.strip_suffix("mod.rs").is_some_and(|folder| file.starts_with(folder)));
    }
    let reaches = |from: &str, end: &str| {
        let (mut todo, mut seen) = (vec![from], BTreeSet::new());
        while let Some(file) = todo.pop() {
            if file == end {
                return true;
            }
            if seen.insert(file) {
                todo.extend(edges.get(file).into_iter().flatten());
            }
        }
        false
    };
    let pairs = edges.iter().flat_map(|(f, to)| to.iter().map(move |t| (*f, *t)));
    let circles = pairs.filter(|(f, t)| reaches(t, f));
    let circles: Vec<String> = circles.map(|(f, t)| format!("{f} names {t}, which leads back")).collect();
    assert_eq!(circles, Vec::<String>::new());
}

#[test]
fn only_git_names_git2_and_reports_never_see_a_raw_secret() {
    for module in Sources::read().0.values() {
        let text =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(&module.file)).unwrap();
        let mut all = module.paths.iter().chain(module.imports.values());
        if folder(&module.file) != "git" {
            assert!(!all.any(|p| p[0] == "git2"), "{} names git2", module.file);
        }
        if text.contains(".expose()") {
            assert!(EXPOSE.contains(&folder(&module.file)), "{} exposes a secret", module.file);
        }
    }
}
