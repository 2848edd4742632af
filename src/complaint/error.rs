//! Why a complaint, or one of its answers, is refused.

use thiserror::Error;

use crate::base::escaped;

/// Why a complaint cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ComplaintError {
    /// A name that is empty or too long.
    #[error("the {what} `{value}` has {bytes} bytes: it must have 1 to {limit}", limit = super::MOST_ID_BYTES, value = escaped(.value))]
    Length {
        /// What is named: `id`, `unit`, `subject`, `bundle`, `deadline kind`.
        what: &'static str,
        /// Its beginning.
        value: String,
        /// How long it is.
        bytes: usize,
    },
    /// A name with letters that cannot be seen.
    #[error(
        "the {what} `{value}` has a control character in it or blanks around it: take them out", value = escaped(.value))]
    Letters {
        /// What is named: `id`, `unit`, `subject`, `bundle`, `deadline kind`.
        what: &'static str,
        /// Its beginning, made safe to show.
        value: String,
    },
    /// A deadline of a kind that is not a plain name.
    #[error("the deadline kind `{name}` is not a plain name: use a-z, 0-9 and `_`", name = escaped(.name))]
    DeadlineKind {
        /// The name as given.
        name: String,
    },
}

/// Why the answers of a complaint do not fit a codebook.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The complaint itself does not hold together.
    #[error("complaint `{complaint}`: {cause}", complaint = escaped(.complaint))]
    Complaint {
        /// Id of the complaint.
        complaint: String,
        /// What is wrong with it.
        cause: ComplaintError,
    },
    /// An item that the codebook does not list.
    #[error("complaint `{complaint}` answers item `{item}`, which the codebook does not list{}", suggestion(.nearest.as_deref()), complaint = escaped(.complaint), item = escaped(.item))]
    UnlistedItem {
        /// Id of the complaint.
        complaint: String,
        /// The item as given.
        item: String,
        /// The listed item with the nearest name.
        nearest: Option<String>,
    },
    /// A value that is not one of the item's answers.
    #[error("complaint `{complaint}` answers item `{item}` with `{value}`, which is not listed: use {listed}{}", suggestion(.nearest.as_deref()), complaint = escaped(.complaint), item = escaped(.item), listed = escaped(.listed), value = escaped(.value))]
    UnlistedAnswer {
        /// Id of the complaint.
        complaint: String,
        /// The item.
        item: String,
        /// The value as given, cut after 80 characters.
        value: String,
        /// The listed answers, or what numbers are taken.
        listed: String,
        /// The listed answer with the nearest name.
        nearest: Option<String>,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!(" (did you mean `{nearest}`?)"))
}
