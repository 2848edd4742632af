//! What tells two complaints apart.

use std::io::Write;

use clap::Args;

use super::decisions::Decided;
use super::files::{doubt, model};
use super::near::near_id;
use super::read::{Input, read};
use super::{Failure, Finish, Model};

/// Which two.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    model: Model,
    #[command(flatten)]
    decided: Decided,
    /// Id of a complaint; give it twice.
    #[arg(long = "id", required = true)]
    ids: Vec<String>,
}

/// Compares the first with the second.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let [first, second] = arguments.ids.as_slice() else {
        return Err(Failure::Use(format!(
            "{} ids were given: a comparison takes two, --id A --id B",
            arguments.ids.len()
        )));
    };
    if first == second {
        return Err(Failure::Use(format!("`{first}` was given twice: name two complaints")));
    }
    let triage = model(arguments.model.path())?;
    let intake = read(&arguments.input, &triage)?;
    let finish = intake.tell(out)?;
    let (ranking, decided) = arguments.decided.rank(&triage, intake.backlog(), out)?;
    let finish = finish.and(decided).and(doubt(&triage));
    let find = |id: &str| {
        let near = || near_id(intake.backlog(), id);
        let near = || near().map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
        let told = || Failure::NotDone(format!("`{id}` is not in these files{}", near()));
        ranking.entry(id).ok_or_else(told)
    };
    let (first, second) = (find(first)?.assess(), find(second)?.assess());
    let comparison = caserank::explain::compare(&first, &second)
        .map_err(|cause| Failure::of("comparison", cause))?;
    writeln!(out, "{comparison}")?;
    Ok(finish)
}
