//! Doors for the fuzz targets in `fuzz/`: an image. Only there when `cargo fuzz` builds (`cfg(fuzzing)`).

use super::{Contents, Files};
use crate::archive::{Budget, Limits, unpack};

/// An image's file: the first byte says how the rest is put into a tar, so that manifests are met at once. Each number that
/// a layer names is one of an image's.
pub fn images(data: &[u8]) {
    let limits = Limits { mb: 8, key: "archive_mb", entries: 1000, ratio: 100, depth: 4, member_mb: 1 };
    let budget = Budget::new(limits);
    let Some((first, rest)) = data.split_first() else { return };
    let mut out = tar::Builder::new(Vec::new());
    for (i, part) in rest.split(|b| *b == 0xff).enumerate() {
        let name = match (i, first % 3) {
            (0, 0) => "index.json".to_owned(),
            (0, 1) => "manifest.json".to_owned(),
            (i, _) => format!("blobs/sha256/{i}"),
        };
        let mut header = tar::Header::new_gnu();
        header.set_size(part.len() as u64);
        let _ = out.append_data(&mut header, name, part);
    }
    let whole = if first % 3 == 2 { rest.to_vec() } else { out.into_inner().unwrap_or_default() };
    let Ok(files) = Files::of_stream(&whole[..], &budget) else { return };
    let Ok(contents) = Contents::of(&files) else { return };
    for layer in &contents.layers {
        for (image, number) in &layer.uses {
            assert!(*number >= 1 && contents.images.len() > *image);
        }
        let Ok(from) = files.reader(&layer.blob) else { continue };
        let _ = unpack(from, layer.blob.size, &budget, &|| false, |plain| plain.copy(&mut std::io::sink()));
    }
    let _ = contents.config_texts().map(|(_, text)| text.bytes.len()).sum::<usize>();
}
