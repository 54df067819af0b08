//! Makes images from files: layers, configurations, OCI layouts and both forms of `docker save`.

use crate::archives::gz;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;

/// An entry of a layer.
pub enum Item<'a> {
    File(&'a str, &'a [u8]),
    Link(&'a str, &'a str),
    Symlink(&'a str, &'a str),
    Folder(&'a str),
}

/// A layer as a tar.
pub fn layer(items: &[Item<'_>]) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for item in items {
        let mut header = tar::Header::new_gnu();
        let (name, kind, target, content): (&str, _, &str, &[u8]) = match item {
            Item::File(name, content) => (name, tar::EntryType::Regular, "", content),
            Item::Link(name, target) => (name, tar::EntryType::Link, target, b""),
            Item::Symlink(name, target) => (name, tar::EntryType::Symlink, target, b""),
            Item::Folder(name) => (name, tar::EntryType::Directory, "", b""),
        };
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        // As they are: the builder refuses names that lead elsewhere.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.as_old_mut().linkname[..target.len()].copy_from_slice(target.as_bytes());
        header.set_cksum();
        out.append(&header, content).unwrap();
    }
    out.into_inner().unwrap()
}

pub fn sha(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// How layers are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    pub fn pack(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Packing::Plain => bytes.to_vec(),
            Packing::Gzip => gz(bytes),
            Packing::Zstd => crate::archives::zstd(bytes),
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Packing::Plain => "",
            Packing::Gzip => "+gzip",
            Packing::Zstd => "+zstd",
        }
    }
}

/// An image to be.
#[derive(Clone)]
pub struct Plan {
    /// Each layer with the instruction that made it.
    pub layers: Vec<(String, Vec<u8>)>,
    pub config: Value,
    /// History entries without a layer, at the end.
    pub empty: Vec<String>,
    pub platform: (&'static str, &'static str),
}

impl Plan {
    pub fn new(layers: &[(&str, Vec<u8>)]) -> Plan {
        Plan {
            layers: layers.iter().map(|(by, tar)| ((*by).to_owned(), tar.clone())).collect(),
            config: json!({ "Env": ["PATH=/usr/bin"] }),
            empty: Vec::new(),
            platform: ("linux", "amd64"),
        }
    }

    pub fn config_json(&self) -> Vec<u8> {
        let made = self.layers.iter().map(|(by, _)| json!({ "created_by": by }));
        let empty = self.empty.iter().map(|by| json!({ "created_by": by, "empty_layer": true }));
        let ids = self.layers.iter().map(|(_, tar)| json!(format!("sha256:{}", sha(tar))));
        let config = json!({
            "architecture": self.platform.1, "os": self.platform.0, "config": self.config,
            "rootfs": { "type": "layers", "diff_ids": ids.collect::<Vec<_>>() },
            "history": empty.chain(made).collect::<Vec<_>>(),
        });
        serde_json::to_vec(&config).unwrap()
    }
}

/// The members of an image's file.
pub type Members = Vec<(String, Vec<u8>)>;

fn blob(all: &mut Members, bytes: Vec<u8>) -> Value {
    let hex = sha(&bytes);
    let size = bytes.len();
    let name = format!("blobs/sha256/{hex}");
    if !all.iter().any(|(n, _)| *n == name) {
        all.push((name, bytes));
    }
    json!({ "digest": format!("sha256:{hex}"), "size": size })
}

fn typed(mut descriptor: Value, media_type: &str) -> Value {
    descriptor["mediaType"] = media_type.into();
    descriptor
}

/// A manifest of a plan, with its blobs; its descriptor.
pub fn manifest(all: &mut Members, plan: &Plan, packing: Packing) -> Value {
    let config = typed(blob(all, plan.config_json()), "application/vnd.oci.image.config.v1+json");
    let media = format!("application/vnd.oci.image.layer.v1.tar{}", packing.ending());
    let layers: Vec<Value> =
        plan.layers.iter().map(|(_, tar)| typed(blob(all, packing.pack(tar)), &media)).collect();
    let manifest = json!({ "schemaVersion": 2, "config": config, "layers": layers });
    let mut out = typed(
        blob(all, serde_json::to_vec(&manifest).unwrap()),
        "application/vnd.oci.image.manifest.v1+json",
    );
    out["platform"] = json!({ "os": plan.platform.0, "architecture": plan.platform.1 });
    out
}

/// An OCI layout of these manifests.
pub fn layout(mut all: Members, manifests: &[Value]) -> Members {
    all.push(("oci-layout".to_owned(), b"{\"imageLayoutVersion\":\"1.0.0\"}".to_vec()));
    let index = json!({ "schemaVersion": 2, "manifests": manifests });
    all.push(("index.json".to_owned(), serde_json::to_vec(&index).unwrap()));
    all
}

/// An OCI layout of one image.
pub fn oci(plan: &Plan, packing: Packing) -> Members {
    let mut all = Members::new();
    let manifest = manifest(&mut all, plan, packing);
    layout(all, &[manifest])
}

/// What `docker save` wrote before version 25: a folder for each layer.
pub fn old_docker(plan: &Plan) -> Members {
    let mut all = Members::new();
    let config = plan.config_json();
    let config_name = format!("{}.json", sha(&config));
    let mut layers = Vec::new();
    for (i, (_, tar)) in plan.layers.iter().enumerate() {
        let id = sha(format!("{i}").as_bytes());
        all.push((format!("{id}/VERSION"), b"1.0".to_vec()));
        all.push((format!("{id}/json"), format!("{{\"id\":\"{id}\"}}").into_bytes()));
        all.push((format!("{id}/layer.tar"), tar.clone()));
        layers.push(format!("{id}/layer.tar"));
    }
    all.push((config_name.clone(), config));
    let manifest = json!([{ "Config": config_name, "RepoTags": ["acme/app:1"], "Layers": layers }]);
    all.push(("manifest.json".to_owned(), serde_json::to_vec(&manifest).unwrap()));
    all.push(("repositories".to_owned(), b"{\"acme/app\":{\"1\":\"0\"}}".to_vec()));
    all
}

/// What it writes since: an OCI layout with `manifest.json` beside.
pub fn new_docker(plan: &Plan) -> Members {
    let mut all = oci(plan, Packing::Plain);
    let name = |bytes: &[u8]| format!("blobs/sha256/{}", sha(bytes));
    let layers: Vec<String> = plan.layers.iter().map(|(_, tar)| name(tar)).collect();
    let manifest =
        json!([{ "Config": name(&plan.config_json()), "RepoTags": ["acme/app:1"], "Layers": layers }]);
    all.push(("manifest.json".to_owned(), serde_json::to_vec(&manifest).unwrap()));
    all
}

/// The members as a file.
pub fn tar_of(members: &Members) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        out.append_data(&mut header, name, &bytes[..]).unwrap();
    }
    out.into_inner().unwrap()
}

/// The members as a folder.
pub fn folder_of(members: &Members, top: &Path) {
    for (name, bytes) in members {
        let path = top.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}
