//! Assessments as record batches.

use std::sync::Arc;

use arrow_array::{BooleanArray, Int64Array, RecordBatch};

use super::TableError;
use super::made::{Lengths, Made, Words, not_understood, texts};
use super::ranked::{bands, counts, decimals, lanes, origins, stages};
use crate::codebook::Codebook;
use crate::explain::Assessment;

/// Assessments by one model, one a row, in the order given; see the table in [`tables`](super). Reasons come largest
/// first, gates in the policy's order, questions most worth asking first.
///
/// # Errors
/// [`TableError::OtherModel`] for assessments by different models, [`TableError::TooMuch`] for too many.
pub fn assessments<'a>(
    codebook: &Codebook,
    assessments: impl IntoIterator<Item = &'a Assessment>,
) -> Result<RecordBatch, TableError> {
    let all: Vec<&Assessment> = assessments.into_iter().collect();
    let of = || all.iter().copied();
    let model = all.first().map(|first| first.triage());
    if let Some(model) = model {
        codebook.require_same("the assessments", model.codebook())?;
        if of().any(|assessment| assessment.triage().fingerprint() != model.fingerprint()) {
            return Err(TableError::OtherModel);
        }
    }
    let mut made = Made::new("assessments", codebook, model, all.len());
    made.add("position", counts(of().map(|assessment| Some(assessment.rank()?.position()))));
    made.add_whole("id", texts(of().map(|assessment| Some(assessment.id())))?);
    made.add_whole("lane", lanes(of().map(Assessment::lane))?);
    made.add_whole("band", bands(of().map(Assessment::band))?);
    made.add_whole(
        "priority",
        counts(of().map(|assessment| usize::try_from(assessment.priority().billionths()).ok())),
    );
    made.add_whole("stage", stages(of().map(Assessment::stage))?);
    made.add_whole("origin", origins(of().map(Assessment::origin))?);
    made.add("scores", scores(&all)?);

    let (mut named, mut answers, mut changes, mut lengths) =
        (Words::default(), Words::default(), Vec::new(), Lengths::default());
    for assessment in of() {
        lengths.push(assessment.reasons().len());
        for reason in assessment.reasons() {
            let item = &codebook[reason.item];
            named.push(Some(&item.id));
            answers.push(Some(item.answer_id(reason.code)));
            changes.push(reason.change);
        }
    }
    let changes = Arc::new(Int64Array::from(changes));
    let columns =
        vec![("item", named.column()?), ("answer", answers.column()?), ("change", changes as _)];
    made.add("reasons", lengths.structs(columns)?);

    let (mut gates, mut effects, mut lengths) =
        (Words::default(), Words::default(), Lengths::default());
    for assessment in of() {
        lengths.push(assessment.gates().count());
        for gate in assessment.gates() {
            gates.push(Some(&gate.id));
            effects.push(Some(&gate.effect.to_string()));
        }
    }
    let columns = vec![("gate", gates.column()?), ("effect", effects.column()?)];
    made.add("gates", lengths.structs(columns)?);

    let (mut questions, mut lengths) = (Words::default(), Lengths::default());
    for assessment in of() {
        lengths.push(assessment.next_questions().len());
        assessment
            .next_questions()
            .iter()
            .for_each(|next| questions.push(Some(&codebook[next.item].id)));
    }
    made.add("next_questions", lengths.lists(questions.column()?)?);
    let unstudied: BooleanArray = of().map(|assessment| Some(assessment.is_unstudied())).collect();
    made.add_whole("is_unstudied", Arc::new(unstudied));
    made.add(
        "not_understood",
        not_understood(of().map(|assessment| assessment.not_understood().to_vec()))?,
    );
    made.batch()
}

/// Each outcome's result, in the instrument's order.
fn scores(all: &[&Assessment]) -> Result<arrow_array::ArrayRef, TableError> {
    let (mut outcomes, mut applies, mut lengths) =
        (Words::default(), Vec::new(), Lengths::default());
    let (mut scores, mut probabilities) = (Vec::new(), Vec::new());
    for assessment in all {
        let parts = assessment.triage().instrument().outcomes();
        lengths.push(parts.len());
        for (position, part) in parts.iter().enumerate() {
            let result = assessment.outcome_at(position);
            outcomes.push(Some(&part.outcome));
            applies.push(result.applies);
            scores.push(result.applies.then(|| i128::from(result.score.steps())));
            let billionths = i128::from(result.probability.billionths());
            probabilities.push(result.applies.then_some(billionths));
        }
    }
    lengths.structs(vec![
        ("outcome", outcomes.column()?),
        ("applies", Arc::new(BooleanArray::from(applies)) as _),
        ("score", decimals(scores.into_iter(), 6)?),
        ("probability", decimals(probabilities.into_iter(), 9)?),
    ])
}
