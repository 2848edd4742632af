//! Why a codebook is refused.

use semver::Version;
use thiserror::Error;

use super::item::{About, Stage};
use crate::base::text::cut;
use crate::base::{JsonError, escaped};

/// Why a codebook cannot be used. Every variant names the thing, its value and the way out.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CodebookError {
    /// A text that people read, left blank.
    #[error("`{field}` of {place} is blank: write what people should read there", place = escaped(.place))]
    Blank {
        /// The field.
        field: &'static str,
        /// Of what.
        place: String,
    },
    /// The text is not JSON of a codebook's shape.
    #[error("not a codebook: {0}")]
    Json(JsonError),
    /// A format version that this release does not read.
    #[error("codebook format {found} is not read by this release: write format {supported}")]
    Format {
        /// As given.
        found: u32,
        /// The one that is read.
        supported: u32,
    },
    /// A name that is not `snake_case`.
    #[error(
        "{what} `{id}` is not a name: use 1 to {limit} of a-z, 0-9 and `_`, beginning with a letter", id = escaped(.id))]
    Name {
        /// What is named: `codebook`, `item`, `answer`, `outcome`, `source`.
        what: &'static str,
        /// The name as given.
        id: String,
        /// The most characters it may have.
        limit: usize,
    },
    /// The same name twice.
    #[error("{what} `{id}` is listed twice in {place}: give each its own name", id = escaped(.id), place = escaped(.place))]
    Repeated {
        /// What is named.
        what: &'static str,
        /// The name.
        id: String,
        /// Where it stands twice.
        place: String,
    },
    /// An item named as one of the fields that every complaint has.
    #[error("item `{item}` is named as one of a complaint's own fields: give it another name", item = escaped(.item))]
    ReservedItem {
        /// The item.
        item: String,
    },
    /// Nothing is asked, or no outcome is named, or there are too many.
    #[error("the codebook has {found} {what}: it needs 1 to {limit}")]
    Count {
        /// `items` or `outcomes`.
        what: &'static str,
        /// How many were given.
        found: usize,
        /// The most there may be.
        limit: usize,
    },
    /// Too few or too many answers.
    #[error("item `{item}` lists {found} answers: it needs 1 to {limit}", limit = super::MOST_ANSWERS, item = escaped(.item))]
    AnswerCount {
        /// The item.
        item: String,
        /// How many were given.
        found: usize,
    },
    /// An answer named `unknown`.
    #[error("item `{item}` lists the answer `unknown`: leave it out, every item has it as code 0", item = escaped(.item))]
    UnknownListed {
        /// The item.
        item: String,
    },
    /// The absent answer is not one of the listed answers.
    #[error("item `{item}` names `{absent}` as its absent answer, which is not listed", absent = escaped(.absent), item = escaped(.item))]
    AbsentNotListed {
        /// The item.
        item: String,
        /// The name given.
        absent: String,
    },
    /// A found-or-not item without an absent answer.
    #[error(
        "item `{item}` is found_or_not but names no absent answer: name the one that means checked and absent", item = escaped(.item))]
    FoundOrNotWithoutAbsent {
        /// The item.
        item: String,
    },
    /// Bin edges that do not fit.
    #[error(
        "item `{item}` is binned with {edges} edges and {answers} answers: it needs one edge fewer than answers, strictly increasing", item = escaped(.item))]
    Edges {
        /// The item.
        item: String,
        /// How many edges were given.
        edges: usize,
        /// How many answers were given.
        answers: usize,
    },
    /// Plausible numbers that do not fit.
    #[error("item `{item}` states plausible numbers that {fault}", item = escaped(.item))]
    Plausible {
        /// The item.
        item: String,
        /// What is wrong with them.
        fault: &'static str,
    },
    /// A word for *unknown* that cannot be one.
    #[error("item `{item}` declares `{word}` as missing, which {fault}", item = escaped(.item), word = escaped(.word))]
    Missing {
        /// The item.
        item: String,
        /// The word, cut.
        word: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// An answer outside the order of an item that is not ordinal.
    #[error(
        "answer `{answer}` of item `{item}` is marked aside, which only ordinal items can have, after all ordered answers", answer = escaped(.answer), item = escaped(.item))]
    Aside {
        /// The item.
        item: String,
        /// The answer.
        answer: String,
    },
    /// An outcome that the codebook does not list.
    #[error("item `{item}` refers to outcome `{outcome}`, which the codebook does not list", item = escaped(.item), outcome = escaped(.outcome))]
    UnknownOutcome {
        /// The item.
        item: String,
        /// The outcome as given.
        outcome: String,
    },
    /// A direction that makes no sense for the item's kind.
    #[error(
        "item `{item}` gives outcome `{outcome}` a direction that does not fit its kind: {way_out}", item = escaped(.item), outcome = escaped(.outcome))]
    Direction {
        /// The item.
        item: String,
        /// The outcome.
        outcome: String,
        /// What to write instead.
        way_out: &'static str,
    },
    /// A source that the codebook does not list.
    #[error("item `{item}` refers to source `{source_id}`, which the codebook does not list", item = escaped(.item), source_id = escaped(.source_id))]
    UnknownSource {
        /// The item.
        item: String,
        /// The source as given.
        source_id: String,
    },
    /// An item with neither evidence nor a design note, or with a direction resting on nothing.
    #[error(
        "item `{item}` has neither evidence nor a design note: add rows of evidence, or say in `design` why it is there", item = escaped(.item))]
    NoGround {
        /// The item.
        item: String,
    },
    /// An attribute that may not be scored.
    #[error(
        "item `{item}` stands for {attribute} by {place} (`{word}`), which is refused: {reason}; if it means something else, give it a name that says so", item = escaped(.item), place = escaped(.place), word = escaped(.word))]
    Protected {
        /// The item.
        item: String,
        /// The attribute.
        attribute: &'static str,
        /// Why it is refused.
        reason: &'static str,
        /// Where it was seen.
        place: String,
        /// The name that stands for it.
        word: String,
    },
    /// Words that tell of an attribute that may not be scored, and nobody has answered for them.
    #[error(
        "item `{item}` tells of {attribute} in {place} (\"{word}\"): if it is none, declare so on record in its field `declared` (`by`, `on`), else take it out", item = escaped(.item), place = escaped(.place), word = escaped(.word))]
    TellingWord {
        /// The item.
        item: String,
        /// The attribute.
        attribute: &'static str,
        /// Where it was seen.
        place: String,
        /// The words that tell it.
        word: String,
    },
    /// A declaration without a name or a day.
    #[error(
        "item `{item}` has a declaration without a name or a day: give `by`, and `on` as YYYY-MM-DD", item = escaped(.item))]
    Declaration {
        /// The item.
        item: String,
    },
    /// A codebook for studies alone that does not say so in both places.
    #[error(
        "codebook `{id}`: for studies alone its id ends in `{ending}` and its field `study_only` gives `by`, `on` (YYYY-MM-DD) and `purpose`; otherwise neither may stand", id = escaped(.id))]
    StudyOnly {
        /// The id of the codebook.
        id: String,
        /// What such an id ends in.
        ending: &'static str,
    },
    /// A union that is none.
    #[error("union `{id}` must name two or more outcomes of the codebook, each once", id = escaped(.id))]
    Union {
        /// The union.
        id: String,
    },
    /// A row about another outcome that claims to be about this one.
    #[error(
        "item `{item}` has a row from `{source_id}` that studied another outcome and is marked direct: mark it as not direct, and name an outcome that is not its own", item = escaped(.item), source_id = escaped(.source_id))]
    StudiedDirect {
        /// The item.
        item: String,
        /// The source.
        source_id: String,
    },
    /// An item that the codebook does not list.
    #[error("item `{item}` refers to item `{other}`, which the codebook does not list", item = escaped(.item), other = escaped(.other))]
    UnknownItem {
        /// The item.
        item: String,
        /// The item as given.
        other: String,
    },
    /// A victim item that bears on an outcome.
    #[error(
        "item `{item}` is about a {about} and bears on outcome `{outcome}`: such items may act through safeguarding gates only, so take the bearing out", item = escaped(.item), outcome = escaped(.outcome))]
    VictimWeighed {
        /// The item.
        item: String,
        /// Whom it is about.
        about: About,
        /// The outcome.
        outcome: String,
    },
    /// Shares that are not a distribution over the answers.
    #[error(
        "item `{item}` has a prevalence whose shares {fault}: give every answer a share from 0 to 1, adding up to 1", item = escaped(.item))]
    Prevalence {
        /// The item.
        item: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// A published prevalence without its source.
    #[error(
        "item `{item}` has a published prevalence without a source: name the source or mark it as an assumption", item = escaped(.item))]
    PrevalenceWithoutSource {
        /// The item.
        item: String,
    },
    /// An odds ratio that cannot be one.
    #[error(
        "item `{item}` has an odds ratio of {value} from `{source_id}`: it must be above 0 and inside its own interval", item = escaped(.item), source_id = escaped(.source_id))]
    OddsRatio {
        /// The item.
        item: String,
        /// The source.
        source_id: String,
        /// The value as given.
        value: crate::Fixed,
    },
    /// A declaration of deconfliction that fits no item.
    #[error(
        "`deconfliction` names item `{}`{}: name a listed item, with different listed answers for `clear` and at least one for `conflict`",
        crate::base::escaped(.item),
        .answer.as_ref().map_or_else(String::new, |answer| format!(" and its answer `{}`", crate::base::escaped(answer)))
    )]
    Deconfliction {
        /// The item.
        item: String,
        /// The answer that does not fit, where one does not.
        answer: Option<String>,
    },
    /// Zero minutes of effort.
    #[error("item `{item}` of stage {stage} states an effort of 0 minutes: state at least 1", item = escaped(.item))]
    Effort {
        /// The item.
        item: String,
        /// Its stage.
        stage: Stage,
    },
    /// Something made for another codebook.
    #[error(
        "{what} was made for codebook {found}, not for {expected}: load it with its own codebook, or migrate it", what = escaped(.what))]
    OtherCodebook {
        /// What was made for another codebook, such as `the backlog`.
        what: String,
        /// The identity it carries.
        found: Identity,
        /// The identity asked for.
        expected: Identity,
    },
    /// Something of a codebook with the same name but other items, answers, edges or stages.
    #[error(
        "{what} was coded by another codebook of the same name, {codebook}: {difference}, so its codes mean something else; give every change of items or answers a version of its own", what = escaped(.what))]
    OtherAnswers {
        /// What was made for another codebook, such as `the backlog`.
        what: String,
        /// The name.
        codebook: Identity,
        /// The first item that differs.
        difference: super::AnswersDiffer,
    },
}

/// A name with a semantic version: what a codebook or a model is called in files and records.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The name.
    pub id: String,
    /// The semantic version.
    pub version: Version,
}

impl std::fmt::Display for Identity {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} {}", escaped(&self.id), self.version)
    }
}

/// Why a text is not an [`Identity`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{found}` is not a name with its version: write the name, a blank and a semantic version, as in `unit 1.0.0`", found = escaped(.found))]
#[non_exhaustive]
pub struct IdentityError {
    /// The text as given, cut and made safe to show.
    found: String,
}

impl std::str::FromStr for Identity {
    type Err = IdentityError;

    /// Reads what `Display` writes: the name, a blank, the version. A name that shows otherwise than it is written (control
    /// characters) is none.
    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let read = text.rsplit_once(' ').and_then(|(id, version)| {
            let version = version.parse().ok()?;
            let identity = Identity { id: id.to_owned(), version };
            let is_name = !id.is_empty() && id == id.trim() && escaped(id) == id;
            is_name.then_some(identity)
        });
        read.ok_or_else(|| IdentityError { found: cut(text, 60) })
    }
}
