//! Do two coders read complaints alike, item by item, and what does it matter where they do not.

use serde::Serialize;

use super::StudyError;
use crate::codebook::Kind;
use crate::complaint::Origin;
use crate::research::evaluate::{
    Because, Confidence, Disagreement, EvaluateError, Figure, NotEstimable, ShareInterval,
    cohen_kappa, krippendorff_alpha_interval, share,
};
use crate::{Backlog, Triage};

/// How two coders agree on one item.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ItemAgreement {
    /// Id of the item.
    pub item: String,
    /// Complaints coded by both.
    pub complaints: usize,
    /// Share with the same answer, *unknown* being one.
    pub same: Figure,
    /// Cohen's kappa over all answers, *unknown* among them.
    pub kappa: Result<Figure, NotEstimable>,
    /// Krippendorff's alpha over the answers that both gave, *unknown* being none: by ranks where answers are ordered. An item
    /// with a low kappa and a high alpha is one that coders leave open unequally often.
    pub alpha: Result<Figure, NotEstimable>,
    /// Complaints where one coder left open what the other answered.
    pub one_unknown: usize,
}

/// What double coding found.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CoderFindings {
    /// Every item, least agreement first: those to reword or to define better.
    pub items: Vec<ItemAgreement>,
    /// Complaints that only one of the two coded; left out.
    pub coded_once: usize,
    /// Share of the first `k` under the first coder's answers that are among the first `k` under the second's.
    pub kept: Figure,
    /// How many come first.
    pub k: usize,
    /// Mean distance between the two positions of a complaint.
    pub mean_move: f64,
    /// The largest distance.
    pub largest_move: usize,
    /// Where the complaints come from; the larger origin of both.
    pub origin: Origin,
}

/// Agreement of two coders on the complaints that both coded, item by item, and what their disagreement does to the
/// order of those complaints. O(complaints × items).
///
/// # Errors
/// [`StudyError::Codebook`] for a backlog of another codebook; [`StudyError::NotEstimable`] where no complaint was coded by
/// both, or `k` is 0.
///
/// ```
/// use caserank::Seed;
/// use caserank::research::evaluate::Confidence;
/// use caserank::research::study::double_coding;
/// use caserank::synthetic::Generator;
/// use caserank::{BacklogBuilder, reference};
/// let triage = reference::published()?;
/// let mut coders = [BacklogBuilder::new(triage.codebook()), BacklogBuilder::new(triage.codebook())];
/// for (number, case) in Generator::new(Seed(3)).cases().take(80).enumerate() {
///     coders[0].push(&case.complaint)?;
///     // The second coder leaves one item open in every third complaint.
///     let mut second = case.complaint.clone();
///     if number % 3 == 0 {
///         second.clear_answer("novel_material");
///     }
///     coders[1].push(&second)?;
/// }
/// let [first, second] = coders.map(BacklogBuilder::freeze);
/// let found = double_coding(&triage, &first, &second, 20, Confidence::P95)?;
/// assert_eq!(found.items[0].item, "novel_material");
/// assert!(found.items.iter().skip(1).all(|own| own.same.value == 1.0));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn double_coding(
    triage: &Triage,
    first: &Backlog,
    second: &Backlog,
    k: usize,
    confidence: Confidence,
) -> Result<CoderFindings, StudyError> {
    let codebook = triage.codebook();
    for backlog in [first, second] {
        codebook.require_same("a coder's backlog", backlog.codebook())?;
    }
    let both: Vec<(usize, usize)> =
        (0..first.len()).filter_map(|row| Some((row, second.row_of(first.id(row))?))).collect();
    if both.is_empty() || k == 0 {
        return Err(NotEstimable { because: Because::Empty }.into());
    }
    let items = codebook.items().iter().enumerate().map(|(position, item)| {
        let answers = |backlog: &Backlog, pick: fn(&(usize, usize)) -> usize| -> Vec<usize> {
            both.iter().map(|pair| usize::from(backlog.code_at(pick(pair), position))).collect()
        };
        let (first_coder, second_coder) =
            (answers(first, |pair| pair.0), answers(second, |pair| pair.1));
        let pairs = || first_coder.iter().zip(&second_coder);
        let same = pairs().filter(|(a, b)| a == b).count() as u64;
        let kappa = cohen_kappa(
            &first_coder,
            &second_coder,
            item.code_count(),
            Disagreement::Any,
            confidence,
        );
        let given = |coder: &[usize]| -> Vec<Option<usize>> {
            coder.iter().map(|code| code.checked_sub(1)).collect()
        };
        let answers = item.code_count().saturating_sub(1);
        let scale = match item.kind {
            Kind::Nominal => Disagreement::Any,
            // An answer that stands aside of the order has no rank in it.
            _ if item.answers.iter().any(|answer| answer.aside) => Disagreement::Any,
            _ => Disagreement::Ranks,
        };
        let both_given = [given(&first_coder), given(&second_coder)];
        let alpha = krippendorff_alpha_interval(&both_given, answers, scale, confidence);
        let alpha = match alpha {
            Ok(alpha) => Ok(alpha),
            Err(EvaluateError::NotEstimable(why)) => Err(why),
            Err(EvaluateError::Input(fault)) => return Err(fault.into()),
        };
        let kappa = match kappa {
            Ok(kappa) => Ok(kappa),
            Err(EvaluateError::NotEstimable(why)) => Err(why),
            Err(EvaluateError::Input(fault)) => return Err(fault.into()),
        };
        Ok(ItemAgreement {
            item: item.id.clone(),
            complaints: both.len(),
            same: share(same, both.len() as u64, confidence, ShareInterval::Wilson)?,
            kappa,
            alpha,
            one_unknown: pairs().filter(|(a, b)| (**a == 0) != (**b == 0)).count(),
        })
    });
    let mut items = items.collect::<Result<Vec<_>, StudyError>>()?;
    items.sort_by(|a, b| a.same.value.total_cmp(&b.same.value).then_with(|| a.item.cmp(&b.item)));
    // Places among the complaints that both coded, from 0.
    let positions =
        |backlog: &Backlog, pick: fn(&(usize, usize)) -> usize| -> Result<Vec<usize>, StudyError> {
            let ranking = triage.rank(backlog)?;
            let positions: Vec<usize> =
                both.iter().filter_map(|pair| ranking.position_of_row(pick(pair))).collect();
            let mut order: Vec<usize> = (0..positions.len()).collect();
            order.sort_by_key(|&at| positions[at]);
            let mut positions = vec![0; order.len()];
            for (position, at) in order.into_iter().enumerate() {
                positions[at] = position;
            }
            Ok(positions)
        };
    let (first_coder, second_coder) =
        (positions(first, |pair| pair.0)?, positions(second, |pair| pair.1)?);
    let k = k.min(both.len());
    let pairs = || first_coder.iter().zip(&second_coder);
    let kept = pairs().filter(|(a, b)| **a < k && **b < k).count() as u64;
    let moved = || pairs().map(|(a, b)| a.abs_diff(*b));
    Ok(CoderFindings {
        items,
        coded_once: first.len() + second.len() - 2 * both.len(),
        kept: share(kept, k as u64, confidence, ShareInterval::Wilson)?,
        k,
        mean_move: moved().sum::<usize>() as f64 / both.len() as f64,
        largest_move: moved().max().unwrap_or(0),
        origin: first.origin().max(second.origin()),
    })
}
