//! What each element of the sender's XML means once it is complete.

use super::super::elements::Element;
use super::super::facts::Fact;
use super::super::limits::ReportError;
use super::super::note::{Note, NoteCause};
use super::super::reading::{self, Identifier, Truth, truth};
use super::raw::{Level, RawReport, Who};
use super::{XmlReader, add_file};

impl XmlReader<'_, '_, '_> {
    pub(super) fn closed(&mut self, level: Level, text: &str) {
        use Element as E;
        let above = self.levels.last().map_or(E::Other, |above| above.element);
        let who = level.who;
        let told = || truth(text);
        match level.element {
            E::Report => self.close_report(),
            E::Suspect | E::Recipient | E::Victim => self.close_person(),
            E::RecipientPerson | E::VictimPerson
                if self.outer.as_ref().is_some_and(|outer| outer.0 == self.levels.len()) =>
            {
                self.close_inner_person();
            }
            E::FileDetails => self.close_file(),
            E::IncidentType => self.incident_type(text),
            E::Platform if above == E::IncidentSummary => {
                if let Some(report) = &mut self.report {
                    text.trim().clone_into(&mut report.platform);
                }
            }
            E::IncidentTime => {
                if let Some(report) = &mut self.report {
                    let facts = &mut report.facts;
                    let read = self.reading.time("incidentDateTime", text, &mut facts.notes);
                    facts.set_incident(read);
                }
            }
            E::Escalate => {
                self.reading.totals.texts_not_read += u64::from(level.holds_text);
            }
            E::Sextortion => self.flag(Fact::Sextortion, told(), text),
            E::Solicitation => self.flag(Fact::Solicitation, told(), text),
            E::MinorToMinor => self.flag(Fact::MinorToMinor, told(), text),
            E::Spam => self.flag(Fact::Spam, told(), text),
            E::Sadistic => self.flag(Fact::Sadistic, told(), text),
            E::Informational => self.flag(Fact::Informational, told(), text),
            E::ReportedToLe => self.flag(Fact::PoliceReported, told(), text),
            E::ServedDomestic => self.flag(Fact::PoliceServed, told(), text),
            E::ServedAbroad => self.flag(Fact::PoliceServedAbroad, told(), text),
            E::ReportId => self.set_report_id(text.trim()),
            E::FileId => {
                if let Some(file) = &mut self.file {
                    let id = text.trim().to_ascii_lowercase();
                    file.facts.file = Some(id).filter(|id| !id.is_empty());
                }
            }
            E::Viewed => self.flag(Fact::FileViewed, told(), text),
            E::Public => self.flag(Fact::FilePublic, told(), text),
            E::Drawing => self.flag(Fact::FileDrawing, told(), text),
            E::Meme => self.flag(Fact::FileMeme, told(), text),
            E::Viral => self.flag(Fact::FileViral, told(), text),
            E::SelfProduced => self.flag(Fact::FileSelfProduced, told(), text),
            E::PhysicalHarm => self.flag(Fact::FilePhysicalHarm, told(), text),
            E::Violence => self.flag(Fact::FileViolence, told(), text),
            E::Bestiality => self.flag(Fact::FileBestiality, told(), text),
            E::LiveStreaming => self.flag(Fact::FileLiveStreaming, told(), text),
            E::Infant => self.flag(Fact::FileInfant, told(), text),
            E::Generated => self.flag(Fact::FileGenerated, told(), text),
            E::Relevance if text.trim().to_ascii_lowercase().starts_with("supplemental") => {
                self.flag(Fact::FileSupplemental, Truth::Yes, "");
            }
            E::Class => match reading::classification(text) {
                Some(class) => self.flag(class, Truth::Yes, ""),
                None if text.trim().is_empty() => {}
                None => {
                    self.note(Note::showing("industryClassification", text, NoteCause::Value));
                }
            },
            E::Hash => self.hash(text),
            E::DateTime | E::Uploaded => self.activity(text),
            E::IpAddress if who == Who::Suspect && !text.trim().is_empty() => {
                self.flag(Fact::SuspectIp, Truth::Yes, "");
            }
            E::Port if who == Who::Suspect && !text.trim().is_empty() => {
                self.flag(Fact::SuspectPort, Truth::Yes, "");
            }
            E::Proxy if who == Who::Suspect => self.flag(Fact::SuspectProxy, told(), text),
            E::Compromised if who == Who::Suspect => {
                self.flag(Fact::SuspectCompromised, told(), text);
            }
            E::ThirdPartyUser if who == Who::Suspect => {
                self.flag(Fact::SuspectThirdParty, told(), text);
            }
            E::Disabled | E::DisabledFor if who == Who::Suspect => {
                self.flag(Fact::SuspectDisabled, told(), text);
            }
            E::Address if who == Who::Suspect && above == E::SuspectPerson => {
                self.flag(Fact::SuspectAddress, Truth::Yes, "");
            }
            E::Address if who == Who::Other => self.identified(),
            E::Other if above.holds_flags() => {
                self.unknown_flag(text);
            }
            _ if level.element.is_free_text() => {
                if level.holds_text {
                    self.reading.totals.texts_not_read += 1;
                    self.count(Fact::Text);
                }
            }
            element => self.personal(element, who, text),
        }
    }

    /// What describes a person or an account.
    pub(super) fn personal(&mut self, element: Element, who: Who, text: &str) {
        use Element as E;
        let text = text.trim();
        if who == Who::Sender {
            let Some(report) = &mut self.report else { return };
            match element {
                E::EMail if report.sender_mail.is_empty() => {
                    text.clone_into(&mut report.sender_mail);
                }
                E::FirstName | E::LastName => {
                    report.sender_name.push_str(text);
                    report.sender_name.push(' ');
                }
                _ => {}
            }
            return;
        }
        if text.is_empty() {
            return;
        }
        let Some(raw) = &mut self.person else {
            // Somebody's age under a name that is not known here.
            if self.report.is_some() && matches!(element, E::Age | E::AgeAbout | E::Born) {
                self.note(Note::new("age", NoteCause::Misplaced));
            }
            return;
        };
        let suspect = matches!(who, Who::Suspect | Who::SuspectAccount);
        if !suspect && who != Who::Other {
            if matches!(element, E::Priors | E::Prior) {
                raw.priors.push(text.to_owned());
            }
            return;
        }
        let mut found: Option<(Identifier, Fact)> = None;
        match element {
            E::Priors | E::Prior => raw.priors.push(text.to_owned()),
            E::Service => text.clone_into(&mut raw.service),
            E::Account => raw.accounts.push(text.to_owned()),
            E::ScreenName => raw.handles.push(text.to_owned()),
            E::Phone => found = Some((Identifier::Phone, Fact::SuspectPhone)),
            E::EMail => found = Some((Identifier::Mail, Fact::SuspectMail)),
            E::IdValue => found = Some((Identifier::Device, Fact::SuspectDevice)),
            E::School => raw.other.is_identified = true,
            E::FirstName | E::LastName => {
                raw.other.is_identified = true;
                if who == Who::Suspect {
                    raw.person.counts.add(Fact::SuspectName);
                }
            }
            E::DisplayName | E::ProfileUrl if who == Who::Suspect => {
                raw.person.counts.add(Fact::SuspectHandle);
            }
            E::Group if who == Who::Suspect => raw.person.counts.add(Fact::SuspectGroup),
            E::Age | E::AgeAbout | E::Born if who != Who::SuspectAccount => {
                let Some(report) = &mut self.report else { return };
                let notes = &mut report.facts.notes;
                let given =
                    if who == Who::Suspect { &mut raw.person.age } else { &mut raw.other.age };
                match element {
                    E::Age | E::AgeAbout => reading::set_years(given, "age", text, notes),
                    _ => {
                        let read = self.reading.time("dateOfBirth", text, notes);
                        reading::latest(&mut given.born, read);
                    }
                }
            }
            _ => {}
        }
        if let Some((kind, fact)) = found {
            raw.other.is_identified |= kind != Identifier::Device;
            raw.person.identifiers.extend(self.reading.identifier(kind, text, ""));
            if who == Who::Suspect {
                raw.person.counts.add(fact);
            }
        }
        if matches!(element, E::Account | E::ScreenName) {
            raw.other.is_identified = true;
            let fact =
                if element == E::Account { Fact::SuspectAccount } else { Fact::SuspectHandle };
            raw.person.counts.add(fact);
        }
    }

    fn identified(&mut self) {
        if let Some(raw) = &mut self.person {
            raw.other.is_identified = true;
        }
    }

    fn incident_type(&mut self, text: &str) {
        let Some(report) = &mut self.report else { return };
        reading::incident_types(text, &mut report.facts.counts, &mut report.facts.notes);
    }

    fn unknown_flag(&mut self, text: &str) {
        let (name, said) = (std::mem::take(&mut self.unknown_name), truth(text));
        match (&mut self.file, &mut self.report) {
            (Some(file), _) => self.reading.unknown_flag(&name, said, &mut file.facts.notes),
            (None, Some(report)) => {
                self.reading.unknown_flag(&name, said, &mut report.facts.notes);
            }
            (None, None) => {}
        }
    }

    fn hash(&mut self, text: &str) {
        let digest = self.reading.identifier(Identifier::Hash, text, "");
        let (Some(file), Some(digest)) = (&mut self.file, digest) else { return };
        file.facts.provider.add(Fact::FileHashed);
        file.facts.hashes.push(digest);
    }

    /// A time at which an account or a file was in use.
    fn activity(&mut self, text: &str) {
        let file = self.file.as_mut().filter(|file| file.has_tag || self.report.is_none());
        match (file, &mut self.report) {
            (Some(file), _) => {
                let time = self.reading.time("file time", text, &mut file.facts.notes);
                reading::latest(&mut file.facts.latest, time);
            }
            (None, Some(report)) => {
                let time = self.reading.time("dateTime", text, &mut report.facts.notes);
                reading::latest(&mut report.facts.latest, time);
            }
            (None, None) => {}
        }
    }

    /// An id inside file details names their report; in a report or beside it, the report.
    pub(super) fn set_report_id(&mut self, id: &str) {
        if id.is_empty() {
            return;
        }
        let file = self.file.as_mut().filter(|file| file.has_tag || self.report.is_none());
        // Where a report says something already, an id beside that is of the next, whatever lay between them.
        let depth = self.levels.len();
        let (known, is_next) = match (&file, &self.report) {
            (Some(file), _) => (&file.facts.report, file.is_broken),
            (None, Some(report)) => (
                &report.facts.id,
                report.is_broken || depth <= report.level + 1 && report.facts.has_content(),
            ),
            (None, None) => return self.parsed.answered.push(id.to_owned()),
        };
        let is_other = known.as_ref().is_some_and(|known| known != id);
        if is_other && !is_next {
            return self.note(Note::showing("reportId", id, NoteCause::Twice));
        }
        if is_other {
            let had_report = self.report.is_some();
            self.close_file();
            self.close_report();
            self.parsed.answered.push(id.to_owned());
            if had_report {
                self.open_report_without_tag();
            }
            return;
        }
        match (file, &mut self.report) {
            (Some(file), _) => file.facts.report = Some(id.to_owned()),
            (None, Some(report)) => report.facts.id = Some(id.to_owned()),
            (None, None) => {}
        }
    }

    /// Details within a report that name none are that report's.
    pub(super) fn close_file(&mut self) {
        let Some(mut raw) = self.file.take() else { return };
        if raw.is_broken {
            self.search_file(&mut raw);
        }
        let file = reading::closed(raw.facts);
        match &mut self.report {
            Some(report) if file.report.is_none() => {
                add_file(&mut report.facts.files, file, self.reading.limits.files);
            }
            _ => self.parsed.files.push(file),
        }
        if self.report.is_none() {
            self.last.1 = self.event.1;
        }
    }

    /// Ends a person within another, who goes on.
    fn close_inner_person(&mut self) {
        let outer = self.outer.take();
        self.close_person();
        self.person = outer.map(|(_, outer)| *outer);
    }

    pub(super) fn close_person(&mut self) {
        if self.outer.is_some() {
            self.close_inner_person();
        }
        let Some(mut raw) = self.person.take() else { return };
        let Some(report) = &mut self.report else { return };
        raw.priors.sort_unstable();
        raw.priors.dedup();
        if raw.who != Who::Suspect {
            if raw.other.is_victim {
                report.victim_priors.append(&mut raw.priors);
            }
            report.facts.others.push(raw.other);
            return;
        }
        let limit = self.reading.limits.people;
        if report.facts.people.len() >= limit {
            if !report.has_more_people {
                let cause = NoteCause::Broken(ReportError::People { limit });
                report.facts.notes.push(Note::new("personOrUserReported", cause));
            }
            report.has_more_people = true;
            return;
        }
        let priors = u32::try_from(raw.priors.len()).unwrap_or(u32::MAX);
        raw.person.counts.set(Fact::SuspectPrior, priors);
        let person = report.facts.people.len();
        let accounts = raw.accounts.into_iter().map(|text| (Identifier::Account, text));
        let handles = raw.handles.into_iter().map(|text| (Identifier::Handle, text));
        for (kind, identifier) in accounts.chain(handles) {
            report.waiting.push((person, kind, identifier, raw.service.clone()));
        }
        report.facts.people.push(raw.person);
    }

    pub(super) fn close_report(&mut self) {
        if self.report.is_some() {
            self.close_file();
        }
        self.close_person();
        let Some(mut raw) = self.report.take() else { return };
        if raw.is_broken {
            self.search_report(&mut raw);
        }
        self.tell_apart(&mut raw);
        raw.victim_priors.sort_unstable();
        raw.victim_priors.dedup();
        let priors = u32::try_from(raw.victim_priors.len()).unwrap_or(u32::MAX);
        let priors = priors.max(raw.facts.counts.of(Fact::VictimPrior));
        raw.facts.counts.set(Fact::VictimPrior, priors);
        raw.facts.notes.append(&mut self.notes);
        let beside = raw.beside.filter(|_| raw.facts.id.is_none());
        match beside.and_then(|before| self.parsed.reports.get_mut(before)) {
            // Without an id of its own it is the rest of the one beside it.
            Some(before) => {
                before.join(raw.facts);
                before.notes.push(Note::new("report", NoteCause::SeveralReports));
                before.close(self.reading.intake);
            }
            None => {
                raw.facts.close(self.reading.intake);
                self.parsed.reports.push(raw.facts);
            }
        }
        self.last = (Some(raw.level), self.event.1);
    }

    /// Digests of the sender, and of accounts and names, which mean somebody only on a platform.
    fn tell_apart(&mut self, raw: &mut RawReport) {
        let host = raw.sender_mail.rsplit('@').next().unwrap_or("").to_owned();
        let name = if host.is_empty() { &raw.sender_name } else { &host };
        let sender = self.reading.identifier(Identifier::Sender, name, "");
        raw.facts.sender = sender.or(raw.facts.sender);
        for (person, kind, identifier, service) in raw.waiting.drain(..) {
            let of = [&service, &raw.platform, name].into_iter().find(|of| !of.trim().is_empty());
            let Some(of) = of else { continue };
            let digest = self.reading.identifier(kind, &identifier, of);
            raw.facts.people[person].identifiers.extend(digest);
        }
    }
}
