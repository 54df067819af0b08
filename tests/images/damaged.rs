//! Images that lie, are cut, or unpack to too much.

use super::*;

#[test]
fn what_is_missing_or_damaged_is_no_clean_bill_and_the_rest_is_read() {
    let whole = oci(&deleted(), Packing::Gzip);
    let layer_of = |n: usize| format!("blobs/sha256/{}", sha(&gz(&deleted().layers[n].1)));
    let without = |name: &str| whole.iter().filter(|(n, _)| n != name).cloned().collect::<Vec<_>>();
    let broken = |name: &str, to: &dyn Fn(&[u8]) -> Vec<u8>| {
        let change = |(n, b): &(String, Vec<u8>)| (n.clone(), if n == name { to(b) } else { b.clone() });
        whole.iter().map(change).collect::<Vec<_>>()
    };
    let config = format!("blobs/sha256/{}", sha(&deleted().config_json()));
    for (what, members, said, found) in [
        ("a layer is missing", without(&layer_of(0)), "is not in the file", 1),
        ("the configuration is missing", without(&config), "is not in the file", 1),
        (
            "a layer is cut",
            broken(&layer_of(0), &|b| b[..b.len() - 20].to_vec()),
            "cannot be read to its end",
            1,
        ),
        ("a layer is no tar", broken(&layer_of(0), &|_| b"hello, hello".to_vec()), "it is no tar", 1),
        ("the index is no JSON", broken("index.json", &|_| b"{".to_vec()), "is not understood", 1),
        (
            "the index has another form",
            broken("index.json", &|_| b"{\"manifests\":3}".to_vec()),
            "is not understood",
            1,
        ),
        ("the index is empty", broken("index.json", &|_| b"{}".to_vec()), "names no image", 1),
    ] {
        let s = Sandbox::empty();
        s.write("i.tar", tar_of(&members));
        let run = s.stanch(["image", "--format", "jsonl", "i.tar"]);
        assert!(run.code == 2 && run.stderr.contains(said), "{what}: {run:#?}");
        assert_eq!(rows(&run).len(), found, "{what}: {run:#?}");
    }
    let s = Sandbox::empty();
    for (name, bytes, said) in [
        ("text", b"hello".to_vec(), "this is no container image"),
        ("other.tar", tar(&[("a", b"b")]), "this is no container image"),
        ("absent", Vec::new(), "cannot read absent"),
    ] {
        if name != "absent" {
            s.write(name, bytes);
        }
        let run = s.stanch(["image", name]);
        assert!(
            run.code == 2 && run.stderr.contains(said) && run.stderr.contains("help:"),
            "{name}: {run:#?}"
        );
    }
}

#[test]
fn a_file_that_is_cut_anywhere_is_never_clean() {
    let file = tar_of(&old_docker(&deleted()));
    let s = Sandbox::empty();
    for cut in (512..file.len() - 2048).step_by(1024 + 512) {
        s.write("i.tar", &file[..cut]);
        let run = s.stanch(["image", "i.tar"]);
        assert_eq!(run.code, 2, "{cut} of {}: {run:#?}", file.len());
    }
}

