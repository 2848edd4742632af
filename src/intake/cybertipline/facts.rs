//! What a report can say that matters here: a closed list of facts, counted.

use serde::{Deserialize, Deserializer, de};

use super::note::{Note, NoteCause};
use crate::Timestamp;
use crate::intake::KeyedDigest;

macro_rules! facts {
    ($($variant:ident $name:literal $field:literal,)+) => {
        /// Something that a report says by having a field. Facts about files are kept in one word
        /// of bits a file, so there are at most 64 of them, first in the list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Fact { $($variant),+ }

        const NAMES: &[(&str, &str, Fact)] = &[$(($name, $field, Fact::$variant)),+];
    };
}

facts! {
    FileReported "file.reported" "fileDetails",
    FileSupplemental "file.supplemental" "fileRelevance",
    FileViewed "file.viewed" "fileViewedByEsp",
    FilePublic "file.public" "publiclyAvailable",
    FileA1 "file.class_a1" "industryClassification",
    FileA2 "file.class_a2" "industryClassification",
    FileB1 "file.class_b1" "industryClassification",
    FileB2 "file.class_b2" "industryClassification",
    FileDrawing "file.drawing" "fileAnnotations/animeDrawingVirtualHentai",
    FileMeme "file.meme" "fileAnnotations/potentialMeme",
    FileViral "file.viral" "fileAnnotations/viral",
    FileViralOrMeme "file.viral_or_meme" "fileAnnotations/viral",
    FileSelfProduced "file.self_produced" "fileAnnotations/possibleSelfProduction",
    FilePhysicalHarm "file.physical_harm" "fileAnnotations/physicalHarm",
    FileViolence "file.violence" "fileAnnotations/violenceGore",
    FileBestiality "file.animal" "fileAnnotations/bestiality",
    FileLiveStreaming "file.streamed_when_uploaded" "fileAnnotations/liveStreaming",
    FileInfant "file.infant" "fileAnnotations/infant",
    FileGenerated "file.generated" "fileAnnotations/generativeAi",
    FileHashed "file.hashed" "originalFileHash",
    FileExif "file.exif" "details",
    FileTagged "file.tagged" "ncmecTags",
    TypeMaterial "type.material" "incidentType",
    TypeTrafficking "type.trafficking" "incidentType",
    TypeTourism "type.tourism" "incidentType",
    TypeMolestation "type.molestation" "incidentType",
    TypeDomain "type.misleading_domain" "incidentType",
    TypeWords "type.misleading_words" "incidentType",
    TypeEnticement "type.enticement" "incidentType",
    TypeObscene "type.obscene_to_child" "incidentType",
    HighPriority "report.high_priority" "incidentSummary/escalateToHighPriority",
    TopPriority "report.top_priority" "priority",
    Sextortion "report.sextortion" "reportAnnotations/sextortion",
    Solicitation "report.solicitation" "reportAnnotations/csamSolicitation",
    MinorToMinor "report.minor_to_minor" "reportAnnotations/minorToMinorInteraction",
    Spam "report.spam" "reportAnnotations/spam",
    Sadistic "report.sadistic_exploitation" "reportAnnotations/sadisticOnlineExploitation",
    Informational "report.informational" "reportAnnotations/informational",
    BatchedViral "report.batched_viral" "batchedReport",
    ThirdPartyHosted "report.third_party_hosted" "webPageIncident",
    ChannelWeb "channel.web" "webPageIncident",
    ChannelMail "channel.mail" "emailIncident",
    ChannelNews "channel.newsgroup" "newsgroupIncident",
    ChannelChat "channel.chat" "chatImIncident",
    ChannelGame "channel.game" "onlineGamingIncident",
    ChannelPhone "channel.phone" "cellPhoneIncident",
    ChannelOffline "channel.offline" "nonInternetIncident",
    ChannelPeer "channel.peer_to_peer" "peer2peerIncident",
    PoliceReported "police.reported" "lawEnforcement/reportedToLe",
    PoliceServed "police.served_process" "lawEnforcement/servedLegalProcessDomestic",
    PoliceServedAbroad "police.served_process_abroad" "lawEnforcement/servedLegalProcessInternational",
    Text "text.present" "additionalInfo",
    SuspectName "suspect.name" "personOrUserReportedPerson",
    SuspectPhone "suspect.phone" "personOrUserReportedPerson/phone",
    SuspectMail "suspect.mail" "personOrUserReportedPerson/email",
    SuspectVerified "suspect.verified_contact" "personOrUserReportedPerson/email@verified",
    SuspectAddress "suspect.address" "personOrUserReportedPerson/address",
    SuspectHandle "suspect.handle" "personOrUserReported/screenName",
    SuspectAccount "suspect.account" "personOrUserReported/espIdentifier",
    SuspectIp "suspect.ip" "personOrUserReported/ipCaptureEvent",
    SuspectProxy "suspect.ip_by_proxy" "personOrUserReported/ipCaptureEvent/possibleProxy",
    SuspectPort "suspect.ip_with_port" "personOrUserReported/ipCaptureEvent/port",
    SuspectDevice "suspect.device" "personOrUserReported/deviceId",
    SuspectPrior "suspect.prior_reports" "personOrUserReported/priorCTReports",
    SuspectGroup "suspect.group" "personOrUserReported/groupIdentifier",
    SuspectCompromised "suspect.compromised" "personOrUserReported/compromisedAccount",
    SuspectThirdParty "suspect.third_party" "personOrUserReported/thirdPartyUserReported",
    SuspectDisabled "suspect.account_disabled" "personOrUserReported/accountPermanentlyDisabled",
    SuspectTold "suspect.told" "personOrUserReported/accountPermanentlyDisabled@userNotified",
    SuspectLocated "suspect.located" "personOrUserReported/estimatedLocation",
    SuspectOtherAccount "suspect.other_account" "personOrUserReported/associatedAccount",
    SuspectParentAccount "suspect.parent_account" "personOrUserReported/associatedAccount@type",
    SuspectBelow18 "suspect.below_18" "personOrUserReportedPerson/age",
    SuspectAccessVictim "suspect.access_to_victim" "accessToChildVictim",
    SuspectAccessChildren "suspect.access_to_children" "accessToChildren",
    SuspectConvicted "suspect.convicted" "convictedSexOffender",
    SuspectFamily "suspect.family_of_child" "relationshipToChildVictim",
    SuspectTrusted "suspect.in_trust_of_child" "relationshipToChildVictim",
    VictimPresent "victim.present" "victim",
    VictimIdentified "victim.identified" "victim/victimPerson",
    VictimSchool "victim.school" "victim/schoolName",
    VictimPrior "victim.prior_reports" "victim/priorCTReports",
    ChildBelow13 "child.below_13" "victimPerson/age",
    ChildBelow16 "child.below_16" "victimPerson/age",
    ChildBelow18 "child.below_18" "victimPerson/age",
    RecipientPresent "recipient.present" "intendedRecipient",
    RecipientChildIdentified "recipient.child_identified" "intendedRecipient",
    RecipientBelow18 "recipient.below_18" "intendedRecipientPerson/age",
}

