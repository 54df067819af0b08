//! Container images: every layer and every text of one is read from each form that images are kept in, and each finding names
//! its layer, its instruction and its path.

mod build;
mod damaged;

use crate::archives::{gz, tar, zip};
use crate::support::{Run, STANCH, Sandbox, executable, key};
use build::{Item, Packing, Plan, layer, layout, manifest, new_docker, oci, old_docker};
pub use build::{folder_of, sha, tar_of};
use serde_json::{Value, json};
use std::fs;

fn env(seed: u64) -> Vec<u8> {
    format!("DEBUG=1\nKLAVIYO_API_KEY={}\n", key(seed)).into_bytes()
}

/// Three layers: the second brings a secret, the third deletes it.
fn deleted() -> Plan {
    Plan::new(&[
        ("/bin/sh -c #(nop) ADD file:1 in / ", layer(&[Item::File("etc/os-release", b"ID=none\n")])),
        ("COPY . . # buildkit", layer(&[Item::Folder("app/"), Item::File("app/.env", &env(1))])),
        ("RUN /bin/sh -c rm app/.env # buildkit", layer(&[Item::File("app/.wh..env", b"")])),
    ])
}

/// An image without a secret.
pub fn sample() -> build::Members {
    oci(&Plan::new(&[("COPY a", layer(&[Item::File("etc/os-release", b"ID=none\n")]))]), Packing::Gzip)
}

