//! An ordered set that knows the position of every key and shares its nodes between copies.
//!
//! A B+ tree whose branches count the keys below them. Copies are made in constant time; a change
//! to one copies only the nodes on its path, so the others stay as they were.

use std::cmp::Ordering;
use std::sync::Arc;

/// The most keys in a leaf, and children in a branch: small, since shared nodes are copied whole.
const MOST: usize = 48;
/// A node with fewer is joined with a neighbour; well below half, so that a key that comes and
/// goes does not split and join at every turn.
const FEWEST: usize = 8;

#[derive(Debug, Clone)]
enum Node<K> {
    Leaf(Vec<K>),
    Branch(Vec<Child<K>>),
}

#[derive(Debug, Clone)]
struct Child<K> {
    /// The least key below.
    first: K,
    /// How many keys are below.
    count: usize,
    node: Arc<Node<K>>,
}

/// An ordered set with positions. O(log n) to insert, remove, find and count; O(1) to clone.
///
/// A probe compares a key with what is looked for: `Less` for keys before it.
#[derive(Debug, Clone)]
pub(crate) struct Index<K> {
    root: Arc<Node<K>>,
    count: usize,
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Index { root: Arc::new(Node::Leaf(Vec::new())), count: 0 }
    }
}

impl<K: Ord + Clone> Index<K> {
    /// From keys in strictly ascending order. O(n).
    pub(crate) fn from_sorted(keys: Vec<K>) -> Self {
        debug_assert!(keys.is_sorted_by(|before, after| before < after));
        let count = keys.len();
        let mut level: Vec<Child<K>> = pieces(keys)
            .filter_map(|keys| {
                let first = keys.first()?.clone();
                Some(Child { first, count: keys.len(), node: Arc::new(Node::Leaf(keys)) })
            })
            .collect();
        while level.len() > 1 {
            level =
                pieces(level).filter_map(|children| Child::over(Node::Branch(children))).collect();
        }
        match level.pop() {
            Some(child) => Index { root: child.node, count },
            None => Index::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Adds a key; gives back how many are before it, and an equal one that it replaced.
    pub(crate) fn insert(&mut self, key: K) -> (usize, Option<K>) {
        let Inserted { before, replaced, split } = insert(Arc::make_mut(&mut self.root), key);
        if let Some(right) = split {
            let left = std::mem::replace(&mut self.root, Arc::new(Node::Leaf(Vec::new())));
            let count = self.count + 1 - right.count;
            if let Some(first) = left.first().cloned() {
                let children = vec![Child { first, count, node: left }, right];
                self.root = Arc::new(Node::Branch(children));
            }
        }
        self.count += usize::from(replaced.is_none());
        (before, replaced)
    }

    /// Takes out the key that the probe finds equal; gives back how many were before it too.
    pub(crate) fn remove(&mut self, probe: impl Fn(&K) -> Ordering) -> Option<(usize, K)> {
        let removed = remove(Arc::make_mut(&mut self.root), &probe)?;
        self.count -= 1;
        // A branch with one child is a level too many.
        while let Node::Branch(children) = &*self.root {
            let [only] = &**children else { break };
            self.root = Arc::clone(&only.node);
        }
        Some(removed)
    }

    /// The key that the probe finds equal.
    pub(crate) fn get(&self, probe: impl Fn(&K) -> Ordering) -> Option<&K> {
        let mut node = &*self.root;
        loop {
            match node {
                Node::Leaf(keys) => {
                    return keys.binary_search_by(&probe).ok().map(|found| &keys[found]);
                }
                Node::Branch(children) => node = &*children[descend(children, &probe)].node,
            }
        }
    }

    /// How many keys the probe finds `Less`.
    pub(crate) fn count_before(&self, probe: impl Fn(&K) -> Ordering) -> usize {
        let mut before = 0;
        let mut node = &*self.root;
        loop {
            match node {
                Node::Leaf(keys) => {
                    return before + keys.partition_point(|key| probe(key) == Ordering::Less);
                }
                Node::Branch(children) => {
                    let after =
                        children.partition_point(|child| probe(&child.first) == Ordering::Less);
                    let child = after.saturating_sub(1);
                    before += count_of(&children[..child]);
                    node = &*children[child].node;
                }
            }
        }
    }

    /// The key with this many keys before it.
    #[cfg(test)]
    fn at(&self, position: usize) -> Option<&K> {
        self.iter_from(position).next()
    }

    /// Keys in order, from the one with this many keys before it.
    pub(crate) fn iter_from(&self, start: usize) -> Iter<'_, K> {
        let start = start.min(self.count);
        let mut iter = Iter { above: Vec::new(), leaf: [].iter(), left: self.count - start };
        iter.enter(&self.root, start);
        iter
    }
}

/// The child below which the probe's key lies, if it is there.
fn descend<K>(children: &[Child<K>], probe: impl Fn(&K) -> Ordering) -> usize {
    children.partition_point(|child| probe(&child.first) != Ordering::Greater).saturating_sub(1)
}

/// Cuts a list into even pieces that fill nodes.
fn pieces<T>(list: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let parts = list.len().div_ceil(MOST);
    let total = list.len();
    let mut rest = list.into_iter();
    (0..parts).map(move |part| {
        let size = total * (part + 1) / parts - total * part / parts;
        rest.by_ref().take(size).collect()
    })
}

impl<K> Node<K> {
    fn first(&self) -> Option<&K> {
        match self {
            Node::Leaf(keys) => keys.first(),
            Node::Branch(children) => children.first().map(|child| &child.first),
        }
    }

