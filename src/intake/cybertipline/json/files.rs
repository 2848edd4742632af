//! Files in the police side's JSON, with the clearing house's own tags.

use super::super::facts::{Fact, FileFacts};
use super::super::note::{Note, NoteCause};
use super::super::reading::{self, Identifier, Reading};
use super::super::tree::Tree;
use super::people::{captures, values};
use super::{each_flag, said, unknown};

pub(super) const FILE: &[&str] = &[
    "filename",
    "fileName",
    "originalFilename",
    "originalFileName",
    "industryClassification",
    "viewedByEsp",
    "fileViewedByEsp",
    "exifViewedByEsp",
    "verificationHash",
    "originalFileHash",
    "originalFileHashes",
    "ncmecTags",
    "fileAnnotations",
    "sourceInformation",
    "espMetadata",
    "additionalInformations",
    "additionalInfo",
    "submittalId",
    "fileId",
    "id",
    "fileRelevance",
    "publiclyAvailable",
    "potentialMeme",
    "uploadedToEspTimestamp",
    "locationOfFile",
];

pub(super) fn file(entry: &Tree<'_>, reading: &mut Reading<'_>) -> FileFacts {
    let mut file = FileFacts::default();
    unknown(entry, FILE, &mut file.notes, reading);
    let id = entry.get(&["fileId", "submittalId", "id"]).and_then(Tree::text);
    file.file = id.map(|id| id.trim().to_ascii_lowercase()).filter(|id| !id.is_empty());
    for (keys, fact) in [
        (&["viewedByEsp", "fileViewedByEsp"][..], Fact::FileViewed),
        (&["publiclyAvailable"], Fact::FilePublic),
        (&["potentialMeme"], Fact::FileMeme),
    ] {
        for value in keys.iter().flat_map(|key| entry.all(key)) {
            let (said, text) = said(value);
            reading.flag(fact, said, text, &mut file.provider, &mut file.notes);
        }
    }
    for text in entry.all("industryClassification").flat_map(Tree::texts) {
        match reading::classification(text) {
            Some(class) => file.provider.add(class),
            None if text.trim().is_empty() => {}
            None => {
                file.notes.push(Note::showing("industryClassification", text, NoteCause::Value));
            }
        }
    }
    let relevance = entry.get(&["fileRelevance"]).and_then(Tree::text).unwrap_or("");
    if relevance.trim().to_ascii_lowercase().starts_with("supplemental") {
        file.provider.add(Fact::FileSupplemental);
    }
    for annotations in entry.all("fileAnnotations") {
        each_flag(annotations, |name, said, text| match reading::file_flag(name) {
            Some(fact) => {
                reading.flag(fact, said, text, &mut file.provider, &mut file.notes);
            }
            None => reading.unknown_flag(name, said, &mut file.notes),
        });
    }
    for group in entry.list(&["ncmecTags"], &["tags"]) {
        for tag in values(group, &["tags"]) {
            file.clearinghouse.add(Fact::FileTagged);
            match tag_fact(tag) {
                Some(fact) => file.clearinghouse.add(fact),
                None => reading.totals.unknown_tags.add_words(tag, reading.limits.names),
            }
        }
    }
    for hash in values(entry, &["verificationHash"])
        .chain(values(entry, &["originalFileHashes", "originalFileHash"]))
    {
        file.provider.add(Fact::FileHashed);
        file.hashes.extend(reading.identifier(Identifier::Hash, hash, ""));
    }
    if let Some(text) = entry.get(&["uploadedToEspTimestamp"]).and_then(Tree::text) {
        let time = reading.time("uploadedToEspTimestamp", text, &mut file.notes);
        reading::latest(&mut file.latest, time);
    }
    captures(entry, &mut file.latest, &mut file.notes, reading, |_| {});
    reading::closed(file)
}

/// Tags of the clearing house that say in so many words what a sender's flag says. The list of its
/// tags is not public; others are counted by name.
fn tag_fact(tag: &str) -> Option<Fact> {
    let plain: String = tag.chars().filter(char::is_ascii_alphanumeric).collect();
    Some(match plain.to_ascii_lowercase().as_str() {
        "viral" => Fact::FileViral,
        "meme" | "potentialmeme" => Fact::FileMeme,
        "infant" | "infanttoddler" => Fact::FileInfant,
        "generativeai" | "aigenerated" => Fact::FileGenerated,
        "selfproduction" | "possibleselfproduction" | "selfproduced" => Fact::FileSelfProduced,
        "physicalharm" => Fact::FilePhysicalHarm,
        "violencegore" => Fact::FileViolence,
        "bestiality" => Fact::FileBestiality,
        "livestreaming" => Fact::FileLiveStreaming,
        "animedrawingvirtualhentai" => Fact::FileDrawing,
        "a1" => Fact::FileA1,
        "a2" => Fact::FileA2,
        "b1" => Fact::FileB1,
        "b2" => Fact::FileB2,
        _ => return None,
    })
}
