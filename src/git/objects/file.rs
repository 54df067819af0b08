//! Positioned reads of a file, on every system.

use std::fs::File;
use std::io;

/// Fills `to` from an offset, as far as the file goes; returns the number of bytes.
pub(super) fn read_at(file: &File, mut at: u64, to: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < to.len() {
        match once(file, at, &mut to[done..]) {
            Ok(0) => break,
            Ok(n) => {
                done += n;
                at += n as u64;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(done)
}

/// Fills all of `to`; `None` if the file ends before.
pub(super) fn fill(file: &File, at: u64, to: &mut [u8]) -> Option<()> {
    (read_at(file, at, to).ok()? == to.len()).then_some(())
}

/// The last bytes of a file, at most `most`.
pub(in crate::git) fn tail(file: &File, most: u64) -> Option<Vec<u8>> {
    let size = file.metadata().ok()?.len();
    let mut bytes = vec![0; size.min(most) as usize];
    let start = size - bytes.len() as u64;
    fill(file, start, &mut bytes)?;
    Some(bytes)
}

#[cfg(unix)]
fn once(file: &File, at: u64, to: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, to, at)
}

#[cfg(windows)]
fn once(file: &File, at: u64, to: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, to, at)
}