pub(super) const FACTS: usize = NAMES.len();

impl Fact {
    pub(super) fn name(self) -> &'static str {
        NAMES[self as usize].0
    }

    /// The field that says it, as it is called in the sender's schema.
    pub(super) fn field(self) -> &'static str {
        NAMES[self as usize].1
    }

    pub(super) fn all() -> impl Iterator<Item = Fact> {
        NAMES.iter().map(|row| row.2)
    }

    /// Whether it is about a file and not about the report or a person.
    pub(super) fn is_of_file(self) -> bool {
        (self as usize) <= (Fact::FileTagged as usize)
    }

    /// Whether the fact speaks for less danger, so that an unclear field must not stand for it.
    pub(super) fn lowers(self) -> bool {
        use Fact::{BatchedViral, FileDrawing, FileMeme, FileViral, Informational, Spam};
        matches!(self, FileViral | FileMeme | FileDrawing | Spam | Informational | BatchedViral)
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let found = NAMES.iter().find(|row| row.0 == name);
        found.map(|row| row.2).ok_or_else(|| {
            let nearest = crate::codebook::nearest(&name, NAMES.iter().map(|row| row.0));
            let hint = nearest.map(|near| format!(": did you mean `{near}`?")).unwrap_or_default();
            de::Error::custom(format_args!("`{name}` is no fact of a report{hint}"))
        })
    }
}

/// How often each fact was found.
#[derive(Debug, Clone)]
pub(super) struct Counts([u32; FACTS]);

impl Default for Counts {
    fn default() -> Self {
        Counts([0; FACTS])
    }
}

impl Counts {
    pub(super) fn add(&mut self, fact: Fact) {
        self.set(fact, self.of(fact).saturating_add(1));
    }

    pub(super) fn set(&mut self, fact: Fact, count: u32) {
        self.0[fact as usize] = count;
    }

    pub(super) fn of(&self, fact: Fact) -> u32 {
        self.0[fact as usize]
    }

