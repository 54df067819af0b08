//! A made-up pack, against libgit2's reading of the same files. Compiled only for `cargo fuzz`.

use super::Store;
use crate::git::Oid;
use crate::git::object::{Found, Lookup};
use flate2::{Compression, write::ZlibEncoder};
use sha1::{Digest, Sha1};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Most objects; more would show nothing new.
const MOST_OBJECTS: usize = 24;
/// Most bytes of an object that are read.
const MOST_BYTES: u64 = 4096;

/// What is read from a pack must be what libgit2 reads.
pub fn packs(data: &[u8]) {
    thread_local!(static DIR: PathBuf = folder());
    DIR.with(|dir| {
        let (ids, pack, idx) = made(data);
        let place = |end: &str| {
            dir.join("objects/pack/pack-0000000000000000000000000000000000000000").with_extension(end)
        };
        fs::write(place("pack"), pack).expect("internal: the temporary folder can be written");
        fs::write(place("idx"), idx).expect("internal: the temporary folder can be written");
        let store = Store::new(dir);
        for id in ids.iter().chain(ids.iter().rev()) {
            let id = Oid::from_bytes(id).expect("internal: ids of twenty bytes");
            let Ok(Lookup::Found(found)) = store.read(&id, MOST_BYTES) else { continue };
            // A size over the limit comes from the object's header, and the rest is not read.
            let Found::Whole(object) = found else { continue };
            assert!(object.bytes.len() as u64 <= MOST_BYTES, "more than was asked for");
            let theirs = by_libgit2(dir, &id);
            assert_eq!(
                Some((object.kind.word(), &*object.bytes)),
                theirs.as_ref().map(|(k, b)| (*k, b)),
                "{id}"
            );
        }
    });
}

fn folder() -> PathBuf {
    // Ids are made up, so an object's content has another hash.
    git2::opts::strict_hash_verification(false);
    let dir = std::env::temp_dir().join(format!("stanch-fuzz-packs-{}", std::process::id()));
    fs::create_dir_all(dir.join("objects/pack"))
        .expect("internal: a folder can be made in the temporary one");
    dir
}

fn by_libgit2(dir: &Path, id: &Oid) -> Option<(&'static str, Vec<u8>)> {
    let odb = git2::Odb::new().ok()?;
    odb.add_disk_alternate(dir.join("objects").to_str()?).ok()?;
    let id = git2::Oid::from_bytes(id.as_bytes()).ok()?;
    let object = odb.read(id).ok()?;
    Some((object.kind().str(), object.data().to_vec()))
}

/// Makes a pack and its index from the input: for each object a byte each for its kind, the object that it is a
/// delta of, the share of the input that is its content, and what is wrong with it, then the content.
fn made(mut data: &[u8]) -> (Vec<[u8; 20]>, Vec<u8>, Vec<u8>) {
    let (mut pack, mut offsets, mut crcs) = (b"PACK\0\0\0\x02\0\0\0\0".to_vec(), Vec::new(), Vec::new());
    let id = |i: usize| {
        let mut id = [0x11; 20];
        id[0] = (i * 9) as u8;
        id
    };
    while let [kind, over, length, wrong, rest @ ..] = data
        && offsets.len() < MOST_OBJECTS
    {
        let (content, after) = rest.split_at(rest.len().min(usize::from(*length) * 2));
        data = after;
        let start = pack.len();
        // The header may give a wrong size.
        let size = content.len() + if wrong & 0x0f == 1 { usize::from(wrong >> 4) } else { 0 };
        let kind = kind & 7;
        let mut rest = size >> 4;
        pack.push(kind << 4 | (size & 15) as u8 | if rest > 0 { 0x80 } else { 0 });
        while rest > 0 {
            let byte = (rest & 0x7f) as u8;
            rest >>= 7;
            pack.push(byte | if rest > 0 { 0x80 } else { 0 });
        }
        match kind {
            6 => {
                let base =
                    offsets.len().checked_sub(usize::from(*over % 8)).and_then(|i| offsets.get(i).copied());
                pack.extend(distance(base.map_or(usize::from(*over), |base: usize| start - base)));
            }
            7 => pack.extend(id(usize::from(*over) % (offsets.len() + 2))),
            _ => {}
        }
        let level = if wrong & 0x0f == 2 { Compression::none() } else { Compression::fast() };
        let mut stream = ZlibEncoder::new(Vec::new(), level);
        stream.write_all(content).expect("internal: a vector takes everything");
        let mut stream = stream.finish().expect("internal: a vector takes everything");
        if wrong & 0x0f == 3
            && let Some(byte) = stream.get_mut(usize::from(wrong >> 4))
        {
            *byte ^= *over;
        }
        pack.extend(stream);
        crcs.push(crc32fast::hash(&pack[start..]));
        offsets.push(start);
    }
    pack[11] = offsets.len() as u8;
    let sum = Sha1::digest(&pack);
    pack.extend(sum);
    let mut idx = b"\xfftOc\0\0\0\x02".to_vec();
    let ids: Vec<[u8; 20]> = (0..offsets.len()).map(id).collect();
    for first in 0..=u8::MAX {
        idx.extend((ids.iter().filter(|id| id[0] <= first).count() as u32).to_be_bytes());
    }
    ids.iter().for_each(|id| idx.extend(id));
    crcs.iter().for_each(|crc| idx.extend(crc.to_be_bytes()));
    // The rest of the input changes offsets in the index.
    let moved = |i: usize| data.get(i).map_or(0, |by| u32::from(*by));
    offsets.iter().enumerate().for_each(|(i, at)| idx.extend((*at as u32 ^ moved(i)).to_be_bytes()));
    idx.extend(sum);
    let sum = Sha1::digest(&idx);
    idx.extend(sum);
    (ids, pack, idx)
}

/// The distance to a delta's base, as git encodes it.
fn distance(mut back: usize) -> Vec<u8> {
    let mut out = vec![(back & 0x7f) as u8];
    while back > 0x7f {
        back = (back >> 7) - 1;
        out.insert(0, (back & 0x7f) as u8 | 0x80);
    }
    out
}
