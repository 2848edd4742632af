//! What the words of a column say about an item, and what they leave open.

use std::collections::BTreeMap;

use super::question::Question;
use super::sample::SampleColumn;
use crate::codebook::{Codebook, Item, Kind};
use crate::intake::headings::folded_word;
use crate::intake::mapping::{ItemDraft, Names};

/// The most words that one question names.
const MOST_ASKED: usize = 20;
/// Words that are usual for *unknown*, besides blank and `unknown`.
const MISSING: [&str; 25] = [
    "?",
    "??",
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "#n/a",
    "n/a",
    "n.a.",
    "na",
    "nan",
    "n/k",
    "nk",
    "nil",
    "none",
    "not known",
    "null",
    "tbc",
    "tbd",
    "unk",
    "unk.",
    "missing",
    "(blank)",
];
/// Words that are usual for *yes* and for *no*. Numbers count only where 0 and 1 are all there is.
const YES: [&str; 4] = ["y", "yes", "true", "t"];
const NO: [&str; 4] = ["n", "no", "false", "f"];
/// Numbers that surveys and case systems write for *unknown*.
const MISSING_NUMBERS: [i64; 10] = [-999, -99, -9, -8, -7, -1, 99, 999, 9_999, 99_999];

/// Whether an item could understand a word, alone or with the words that are usual.
fn understands(item: &Item, word: &str) -> bool {
    let folded = folded_word(word);
    item.code_of_text(word.as_bytes()).is_some()
        || usual_answer(item, &folded).is_some()
        || MISSING.contains(&&*folded)
        || takes_numbers(item) && is_number(word)
}

fn is_number(word: &str) -> bool {
    let marks = |letter: char| letter.is_ascii_digit() || ".,' \u{a0}-".contains(letter);
    word.bytes().any(|byte| byte.is_ascii_digit()) && word.chars().all(marks)
}

fn usual_answer(item: &Item, folded: &str) -> Option<&'static str> {
    let lists = |answer: &str| item.code_of(answer).is_some();
    if lists("yes") && (YES.contains(&folded) || folded == "1") {
        Some("yes")
    } else if lists("no") && (NO.contains(&folded) || folded == "0") {
        Some("no")
    } else {
        None
    }
}

fn takes_numbers(item: &Item) -> bool {
    matches!(item.kind, Kind::Binned { .. })
}

/// Whether the only whole numbers in a column are 0 and 1, which may then be *no* and *yes*.
fn is_binary(column: &SampleColumn) -> bool {
    let counts = |word: &String| word.parse::<i64>().is_ok_and(|number| !(0..=1).contains(&number));
    !column.words.keys().any(counts)
}

/// Whether at least half of what fills a column in could be understood by an item.
pub(super) fn fits(item: &Item, column: &SampleColumn) -> bool {
    let is_binary = is_binary(column);
    let understood = column.words.iter().filter(|(word, _)| {
        understands(item, word) && (is_binary || takes_numbers(item) || !is_number(word))
    });
    let (understood, all): (u64, u64) =
        (understood.map(|(_, count)| count).sum(), column.words.values().sum());
    understood * 2 >= all
}

/// Words for *unknown* that were found in columns of items.
#[derive(Debug, Default)]
pub(super) struct Missing {
    /// Those that are an answer of no item, and may be declared for all.
    pub(super) words: Vec<String>,
    /// All of them, with how many cells hold them, and the columns of those.
    cells: BTreeMap<String, u64>,
    columns: Vec<String>,
}

impl Missing {
    fn add(&mut self, word: &str, count: u64, column: &str) {
        *self.cells.entry(word.to_owned()).or_default() += count;
        if self.columns.last().is_none_or(|last| last != column) {
            self.columns.push(column.to_owned());
        }
    }

    /// What a person should say of them: a cell that says *to be confirmed* is no blank one.
    pub(super) fn question(self) -> Option<Question> {
        let mut words: Vec<(String, u64)> = self.cells.into_iter().collect();
        words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        words.truncate(MOST_ASKED);
        let columns = self.columns;
        (!words.is_empty()).then_some(Question::MissingWords { words, columns })
    }
}

/// The entry of an item that reads a column, with the words that it needs; words for *unknown* that
/// are no answer of any item go to `missing`.
pub(super) fn entry_of(
    item: &Item,
    column: &SampleColumn,
    codebook: &Codebook,
    missing: &mut Missing,
    questions: &mut Vec<Question>,
) -> ItemDraft {
    let mut entry = ItemDraft { from: Names::from(&*column.name), ..ItemDraft::default() };
    let (mut unknown, mut marks, mut numbers) = (BTreeMap::new(), None, Vec::new());
    // A column with a 2 in it does not say that 1 is yes.
    let counts = |word: &String| word.parse::<i64>().is_ok_and(|number| !(0..=1).contains(&number));
    let is_binary = !column.words.keys().any(counts);
    for (word, &count) in &column.words {
        let folded = folded_word(word);
        if takes_numbers(item) && is_number(word) {
            match word.trim().parse::<i64>() {
                Ok(number) if MISSING_NUMBERS.contains(&number) => numbers.push(number),
                Ok(_) => {}
                Err(_) => drop(marks.get_or_insert(word.clone())),
            }
            continue;
        }
        if item.code_of_text(word.as_bytes()).is_some() {
            continue;
        }
        let usual = usual_answer(item, &folded).filter(|_| is_binary || !is_number(word));
        if let Some(answer) = usual {
            entry.words.insert(word.clone(), Some(answer.to_owned()));
        } else if !MISSING.contains(&&*folded) {
            unknown.insert(word.clone(), count);
        } else {
            missing.add(word, count, &column.name);
            // A word that some item lists as an answer is declared where it is none.
            if codebook.items().iter().any(|item| item.code_of(&folded).is_some()) {
                entry.words.insert(word.clone(), None);
            } else if !missing.words.iter().any(|known| folded_word(known) == folded) {
                missing.words.push(word.clone());
            }
        }
    }
    let column = || column.name.clone();
    if let Some(example) = marks {
        questions.push(Question::DecimalsOrThousands { column: column(), example });
    }
    if !numbers.is_empty() {
        numbers.sort_unstable();
        questions.push(Question::MissingNumbers { column: column(), numbers });
    }
    if !unknown.is_empty() {
        let mut words: Vec<(String, u64)> = unknown.into_iter().collect();
        words.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        words.truncate(MOST_ASKED);
        questions.push(Question::UnknownWords {
            column: column(),
            item: item.id.clone(),
            words,
            answers: item.answers.iter().map(|answer| answer.id.clone()).collect(),
        });
    }
    entry
}