    fn join(&mut self, other: &Counts) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count = count.saturating_add(more);
        }
    }

    /// The counts that are not 0, each behind its fact.
    pub(super) fn write_to(&self, bytes: &mut Vec<u8>) {
        for (fact, count) in self.0.iter().enumerate().filter(|(_, count)| **count > 0) {
            bytes.extend_from_slice(&(fact as u32).to_le_bytes());
            bytes.extend_from_slice(&count.to_le_bytes());
        }
        bytes.extend_from_slice(&u32::MAX.to_le_bytes());
    }

    /// Adds the facts of one file.
    pub(super) fn add_file(&mut self, facts: FileBits) {
        let mut bits = facts.0;
        while bits != 0 {
            let fact = bits.trailing_zeros() as usize;
            self.0[fact] = self.0[fact].saturating_add(1);
            bits &= bits - 1;
        }
    }
}

/// The facts of one file, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct FileBits(u64);

impl FileBits {
    pub(super) fn add(&mut self, fact: Fact) {
        self.0 |= 1 << (fact as u32);
    }

    fn remove(&mut self, fact: Fact) {
        self.0 &= !(1 << (fact as u32));
    }

    pub(super) fn has(self, fact: Fact) -> bool {
        self.0 >> (fact as u32) & 1 == 1
    }
}

/// A file as reported: what the provider says of it, what the clearing house says, its digests.
#[derive(Debug, Clone, Default)]
pub(super) struct FileFacts {
    pub(super) report: Option<String>,
    pub(super) file: Option<String>,
    pub(super) provider: FileBits,
    pub(super) clearinghouse: FileBits,
    pub(super) hashes: Vec<KeyedDigest>,
    pub(super) latest: Option<Timestamp>,
    pub(super) notes: Vec<Note>,
}

impl FileFacts {
    /// Takes up what another document says of the same file.
    pub(super) fn join(&mut self, other: FileFacts) {
        self.provider.0 |= other.provider.0;
        self.clearinghouse.0 |= other.clearinghouse.0;
        self.hashes.extend(other.hashes);
        self.latest = self.latest.max(other.latest);
        self.notes.extend(other.notes);
    }

    /// Sets what follows from all of the file's fields. Marks that lower do so for reported files
    /// alone: a supplemental file says nothing of the batch.
    pub(super) fn close(&mut self) {
        if self.provider.has(Fact::FileSupplemental) {
            for bits in [&mut self.provider, &mut self.clearinghouse] {
                Fact::all().filter(|fact| fact.is_of_file() && fact.lowers()).for_each(|fact| {
                    bits.remove(fact);
                });
            }
            return;
        }
        self.provider.add(Fact::FileReported);
        for bits in [&mut self.provider, &mut self.clearinghouse] {
            if bits.has(Fact::FileViral) || bits.has(Fact::FileMeme) {
                bits.add(Fact::FileViralOrMeme);
            }
        }
    }
}

/// A person complained about.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) counts: Counts,
    pub(super) age: AgeGiven,
    pub(super) identifiers: Vec<KeyedDigest>,
}

/// What is said of a person's age, by the account or whoever reported.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct AgeGiven {
    pub(super) years: Option<i64>,
    pub(super) born: Option<Timestamp>,
}

impl AgeGiven {
    /// Least age in whole years at a time, by whatever is given; a birthday not yet reached counts. Where nobody born then can be
    /// meant at that time, at the receipt.
    fn least_at(self, time: Option<Timestamp>, receipt: Timestamp) -> Option<i64> {
        let by_birth = self.by_birth(time).or_else(|| self.by_birth(Some(receipt)));
        self.years.into_iter().chain(by_birth).min()
    }

    /// Whether the date of birth cannot be that of somebody alive at a time.
    fn is_impossible_at(self, time: Option<Timestamp>) -> bool {
        self.born.and(time).is_some() && self.by_birth(time).is_none()
    }

    fn by_birth(self, time: Option<Timestamp>) -> Option<i64> {
        let (born, time) = (self.born?, time?);
        // Both print as dates that compare as text; the year is the first four digits.
        let (born, time) = (born.to_string(), time.to_string());
        let year = |text: &str| text[..4].parse::<i64>().ok();
        let years = year(&time)? - year(&born)? - i64::from(time[4..10] < born[4..10]);
        (0..=150).contains(&years).then_some(years)
    }

