//! The same complaints under several models at once, so that their answers are read once.

use ndarray::Array2;

use super::Triage;
use super::engine::{BLOCK, Workspace};
use super::ranking::Ranking;
use crate::backlog::Backlog;
use crate::base::{SHARE, in_order};
use crate::codebook::CodebookError;
use crate::policy::ActiveOverrides;
use crate::rank::{Key, Order};

/// Rows that all models go over in turn: enough to pay for bringing in a model's tables, few
/// enough that their answers stay in the second-level cache.
const TURN: usize = 16 * BLOCK;

// Shares are whole turns.
const _: () = assert!(SHARE.is_multiple_of(TURN));

impl Triage {
    /// Priorities of every complaint under each of several models of one codebook, in billionths
    /// of the index: models × complaints, in the backlog's order. Each row is what that model
    /// gives alone. O(models × n), four bytes each.
    ///
    /// ```
    /// use caserank::{BacklogBuilder, Complaint, Triage};
    /// # let json = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/models/toy.json"));
    /// let triage = Triage::from_json(json)?;
    /// let mut backlog = BacklogBuilder::new(triage.codebook());
    /// backlog.push(&Complaint::new("a", "2026-04-17".parse()?)?)?;
    /// let priorities = Triage::priorities_of(&[&triage, &triage], &backlog.freeze())?;
    /// assert_eq!(priorities.dim(), (2, 1));
    /// assert_eq!(priorities[[0, 0]], priorities[[1, 0]]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] or [`CodebookError::OtherAnswers`] where the backlog is not of
    /// every model's codebook.
    pub fn priorities_of(
        models: &[&Triage],
        backlog: &Backlog,
    ) -> Result<Array2<u32>, CodebookError> {
        let mut priorities = Array2::zeros((models.len(), backlog.len()));
        let outputs = priorities.outer_iter_mut().filter_map(ndarray::ArrayViewMut1::into_slice);
        pass(models, backlog, outputs.collect(), |word| {
            Key::from_word(word).priority().billionths()
        })?;
        Ok(priorities)
    }

    /// Ranks a backlog under each of several models of one codebook, each as [`Triage::rank`]
    /// does alone. O(models × n), eight bytes each: take some dozens of models at a time.
    ///
    /// # Errors
    /// [`CodebookError::OtherCodebook`] or [`CodebookError::OtherAnswers`] where the backlog is not of
    /// every model's codebook.
    pub fn rank_each(models: &[&Triage], backlog: &Backlog) -> Result<Vec<Ranking>, CodebookError> {
        Triage::rank_each_with(models, backlog, &ActiveOverrides::none())
    }

    /// Ranks a backlog under each of several models, each as [`Triage::rank_with`] does alone.
    ///
    /// # Errors
    /// As [`Triage::rank_each`].
    pub fn rank_each_with(
        models: &[&Triage],
        backlog: &Backlog,
        overrides: &ActiveOverrides,
    ) -> Result<Vec<Ranking>, CodebookError> {
        let mut keys: Vec<Vec<u64>> = models.iter().map(|_| vec![0; backlog.len()]).collect();
        pass(models, backlog, keys.iter_mut().map(Vec::as_mut_slice).collect(), |word| word)?;
        let ranked = models.iter().zip(keys).map(|(model, mut keys)| {
            for (row, key) in model.overridden_keys(backlog, overrides) {
                keys[row] = key.word();
            }
            model.ranking(backlog, overrides, Order::of(keys))
        });
        Ok(ranked.collect())
    }
}

/// Goes over the answers once; what `make` makes of a row's key under a model goes to that row's
/// place in the model's part of `out`.
fn pass<T: Send>(
    models: &[&Triage],
    backlog: &Backlog,
    out: Vec<&mut [T]>,
    make: impl Fn(u64) -> T + Sync,
) -> Result<(), CodebookError> {
    for model in models {
        model.codebook().require_of_backlog(backlog.codebook())?;
    }
    if backlog.is_empty() || models.is_empty() {
        return Ok(());
    }
    let width = (backlog.packed().len() / backlog.len()).max(1);
    // Per share of rows, the places of every model.
    let mut outputs: Vec<Vec<&mut [T]>> = Vec::new();
    outputs.resize_with(backlog.len().div_ceil(SHARE), Vec::new);
    for of_model in out {
        for (outputs, share) in outputs.iter_mut().zip(of_model.chunks_mut(SHARE)) {
            outputs.push(share);
        }
    }
    let work = |(share, (packed, outputs)): (usize, (&[u8], Vec<&mut [T]>))| {
        let mut turns: Vec<_> =
            outputs.into_iter().map(|of_model| of_model.chunks_mut(TURN)).collect();
        let (mut space, mut keys) = (Workspace::default(), Vec::new());
        for (turn, packed) in packed.chunks(TURN * width).enumerate() {
            let first = share * SHARE + turn * TURN;
            for (model, turns) in models.iter().zip(&mut turns) {
                let Some(made) = turns.next() else { continue };
                keys.resize(made.len(), 0);
                model.engine().key_rows(packed, first, &mut space, &mut keys);
                for (made, &word) in made.iter_mut().zip(&keys) {
                    *made = make(word);
                }
            }
        }
    };
    in_order(backlog.packed().chunks(SHARE * width).zip(outputs).enumerate(), work);
    Ok(())
}
