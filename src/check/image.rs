//! A container image, checked: its layers file by file, and the texts of its configuration.

use super::Checker;
use super::files::Names;
use super::workers;
use crate::archive::{self, Budget, Entry, Kind, Unread};
use crate::finding::{Finding, Fingerprint, Hidden, Layer, RepoPath, Source, SourceKind};
use crate::image::{self, Changes, Contents, Files, ImageError};
use crate::policy::{BlobId, Cause, Coverage, Decision, Skipped, Stage, Verdict};
use crate::scan::{self, Fragment};
use indicatif::ProgressBar;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};

/// An image that was opened.
#[derive(Debug)]
pub(crate) struct Opened {
    /// What it is called: its path, or `docker://NAME`.
    pub(crate) path: RepoPath,
    pub(crate) files: Files,
    pub(crate) contents: Contents,
}

/// The result for a layer.
#[derive(Default)]
struct Found {
    /// Each with the path of the file in the layer; `None` if it is not a file of a layer.
    verdicts: Vec<(Option<Vec<u8>>, Verdict)>,
    skipped: Vec<Skipped>,
    faults: Vec<ImageError>,
    files: usize,
    bytes: u64,
    changes: Changes,
    /// Hard links: the target, and the other name.
    links: Vec<(Vec<u8>, Vec<u8>)>,
    /// True if it is the base's, and was not read.
    of_base: bool,
}

/// Checks an image. What cannot be read of it is given beside: the rest is read all the same.
pub(crate) fn check(
    checker: &Checker,
    image: &Opened,
    base: &[Opened],
    budget: &Budget,
) -> (Decision, Vec<ImageError>) {
    let of_base: HashSet<Fingerprint> =
        base.iter().flat_map(|b| texts(checker, b, &HashSet::new()).prints()).collect();
    let mut all = texts(checker, image, &of_base);
    let contents = &image.contents;
    let size = contents.layers.iter().map(|l| l.blob.size).sum();
    let bar = workers::bytes(size, "of layers");
    let reader = Reader { checker, image, budget, bar: &bar };
    let layers: Vec<Found> = contents.layers.par_iter().map(|l| reader.layer(l)).collect();
    bar.finish_and_clear();
    let mut decision = Decision::empty(Stage::Scan);
    let reading = &mut decision.reading;
    let mut faults = contents.faults.clone();
    let mut left_out = 0;
    for found in layers.iter().chain([&all]) {
        reading.files += found.files;
        reading.bytes += found.bytes;
        reading.skipped.extend(found.skipped.iter().cloned());
        faults.extend(found.faults.iter().cloned());
        left_out += usize::from(found.of_base);
    }
    decision.findings = all.verdicts.drain(..).map(|(_, v)| v).chain(placed(contents, &layers)).collect();
    let reading = &mut decision.reading;
    if !contents.absent.is_empty() && !contents.images.is_empty() {
        let absent = contents.absent.join(", ");
        reading.notes.push(format!("named by the index and not in the file, so not read: {absent}"));
    }
    if !base.is_empty() {
        reading.notes.push(match left_out {
            0 => "no layer is the base image's: all were read".to_owned(),
            1 => "1 layer is the base image's and was left out".to_owned(),
            n => format!("{n} layers are the base image's and were left out"),
        });
    }
    (decision, faults)
}

impl Found {
    /// The fingerprints of all that was found.
    fn prints(&self) -> Vec<Fingerprint> {
        let findings = self.verdicts.iter().map(|(_, v)| &v.finding);
        findings.flat_map(|f| std::iter::once(f).chain(f.pair.as_deref())).map(|f| f.fingerprint).collect()
    }

    fn skip(&mut self, checker: &Checker, path: RepoPath, cause: Cause) {
        self.skipped.push(checker.policy.unread(path, cause, BlobId::None));
    }
}

/// What configurations, manifests and indexes say, without what is in `of_base`.
fn texts(checker: &Checker, image: &Opened, of_base: &HashSet<Fingerprint>) -> Found {
    let mut out = Found::default();
    let mut known: HashSet<Fingerprint> = HashSet::new();
    let mut read: HashSet<(String, Vec<u8>)> = HashSet::new();
    let contents = &image.contents;
    let of_config: Vec<(usize, image::Text)> = contents.config_texts().collect();
    let parts = of_config.iter().map(|(i, text)| (Some(*i), text));
    // Configurations come before the manifests that repeat them.
    for (of_image, text) in parts.chain(contents.texts.iter().map(|t| (None, t))) {
        if !read.insert((text.name.clone(), text.bytes.clone())) {
            continue;
        }
        let member = format!("<{}>", text.name);
        let source = Source::new(SourceKind::Image, image.path.inside(member.as_bytes()));
        out.bytes += text.bytes.len() as u64;
        let mut found = scanned(checker, source, &text.bytes, &mut out.skipped);
        found.retain(|v| !of_base.contains(&v.finding.fingerprint));
        if text.repeats {
            found.retain(|v| !known.contains(&v.finding.fingerprint));
        }
        known.extend(found.iter().map(|v| v.finding.fingerprint));
        if let (Some(i), "history") = (of_image, &*text.name) {
            found.iter_mut().for_each(|v| by_line(contents, i, &mut v.finding));
        }
        out.verdicts.extend(found.into_iter().map(|v| (None, v)));
    }
    out
}

