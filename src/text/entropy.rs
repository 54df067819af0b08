//! Shannon entropy.

/// Shannon entropy of the bytes, in bits per byte (0 to 8); 0 if empty.
pub fn shannon(bytes: &[u8]) -> f32 {
    let mut counts = [0u32; 256];
    for b in bytes {
        counts[*b as usize] += 1;
    }
    let n = bytes.len() as f32;
    counts
        .iter()
        .filter(|c| **c > 0)
        .map(|c| {
            let p = *c as f32 / n;
            -p * p.log2()
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::shannon;

    #[test]
    fn equal_bytes_have_none_and_distinct_bytes_have_log_n() {
        assert_eq!(shannon(b""), 0.0);
        assert_eq!(shannon(b"aaaa"), 0.0);
        assert!((shannon(b"abcdefgh") - 3.0).abs() < 1e-6);
    }
}
