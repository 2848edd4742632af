//! A file of texts to translate, and what in one is not translated yet.

use std::io::Write;
use std::path::{Path, PathBuf};

use caserank::Triage;
use caserank::explain::{Language, Languages};
use clap::Args;

use super::files::{model, shown, text_of, write_whole};
use super::{Failure, Finish, Model};

/// Which language of which model.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Code of the language, such as `fr`.
    language: String,
    #[command(flatten)]
    model: Model,
    /// The file to write; it must not be there yet. Without it the texts are shown.
    #[arg(long, conflicts_with = "check")]
    out: Option<PathBuf>,
    /// A file of texts: lists what of it is not translated yet.
    #[arg(long)]
    check: Option<PathBuf>,
}

/// A language from a file of texts; without a code, the only one in it.
pub(crate) fn language(path: &Path, code: Option<&str>) -> Result<Language, Failure> {
    let text = text_of(path)?;
    let languages = Languages::from_json(&text).map_err(|cause| Failure::of(shown(path), cause))?;
    let codes: Vec<&str> = languages.codes().collect();
    let chosen = match (code, &*codes) {
        (Some(code), _) => code,
        (None, [only]) => only,
        (None, _) => {
            let message = format!(
                "{} holds several languages: name one by --language, of {}",
                shown(path),
                codes.join(", ")
            );
            return Err(Failure::Use(message));
        }
    };
    languages.get(chosen).cloned().ok_or_else(|| {
        let message = format!(
            "{} does not hold the language `{chosen}`, but {}",
            shown(path),
            if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
        );
        Failure::Use(message)
    })
}

/// Writes a file to translate, or lists what is left to do.
pub(crate) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Finish, Failure> {
    let triage = model(arguments.model.path())?;
    match &arguments.check {
        Some(path) => check(&language(path, Some(&arguments.language))?, &triage, out),
        None => write(arguments, &triage, out),
    }
}

fn check(language: &Language, triage: &Triage, out: &mut impl Write) -> Result<Finish, Failure> {
    let left = language.untranslated(triage);
    let (code, model) = (language.code(), triage.identity());
    writeln!(out, "{code}, {model}: {} texts are not translated", left.len())?;
    for path in &left {
        writeln!(out, "  {path}")?;
    }
    Ok(if left.is_empty() { Finish::Clean } else { Finish::NeedsPerson })
}

fn write(arguments: &Arguments, triage: &Triage, out: &mut impl Write) -> Result<Finish, Failure> {
    let texts = Languages::skeleton(triage, &arguments.language);
    // It would not load under a code that is none.
    Languages::from_json(&texts).map_err(|cause| Failure::Use(cause.to_string()))?;
    match &arguments.out {
        Some(path) if path.exists() => {
            let message = format!("{} is there already: give another name", shown(path));
            Err(Failure::Use(message))
        }
        Some(path) => {
            write_whole(path, &[], |file| file.write_all(texts.as_bytes()))?;
            writeln!(
                out,
                "{}: every text in English, to be translated. A key that you leave out is said in English between brackets; `desk translate {} --check` lists those.",
                shown(path),
                arguments.language
            )?;
            Ok(Finish::Clean)
        }
        None => {
            write!(out, "{texts}")?;
            Ok(Finish::Clean)
        }
    }
}
