//! One made-up complaint: what is true, and how much of it the file holds.

use super::Generator;
use super::findings::{self, OutcomeFinding};
use super::person::{Person, pick};
use super::table::{
    ADVANCED, CHANNELS, CHAT_ONLY, CONCERNS, COUNTERPARTS, Channel, DEADLINES, DECONFLICTION,
    IDENTIFIABLE, KNOWN, MEETING, NETWORKS, Of, PICKED, REPEATED, RICHNESS, ROWS, SOUTH_DETAIL,
    STREAMING, STREAMING_OTHERWISE, UNITS, URGENT, VIRAL, WINDOW, Where,
};
use crate::base::{Seed, Stream};
use crate::codebook::Stage;
use crate::complaint::{Complaint, ComplaintError, Deadline, DeadlineKind, Origin};

/// A made-up complaint with what is on record about its outcomes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Case {
    /// The complaint, marked synthetic.
    pub complaint: Complaint,
    /// One finding for each outcome, in the order of the reference codebook.
    pub findings: [OutcomeFinding; 3],
}

/// An endless stream of made-up complaints; see [`Generator`].
#[derive(Debug, Clone)]
pub struct Cases {
    pub(super) generator: Generator,
    pub(super) next: u64,
}

impl Iterator for Cases {
    type Item = Case;

    fn next(&mut self) -> Option<Case> {
        let number = self.next;
        self.next = number.checked_add(1)?;
        make(&self.generator, number)
    }

    /// Jumps without making what is passed over.
    fn nth(&mut self, count: usize) -> Option<Case> {
        self.next = self.next.checked_add(count as u64)?;
        self.next()
    }
}

/// Streams for people and for complaints never overlap: even and odd numbers.
fn person_stream(seed: Seed, number: u64) -> Stream {
    seed.stream(number.wrapping_mul(2))
}

fn complaint_stream(seed: Seed, number: u64) -> Stream {
    seed.stream(number.wrapping_mul(2).wrapping_add(1))
}

/// The number of the complaint that first named this complaint's subject.
///
/// The first draw of each complaint says whether its subject is an earlier one's.
fn subject_of(seed: Seed, number: u64) -> u64 {
    let mut number = number;
    loop {
        let mut stream = complaint_stream(seed, number);
        let repeated = stream.chance(REPEATED);
        let back = 1 + stream.below(WINDOW.min(number));
        if !repeated || number == 0 {
            return number;
        }
        number -= back;
    }
}

/// Draws answers and decides which of them the file holds.
struct Writer {
    complaint: Complaint,
    stream: Stream,
    detail: f64,
}

impl Writer {
    /// Gives the answer when it is known; one draw, whatever comes of it.
    fn give(&mut self, item: &str, answer: &str, first: bool, known: [f64; 2]) {
        if self.stream.chance(known[usize::from(!first)].min(0.995)) {
            self.complaint.set_answer(item, answer);
        }
    }

    /// The same for an item that no row of the table draws.
    fn tell(&mut self, item: &str, answer: &str, first: bool) {
        let row = KNOWN.iter().find(|(id, ..)| *id == item);
        let (known, always) = row.map_or(([0.0; 2], false), |(_, known, always)| (*known, *always));
        let detail = if always { 1.0 } else { self.detail };
        self.give(item, answer, first, known.map(|chance| chance * detail));
    }

    fn tell_yes(&mut self, item: &str, yes: bool) {
        self.tell(item, if yes { "yes" } else { "no" }, !yes);
    }
}

