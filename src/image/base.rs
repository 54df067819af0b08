//! A base image: only its maker can fix what came with it.

use super::contents::Contents;
use std::collections::HashSet;

impl Contents {
    /// Marks the layers that the base has too, from the lowest on. Returns how many were marked.
    ///
    /// A configuration may claim any digest: the reader of a marked layer verifies its content's digest.
    pub fn mark_base(&mut self, base: &Contents) -> usize {
        let ids: HashSet<&str> =
            base.images.iter().flat_map(|i| &i.config.diff_ids).map(String::as_str).collect();
        let mut marked = HashSet::new();
        for image in &self.images {
            let own = image.layers.iter().zip(&image.config.diff_ids);
            for (n, id) in own.take_while(|(_, id)| ids.contains(id.as_str())) {
                self.layers[*n].of_base = Some(id.clone());
                marked.insert(*n);
            }
        }
        marked.len()
    }
}
