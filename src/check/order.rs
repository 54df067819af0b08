//! The order in which blobs are read: each after the one that it is a delta of.
//!
//! A pack has an object as a delta of another one, which may lie anywhere in it. The deltas of a pack form trees. Read
//! from the top down, with the largest branch of each node last, an object is unpacked once, and the objects that are
//! needed again later are few, so a small cache has them.

use foldhash::{HashMap, HashMapExt};

/// The number of a pack, and the offset in it.
pub(super) type Place = (usize, u64);

/// An object that is read, or that one is made of.
struct Node {
    /// The number of the blob; `None` for an object that is only needed for others.
    blob: Option<usize>,
    /// The objects that are deltas of it.
    over: Vec<u32>,
    has_base: bool,
}

/// The numbers of blobs in the order in which to read them. `places` has the place of each, `bases` the place of what is
/// there a delta of. Blobs in no pack come last.
pub(super) fn order(places: &[Option<Place>], bases: &HashMap<Place, Place>) -> Vec<usize> {
    let mut packed: Vec<(Place, usize)> =
        places.iter().zip(0..).filter_map(|(place, blob)| Some(((*place)?, blob))).collect();
    packed.sort_unstable();
    let mut nodes: Vec<Node> = Vec::with_capacity(packed.len());
    let mut numbers: HashMap<Place, u32> = HashMap::with_capacity(packed.len());
    let mut number = |place: Place, blob: Option<usize>, nodes: &mut Vec<Node>| {
        let number = *numbers.entry(place).or_insert_with(|| {
            nodes.push(Node { blob: None, over: Vec::new(), has_base: false });
            nodes.len() as u32 - 1
        });
        let node = &mut nodes[number as usize];
        node.blob = node.blob.or(blob);
        number
    };
    for (place, blob) in packed {
        let mut below = number(place, Some(blob), &mut nodes);
        let mut at = place;
        while !nodes[below as usize].has_base
            && let Some(base) = bases.get(&at)
        {
            nodes[below as usize].has_base = true;
            let above = number(*base, None, &mut nodes);
            nodes[above as usize].over.push(below);
            (below, at) = (above, *base);
        }
    }
    let roots: Vec<u32> = (0..).zip(&nodes).filter(|(_, n)| !n.has_base).map(|(i, _)| i).collect();
    let sizes = sizes(&nodes, &roots);
    let mut out = Vec::with_capacity(places.len());
    let mut is_listed = vec![false; places.len()];
    let mut todo: Vec<u32> = roots.into_iter().rev().collect();
    while let Some(number) = todo.pop() {
        let node = &mut nodes[number as usize];
        if let Some(blob) = node.blob {
            is_listed[blob] = true;
            out.push(blob);
        }
        let mut over = std::mem::take(&mut node.over);
        // The last of the list is read first.
        over.sort_by_key(|n| std::cmp::Reverse(sizes[*n as usize]));
        todo.extend(over);
    }
    // Loose objects, and deltas that go round in a circle.
    out.extend((0..places.len()).filter(|blob| !is_listed[*blob]));
    out
}

/// For each node, how many objects are made of it.
fn sizes(nodes: &[Node], roots: &[u32]) -> Vec<u32> {
    let mut downwards: Vec<(u32, Option<u32>)> = roots.iter().map(|n| (*n, None)).collect();
    let mut at = 0;
    while let Some((number, _)) = downwards.get(at).copied() {
        downwards.extend(nodes[number as usize].over.iter().map(|n| (*n, Some(number))));
        at += 1;
    }
    let mut sizes = vec![1; nodes.len()];
    for (number, above) in downwards.into_iter().rev() {
        if let Some(above) = above {
            sizes[above as usize] += sizes[number as usize];
        }
    }
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_blob_comes_after_its_base_and_the_largest_branch_last() {
        // 10 is the base of 40 and 20, 20 of 50 and 60; 30 is whole; one is loose, and one is in another pack.
        let places =
            [Some((0, 50)), Some((0, 40)), None, Some((0, 30)), Some((0, 20)), Some((1, 9)), Some((0, 60))];
        let bases = [(40, 10), (20, 10), (50, 20), (60, 20)].map(|(a, b)| ((0, a), (0, b)));
        assert_eq!(order(&places, &bases.into_iter().collect()), [1, 4, 6, 0, 3, 5, 2]);
    }

    proptest! {
        #[test]
        fn every_blob_is_read_once_and_after_its_base(
            bases in prop::collection::vec((0u64..40, 0u64..40), 0..60),
            places in prop::collection::hash_set(0u64..40, 0..40),
            loose in 0usize..3,
            circles in any::<bool>(),
        ) {
            let places: Vec<Option<Place>> =
                places.iter().map(|at| Some((0, *at))).chain(std::iter::repeat_n(None, loose)).collect();
            let bases = bases.into_iter().filter(|(at, base)| circles || base < at);
            let bases: HashMap<Place, Place> = bases.map(|(at, base)| ((0, at), (0, base))).collect();
            let order = order(&places, &bases);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            prop_assert!(sorted.into_iter().eq(0..places.len()));
            let at = |place: &Option<Place>| order.iter().position(|blob| places[*blob] == *place);
            for place in places.iter().flatten().filter(|_| !circles) {
                let base = bases.get(place).and_then(|base| at(&Some(*base)));
                prop_assert!(base.is_none_or(|base| base < at(&Some(*place)).unwrap()));
            }
        }
    }
}