fn make(generator: &Generator, number: u64) -> Option<Case> {
    let seed = generator.seed;
    let subject = subject_of(seed, number);
    let person = Person::draw(subject, &mut person_stream(seed, subject));
    let channel = &CHANNELS[person.channel];
    let mut stream = complaint_stream(seed, number);
    // The two draws that `subject_of` reads.
    stream.unit();
    stream.below(WINDOW.min(number));

    let between = generator.seconds_between;
    let jitter = stream.below(between.unsigned_abs().max(1)) as i64;
    let passed = i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(between);
    let received = generator.start.plus_seconds(passed.saturating_add(jitter));
    let advanced = stream.chance(ADVANCED[0]);
    let searched = stream.chance(ADVANCED[1]);
    let stage = match (advanced, searched) {
        (true, true) => Stage::PostSearch,
        (true, false) => Stage::Field,
        (false, _) => Stage::Intake,
    };
    let richness = (1.0 + RICHNESS[0] * stream.nearly_normal()).clamp(RICHNESS[1], RICHNESS[2]);
    let unit_detail = if person.north { 1.0 } else { SOUTH_DETAIL };
    let complaint = Complaint::new(format!("syn-{:08}", number + 1), received)
        .ok()?
        .with_unit(UNITS[usize::from(!person.north)])
        .ok()?
        .with_subject(format!("subject-{:08}", person.number + 1))
        .ok()?
        .with_origin(Origin::Synthetic)
        .with_stage(stage);
    let detail = channel.detail * unit_detail * richness;
    let mut writer = Writer { complaint, stream, detail };
    let images_requested = write_rows(&mut writer, &person, channel, stage);
    write_others(&mut writer, &person, channel, stage).ok()?;
    write_picked(&mut writer, &person, channel, stage);
    add_deadlines(&mut writer, channel).ok()?;

    let material = matches!(CONCERNS[person.concern], "csem" | "both");
    let talk = matches!(CONCERNS[person.concern], "communication" | "both");
    let applies = [material || images_requested, talk || person.communicates, true];
    let findings = findings::draw(&person, applies, advanced, received, &mut writer.stream);
    Some(Case { complaint: writer.complaint, findings })
}

fn asked(
    asked: Where,
    person: &Person,
    channel: &Channel,
    stage: Stage,
    complaint: &Complaint,
) -> bool {
    let beyond = |item: &str, first: &str| {
        complaint.given(item).is_some_and(|given| given.value.to_string() != first)
    };
    match asked {
        Where::Always => true,
        Where::Material => matches!(CONCERNS[person.concern], "csem" | "both"),
        Where::Communication => person.communicates,
        Where::Field => stage >= Stage::Field,
        Where::PostSearch => stage >= Stage::PostSearch,
        Where::Platform => channel.id == "platform_or_clearinghouse",
        Where::Extortion => beyond("extortion", "none"),
        Where::Tips => beyond("prior_tip_count", "none"),
        Where::Record => {
            let offences = ["prior_contact_sexual_conviction", "prior_noncontact_sexual_offence"];
            offences.iter().chain(&["prior_csem_offence"]).any(|item| beyond(item, "no"))
        }
    }
}

/// The items that depend on nothing but whether any outcome is true.
fn write_picked(writer: &mut Writer, person: &Person, channel: &Channel, stage: Stage) {
    let any = usize::from(person.truth.contains(&true));
    for row in PICKED {
        // Drawn whether asked or not, so that one item's rule never moves the next one's numbers.
        let drawn = pick(&mut writer.stream, row.shares[any]);
        if asked(row.asked, person, channel, stage, &writer.complaint) {
            let detail = if row.always { 1.0 } else { writer.detail };
            let known = row.known.map(|chance| chance * detail);
            writer.give(row.item, row.answers[drawn], drawn == 0, known);
        }
    }
}

/// The items of the table; says whether images were in truth asked for.
fn write_rows(writer: &mut Writer, person: &Person, channel: &Channel, stage: Stage) -> bool {
    let mut images_requested = false;
    for (row, of_person) in ROWS.iter().zip(&person.answers) {
        let drawn = match row.of {
            Of::Person => *of_person,
            Of::Complaint => person.latent_answer(row, &mut writer.stream),
        };
        let holds = asked(row.asked, person, channel, stage, &writer.complaint);
        if row.item == "image_requested_or_coerced" {
            images_requested = holds && drawn > 0;
        }
        if holds {
            let known = row.known.map(|chance| chance * writer.detail);
            writer.give(row.item, row.answers[drawn], drawn == 0, known);
        }
    }
    images_requested
}

