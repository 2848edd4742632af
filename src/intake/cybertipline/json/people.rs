//! People in the police side's JSON.

use super::super::facts::{AgeGiven, Fact, OtherPerson, Person, ReportFacts};
use super::super::note::{Note, NoteCause};
use super::super::reading::{self, Identifier, Reading, Truth, truth};
use super::super::tree::Tree;
use super::{texts, unknown};
use crate::Timestamp;

pub(super) const PERSON: &[&str] = &[
    "firstName",
    "middleName",
    "lastName",
    "preferredName",
    "gender",
    "preferredPronouns",
    "dateOfBirth",
    "approximateAge",
    "age",
    "physicalDescription",
    "vehicleDescription",
    "vehicleTagNumber",
    "occupation",
    "espService",
    "espUserId",
    "espIdentifier",
    "ipAddress",
    "relationshipToReporter",
    "relationshipToChildVictim",
    "accessToChildVictim",
    "accessToChildren",
    "accessToFirearms",
    "convictedSexOffender",
    "awareOfReport",
    "gangAffiliation",
    "screenName",
    "displayName",
    "displayNames",
    "profileUrl",
    "profileUrls",
    "profileBio",
    "emails",
    "email",
    "phones",
    "phone",
    "addresses",
    "address",
    "additionalContactInformation",
    "languages",
    "races",
    "disabilities",
    "additionalDisabilityInformation",
    "sourceInformation",
    "additionalInformations",
    "additionalInfo",
    "priorCTReports",
    "priorCTReport",
    "priorCyberTipReports",
    "groupIdentifier",
    "compromisedAccount",
    "thirdPartyUserReported",
    "estimatedLocation",
    "associatedAccounts",
    "associatedAccount",
    "deviceIds",
    "deviceId",
    "schoolName",
    "accountTemporarilyDisabled",
    "accountPermanentlyDisabled",
];

/// Keys of an object that stands for one value.
const VALUE: &[&str] = &["value", "verified"];

fn given_age(entry: &Tree<'_>, facts: &mut ReportFacts, reading: &mut Reading<'_>) -> AgeGiven {
    let mut given = AgeGiven::default();
    for value in ["age", "approximateAge"].iter().flat_map(|key| entry.all(key)) {
        for text in value.texts() {
            reading::set_years(&mut given, "age", text, &mut facts.notes);
        }
    }
    for text in entry.all("dateOfBirth").flat_map(Tree::texts) {
        // Of two dates the younger person counts.
        reading::latest(&mut given.born, reading.time("dateOfBirth", text, &mut facts.notes));
    }
    given
}

/// Texts of a list under a key, or of the one value there.
pub(super) fn values<'t>(
    entry: &'t Tree<'_>,
    keys: &[&'static str],
) -> impl Iterator<Item = &'t str> {
    let texts = entry.list(keys, VALUE).into_iter().filter_map(|member| member.text());
    texts.map(str::trim).filter(|text| !text.is_empty())
}

