//! How a source is written, as a draft recognised it, in words.

use caserank::intake::{MappingDraft, Separator, SourceForm, SourceKind};

/// What a file shows: its kind and, of a text, what separates fields and how letters are written where that is unusual.
pub(crate) fn words(kind: SourceKind, draft: &MappingDraft) -> String {
    let SourceForm::Table(form) = &draft.source else { return kind.to_string() };
    let separator = match form.separator {
        Separator::Comma => "commas",
        Separator::Semicolon => "semicolons",
        Separator::Tab => "tabs",
        Separator::Bar => "vertical bars",
    };
    format!("{kind}, separated by {separator}, in {}", form.encoding)
}
