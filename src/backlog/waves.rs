//! Working on the blocks of a file while the next ones are read and the ones before are added.

/// Works on pieces as they come, on several at once where that is allowed, and takes the results
/// in order. `next` is given a piece that is done with, or a blank one, to use its memory.
///
/// The calling thread alone runs `next` and `take`, while others work; then it works with them.
pub(crate) fn in_waves<P: Default + Send + Sync, T: Send>(
    mut next: impl FnMut(P) -> Option<P>,
    work: impl Fn(&P) -> T + Sync,
    mut take: impl FnMut(T),
) {
    #[cfg(feature = "parallel")]
    if rayon::current_num_threads() > 1 {
        at_once(next, work, take);
        return;
    }
    let mut spare = P::default();
    while let Some(piece) = next(spare) {
        take(work(&piece));
        spare = piece;
    }
}

#[cfg(feature = "parallel")]
fn at_once<P: Default + Send + Sync, T: Send>(
    mut next: impl FnMut(P) -> Option<P>,
    work: impl Fn(&P) -> T + Sync,
    mut take: impl FnMut(T),
) {
    // A few pieces for each thread, so that none waits long for the last of a wave.
    let most = 4 * rayon::current_num_threads();
    let mut spare: Vec<P> = Vec::new();
    let mut gather = |spare: &mut Vec<P>| {
        let pieces = std::iter::from_fn(|| next(spare.pop().unwrap_or_default()));
        pieces.take(most).collect::<Vec<P>>()
    };
    let mut wave = gather(&mut spare);
    let mut done: Vec<T> = Vec::new();
    while !wave.is_empty() {
        let mut results: Vec<Option<T>> = wave.iter().map(|_| None).collect();
        let mut following = Vec::new();
        rayon::in_place_scope(|scope| {
            for (piece, result) in wave.iter().zip(&mut results) {
                let work = &work;
                scope.spawn(move |_| *result = Some(work(piece)));
            }
            following = gather(&mut spare);
            done.drain(..).for_each(&mut take);
        });
        done.extend(results.into_iter().flatten());
        spare.append(&mut wave);
        wave = following;
    }
    done.into_iter().for_each(take);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_waves_of(pieces: u32) {
        let (mut given, mut taken, mut reused) = (0, Vec::new(), 0);
        let next = |spare: Vec<u32>| {
            reused += usize::from(!spare.is_empty());
            given += 1;
            (given <= pieces).then(|| vec![given])
        };
        in_waves(next, |piece| piece[0] * 2, |double| taken.push(double));
        assert_eq!(taken, (1..=pieces).map(|piece| 2 * piece).collect::<Vec<_>>());
        assert!(reused <= pieces as usize && (pieces < 500 || reused > 0));
    }

    #[test]
    fn results_come_in_order() {
        for pieces in [0, 1, 3, 500] {
            in_waves_of(pieces);
            #[cfg(feature = "parallel")]
            for threads in [1, 2, 8] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                pool.install(|| in_waves_of(pieces));
            }
        }
    }
}