    fn width(&self) -> usize {
        match self {
            Node::Leaf(keys) => keys.len(),
            Node::Branch(children) => children.len(),
        }
    }

    fn count(&self) -> usize {
        match self {
            Node::Leaf(keys) => keys.len(),
            Node::Branch(children) => children.iter().map(|child| child.count).sum(),
        }
    }

    /// Cuts the second half off a node that is too wide.
    fn split(&mut self) -> Option<Node<K>> {
        let width = self.width();
        (width > MOST).then(|| match self {
            Node::Leaf(keys) => Node::Leaf(keys.split_off(width / 2)),
            Node::Branch(children) => Node::Branch(children.split_off(width / 2)),
        })
    }
}

impl<K: Clone> Child<K> {
    fn over(node: Node<K>) -> Option<Self> {
        let first = node.first()?.clone();
        Some(Child { first, count: node.count(), node: Arc::new(node) })
    }
}

struct Inserted<K> {
    before: usize,
    replaced: Option<K>,
    split: Option<Child<K>>,
}

fn count_of<K>(children: &[Child<K>]) -> usize {
    children.iter().map(|child| child.count).sum()
}

fn insert<K: Ord + Clone>(node: &mut Node<K>, key: K) -> Inserted<K> {
    let (before, replaced) = match node {
        Node::Leaf(keys) => match keys.binary_search(&key) {
            Ok(slot) => (slot, Some(std::mem::replace(&mut keys[slot], key))),
            Err(slot) => {
                keys.insert(slot, key);
                (slot, None)
            }
        },
        Node::Branch(children) => {
            let slot = descend(children, |first| first.cmp(&key));
            let before = count_of(&children[..slot]);
            let child = &mut children[slot];
            if key <= child.first {
                child.first = key.clone();
            }
            let below = insert(Arc::make_mut(&mut child.node), key);
            child.count += usize::from(below.replaced.is_none());
            if let Some(right) = below.split {
                child.count -= right.count;
                children.insert(slot + 1, right);
            }
            (before + below.before, below.replaced)
        }
    };
    Inserted { before, replaced, split: node.split().and_then(Child::over) }
}

fn remove<K: Clone>(node: &mut Node<K>, probe: &impl Fn(&K) -> Ordering) -> Option<(usize, K)> {
    match node {
        Node::Leaf(keys) => {
            let slot = keys.binary_search_by(probe).ok()?;
            Some((slot, keys.remove(slot)))
        }
        Node::Branch(children) => {
            let slot = descend(children, probe);
            let before = count_of(&children[..slot]);
            let child = &mut children[slot];
            let (below, removed) = remove(Arc::make_mut(&mut child.node), probe)?;
            child.count -= 1;
            match child.node.first() {
                // Kept exact, so that a key that was removed is not held on to.
                Some(first) if probe(&child.first) == Ordering::Equal => {
                    child.first = first.clone();
                }
                Some(_) => {}
                None => {
                    children.remove(slot);
                    return Some((before + below, removed));
                }
            }
            if child.node.width() < FEWEST && children.len() > 1 {
                join(children, slot.min(children.len() - 2));
            }
            Some((before + below, removed))
        }
    }
}

/// Joins a child with the next, and cuts them evenly where they do not fit in one node.
fn join<K: Clone>(children: &mut Vec<Child<K>>, slot: usize) {
    let right = children.remove(slot + 1);
    let left = &mut children[slot];
    let both = match (Arc::make_mut(&mut left.node), Arc::unwrap_or_clone(right.node)) {
        (Node::Leaf(keys), Node::Leaf(more)) => {
            keys.extend(more);
            true
        }
        (Node::Branch(below), Node::Branch(more)) => {
            below.extend(more);
            true
        }
        // All leaves are at one depth, so neighbours are of one kind.
        _ => false,
    };
    debug_assert!(both);
    left.count += right.count;
    let split = Arc::make_mut(&mut left.node).split().and_then(Child::over);
    if let Some(right) = split {
        left.count -= right.count;
        children.insert(slot + 1, right);
    }
}

/// Keys in order; see [`Index::iter_from`].
#[derive(Debug, Clone)]
pub(crate) struct Iter<'a, K> {
    above: Vec<std::slice::Iter<'a, Child<K>>>,
    leaf: std::slice::Iter<'a, K>,
    left: usize,
}

impl<'a, K> Iter<'a, K> {
    /// Goes down to the leaf that holds the key with `skip` keys of this node before it.
    fn enter(&mut self, mut node: &'a Node<K>, mut skip: usize) {
        loop {
            match node {
                Node::Leaf(keys) => {
                    self.leaf = keys.get(skip..).unwrap_or_default().iter();
                    return;
                }
                Node::Branch(children) => {
                    let mut rest = children.iter();
                    let below = rest.find(|child| {
                        let inside = skip < child.count;
                        skip -= if inside { 0 } else { child.count };
                        inside
                    });
                    self.above.push(rest);
                    match below {
                        Some(child) => node = &child.node,
                        None => return,
                    }
                }
            }
        }
    }
}

impl<'a, K> Iterator for Iter<'a, K> {
    type Item = &'a K;

    fn next(&mut self) -> Option<&'a K> {
        loop {
            if let Some(key) = self.leaf.next() {
                self.left -= 1;
                return Some(key);
            }
            let child = loop {
                match self.above.last_mut()?.next() {
                    Some(child) => break child,
                    None => {
                        self.above.pop();
                    }
                }
            };
            self.enter(&child.node, 0);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K> ExactSizeIterator for Iter<'_, K> {}

#[cfg(test)]
mod tests;
