//! What the rows of a study are called.

use serde::{Deserialize, Serialize};

/// The noun for one row and for several: complaints here, patients or cases elsewhere.
///
/// ```
/// use caserank::research::study::Noun;
/// let noun = Noun::new("patient", "patients");
/// assert_eq!(Noun::new("application", "applications").put("A complaint"), "An application");
/// assert_eq!(noun.put("No complaint of 20 complaints. Complaints wait."), "No patient of 20 patients. Patients wait.");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Noun {
    one: String,
    many: String,
}

impl Default for Noun {
    fn default() -> Self {
        Noun::new("complaint", "complaints")
    }
}

impl Noun {
    /// Singular and plural, in lower case unless names.
    #[must_use]
    pub fn new(one: &str, many: &str) -> Self {
        Noun { one: one.to_owned(), many: many.to_owned() }
    }

    /// For one.
    #[must_use]
    pub fn one(&self) -> &str {
        &self.one
    }

    /// For several.
    #[must_use]
    pub fn many(&self) -> &str {
        &self.many
    }

    /// Puts this noun where a text says *complaint* or *complaints*, a capital where there was one, and *an* before it where
    /// it begins with a vowel. Text between backticks
    /// (names and ids) stays.
    #[must_use]
    pub fn put(&self, text: &str) -> String {
        if *self == Noun::default() {
            return text.to_owned();
        }
        let mut put = String::with_capacity(text.len());
        for (number, piece) in text.split('`').enumerate() {
            if number > 0 {
                put.push('`');
            }
            if number % 2 == 1 {
                put.push_str(piece);
            } else {
                self.put_plain(piece, &mut put);
            }
        }
        put
    }

    fn put_plain(&self, text: &str, out: &mut String) {
        let mut rest = text;
        // Where an *a* ends that stands right before the next word.
        let mut article = None;
        while !rest.is_empty() {
            let word = rest.find(|letter: char| !letter.is_alphabetic()).unwrap_or(rest.len());
            let article_end = article.filter(|_| takes_an(&self.one));
            match &rest[..word] {
                "complaint" => {
                    if let Some(end) = article_end {
                        out.insert(end, 'n');
                    }
                    out.push_str(&self.one);
                }
                "complaints" => out.push_str(&self.many),
                "Complaint" => out.push_str(&capital(&self.one)),
                "Complaints" => out.push_str(&capital(&self.many)),
                other => out.push_str(other),
            }
            let was_article = matches!(&rest[..word], "a" | "A");
            rest = &rest[word..];
            let other = rest.find(char::is_alphabetic).unwrap_or(rest.len());
            article = (was_article && &rest[..other] == " ").then_some(out.len());
            out.push_str(&rest[..other]);
            rest = &rest[other..];
        }
    }
}

/// Whether *an* goes before a word: by its first letter, but for a *u* or *eu* that sounds like *you* and a silent *h*.
fn takes_an(word: &str) -> bool {
    let word = word.to_lowercase();
    let you = ["uni", "use", "usu", "uti", "eu"].iter().any(|start| word.starts_with(start));
    let silent = ["hour", "honest", "heir"].iter().any(|start| word.starts_with(start));
    silent || word.starts_with(['a', 'e', 'i', 'o', 'u']) && !you
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