fn rows(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

fn scan(s: &Sandbox, image: &str) -> (u8, Vec<Value>) {
    let run = s.stanch(["image", "--format", "jsonl", image]);
    (run.code as u8, rows(&run))
}

/// The places of all findings.
fn places(rows: &[Value]) -> Vec<String> {
    let mut all: Vec<String> =
        rows.iter().map(|r| format!("{}:{}", r["member"].as_str().unwrap_or("?"), r["line"])).collect();
    all.sort();
    all
}

#[test]
fn each_form_of_an_image_gives_the_same_findings() {
    let plan = deleted();
    let forms = [
        ("plain", oci(&plan, Packing::Plain)),
        ("gzip", oci(&plan, Packing::Gzip)),
        ("zstd", oci(&plan, Packing::Zstd)),
        ("old docker", old_docker(&plan)),
        ("new docker", new_docker(&plan)),
    ];
    for (name, members) in forms {
        let s = Sandbox::empty();
        let file = tar_of(&members);
        s.write("image.tar", &file);
        s.write("image.tar.gz", gz(&file));
        folder_of(&members, &s.dir().join("folder"));
        for image in ["image.tar", "image.tar.gz", "folder"] {
            let (code, rows) = scan(&s, image);
            assert_eq!((code, places(&rows)), (1, vec!["app/.env:2".to_owned()]), "{name}, {image}");
            let row = &rows[0];
            assert_eq!(row["path"], format!("{image}!app/.env"));
            assert_eq!((&row["layer"]["number"], &row["layer"]["of"]), (&json!(2), &json!(3)), "{row}");
            assert_eq!(
                (&row["layer"]["instruction"], &row["layer"]["deleted_in"]),
                (&json!("COPY . ."), &json!(3))
            );
        }
        let run = s.run_with(STANCH, ["image", "-"], &file);
        assert!(run.code == 1 && run.stdout.contains("-!app/.env:2:"), "{name}: {run:#?}");
    }
}

#[test]
fn a_person_is_told_the_layer_its_instruction_and_to_build_again() {
    let s = Sandbox::empty();
    s.write("image.tar", tar_of(&oci(&deleted(), Packing::Gzip)));
    let run = s.stanch(["image", "image.tar"]);
    assert_eq!(run.code, 1);
    for words in [
        "image.tar!app/.env:2:",
        "layer 2 of 3, COPY . .; deleted in layer 3, still in the image",
        "RUN --mount=type=secret,id=ID",
        "build",
        "whoever can pull it",
    ] {
        assert!(
            run.stdout.split_whitespace().collect::<Vec<_>>().join(" ").contains(words),
            "{words}: {run:#?}"
        );
    }
    assert!(!run.stdout.contains(&key(1)) && !run.stdout.contains("stanch fix"), "{run:#?}");
}

#[test]
fn every_report_format_names_the_file_and_its_layer() {
    let s = Sandbox::empty();
    s.write("image.tar", tar_of(&oci(&deleted(), Packing::Gzip)));
    for format in [
        "text",
        "json",
        "jsonl",
        "sarif",
        "junit",
        "gitlab",
        "markdown",
        "html",
        "csv",
        "rdjsonl",
        "github",
        "checkstyle",
        "sonarqube",
        "gitlab-codequality",
    ] {
        let run = s.stanch(["image", "--format", format, "image.tar"]);
        assert_eq!(run.code, 1, "{format}: {run:#?}");
        let told = run.stdout.replace("\\/", "/");
        assert!(told.contains("app/.env") || told.contains("app%2F.env"), "{format}: {told}");
        assert!(!told.contains(&key(1)), "{format}");
        let layer = told.contains("deleted in layer 3") || told.contains("\"deleted_in\"");
        assert!(layer || told.contains("build"), "{format} says neither the layer nor what to do: {told}");
    }
    let sarif: Value =
        serde_json::from_str(&s.stanch(["image", "--format", "sarif", "image.tar"]).stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0];
    assert_eq!(place["physicalLocation"]["artifactLocation"]["uri"], "image.tar");
    assert_eq!(place["logicalLocations"][0]["fullyQualifiedName"], "image.tar!app/.env");
    assert!(result["properties"]["layer"].as_str().unwrap().starts_with("sha256:"), "{result}");
}

#[test]
fn whiteouts_opaque_folders_and_replaced_files_are_told() {
    let lower = layer(&[
        Item::File("a/.env", &env(1)),
        Item::File("b/c/.env", &env(2)),
        Item::File("d/.env", &env(3)),
        Item::File("e/.env", &env(4)),
        Item::File("f/.env", &env(5)),
    ]);
    let upper = layer(&[
        Item::File("./.wh.a", b""),
        Item::File("b/.wh..wh..opq", b""),
        Item::File("b/new", b"x"),
        Item::File("d/.env", b"DEBUG=1\n"),
        Item::File("f", b"a file in a folder's place"),
    ]);
    let s = Sandbox::empty();
    s.write("i.tar", tar_of(&oci(&Plan::new(&[("COPY a", lower), ("RUN b", upper)]), Packing::Gzip)));
    let (_, rows) = scan(&s, "i.tar");
    let fate: Vec<(&str, &Value, &Value)> = rows
        .iter()
        .map(|r| (r["member"].as_str().unwrap(), &r["layer"]["deleted_in"], &r["layer"]["replaced_in"]))
        .collect();
    let none = &Value::Null;
    let two = &json!(2);
    assert_eq!(
        fate,
        [
            ("a/.env", two, none),
            ("b/c/.env", two, none),
            ("d/.env", none, two),
            ("e/.env", none, none),
            ("f/.env", two, none),
        ]
    );
}

#[test]
fn a_hard_link_keeps_a_file_and_gives_it_a_name_that_is_judged() {
    let text =
        format!("machine example.com login me password {}\n", crate::support::secret("${base62:24}", 3));
    let of = |gone: &[&str]| {
        let lower = layer(&[
            Item::File("a/.env", &env(1)),
            Item::Link("b/copy", "a/.env"),
            Item::File("root/data", text.as_bytes()),
            Item::Link("root/.netrc", "root/data"),
        ]);
        let whiteouts: Vec<Item<'_>> = gone.iter().map(|name| Item::File(name, b"")).collect();
        tar_of(&oci(&Plan::new(&[("COPY a", lower), ("RUN rm", layer(&whiteouts))]), Packing::Gzip))
    };
    for (gone, deleted) in [(&["a/.wh..env"][..], false), (&["a/.wh..env", "b/.wh.copy"], true)] {
        let s = Sandbox::empty();
        s.write("i.tar", of(gone));
        let (_, rows) = scan(&s, "i.tar");
        let row = rows.iter().find(|r| r["member"] == "a/.env").unwrap();
        assert_eq!(row["layer"]["deleted_in"] == json!(2), deleted, "{row}");
        assert!(rows.iter().any(|r| r["member"] == "root/.netrc"), "{rows:?}");
    }
}

#[test]
fn configuration_labels_commands_history_and_manifests_are_read() {
    let mut plan = deleted();
    plan.config = json!({
        "Env": ["PATH=/bin", format!("KLAVIYO_API_KEY={}", key(11))],
        "Labels": { "klaviyo": key(12) },
        "Entrypoint": ["/app", format!("--klaviyo-key={}", key(13))],
        "Healthcheck": { "Test": ["CMD", "curl", "-H", format!("Authorization: Klaviyo-API-Key {}", key(14))] },
        "OddField": format!("klaviyo {}", key(15)),
    });
    plan.empty = vec!["ARG KLAVIYO".to_owned()];
    plan.layers[0].0 = format!("RUN |1 KLAVIYO={} /bin/sh -c make # buildkit", key(16));
    let mut all = Vec::new();
    let mut of = manifest(&mut all, &plan, Packing::Gzip);
    of["annotations"] = json!({ "org.example.note": format!("klaviyo {}", key(17)) });
    let s = Sandbox::empty();
    s.write("i.tar", tar_of(&layout(all, &[of])));
    let (code, rows) = scan(&s, "i.tar");
    assert_eq!(code, 1);
    let members: Vec<&str> = rows.iter().map(|r| r["member"].as_str().unwrap()).collect();
    for (name, count) in
        [("<environment>", 1), ("<labels>", 1), ("<entry point>", 2), ("<history>", 1), ("app/.env", 1)]
    {
        assert_eq!(members.iter().filter(|m| **m == name).count(), count, "{name}: {members:?}");
    }
    // What only the raw texts have, and no more: they repeat the rest.
    assert_eq!(members.iter().filter(|m| m.starts_with("<config ")).count(), 1, "{members:?}");
    assert_eq!(members.iter().filter(|m| m.starts_with("<index ")).count(), 1, "{members:?}");
    let made = rows.iter().find(|r| r["member"] == "<history>").unwrap();
    assert_eq!((&made["line"], &made["layer"]["number"]), (&json!(2), &json!(1)), "{made}");
    assert_eq!(made["layer"]["instruction"], "RUN make");
    let text = s.stanch(["image", "i.tar"]).stdout;
    assert!(text.contains("Fix now") && text.contains("--mount=type=secret,id=ID"), "{text}");
    (11..18).for_each(|seed| assert!(!text.contains(&key(seed))));
}

#[test]
fn each_platform_attestation_and_unnamed_blob_is_read_and_what_is_absent_is_told() {
    let plan = |seed: u64, platform| Plan {
        platform,
        ..Plan::new(&[
            ("ADD base", layer(&[Item::File("shared/.env", &env(1))])),
            ("COPY own", layer(&[Item::File("own/.env", &env(seed))])),
        ])
    };
    let mut all = Vec::new();
    let amd = manifest(&mut all, &plan(2, ("linux", "amd64")), Packing::Gzip);
    let arm = manifest(&mut all, &plan(3, ("linux", "arm64")), Packing::Gzip);
    // An attestation: a manifest whose layer is a statement.
    let statement = serde_json::to_vec(&json!({
        "predicateType": "https://slsa.dev/provenance/v0.2",
        "predicate": { "invocation": { "parameters": { "args": { "build-arg:KLAVIYO": key(4) } } } },
    }));
    let statement = statement.unwrap();
    all.push((format!("blobs/sha256/{}", sha(&statement)), statement.clone()));
    let attested = serde_json::to_vec(&json!({ "layers": [
        { "mediaType": "application/vnd.in-toto+json", "digest": format!("sha256:{}", sha(&statement)) }
    ] }));
    let attested = attested.unwrap();
    let descriptor = json!({
        "digest": format!("sha256:{}", sha(&attested)), "platform": { "os": "unknown", "architecture": "unknown" }
    });
    all.push((format!("blobs/sha256/{}", sha(&attested)), attested));
    let gone = json!({ "digest": format!("sha256:{}", "0".repeat(64)), "platform": { "os": "linux", "architecture": "s390x" } });
    // Nested, as buildx writes it.
    let inner = serde_json::to_vec(&json!({ "manifests": [amd, arm, descriptor, gone] })).unwrap();
    let outer = json!({ "digest": format!("sha256:{}", sha(&inner)) });
    all.push((format!("blobs/sha256/{}", sha(&inner)), inner));
    let stray = gz(&tar(&[("left/.env", &env(5))]));
    all.push((format!("blobs/sha256/{}", sha(&stray)), stray));
    let s = Sandbox::empty();
    s.write("i.tar", tar_of(&layout(all, &[outer])));
    let run = s.stanch(["image", "--format", "jsonl", "i.tar"]);
    let places = places(&rows(&run));
    let attestation = format!("<attestation sha256:{}>", &sha(&statement)[..12]);
    assert!(places.iter().any(|p| p.starts_with(&attestation)), "{places:?}");
    let of = |name: &str| places.iter().filter(|p| p.starts_with(name)).count();
    assert_eq!((of("shared/.env"), of("own/.env"), of("left/.env")), (1, 2, 1), "{places:?}");
    let run = s.stanch(["image", "i.tar"]);
    assert!(run.stdout.contains("linux/s390x sha256:000000000000"), "{run:#?}");
    assert_eq!(run.code, 1);
}

#[test]
fn the_same_in_several_layers_is_one_finding() {
    let file = layer(&[Item::File("app/.env", &env(1))]);
    let again = layer(&[Item::File("app/.env", &env(1)), Item::File("other", b"x")]);
    let gone = layer(&[Item::File(".wh.app", b"")]);
    let s = Sandbox::empty();
    let plan = Plan::new(&[("COPY a", file), ("RUN chown", again), ("RUN rm", gone)]);
    s.write("i.tar", tar_of(&oci(&plan, Packing::Gzip)));
    let (_, rows) = scan(&s, "i.tar");
    assert_eq!(places(&rows), ["app/.env:2"]);
    let layer = &rows[0]["layer"];
    assert_eq!(
        (&layer["number"], &layer["also_in"], &layer["deleted_in"]),
        (&json!(1), &json!([2]), &json!(3))
    );
}

#[test]
fn archives_in_a_layer_are_opened_and_links_are_not_followed() {
    let inner = zip(&[("conf/.env", &env(1))]);
    let s = Sandbox::empty();
    let plan = Plan::new(&[(
        "COPY a",
        layer(&[
            Item::File("app/app.jar", &inner),
            Item::Symlink("etc/link", "/etc/passwd"),
            Item::Folder("dev"),
        ]),
    )]);
    s.write("i.tar", tar_of(&oci(&plan, Packing::Gzip)));
    let (_, rows) = scan(&s, "i.tar");
    assert_eq!(places(&rows), ["app/app.jar!conf/.env:2"]);
    assert_eq!(rows[0]["layer"]["number"], 1);
}

#[test]
fn a_base_image_is_left_out_by_the_digest_of_its_content() {
    let base_layer = ("ADD base", layer(&[Item::File("usr/.env", &env(1))]));
    let mut base = Plan::new(std::slice::from_ref(&base_layer));
    base.config = json!({ "Env": [format!("KLAVIYO_BASE={}", key(2))] });
    let own = ("COPY own", layer(&[Item::File("own/.env", &env(3))]));
    let mut plan = Plan::new(&[base_layer, own.clone()]);
    plan.config = json!({ "Env": [format!("KLAVIYO_BASE={}", key(2)), format!("KLAVIYO_OWN={}", key(4))] });
    let s = Sandbox::empty();
    // The base is packed otherwise: its blobs have other digests.
    s.write("base.tar", tar_of(&old_docker(&base)));
    s.write("i.tar", tar_of(&oci(&plan, Packing::Gzip)));
    let (_, all) = scan(&s, "i.tar");
    assert_eq!(all.len(), 4, "{all:?}");
    let run = s.stanch(["image", "--skip-base", "base.tar", "--format", "jsonl", "i.tar"]);
    assert_eq!(places(&rows(&run)), ["<environment>:2", "own/.env:2"], "{run:#?}");
    let run = s.stanch(["image", "--skip-base", "base.tar", "i.tar"]);
    assert!(run.stdout.contains("1 layer is the base image's and was left out"), "{run:#?}");
    // A configuration that claims the base's digest for another content hides nothing.
    let mut liar = Plan::new(&[("ADD base", layer(&[Item::File("usr/.env", &env(9))])), own]);
    liar.config = json!({});
    let config = liar.config_json();
    let lie = String::from_utf8(config).unwrap().replace(&sha(&liar.layers[0].1), &sha(&plan.layers[0].1));
    let mut members = old_docker(&liar);
    let at = members.iter().position(|(name, _)| name.ends_with(".json") && name.len() > 64).unwrap();
    members[at].1 = lie.into_bytes();
    s.write("liar.tar", tar_of(&members));
    let run = s.stanch(["image", "--skip-base", "base.tar", "--format", "jsonl", "liar.tar"]);
    assert_eq!(places(&rows(&run)), ["own/.env:2", "usr/.env:2"], "{run:#?}");
}

#[test]
fn the_policy_and_allow_entries_hold_for_an_image() {
    let s = Sandbox::new();
    s.write("image.tar", tar_of(&oci(&deleted(), Packing::Gzip)));
    let (_, rows) = scan(&s, "image.tar");
    let id = rows[0]["fingerprint"].as_str().unwrap().to_owned();
    for (config, code) in [
        (format!("[[allow]]\nfingerprint = '{id}'\nreason = 'a sample'\n"), 0),
        ("[[path]]\nglob = '*.tar!app/*'\nmode = 'skip'\nreason = 'samples'\n".to_owned(), 0),
        ("[[path]]\nglob = '*.tar!other/*'\nmode = 'skip'\nreason = 'samples'\n".to_owned(), 1),
    ] {
        let s = Sandbox::new();
        s.write("image.tar", tar_of(&oci(&deleted(), Packing::Gzip)));
        s.record(&[(".stanch.toml", &config)]);
        assert_eq!(s.stanch(["image", "image.tar"]).code, code, "{config}");
    }
    // A marker on its line counts as in any file.
    let marked = format!("K={} # stanch:allow klaviyo-private-api-key -- a sample\n", key(1));
    let plan = Plan::new(&[("COPY a", layer(&[Item::File("a.env", marked.as_bytes())]))]);
    s.write("marked.tar", tar_of(&oci(&plan, Packing::Gzip)));
    s.stanch(["image", "marked.tar"]).ok();
}

// ---- clients ---------------------------------------------------------------------------------------------------

#[cfg(unix)]
#[test]
fn a_name_is_asked_of_the_client_that_is_there() {
    let s = Sandbox::empty();
    s.write("image.tar", tar_of(&new_docker(&deleted())));
    let image = s.dir().join("image.tar");
    let script = format!(
        "#!/bin/sh\n[ \"$*\" = 'save acme/app:1' ] || {{ echo \"no such image\" >&2; exit 125; }}\ncat '{}'\n",
        image.display()
    );
    s.write("bin/podman", script);
    executable(&s.dir().join("bin/podman"));
    let here = s.env("PATH", &format!("bin:{}:/usr/bin:/bin", s.dir().join("bin").display()));
    let run = here.stanch(["image", "docker://acme/app:1"]);
    assert!(run.code == 1 && run.stdout.contains("docker://acme/app:1!app/.env:2:"), "{run:#?}");
    assert!(run.stderr.contains("bin/podman save acme/app:1"), "{run:#?}");
    for (name, said) in [
        ("docker://other", "no such image"),
        ("docker://-o", "is no image's name"),
        ("docker://a b", "is no image's name"),
        ("docker://", "is no image's name"),
    ] {
        let run = here.stanch(["image", name]);
        assert!(run.code == 2 && run.stderr.contains(said), "{name}: {run:#?}");
    }
    // A docker without its daemon does not keep podman from answering; if neither has it, both are named.
    s.write("bin/docker", "#!/bin/sh\necho 'Cannot connect to the daemon' >&2\nexit 1\n");
    executable(&s.dir().join("bin/docker"));
    let run = here.stanch(["image", "docker://acme/app:1"]);
    assert!(run.code == 1 && run.stdout.contains("app/.env:2:"), "{run:#?}");
    let run = here.stanch(["image", "docker://other"]);
    assert!(run.code == 2 && run.stderr.contains("Cannot connect to the daemon"), "{run:#?}");
    assert!(run.stderr.contains("no such image"), "{run:#?}");
    // A client in a relative entry of PATH is the repository's, not the person's.
    let run = s.env("PATH", "bin").stanch(["image", "docker://acme/app:1"]);
    assert!(run.code == 2 && run.stderr.contains("neither docker nor podman"), "{run:#?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_read_as_a_file_is() {
    let s = Sandbox::empty();
    s.write("image.tar", tar_of(&old_docker(&deleted())));
    let run = s.run_with("bash", ["-c", &format!("'{STANCH}' image <(gzip -c image.tar)")], b"");
    assert!(run.code == 1 && run.stdout.contains("!app/.env:2:"), "{run:#?}");
}