/// Names the layer that a line of the history made.
fn by_line(contents: &Contents, image: usize, f: &mut Finding) {
    let image = &contents.images[image];
    let made = image.config.made.get(f.location.line as usize - 1).copied().flatten();
    let Some((n, layer)) = made.and_then(|n| Some((n, image.layers.get(n)?))) else { return };
    f.source.layer = Some(Box::new(Layer {
        digest: contents.layers[*layer].digest.clone(),
        number: Some((n + 1, image.layers.len())),
        instruction: image.config.instruction(n, image.layers.len()).map(str::to_owned),
        hidden: None,
        also: Vec::new(),
    }));
}

/// Scans a content and decides on it.
fn scanned(checker: &Checker, source: Source, bytes: &[u8], skipped: &mut Vec<Skipped>) -> Vec<Verdict> {
    checker.judge(&Fragment { source, bytes: bytes.into() }, &BlobId::None, skipped)
}

/// Reads the layers of an image.
struct Reader<'a> {
    checker: &'a Checker,
    image: &'a Opened,
    budget: &'a Budget,
    bar: &'a ProgressBar,
}

impl Reader<'_> {
    fn path(&self, member: &[u8]) -> RepoPath {
        self.image.path.inside(member)
    }

    fn layer(&self, layer: &image::Layer) -> Found {
        let mut out = Found::default();
        let name = format!("<{}>", layer.name);
        if layer.kind == image::Kind::Encrypted {
            out.skip(self.checker, self.path(name.as_bytes()), Cause::Archive(Unread::Encrypted, 1));
            return out;
        }
        if let Some(id) = &layer.of_base
            && self.digest(layer).as_deref() == Some(id)
        {
            out.of_base = true;
            return out;
        }
        let names = Names::default();
        let read = self.unpack(layer, |plain| match plain.is_tar()? {
            true => plain.entries(&mut |entry| self.entry(entry, &names, &mut out)),
            false if layer.kind == image::Kind::Files => Err(Unread::Damaged("it is no tar".to_owned())),
            false => {
                let mut bytes = Vec::new();
                let read = plain.whole(&mut bytes);
                out.files += 1;
                out.bytes += bytes.len() as u64;
                let source = Source::new(SourceKind::Image, self.path(name.as_bytes()));
                let found = scanned(self.checker, source, &bytes, &mut out.skipped);
                out.verdicts.extend(found.into_iter().map(|v| (None, v)));
                read
            }
        });
        out.verdicts.extend(names.found().into_iter().map(|v| {
            let path = v.finding.source.path.member().map(<[u8]>::to_vec);
            (path, v)
        }));
        match read {
            Ok(()) => self.other_names(layer, &mut out),
            Err(why) if why.is_limit() || layer.uses.is_empty() => {
                out.skip(self.checker, self.path(name.as_bytes()), Cause::Archive(why, 1));
            }
            Err(why) => out.faults.push(ImageError {
                what: format!("the {} cannot be read to its end: {}", layer.name, why.text()),
                help: "save the image again: skopeo copy, docker save or podman save",
            }),
        }
        out
    }

    /// Opens a layer.
    fn unpack(
        &self,
        layer: &image::Layer,
        then: impl FnOnce(&mut archive::Plain<'_, '_>) -> Result<(), Unread>,
    ) -> Result<(), Unread> {
        let damaged = |e: io::Error| Unread::Damaged(e.to_string());
        let file = self.image.files.reader(&layer.blob).map_err(damaged)?;
        let from = Counted { inner: file, bar: self.bar };
        archive::unpack(from, layer.blob.size, self.budget, &scan::is_up, then).map_err(damaged)?
    }

    /// The digest of a layer's content.
    fn digest(&self, layer: &image::Layer) -> Option<String> {
        let mut sum = Sum(Sha256::new());
        self.unpack(layer, |plain| plain.copy(&mut sum).map(drop)).ok()?;
        Some(format!("sha256:{}", data_encoding::HEXLOWER.encode(&sum.0.finalize())))
    }

    fn entry(&self, entry: Entry, names: &Names, out: &mut Found) {
        let Entry { path, kind, beside, content, cut, .. } = entry;
        out.changes.note(&path, kind == Kind::Folder);
        let path = from_top(&path);
        let shown = self.path(&path);
        names.judge(shown.member().unwrap_or_default(), &|name| {
            let source = Source::new(SourceKind::FileName, self.path(name));
            self.checker.fragment(&Fragment { source, bytes: name.into() }, &mut Coverage::default())
        });
        // Extended attributes and other fields, `NAME=VALUE` each; the name is scanned above.
        if memchr::memchr(b'=', &beside).is_some() {
            let source = Source::new(SourceKind::Image, shown.clone());
            let found = scanned(self.checker, source, &beside, &mut out.skipped);
            out.verdicts.extend(found.into_iter().map(|v| (Some(path.clone()), v)));
        }
        let bytes = match kind {
            Kind::File => content,
            Kind::Symlink(target) => target,
            Kind::HardLink(target) => {
                out.links.push((from_top(&target), path));
                return;
            }
            Kind::Folder | Kind::Other => return,
        };
        out.files += 1;
        out.bytes += bytes.len() as u64;
        if let Some(why) = cut.filter(|why| matches!(why, Unread::TooLarge(_))) {
            out.skip(self.checker, shown.clone(), Cause::Archive(why, 1));
        }
        let source = Source::new(SourceKind::Image, shown);
        let found = scanned(self.checker, source, &bytes, &mut out.skipped);
        out.verdicts.extend(found.into_iter().map(|v| (Some(path.clone()), v)));
    }

    /// Reads files once more by the names that hard links give them, where such a name says what they are.
    fn other_names(&self, layer: &image::Layer, out: &mut Found) {
        let known = |path: &[u8]| self.checker.is_known(&RepoPath::new(path));
        let telling: HashMap<Vec<u8>, Vec<u8>> =
            out.links.iter().filter(|(target, name)| known(name) && !known(target)).cloned().collect();
        if telling.is_empty() {
            return;
        }
        let met: HashSet<Fingerprint> = out.prints().into_iter().collect();
        let read = self.unpack(layer, |plain| {
            plain.entries(&mut |entry| {
                let Some(name) = telling.get(&from_top(&entry.path)).filter(|_| entry.kind == Kind::File)
                else {
                    return;
                };
                let source = Source::new(SourceKind::Image, self.path(name));
                let mut found = scanned(self.checker, source, &entry.content, &mut out.skipped);
                found.retain(|v| !met.contains(&v.finding.fingerprint));
                out.verdicts.extend(found.into_iter().map(|v| (Some(name.clone()), v)));
            })
        });
        if let Err(why) = read {
            out.skip(self.checker, self.path(layer.name.as_bytes()), Cause::Archive(why, 1));
        }
    }
}