/// The items with a logic of their own.
fn write_others(
    writer: &mut Writer,
    person: &Person,
    channel: &Channel,
    stage: Stage,
) -> Result<(), ComplaintError> {
    let [production, solicitation, contact] = person.truth;
    let any = usize::from(production || solicitation || contact);
    let material = matches!(CONCERNS[person.concern], "csem" | "both");
    writer.tell("tip_source", channel.id, true);
    writer.tell("concern", CONCERNS[person.concern], true);
    writer.tell_yes("mixed_notification", person.mixed);

    if material {
        let kind = match (channel.id, contact) {
            ("peer_to_peer_proactive", false) => 0,
            ("peer_to_peer_proactive", true) => 1,
            _ => 2,
        };
        let networks = ["gnutella_type", "bittorrent_type", "chat_platform", "dark_web", "other"];
        let network = networks[pick(&mut writer.stream, &NETWORKS[kind])];
        writer.tell("network_type", network, true);
        let [some, every] = VIRAL[any];
        let batch = pick(&mut writer.stream, &[1.0 - some - every, some, every]);
        writer.tell("viral_batch", ["no", "some_files", "every_file"][batch], batch == 0);
        if batch == 2 {
            let bundle = writer.stream.below(40);
            writer.complaint.set_bundle(Some(format!("viral-{:02}", bundle + 1)))?;
            // Known and passed on widely, so on every list.
            writer.complaint.set_answer("novel_material", "no");
        }
    }
    write_communication(writer, person, channel);
    for (position, item) in
        ["clearinghouse_urgent", "provider_urgent", "imminent_danger_flag", "sadistic_coercion"]
            .into_iter()
            .enumerate()
    {
        let yes = writer.stream.chance(URGENT[position][any]);
        writer.tell_yes(item, yes);
    }
    let payments = writer.complaint.given("live_stream_payment_count").is_some_and(|given| {
        let count = given.value.to_string();
        count != "none"
    });
    let streaming = writer.stream.chance(if payments { STREAMING } else { STREAMING_OTHERWISE });
    writer.tell_yes("live_streaming_under_way", streaming);
    let identifiable = match (production, person.communicates) {
        (true, _) => IDENTIFIABLE[2],
        (false, true) => IDENTIFIABLE[1],
        (false, false) => IDENTIFIABLE[0],
    };
    let identifiable = writer.stream.chance(identifiable);
    writer.tell_yes("victim_identifiable", identifiable);
    let conflict = pick(&mut writer.stream, &DECONFLICTION);
    writer.tell("deconfliction", ["not_checked", "clear", "conflict"][conflict], conflict == 0);
    if stage >= Stage::Field {
        let answer = ["no", "asserted", "verified"][person.minor];
        writer.tell("suspect_is_minor", answer, person.minor == 0);
    }
    Ok(())
}

fn write_communication(writer: &mut Writer, person: &Person, channel: &Channel) {
    writer.tell_yes("communication_with_minor", person.communicates);
    let aimed = usize::from(person.truth[1]);
    let [proposed, arranged, travelled] = MEETING.map(|chance| chance[aimed]);
    let proposed = writer.stream.chance(proposed) && person.communicates;
    let arranged = writer.stream.chance(arranged) && proposed;
    let travelled = writer.stream.chance(travelled) && arranged;
    let chat_only = writer.stream.chance(CHAT_ONLY[aimed]) && !proposed;
    let counterparts = &COUNTERPARTS[usize::from(channel.id != "undercover_chat")];
    let counterpart = pick(&mut writer.stream, counterparts);
    if !person.communicates {
        return;
    }
    writer.tell("counterpart_type", ["child", "undercover", "other_adult"][counterpart], true);
    writer.tell_yes("meeting_proposed", proposed);
    writer.tell_yes("meeting_arranged", arranged);
    writer.tell_yes("travel_or_arrival", travelled);
    writer.tell_yes("sexual_chat_only", chat_only);
}

fn add_deadlines(writer: &mut Writer, channel: &Channel) -> Result<(), ComplaintError> {
    let kept = writer.stream.chance(DEADLINES[0]) && channel.id == "platform_or_clearinghouse";
    let duty = writer.stream.chance(DEADLINES[1]);
    let received = writer.complaint.received();
    let mut deadlines = Vec::new();
    if kept {
        deadlines.push(Deadline { due: received.plus_days(365), kind: DeadlineKind::Preservation });
    }
    if duty {
        deadlines.push(Deadline { due: received.plus_days(30), kind: DeadlineKind::Statutory });
    }
    writer.complaint.set_deadlines(deadlines)
}