pub(super) fn reported(
    entry: &Tree<'_>,
    platform: &str,
    facts: &mut ReportFacts,
    reading: &mut Reading<'_>,
) -> Person {
    unknown(entry, PERSON, &mut facts.notes, reading);
    let mut person = Person { age: given_age(entry, facts, reading), ..Person::default() };
    for (keys, kind, fact) in [
        (&["emails", "email"][..], Identifier::Mail, Fact::SuspectMail),
        (&["phones", "phone"], Identifier::Phone, Fact::SuspectPhone),
        (&["deviceIds", "deviceId"], Identifier::Device, Fact::SuspectDevice),
    ] {
        for text in values(entry, keys) {
            person.counts.add(fact);
            person.identifiers.extend(reading.identifier(kind, text, ""));
        }
        for verified in entry.list(keys, VALUE).iter().flat_map(|each| each.all("verified")) {
            if truth(verified.text().unwrap_or("")) == Truth::Yes {
                person.counts.add(Fact::SuspectVerified);
            }
        }
    }
    let service =
        entry.get(&["espService"]).and_then(Tree::text).filter(|of| !of.trim().is_empty());
    let service = service.unwrap_or(platform);
    for (keys, kind, fact) in [
        (&["espUserId", "espIdentifier"][..], Identifier::Account, Fact::SuspectAccount),
        (&["screenName"], Identifier::Handle, Fact::SuspectHandle),
    ] {
        for text in values(entry, keys) {
            person.counts.add(fact);
            if !service.is_empty() {
                person.identifiers.extend(reading.identifier(kind, text, service));
            }
        }
    }
    for (keys, fact) in [
        (&["firstName"][..], Fact::SuspectName),
        (&["lastName"], Fact::SuspectName),
        (&["displayName", "displayNames"], Fact::SuspectHandle),
        (&["profileUrl", "profileUrls"], Fact::SuspectHandle),
        (&["groupIdentifier"], Fact::SuspectGroup),
        (&["ipAddress"], Fact::SuspectIp),
    ] {
        values(entry, keys).for_each(|_| person.counts.add(fact));
    }
    if !entry.list(&["addresses", "address"], &[]).is_empty() {
        person.counts.add(Fact::SuspectAddress);
    }
    if entry.get(&["estimatedLocation"]).is_some() {
        person.counts.add(Fact::SuspectLocated);
    }
    for account in entry.list(&["associatedAccounts", "associatedAccount"], PERSON) {
        person.counts.add(Fact::SuspectOtherAccount);
        let of = account.get(&["type", "accountType"]).and_then(Tree::text).unwrap_or("");
        if of.to_ascii_lowercase().starts_with("parent") {
            person.counts.add(Fact::SuspectParentAccount);
        }
    }
    let mut prior: Vec<&str> = ["priorCTReports", "priorCTReport", "priorCyberTipReports"]
        .iter()
        .flat_map(|key| values(entry, std::slice::from_ref(key)))
        .collect();
    prior.sort_unstable();
    prior.dedup();
    person.counts.set(Fact::SuspectPrior, u32::try_from(prior.len()).unwrap_or(u32::MAX));
    for (key, fact) in [
        ("compromisedAccount", Fact::SuspectCompromised),
        ("thirdPartyUserReported", Fact::SuspectThirdParty),
        ("accountTemporarilyDisabled", Fact::SuspectDisabled),
        ("accountPermanentlyDisabled", Fact::SuspectDisabled),
        ("accessToChildVictim", Fact::SuspectAccessVictim),
        ("accessToChildren", Fact::SuspectAccessChildren),
        ("convictedSexOffender", Fact::SuspectConvicted),
        ("awareOfReport", Fact::SuspectTold),
    ] {
        for value in entry.all(key) {
            let text = value.text().unwrap_or("");
            match truth(text) {
                _ if text.trim().is_empty() && !matches!(value, Tree::Map(_)) => {}
                // Words of a reporter stand here too; they are told, and never read into an answer.
                Truth::Unclear => facts.notes.push(Note::new(key, NoteCause::Value)),
                said => reading.flag(fact, said, text, &mut person.counts, &mut facts.notes),
            }
        }
    }
    for word in entry.all("relationshipToChildVictim").filter_map(Tree::text) {
        match relationship(word) {
            Some(fact) => person.counts.add(fact),
            None if word.trim().is_empty() => {}
            None => facts.notes.push(Note::new("relationshipToChildVictim", NoteCause::Value)),
        }
    }
    captures(entry, &mut facts.latest, &mut facts.notes, reading, |capture| {
        person.counts.add(Fact::SuspectIp);
        if capture.get(&["port"]).is_some() {
            person.counts.add(Fact::SuspectPort);
        }
    });
    texts(entry, reading, &mut facts.counts);
    person
}

/// One-word relations to a child.
fn relationship(word: &str) -> Option<Fact> {
    let word: String = word.chars().filter(char::is_ascii_alphabetic).collect();
    let family = [
        "parent",
        "father",
        "mother",
        "stepparent",
        "stepfather",
        "stepmother",
        "guardian",
        "brother",
        "sister",
        "stepbrother",
        "stepsister",
        "sibling",
        "uncle",
        "aunt",
        "cousin",
        "grandparent",
        "grandfather",
        "grandmother",
        "relative",
        "family",
        "familymember",
    ];
    let trusted = ["teacher", "coach", "tutor", "babysitter", "caregiver", "clergy", "doctor"];
    let is = |words: &[&str]| words.iter().any(|known| word.eq_ignore_ascii_case(known));
    if is(&family) {
        Some(Fact::SuspectFamily)
    } else if is(&trusted) {
        Some(Fact::SuspectTrusted)
    } else {
        None
    }
}

pub(super) fn other(
    entry: &Tree<'_>,
    is_victim: bool,
    facts: &mut ReportFacts,
    reading: &mut Reading<'_>,
) {
    unknown(entry, PERSON, &mut facts.notes, reading);
    let naming = [
        "firstName",
        "lastName",
        "emails",
        "email",
        "phones",
        "phone",
        "espUserId",
        "espIdentifier",
        "screenName",
        "schoolName",
        "addresses",
        "address",
    ];
    let is_identified = naming.iter().any(|key| values(entry, &[key]).next().is_some())
        || !entry.list(&["addresses", "address"], &[]).is_empty();
    if is_victim {
        let prior = values(entry, &["priorCTReports", "priorCTReport"]).count();
        let before = facts.counts.of(Fact::VictimPrior);
        let prior = u32::try_from(prior).unwrap_or(u32::MAX);
        facts.counts.set(Fact::VictimPrior, before.saturating_add(prior));
    }
    let age = given_age(entry, facts, reading);
    facts.others.push(OtherPerson { is_victim, is_identified, age });
    texts(entry, reading, &mut facts.counts);
}

/// Times at which an address was captured; the addresses themselves are not kept.
pub(super) fn captures(
    entry: &Tree<'_>,
    latest: &mut Option<Timestamp>,
    notes: &mut Vec<Note>,
    reading: &mut Reading<'_>,
    mut address: impl FnMut(&Tree<'_>),
) {
    let sources = entry.all("sourceInformation");
    for capture in sources.flat_map(|source| source.list(&["sourceCaptures"], &[])) {
        let of = capture.get(&["captureType"]).and_then(Tree::text).unwrap_or("");
        if of.contains("IP") && capture.get(&["value"]).is_some() {
            address(capture);
        }
        if let Some(text) = capture.get(&["dateTime"]).and_then(Tree::text) {
            let time = reading.time("sourceCaptures/dateTime", text, notes);
            reading::latest(latest, time);
        }
    }
}
