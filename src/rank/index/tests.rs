use std::collections::BTreeSet;

use super::*;
use crate::base::Seed;

/// Checks counts, first keys, widths and depth everywhere.
fn check<K: Ord + Clone + std::fmt::Debug>(index: &Index<K>) {
    fn depth<K: Ord + std::fmt::Debug>(node: &Node<K>) -> usize {
        assert!(node.width() <= MOST);
        match node {
            Node::Leaf(keys) => {
                assert!(keys.is_sorted_by(|before, after| before < after));
                0
            }
            Node::Branch(children) => {
                let depths: BTreeSet<usize> =
                    children.iter().map(|child| depth(&child.node)).collect();
                assert_eq!(depths.len(), 1);
                for child in children {
                    assert_eq!(child.node.first(), Some(&child.first));
                    assert_eq!(child.node.count(), child.count);
                }
                depths.first().map_or(0, |depth| depth + 1)
            }
        }
    }
    depth(&index.root);
    assert_eq!(index.root.count(), index.len());
}

#[test]
fn equals_a_sorted_list_after_any_history() {
    for (seed, keys, steps) in [(1, 40, 4_000), (2, 500, 12_000), (3, 5_000, 40_000)] {
        let mut stream = Seed(seed).stream(0);
        let mut index = Index::default();
        let mut expected = BTreeSet::new();
        for step in 0..steps {
            // Long runs of growth and of shrinking reach every split and join.
            let grow = if step / (steps / 4) % 2 == 0 { 0.8 } else { 0.2 };
            let key = stream.below(keys);
            if stream.chance(grow) {
                let before = expected.range(..key).count();
                let replaced = (!expected.insert(key)).then_some(key);
                assert_eq!(index.insert(key), (before, replaced));
            } else {
                let removed = index.remove(|probe| probe.cmp(&key));
                let before = expected.range(..key).count();
                assert_eq!(removed, expected.take(&key).map(|key| (before, key)));
            }
            if step % 97 == 0 {
                check(&index);
                assert!(index.iter_from(0).eq(expected.iter()));
                let position = stream.below(expected.len() as u64 + 2) as usize;
                assert_eq!(index.at(position), expected.iter().nth(position));
                assert_eq!(
                    index.iter_from(position).len(),
                    expected.len().saturating_sub(position)
                );
                let before = index.count_before(|probe| probe.cmp(&key));
                assert_eq!(before, expected.range(..key).count());
                assert_eq!(index.get(|probe| probe.cmp(&key)), expected.get(&key));
            }
        }
        let drained: Vec<u64> = expected.iter().copied().collect();
        for key in drained {
            assert_eq!(index.remove(|probe| probe.cmp(&key)), Some((0, key)));
        }
        assert_eq!((index.len(), index.iter_from(0).count()), (0, 0));
    }
}

#[test]
fn copies_stay_as_they_were() {
    let mut stream = Seed(4).stream(0);
    let mut index = Index::from_sorted((0..3_000_u64).map(|key| key * 2).collect());
    let mut copies: Vec<(Index<u64>, Vec<u64>)> = Vec::new();
    for step in 0..4_000 {
        if step % 400 == 0 {
            copies.push((index.clone(), index.iter_from(0).copied().collect()));
        }
        let key = stream.below(6_000);
        if stream.chance(0.4) {
            index.insert(key);
        } else {
            index.remove(|probe| probe.cmp(&key));
        }
    }
    for (copy, keys) in &copies {
        check(copy);
        assert!(copy.iter_from(0).eq(keys));
    }
}

#[test]
fn any_length_is_built_from_sorted_keys() {
    for length in (0..200).chain([1_023, 1_024, 1_025, 40_000]) {
        let index = Index::from_sorted((0..length).collect::<Vec<u32>>());
        check(&index);
        assert!(index.iter_from(0).copied().eq(0..length), "{length}");
    }
}

/// Full nodes beside one that has become too small: joined, they do not fit, and are cut again.
#[test]
fn a_small_node_joins_a_full_neighbour_and_is_cut_again() {
    const KEYS: u32 = 3 * (MOST * MOST) as u32;
    // The first leaf, one in the middle, and the last of its branch; then most of a branch.
    for (first, count) in
        [(0, 60), (48 * 20, 60), (48 * 47, 47), (KEYS - 48, 48), (48 * 48, 48 * 43), (0, 48 * 44)]
    {
        let mut index = Index::from_sorted((0..KEYS).collect::<Vec<u32>>());
        let mut expected: BTreeSet<u32> = (0..KEYS).collect();
        for key in first..first + count {
            assert_eq!(index.remove(|probe| probe.cmp(&key)), Some((first as usize, key)));
            expected.remove(&key);
            if (key - first) % 48 >= 38 {
                check(&index);
            }
        }
        check(&index);
        assert!(index.iter_from(0).eq(&expected), "from {first}");
        for key in first..first + count {
            assert_eq!(index.insert(key), (key as usize, None));
        }
        check(&index);
        assert!(index.iter_from(0).copied().eq(0..KEYS), "from {first}");
    }
}

#[test]
fn the_length_counts_down_with_every_key() {
    let index = Index::from_sorted((0..500_u32).collect::<Vec<u32>>());
    let mut iter = index.iter_from(100);
    for left in (0..400).rev() {
        assert!(iter.next().is_some());
        assert_eq!((iter.len(), iter.size_hint()), (left, (left, Some(left))));
    }
    assert_eq!((iter.next(), iter.len()), (None, 0));
}
