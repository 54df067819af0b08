//! When each line of a file was written.

use super::process;
use std::path::Path;

/// The time of each line of a file in a folder of the work tree, seconds since 1970; nothing if git does not have it.
/// Lines that are not committed are of now.
pub fn line_times(folder: &Path, name: &str) -> Vec<i64> {
    let told = process::run_in(folder, &["blame", "--line-porcelain", "--", name]);
    told.map(|out| times(&out)).unwrap_or_default()
}

fn times(out: &[u8]) -> Vec<i64> {
    let stamps = out.split(|b| *b == b'\n').filter_map(|line| line.strip_prefix(b"committer-time "));
    stamps.filter_map(|t| std::str::from_utf8(t).ok()?.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_file_is_not_taken_for_a_time() {
        let out =
            b"ab 1 1 1\ncommitter-time 5\nsummary x\n\tcommitter-time 7\nab 2 2\ncommitter-time 6\n\ty\n";
        assert_eq!(times(out), [5, 6]);
        assert_eq!(line_times(Path::new("/nowhere"), "x"), Vec::<i64>::new());
    }
}