#[test]
fn names_and_digests_lead_to_nothing_outside() {
    let s = Sandbox::empty();
    s.write("secret.json", format!("{{\"klaviyo\":\"{}\"}}", key(7)));
    let index = |digest: &str| json!({ "manifests": [{ "digest": digest }] }).to_string();
    for digest in ["sha256:../../../secret.json", "../../secret:json", "sha256:", "", ":", "sha256:\u{1b}[2J"]
    {
        fs::remove_dir_all(s.dir().join("oci")).ok();
        s.write("oci/index.json", index(digest));
        let run = s.stanch(["image", "oci"]);
        assert_eq!(run.code, 2, "{digest}: {run:#?}");
        assert!(!run.stderr.contains('\u{1b}') && !run.stdout.contains("secret.json:"), "{run:#?}");
    }
    let saved =
        json!([{ "Config": "../secret.json", "Layers": ["/secret.json", "../../etc/passwd"] }]).to_string();
    s.write("saved/manifest.json", saved);
    let run = s.stanch(["image", "saved"]);
    assert!(run.code == 2 && run.stderr.matches("is not in the file").count() == 3, "{run:#?}");
    #[cfg(unix)]
    {
        s.write("linked/manifest.json", json!([{ "Config": "c.json", "Layers": ["l.tar"] }]).to_string());
        std::os::unix::fs::symlink(s.dir().join("secret.json"), s.dir().join("linked/c.json")).unwrap();
        std::os::unix::fs::symlink("l.tar", s.dir().join("linked/l.tar")).unwrap();
        let run = s.stanch(["image", "linked"]);
        assert!(run.code == 2 && run.stderr.matches("is not in the file").count() == 2, "{run:#?}");
    }
    // In a layer a name is only a name.
    let plan = Plan::new(&[(
        "COPY a",
        layer(&[Item::File("../../up/.env", &env(1)), Item::File("a\x1b[2J", &env(2))]),
    )]);
    s.write("i.tar", tar_of(&oci(&plan, Packing::Gzip)));
    let run = s.stanch(["image", "i.tar"]);
    assert!(run.code == 1 && !run.stdout.contains("\u{1b}[2J") && run.stdout.contains("up/.env"), "{run:#?}");
}

#[test]
fn a_layer_that_unpacks_to_too_much_is_unread_and_an_encrypted_one_is_told() {
    let zeros = vec![0u8; 24 << 20];
    let bomb = layer(&[Item::File("zeros", &zeros), Item::File("a/.env", &env(1))]);
    let s = Sandbox::empty();
    s.write(
        "bomb.tar",
        tar_of(&oci(
            &Plan::new(&[("ADD a", bomb), ("COPY b", layer(&[Item::File("b/.env", &env(2))]))]),
            Packing::Gzip,
        )),
    );
    let run = s.stanch(["image", "--format", "jsonl", "bomb.tar"]);
    assert!(run.code == 2 && run.stderr.contains("limits.archive_ratio"), "{run:#?}");
    assert_eq!(places(&rows(&run)), ["b/.env:2"]);
    // A part of an image has no object id: the message names a rule for its place, and that rule counts.
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(!said.contains("allow --unread"), "{run:#?}");
    let glob = said.split_once("[[path]] with ").unwrap().1.split_once(", mode").unwrap().0;
    let repo = Sandbox::new();
    let rule = format!("[[path]]\n{glob}\nmode = \"skip\"\nreason = \"zeros\"\n");
    repo.record(&[(".stanch.toml", &rule)]);
    repo.write("bomb.tar", s.read("bomb.tar"));
    let run = repo.stanch(["image", "--format", "jsonl", "bomb.tar"]);
    assert_eq!((run.code, &places(&rows(&run))[..]), (1, &["b/.env:2".to_owned()][..]), "{glob}: {run:#?}");
    // Encrypted: reported, and a failure where that was asked for.
    let mut all = Vec::new();
    let plain = manifest(&mut all, &deleted(), Packing::Gzip);
    let name = format!("blobs/sha256/{}", plain["digest"].as_str().unwrap().split_once(':').unwrap().1);
    let at = all.iter().position(|(n, _)| *n == name).unwrap();
    let locked =
        String::from_utf8(all[at].1.clone()).unwrap().replace("tar+gzip", "tar+gzip+encrypted").into_bytes();
    let descriptor = json!({ "digest": format!("sha256:{}", sha(&locked)) });
    all[at] = (format!("blobs/sha256/{}", sha(&locked)), locked);
    s.write("locked.tar", tar_of(&layout(all, &[descriptor])));
    let run = s.stanch(["image", "locked.tar"]);
    assert!(run.code == 0 && run.stdout.contains("encrypted"), "{run:#?}");
    assert_eq!(s.stanch(["image", "--strict", "locked.tar"]).code, 2);
}
