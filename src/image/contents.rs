//! From indexes and manifests to what an image ships.

use super::ImageError;
use super::config::Config;
use super::files::{Blob, Files};
use crate::finding::printable;
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// Everything that a file or folder ships.
#[derive(Debug, Default)]
pub struct Contents {
    /// The images: one for each platform.
    pub images: Vec<Image>,
    /// The layers, each once, and content that no manifest names.
    pub layers: Vec<Layer>,
    /// Texts: configurations, manifests, indexes.
    pub texts: Vec<Text>,
    /// What an index names and the file does not hold: images of other platforms.
    pub absent: Vec<String>,
    /// What should be there and cannot be read.
    pub faults: Vec<ImageError>,
    taken: HashSet<Vec<u8>>,
}

/// An image: what one platform runs.
#[derive(Debug, Default)]
pub struct Image {
    /// Its tag, if it has one.
    pub name: Option<String>,
    /// Its configuration.
    pub config: Config,
    /// Its layers, the lowest first: their places among all.
    pub layers: Vec<usize>,
    config_at: Vec<u8>,
}

/// A layer, or other content of an image.
#[derive(Debug)]
pub struct Layer {
    /// Where it is.
    pub blob: Blob,
    /// Its digest, or its name where it has none.
    pub digest: String,
    /// Its label if it is not a tar: `attestation sha256:...`.
    pub name: String,
    /// What it should be.
    pub kind: Kind,
    /// The images that have it, each with the layer's number from 1.
    pub uses: Vec<(usize, usize)>,
    /// The digest of its content, as a configuration claims, if the base image has it too.
    pub of_base: Option<String>,
}

/// What a layer should be, by its media type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tar of files.
    Files,
    /// The same, encrypted.
    Encrypted,
    /// Anything else.
    Other,
}

/// A text of an image.
#[derive(Debug)]
pub struct Text {
    /// What it is: `environment`.
    pub name: String,
    /// The text.
    pub bytes: Vec<u8>,
    /// True if it repeats what other texts say: only what is new in it counts.
    pub repeats: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Descriptor {
    media_type: String,
    digest: String,
    platform: Option<Platform>,
    annotations: Option<BTreeMap<String, Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Platform {
    os: String,
    architecture: String,
}

/// An index or a manifest, distinguished by their fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Manifest {
    manifests: Vec<Descriptor>,
    config: Option<Descriptor>,
    layers: Vec<Descriptor>,
}

/// An image in `manifest.json`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Saved {
    config: String,
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

/// Bytes of a manifest or configuration that are read.
const TEXT: u64 = 64 << 20;
/// Indexes in indexes that are followed.
const DEPTH: usize = 8;
const DAMAGED: &str = "save the image again: skopeo copy, docker save or podman save";

impl Contents {
    /// Lists what the file or folder ships.
    ///
    /// # Errors
    /// If it is not an image.
    pub fn of(files: &Files) -> Result<Contents, ImageError> {
        let mut all = Contents::default();
        let (index, saved) = (files.find(b"index.json"), files.find(b"manifest.json"));
        if index.is_none() && saved.is_none() {
            let cut = files.cut().map(|why| format!(" ({why})")).unwrap_or_default();
            return Err(ImageError {
                what: format!("this is no container image: it has neither index.json nor manifest.json{cut}"),
                help: "name an OCI layout, or a file of docker save or podman save; stanch scan reads other archives",
            });
        }
        if let Some(blob) = index {
            all.index(files, &blob, &Descriptor::default(), 0);
        }
        if let Some(blob) = saved {
            all.saved(files, &blob);
        }
        if let Some(why) = files.cut() {
            all.fault(format!("the image's file is cut off or damaged: {why}"));
        }
        if all.images.is_empty() && all.faults.is_empty() {
            let absent = all.absent.join(", ");
            all.fault(match absent.is_empty() {
                true => "the index names no image".to_owned(),
                false => format!("no image that the index names is in the file: {absent}"),
            });
        }
        all.rest(files);
        Ok(all)
    }

    fn fault(&mut self, what: String) {
        self.faults.push(ImageError { what, help: DAMAGED });
    }

    /// Reads a text once; `None` if it cannot be read as JSON of this form, which is noted.
    fn json<T: for<'de> Deserialize<'de>>(&mut self, files: &Files, blob: &Blob, name: &str) -> Option<T> {
        let shown = printable(&blob.name);
        let bytes = match files.read(blob, TEXT) {
            Ok(bytes) => bytes,
            Err(e) => {
                self.fault(format!("the {name} {shown} cannot be read: {e}"));
                return None;
            }
        };
        let read = serde_json::from_slice(&bytes);
        if self.taken.insert(blob.name.clone()) {
            self.texts.push(Text { name: format!("{name} {shown}"), bytes, repeats: name == "config" });
        }
        read.map_err(|e| self.fault(format!("the {name} {shown} is not understood: {e}"))).ok()
    }