/// A path as it is from the top of the image.
fn from_top(path: &[u8]) -> Vec<u8> {
    let path = path.strip_prefix(b"./").unwrap_or(path);
    path.strip_prefix(b"/").unwrap_or(path).to_vec()
}

/// What was found in layers, each once, with its layer and what hides it.
fn placed(contents: &Contents, layers: &[Found]) -> Vec<Verdict> {
    let mut out: Vec<Verdict> = Vec::new();
    let mut known: HashMap<(RepoPath, Fingerprint, u32, u32), (usize, usize)> = HashMap::new();
    for (n, Found { verdicts, links, .. }) in layers.iter().enumerate() {
        let layer = &contents.layers[n];
        for (path, verdict) in verdicts {
            let mut verdict = verdict.clone();
            let Some(path) = path else {
                out.push(verdict);
                continue;
            };
            // A file that has other names is gone when all of them are.
            let others = links.iter().filter(|(target, _)| target == path).map(|(_, name)| name);
            let paths: Vec<&Vec<u8>> = std::iter::once(path).chain(others).collect();
            let hides = |by: usize| {
                let each: Option<Vec<bool>> = paths.iter().map(|p| layers[by].changes.hides(p)).collect();
                each.map(|all| all.contains(&true))
            };
            let hidden = |(image, number): (usize, usize)| {
                let mut above = contents.images[image].layers.iter().enumerate().skip(number);
                above.find_map(|(i, l)| Some(Hidden { by: i + 1, replaced: hides(*l)? }))
            };
            let used = layer.uses.iter().copied().map(|u| (u, hidden(u)));
            // Visible in one image, it is visible.
            let used = used.min_by_key(|(_, hidden)| hidden.is_some());
            let f = &mut verdict.finding;
            let key = (f.source.path.clone(), f.fingerprint, f.location.line, f.location.column);
            let image = used.map_or(usize::MAX, |((image, _), _)| image);
            if let Some((at, of)) = known.get(&key) {
                let first = out[*at].finding.source.layer.as_mut();
                if let (Some(first), Some(((_, number), hidden))) = (first, used.filter(|_| *of == image)) {
                    first.also.push(number);
                    first.hidden = hidden;
                }
                continue;
            }
            known.insert(key, (out.len(), image));
            let of = contents.images.get(image);
            let number = used.zip(of).map(|(((_, n), _), of)| (n, of.layers.len()));
            let instruction = of.zip(number).and_then(|(i, (n, of))| i.config.instruction(n - 1, of));
            let layer = Box::new(Layer {
                digest: layer.digest.clone(),
                number,
                instruction: instruction.map(str::to_owned),
                hidden: used.and_then(|(_, hidden)| hidden),
                also: Vec::new(),
            });
            if let Some(id) = &mut f.pair {
                id.source.layer = Some(layer.clone());
            }
            f.source.layer = Some(layer);
            out.push(verdict);
        }
    }
    out
}

/// A reader that moves the bar.
struct Counted<'a, R> {
    inner: R,
    bar: &'a ProgressBar,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.bar.inc(n as u64);
        Ok(n)
    }
}

struct Sum(Sha256);

impl Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
