//! Work spread over the caller's threads, with results in the order of the work.

/// Rows of a backlog in a share of the work: whole blocks of every loop over packed rows.
pub(crate) const SHARE: usize = 1 << 14;

/// How many threads [`in_order`] would use; for choices that change the speed of a result and nothing else.
#[cfg(feature = "parallel")]
pub(crate) fn threads() -> usize {
    rayon::current_num_threads()
}

/// How many threads [`in_order`] would use; for choices that change the speed of a result and nothing else.
#[cfg(not(feature = "parallel"))]
pub(crate) fn threads() -> usize {
    1
}

/// Runs `job` for each item, such as a share of rows with what is written about them, on the caller's
/// threads where there are several; results in item order.
///
/// Joining the results in that order gives the same bits for any number of threads.
#[cfg(feature = "parallel")]
pub(crate) fn in_order<I: Send, T: Send>(
    items: impl IntoIterator<Item = I>,
    job: impl Fn(I) -> T + Sync,
) -> Vec<T> {
    use rayon::prelude::*;
    let items: Vec<I> = items.into_iter().collect();
    if items.len() < 2 || threads() < 2 {
        return items.into_iter().map(job).collect();
    }
    items.into_par_iter().map(&job).collect()
}

/// Runs `job` for each item; results in item order.
#[cfg(not(feature = "parallel"))]
pub(crate) fn in_order<I: Send, T: Send>(
    items: impl IntoIterator<Item = I>,
    job: impl Fn(I) -> T + Sync,
) -> Vec<T> {
    items.into_iter().map(job).collect()
}

/// Two things at once, where several threads are allowed.
pub(crate) fn both<A: Send, B: Send>(
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    #[cfg(feature = "parallel")]
    if threads() > 1 {
        return rayon::join(first, second);
    }
    (first(), second())
}

/// Two things at once, where several threads are allowed: `aside` on others, `here` on this one, which need not be left by what
/// it works with.
pub(crate) fn beside<A: Send + Default, B>(
    aside: impl FnOnce() -> A + Send,
    here: impl FnOnce() -> B,
) -> (A, B) {
    #[cfg(feature = "parallel")]
    if threads() > 1 {
        let mut from_aside = A::default();
        let from_here = rayon::in_place_scope(|scope| {
            scope.spawn(|_| from_aside = aside());
            here()
        });
        return (from_aside, from_here);
    }
    (aside(), here())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_their_items() {
        assert_eq!(both(|| 1, || "two"), (1, "two"));
        let stays_here = std::rc::Rc::new("two");
        assert_eq!(beside(|| 1, || *stays_here), (1, "two"));
        let squares = in_order(0..1_000usize, |n| n * n);
        assert!(squares.iter().enumerate().all(|(n, square)| *square == n * n));
    }
}
