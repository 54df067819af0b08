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
}

/// A recorded answer of a server, as VCR keeps it.
fn cassette(body: &[u8]) -> String {
    let encoded = data_encoding::BASE64.encode(body);
    let lines: Vec<&str> = encoded.as_bytes().chunks(76).map(|l| std::str::from_utf8(l).unwrap()).collect();
    let lines = lines.join("\n        ");
    format!(
        "interactions:\n- response:\n    body:\n      string: !!binary |\n        {lines}\n    status: 200\n"
    )
}

#[test]
fn a_recording_whose_json_shrinks_to_a_thirtieth_is_read_whole() {
    let more = "a bench, a roof and a board with the times";
    let row = |i: usize| {
        format!("{{\"id\":{i},\"name\":\"a stop of the line\",\"parent\":null,\"about\":\"{more}\"}},\n")
    };
    let rows: String = (0..8_000).map(row).collect();
    let mut answer = format!("[{rows}");
    let clean = gz(format!("{answer}null]").as_bytes());
    answer += &format!("{{\"klaviyo_api_key\":\"{}\"}}]", key(1));
    let packed = gz(answer.as_bytes());
    let ratio = answer.len() / cassette(&packed).len();
    assert!((10..40).contains(&ratio), "{ratio}");
    let s = Sandbox::guarded();
    s.stage("clean.yaml", cassette(&clean));
    assert_eq!(s.commit().code, 0);
    s.stage("answer.yaml", cassette(&packed));
    s.commit().stopped_at("answer.yaml:5:");
}

#[test]
fn what_unpacks_to_more_than_any_text_does_is_not_called_clean() {
    let x = vec![b'x'; 16 << 20];
    let zeros = vec![0; 16 << 20];
    // Text, and something else behind it.
    let mixed = [&x[..8 << 20], &[0]].concat();
    let small = gz(&vec![b'x'; 3 << 20]);
    let nested = data_encoding::BASE64.encode(&small);
    for (name, bytes, refused) in [
        ("a zip of text", zip(&[("a.txt", &x)]), true),
        ("a zip of zeros", zip(&[("a.txt", &zeros)]), true),
        ("gzip", gz(&x), true),
        ("gzip of no text", gz(&zeros), false),
        ("gzip of text and more", gz(&mixed), true),
        ("a small gzip", small, false),
        ("two in one", gz(format!("{nested} {nested}").as_bytes()), true),
    ] {
        let s = Sandbox::new();
        s.write("bomb.json", format!("{{\"data\": \"{}\"}}\n", data_encoding::BASE64.encode(&bytes)));
        let run = s.stanch(["scan", "bomb.json"]);
        let said = run.stdout.contains("it decodes to many times its size");
        assert_eq!((run.code, said), if refused { (2, true) } else { (0, false) }, "{name}: {run:#?}");
    }
}