    /// Whether age and date of birth cannot both be true.
    pub(super) fn contradicts_itself(self, time: Option<Timestamp>) -> bool {
        let pair = self.years.zip(self.by_birth(time));
        pair.is_some_and(|(years, by_birth)| (years - by_birth).abs() > 1)
    }
}

/// A victim or recipient: never scored as a person, only counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OtherPerson {
    pub(super) is_victim: bool,
    pub(super) is_identified: bool,
    pub(super) age: AgeGiven,
}

/// What one report document says.
#[derive(Debug, Clone, Default)]
pub(super) struct ReportFacts {
    pub(super) id: Option<String>,
    pub(super) counts: Counts,
    pub(super) people: Vec<Person>,
    pub(super) others: Vec<OtherPerson>,
    pub(super) youngest_victim: Option<i64>,
    pub(super) files: Vec<FileFacts>,
    pub(super) sender: Option<KeyedDigest>,
    pub(super) received: Option<Timestamp>,
    /// The latest of the times of the incident, and the earliest.
    pub(super) incident: Option<Timestamp>,
    pub(super) first_incident: Option<Timestamp>,
    pub(super) latest: Option<Timestamp>,
    pub(super) notes: Vec<Note>,
}

impl ReportFacts {
    /// A time of the incident, one of perhaps several.
    pub(super) fn set_incident(&mut self, time: Option<Timestamp>) {
        self.incident = self.incident.max(time);
        self.first_incident = self.first_incident.into_iter().chain(time).min();
    }

    /// Whether it says anything besides its id.
    pub(super) fn has_content(&self) -> bool {
        let listed = self.people.len() + self.others.len() + self.files.len();
        listed > 0
            || self.incident.or(self.latest).is_some()
            || Fact::all().any(|fact| self.counts.of(fact) > 0)
    }

    /// Takes up what another part of the same report says, before it is closed again.
    pub(super) fn join(&mut self, other: ReportFacts) {
        self.counts.join(&other.counts);
        self.people.extend(other.people);
        self.others.extend(other.others);
        self.youngest_victim = self.youngest_victim.into_iter().chain(other.youngest_victim).min();
        self.files.extend(other.files);
        self.sender = self.sender.or(other.sender);
        self.received = self.received.into_iter().chain(other.received).min();
        self.set_incident(other.incident);
        self.set_incident(other.first_incident);
        self.latest = self.latest.max(other.latest);
        self.notes.extend(other.notes);
    }

    /// Sets what follows from all of the report's fields. Somebody's age is that at the incident; where no time of it is
    /// known, at the last activity or the receipt, whichever is earlier.
    pub(super) fn close(&mut self, intake: Timestamp) {
        let known = [self.latest, self.received, Some(intake)];
        let at = self.first_incident.or(known.into_iter().flatten().min());
        let receipt = self.received.unwrap_or(intake);
        for person in &mut self.people {
            if person.age.is_impossible_at(at) {
                self.notes.push(Note::new("dateOfBirth", NoteCause::Birth));
            }
            if person.age.least_at(at, receipt).is_some_and(|age| age < 18) {
                person.counts.set(Fact::SuspectBelow18, 1);
            }
        }
        for other in std::mem::take(&mut self.others) {
            let age = other.age.least_at(at, receipt);
            if other.age.is_impossible_at(at) {
                self.notes.push(Note::new("dateOfBirth", NoteCause::Birth));
            }
            let below = |years: i64| age.is_some_and(|age| age < years);
            if other.age.contradicts_itself(at) {
                let field =
                    if other.is_victim { "victimPerson" } else { "intendedRecipientPerson" };
                self.notes.push(Note::age(field));
            }
            // Whoever is a victim, or a child to whom something was sent.
            for (years, fact) in
                [(13, Fact::ChildBelow13), (16, Fact::ChildBelow16), (18, Fact::ChildBelow18)]
            {
                if below(years) {
                    self.counts.add(fact);
                }
            }
            if other.is_victim {
                self.youngest_victim = self.youngest_victim.into_iter().chain(age).min();
                self.counts.add(Fact::VictimPresent);
                if other.is_identified {
                    self.counts.add(Fact::VictimIdentified);
                }
                continue;
            }
            self.counts.add(Fact::RecipientPresent);
            if below(18) {
                self.counts.add(Fact::RecipientBelow18);
                if other.is_identified {
                    self.counts.add(Fact::RecipientChildIdentified);
                }
            }
        }
        let contradicting =
            self.people.iter().filter(|person| person.age.contradicts_itself(at)).count();
        if contradicting > 0 {
            self.notes.push(Note::age("personOrUserReportedPerson"));
        }
    }
}