    /// Follows an index or a manifest.
    fn index(&mut self, files: &Files, blob: &Blob, from: &Descriptor, depth: usize) {
        if self.taken.contains(&blob.name) {
            return;
        }
        let Some(manifest) =
            self.json::<Manifest>(files, blob, if depth == 0 { "index" } else { "manifest" })
        else {
            return;
        };
        for entry in &manifest.manifests {
            match files.digest(&entry.digest) {
                Some(blob) if depth < DEPTH => self.index(files, &blob, entry, depth + 1),
                Some(_) => self.fault(format!("indexes lie more than {DEPTH} deep in each other")),
                None => self.absent.push(described(entry)),
            }
        }
        if manifest.config.is_none() && manifest.layers.is_empty() {
            return;
        }
        let mut image = Image { name: name_of(from), ..Image::default() };
        if let Some(config) = &manifest.config {
            match files.digest(&config.digest) {
                Some(blob) => self.config(files, &blob, &mut image),
                None => self.fault(format!(
                    "the configuration {} is not in the file",
                    printable(config.digest.as_bytes())
                )),
            }
        }
        let all =
            manifest.layers.iter().map(|l| (l.digest.clone(), kind(&l.media_type), files.digest(&l.digest)));
        self.image(image, all.collect());
    }

    /// Reads `manifest.json`.
    fn saved(&mut self, files: &Files, blob: &Blob) {
        for saved in self.json::<Vec<Saved>>(files, blob, "manifest").unwrap_or_default() {
            let mut image =
                Image { name: saved.repo_tags.and_then(|t| t.into_iter().next()), ..Image::default() };
            let config = files.find(saved.config.as_bytes());
            // Today's form is an OCI layout as well.
            let known = config.as_ref().and_then(|c| self.images.iter_mut().find(|i| i.config_at == c.name));
            if let Some(known) = known {
                known.name = image.name.or(known.name.take());
                continue;
            }
            match config {
                Some(blob) => self.config(files, &blob, &mut image),
                None => self.fault(format!(
                    "the configuration {} is not in the file",
                    printable(saved.config.as_bytes())
                )),
            }
            let all = saved
                .layers
                .iter()
                .map(|l| (digest_of(l), (Kind::Files, "layer"), files.find(l.as_bytes())))
                .collect();
            self.image(image, all);
        }
    }

    fn config(&mut self, files: &Files, blob: &Blob, image: &mut Image) {
        image.config_at.clone_from(&blob.name);
        if let Some(json) = self.json::<Value>(files, blob, "config") {
            image.config = Config::of(&json);
        }
    }

    fn image(&mut self, mut image: Image, layers: Vec<(String, (Kind, &str), Option<Blob>)>) {
        let at = self.images.len();
        for (i, (digest, kind, blob)) in layers.into_iter().enumerate() {
            let digest = printable(digest.as_bytes());
            match blob {
                Some(blob) => {
                    let n = self.layer(blob, digest, kind);
                    self.layers[n].uses.push((at, i + 1));
                    image.layers.push(n);
                }
                None => self.fault(format!("the layer {digest} is not in the file")),
            }
        }
        self.images.push(image);
    }

    /// The place of a layer, which is added if it is new.
    fn layer(&mut self, blob: Blob, digest: String, (kind, what): (Kind, &str)) -> usize {
        if let Some(known) = self.layers.iter().position(|l| l.blob == blob) {
            return known;
        }
        self.taken.insert(blob.name.clone());
        let short: String = digest.chars().take("sha256:".len() + 12).collect();
        let name = format!("{what} {}", if digest.starts_with("sha256:") { &short } else { &digest });
        self.layers.push(Layer { blob, digest, name, kind, uses: Vec::new(), of_base: None });
        self.layers.len() - 1
    }

    /// What no manifest names.
    fn rest(&mut self, files: &Files) {
        for blob in files.blobs() {
            if !self.taken.contains(&blob.name) {
                let name = printable(&blob.name);
                self.layer(blob, name, (Kind::Other, "unused"));
            }
        }
    }

    /// The texts of all configurations.
    pub fn config_texts(&self) -> impl Iterator<Item = (usize, Text)> {
        self.images.iter().enumerate().flat_map(|(i, image)| {
            let text =
                |lines: &[String]| lines.iter().flat_map(|l| [l, "\n"]).collect::<String>().into_bytes();
            let parts = image.config.parts.iter();
            parts.map(move |p| (i, Text { name: p.name.to_owned(), bytes: text(&p.lines), repeats: false }))
        })
    }
}

/// What a descriptor names, for a person.
fn described(d: &Descriptor) -> String {
    let digest: String = d.digest.chars().take("sha256:".len() + 12).collect();
    let text = match &d.platform {
        Some(p) => format!("{}/{} {digest}", p.os, p.architecture),
        None => digest,
    };
    printable(text.as_bytes())
}

fn name_of(d: &Descriptor) -> Option<String> {
    let all = d.annotations.as_ref()?;
    let names = ["io.containerd.image.name", "org.opencontainers.image.ref.name"];
    names.iter().find_map(|n| all.get(*n)?.as_str().map(str::to_owned))
}

/// What content of a media type is, and what it is called.
fn kind(media_type: &str) -> (Kind, &'static str) {
    match media_type {
        t if t.ends_with("encrypted") => (Kind::Encrypted, "layer"),
        t if t.contains("image.layer.") || t.contains("image.rootfs.") => (Kind::Files, "layer"),
        t if t.contains("in-toto") => (Kind::Other, "attestation"),
        t if t.contains("spdx") || t.contains("cyclonedx") => (Kind::Other, "SBOM"),
        _ => (Kind::Other, "content"),
    }
}

/// The digest that the name of a layer in `manifest.json` says.
fn digest_of(name: &str) -> String {
    let part = name.rsplit('/').find(|p| *p != "layer.tar").unwrap_or(name);
    let hex = part.strip_suffix(".tar").unwrap_or(part);
    let is_hex = hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex { format!("sha256:{hex}") } else { name.to_owned() }
}
