//! Compressed content in a text, in base64 or hex digits.

use super::*;

#[test]
fn a_compressed_text_in_base64_is_read_wherever_a_text_is() {
    let text = format!("{0}KLAVIYO_API_KEY={1}\n{0}", "# the quick brown fox\n".repeat(9), key(1));
    let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), Compression::default());
    zlib.write_all(text.as_bytes()).unwrap();
    let zlib = zlib.finish().unwrap();
    let members = [("a/logo.bin", &[0, 159, 146, 150][..]), ("deploy.env", text.as_bytes())];
    for (name, bytes) in [
        ("gzip", gz(text.as_bytes())),
        ("zlib", zlib),
        ("zip", zip(&members)),
        ("zip, stored", zip_of(&members.map(|(name, bytes)| Part::stored(name, bytes)))),
        // Its directory and the last bytes of its last file are missing.
        ("zip, cut off", zip(&members)[..zip(&members).len() - 150].to_vec()),
    ] {
        let encoded = data_encoding::BASE64.encode(&bytes);
        let lines: Vec<&str> =
            encoded.as_bytes().chunks(76).map(|l| std::str::from_utf8(l).unwrap()).collect();
        let s = Sandbox::guarded();
        s.stage("a.json", format!("{{\n\"data\": \"{encoded}\"\n}}\n"));
        s.stage("b.yaml", format!("data: |\n  {}\n", lines.join("\n  ")));
        let run = s.commit();
        assert!(run.stderr.contains("a.json:2:") && run.stderr.contains("b.yaml:2:"), "{name}: {run:#?}");
        for (form, encoded) in [
            ("url", data_encoding::BASE64URL.encode(&bytes)),
            ("hex", data_encoding::HEXLOWER.encode(&bytes)),
            ("HEX", data_encoding::HEXUPPER.encode(&bytes)),
            ("0x", format!("0x{}", data_encoding::HEXLOWER.encode(&bytes))),
        ] {
            let s = Sandbox::guarded();
            s.stage("a.json", format!("{{\"data\": \"{encoded}\"}}\n"));
            let run = s.commit();
            assert!(run.stderr.contains("a.json:1:"), "{name}, {form}: {run:#?}");
        }
    }
    // A zip in a zip.
    let outer = data_encoding::BASE64.encode(&zip(&[("in.zip", &zip(&members))]));
    let s = Sandbox::guarded();
    s.stage("a.json", format!("{{\"data\": \"{outer}\"}}\n"));
    s.commit().stopped_at("a.json:1:");
    // Of one that unpacks to more than any text does, nothing is called clean, text or not.
    for byte in [b'x', 0] {
        let bomb = data_encoding::BASE64.encode(&zip(&[("a.txt", &vec![byte; 4 << 20])]));
        let s = Sandbox::new();
        s.write("bomb.json", format!("{{\"data\": \"{bomb}\"}}\n"));
        let run = s.stanch(["scan", "bomb.json"]);
        assert!(run.code == 2 && run.stdout.contains("it decodes to many times its size"), "{run:#?}");
    }
}
