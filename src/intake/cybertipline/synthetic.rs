//! Made-up reports: names that are none, addresses and domains reserved for documentation.

use std::fmt::Write;

use crate::{Seed, Stream, Timestamp};

/// Reports made up from a seed; report *i* depends on seed and *i* alone.
///
/// The shapes follow the sender's schema as it was public in November 2025, and for the police side the
/// keys that published parsers read. Nothing in them happened: persons are numbers, domains end in
/// `example`, addresses come from blocks reserved for documentation (RFC 5737, 2606, 3849), telephone
/// numbers from the range reserved for fiction.
///
/// ```
/// use caserank::Seed;
/// use caserank::intake::cybertipline::SyntheticReports;
/// let reports = SyntheticReports::new(Seed(7));
/// let report = reports.report(12);
/// assert_eq!(report, reports.report(12));
/// assert!(report.documents().iter().all(|(name, _)| name.ends_with(".xml") || name.ends_with(".json")));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SyntheticReports {
    seed: Seed,
    files: Option<usize>,
}

/// One made-up report with its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntheticReport {
    id: String,
    documents: Vec<(String, String)>,
}

impl SyntheticReport {
    /// Id of the report; XML reports do not hold it, their answers and file details do.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Names and texts: the report first, then its file details, then the receiver's answer.
    #[must_use]
    pub fn documents(&self) -> &[(String, String)] {
        &self.documents
    }
}

const TYPES: [(&str, f64); 5] = [
    ("Child Pornography (possession, manufacture, and distribution)", 0.80),
    ("Online Enticement of Children for Sexual Acts", 0.14),
    ("Child Sex Trafficking", 0.02),
    ("Child Sexual Molestation", 0.02),
    ("Unsolicited Obscene Material Sent to a Child", 0.02),
];
const FREE_TEXT: &str = "Synthetic text that nothing may read: <b>&amp;</b> ".trim_ascii();
const PLATFORMS: [&str; 4] = ["Sample Chat", "Sample Photos", "Sample Games", "Sample Mail"];

impl SyntheticReports {
    /// Reports of a seed.
    #[must_use]
    pub fn new(seed: Seed) -> Self {
        SyntheticReports { seed, files: None }
    }

    /// With this many file details in every report, instead of a few.
    #[must_use]
    pub fn with_files(mut self, files: usize) -> Self {
        self.files = Some(files);
        self
    }

    /// The report with this number. About one in thirty is an exact copy of an earlier one under an id
    /// of its own, one in ten belongs to a batch of viral files, one in four comes as the police side's
    /// JSON.
    #[must_use]
    pub fn report(&self, number: u64) -> SyntheticReport {
        let id = (4_000_000_000_000_u64 + number).to_string();
        let mut stream = self.seed.stream(number);
        let copied = number > 0 && stream.chance(0.03);
        let source = if copied { stream.below(number) } else { number };
        let mut stream = self.seed.stream(source);
        // The draws that decided about copying come first in every stream.
        let _ = (stream.unit(), stream.below(source));
        let case = Case::draw(&mut stream, self.files);
        let documents =
            if case.police {
                vec![(format!("{id}.json"), case.json(&id))]
            } else {
                let mut documents = vec![(format!("{id}-report.xml"), case.xml())];
                let files = case.files.iter().enumerate();
                documents.extend(files.map(|(number, file)| {
                    (format!("{id}-file-{number}.xml"), file.xml(&id, number))
                }));
                documents.push((format!("{id}-answer.xml"), answer(&id)));
                documents
            };
        SyntheticReport { id, documents }
    }
}

fn answer(id: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<reportResponse>\n  <responseCode>0</responseCode>\n  \
         <responseDescription>Success</responseDescription>\n  <reportId>{id}</reportId>\n</reportResponse>\n"
    )
}

#[derive(Debug)]
struct File {
    hash: u64,
    viral: bool,
    class: Option<&'static str>,
    infant: bool,
    supplemental: bool,
    viewed: Option<bool>,
    uploaded: Timestamp,
    address: String,
}

#[derive(Debug)]
struct Case {
    police: bool,
    kind: &'static str,
    platform: &'static str,
    urgent: bool,
    flags: Vec<&'static str>,
    time: Timestamp,
    person: u64,
    age: Option<u64>,
    addresses: Vec<(String, Timestamp)>,
    prior: Vec<u64>,
    victim: Option<(u64, u64, bool)>,
    files: Vec<File>,
    texts: bool,
}

fn address(stream: &mut Stream) -> String {
    let block = ["192.0.2", "198.51.100", "203.0.113"][stream.below(3) as usize];
    match stream.chance(0.2) {
        true => format!("2001:db8::{:x}", stream.below(65_536)),
        false => format!("{block}.{}", stream.below(256)),
    }
}

impl Case {
    fn draw(stream: &mut Stream, files: Option<usize>) -> Case {
        // 2026-01-01 and up to two months later.
        let start = Timestamp::MIN.plus_days(739_982);
        let time = start.plus_seconds(stream.below(60 * 86_400) as i64);
        let mut share = stream.unit();
        let kind = TYPES.iter().find(|(_, chance)| {
            share -= chance;
            share < 0.0
        });
        let kind = kind.map_or(TYPES[0].0, |found| found.0);
        let viral = stream.chance(0.10);
        let few = 1 + stream.below(4) as usize;
        // Whoever passes on what is going round mostly passes on that alone.
        let few = if viral { few.div_ceil(3) } else { few };
        let files = files.unwrap_or(if kind == TYPES[0].0 { few } else { few / 3 });
        let mut flags = Vec::new();
        for (flag, chance) in [
            ("sextortion", 0.03),
            ("csamSolicitation", 0.03),
            ("minorToMinorInteraction", 0.02),
            ("spam", 0.02),
            ("sadisticOnlineExploitation", 0.005),
        ] {
            if stream.chance(chance) {
                flags.push(flag);
            }
        }
        let files = (0..files).map(|_| File::draw(stream, viral, time)).collect();
        Case {
            police: stream.chance(0.25),
            kind,
            platform: PLATFORMS[stream.below(4) as usize],
            urgent: stream.chance(0.005),
            flags,
            time,
            person: stream.below(1 << 20),
            age: stream.chance(0.4).then(|| 12 + stream.below(60)),
            addresses: (0..1 + stream.below(6))
                .map(|_| (address(stream), time.plus_seconds(-(stream.below(864_000) as i64))))
                .collect(),
            prior: (0..stream.below(8).saturating_sub(5))
                .map(|_| 3_900_000_000_000 + stream.below(1_000_000))
                .collect(),
            victim: stream
                .chance(0.1)
                .then(|| (stream.below(1 << 20), 6 + stream.below(12), stream.chance(0.3))),
            files,
            texts: stream.chance(0.5),
        }
    }

    /// In the order that the sender's schema asks for.
    fn xml(&self) -> String {
        let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<report>\n");
        let mut put = |line: &str| {
            xml.push_str(line);
            xml.push('\n');
        };
        put("  <incidentSummary>");
        put(&format!("    <incidentType>{}</incidentType>", self.kind));
        put(&format!("    <platform>{}</platform>", self.platform));
        if self.urgent {
            put(
                "    <escalateToHighPriority>Synthetic text that nothing may read.</escalateToHighPriority>",
            );
        }
        if !self.flags.is_empty() {
            put("    <reportAnnotations>");
            self.flags.iter().for_each(|flag| put(&format!("      <{flag}>true</{flag}>")));
            put("    </reportAnnotations>");
        }
        put(&format!("    <incidentDateTime>{}</incidentDateTime>", self.time));
        put("  </incidentSummary>");
        put(
            "  <internetDetails><chatImIncident><chatClient>Sample Chat</chatClient></chatImIncident></internetDetails>",
        );
        put(
            "  <reporter><reportingPerson><firstName>Sample</firstName><lastName>Reporter</lastName>",
        );
        let host = self.host();
        put(&format!(
            "    <email type=\"Work\">safety@{host}</email></reportingPerson></reporter>"
        ));
        put("  <personOrUserReported>");
        put("    <personOrUserReportedPerson>");
        put(&format!(
            "      <firstName>Person</firstName><lastName>Number {}</lastName>",
            self.person
        ));
        put(&format!(
            "      <phone type=\"Mobile\" countryCallingCode=\"+1\">{}</phone>",
            self.phone()
        ));
        put(&format!(
            "      <email type=\"Home\" verified=\"true\">person{}@example.com</email>",
            self.person
        ));
        if let Some(age) = self.age {
            put(&format!("      <age>{age}</age>"));
        }
        put("    </personOrUserReportedPerson>");
        put(&format!("    <espIdentifier>account-{}</espIdentifier>", self.person));
        put(&format!("    <espService>{}</espService>", self.platform));
        put(&format!("    <screenName>person_{}</screenName>", self.person));
        for (number, (address, time)) in self.addresses.iter().enumerate() {
            let event = if number == 0 { "Upload" } else { "Login" };
            put(&format!(
                "    <ipCaptureEvent><ipAddress>{address}</ipAddress><eventName>{event}</eventName><dateTime>{time}</dateTime><port>{}</port></ipCaptureEvent>",
                1_024 + number
            ));
        }
        self.prior.iter().for_each(|id| put(&format!("    <priorCTReports>{id}</priorCTReports>")));
        if self.texts {
            put(&format!("    <additionalInfo><![CDATA[{FREE_TEXT}]]></additionalInfo>"));
        }
        put("  </personOrUserReported>");
        if let Some((child, age, school)) = self.victim {
            put(&format!(
                "  <victim><victimPerson><firstName>Child {child}</firstName><age>{age}</age></victimPerson>"
            ));
            if school {
                put("    <schoolName>Sample School</schoolName>");
            }
            put("  </victim>");
        }
        if self.texts {
            put("  <additionalInfo>Synthetic text that nothing may read.</additionalInfo>");
        }
        put("</report>");
        xml
    }

    /// In every area the numbers 555-0100 to 555-0199 belong to nobody.
    fn phone(&self) -> String {
        format!("{}-555-01{:02}", 200 + self.person / 100 % 800, self.person % 100)
    }

    fn host(&self) -> String {
        format!("{}.example", self.platform.to_ascii_lowercase().replace(' ', "-"))
    }

    fn json(&self, id: &str) -> String {
        let mut json = String::from("\u{feff}{\n");
        // A few days lie between the incident and its arrival with the police.
        let received = self.time.plus_days(3);
        let _ = writeln!(
            json,
            "  \"reportId\": {id}, \"dateReceived\": \"{received}\",\n  \"reportedInformation\": {{"
        );
        let _ = writeln!(
            json,
            "    \"reportingEsp\": {{\"espName\": \"{}\", \"lastName\": null}},",
            self.host()
        );
        let urgent = if self.urgent { "\"Synthetic text that nothing may read.\"" } else { "null" };
        let flags: Vec<String> =
            self.flags.iter().map(|flag| format!("\"{flag}\": true")).collect();
        let _ = writeln!(
            json,
            "    \"incidentSummary\": {{\"incidentType\": \"{}\", \"incidentDateTime\": \"{}\", \"platform\": \"{}\", \"escalateToHighPriority\": {urgent}, \"reportAnnotations\": {{{}}}}},",
            self.kind,
            self.time,
            self.platform,
            flags.join(", ")
        );
        json.push_str(
            "    \"incidentDetails\": {\"webpageIncident\": null, \"chatImIncident\": [{}]},\n",
        );
        let captures: Vec<String> = self.addresses.iter().map(|(address, time)| {
            format!("{{\"captureType\": \"IP Address\", \"eventName\": \"LOGIN\", \"dateTime\": \"{time}\", \"value\": \"{address}\", \"port\": null}}")
        }).collect();
        let age = self.age.map_or("null".to_owned(), |age| age.to_string());
        let prior: Vec<String> = self.prior.iter().map(u64::to_string).collect();
        let _ = writeln!(
            json,
            "    \"reportedPeople\": {{\"reportedPersons\": [{{\"firstName\": \"Person\", \"middleName\": null, \"lastName\": \"Number {person}\", \"dateOfBirth\": null, \"approximateAge\": {age}, \"espUserId\": \"account-{person}\", \"espService\": \"{platform}\", \"screenName\": {{\"value\": \"person_{person}\"}}, \"emails\": {{\"emails\": [{{\"value\": \"person{person}@example.com\", \"verified\": true}}]}}, \"phones\": {{\"phones\": [{{\"value\": \"{phone}\", \"verified\": null}}]}}, \"priorCTReports\": [{prior}], \"sourceInformation\": {{\"sourceCaptures\": [{captures}]}}}}]}},",
            person = self.person,
            platform = self.platform,
            phone = self.phone(),
            prior = prior.join(", "),
            captures = captures.join(", ")
        );
        let victims = self.victim.map(|(child, age, _)| {
            format!("{{\"firstName\": \"Child {child}\", \"approximateAge\": {age}}}")
        });
        let _ = writeln!(
            json,
            "    \"intendedRecipients\": null, \"victims\": [{}],",
            victims.unwrap_or_default()
        );
        let files: Vec<String> =
            self.files.iter().enumerate().map(|(number, file)| file.json(number)).collect();
        let _ = writeln!(
            json,
            "    \"uploadedFiles\": {{\"uploadedFiles\": [\n{}\n    ]}},",
            files.join(",\n")
        );
        let text =
            if self.texts { "{\"value\": \"Synthetic text that nothing may read.\"}" } else { "" };
        let _ = writeln!(json, "    \"additionalInformations\": [{text}]\n  }}\n}}");
        json
    }
}

impl File {
    fn draw(stream: &mut Stream, viral: bool, time: Timestamp) -> File {
        // A few files are seen again and again.
        let known = if viral { stream.below(6) } else { 1_000 + stream.below(1 << 40) };
        File {
            hash: known,
            viral,
            class: (!viral && stream.chance(0.6))
                .then(|| ["A1", "A2", "B1", "B2"][stream.below(4) as usize]),
            infant: !viral && stream.chance(0.02),
            supplemental: stream.chance(0.03),
            viewed: stream.chance(0.7).then(|| stream.chance(0.5)),
            uploaded: time.plus_seconds(-(stream.below(86_400) as i64)),
            address: address(stream),
        }
    }

    fn md5(&self) -> String {
        format!(
            "{:032x}",
            u128::from(self.hash).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
        )
    }

    fn xml(&self, id: &str, number: usize) -> String {
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<fileDetails>\n  <reportId>{id}</reportId>\n  <fileId>{:032x}</fileId>\n",
            u128::from(self.hash) << 20 | number as u128
        );
        let _ = write!(
            xml,
            "  <originalFileName>file-{number}.jpg</originalFileName>\n  <uploadedToEspTimestamp>{}</uploadedToEspTimestamp>\n",
            self.uploaded
        );
        if let Some(viewed) = self.viewed {
            let _ = writeln!(xml, "  <fileViewedByEsp>{viewed}</fileViewedByEsp>");
        }
        let relevance = if self.supplemental { "Supplemental Reported" } else { "Reported" };
        let _ = writeln!(xml, "  <fileRelevance>{relevance}</fileRelevance>");
        if self.viral || self.infant {
            let flag = if self.viral { "viral" } else { "infant" };
            let _ = writeln!(xml, "  <fileAnnotations><{flag}>true</{flag}></fileAnnotations>");
        }
        if let Some(class) = self.class.filter(|_| !self.supplemental) {
            let _ = writeln!(xml, "  <industryClassification>{class}</industryClassification>");
        }
        let _ = write!(
            xml,
            "  <originalFileHash hashType=\"MD5\">{}</originalFileHash>\n  <ipCaptureEvent><ipAddress>{}</ipAddress><eventName>Upload</eventName><dateTime>{}</dateTime></ipCaptureEvent>\n</fileDetails>\n",
            self.md5(),
            self.address,
            self.uploaded
        );
        xml
    }

    fn json(&self, number: usize) -> String {
        let viewed = self.viewed.map_or("null".to_owned(), |viewed| viewed.to_string());
        let class = self.class.map_or("null".to_owned(), |class| format!("\"{class}\""));
        let tags = match (self.viral, self.infant) {
            (true, _) => "{\"groups\": [{\"tags\": [{\"value\": \"Viral\"}]}]}",
            (_, true) => "{\"groups\": [{\"tags\": [{\"value\": \"Infant\"}]}]}",
            _ => "null",
        };
        let flag = if self.viral { "{\"viral\": true}" } else { "null" };
        let relevance = if self.supplemental { "Supplemental Reported" } else { "Reported" };
        format!(
            "      {{\"filename\": \"{number}.jpg\", \"originalFilename\": null, \"submittalId\": \"{number:x}\", \"fileRelevance\": \"{relevance}\", \"industryClassification\": {class}, \"viewedByEsp\": {viewed}, \"verificationHash\": \"{}\", \"ncmecTags\": {tags}, \"fileAnnotations\": {flag}, \"sourceInformation\": {{\"sourceCaptures\": [{{\"captureType\": \"IP Address\", \"eventName\": \"UPLOAD\", \"dateTime\": \"{}\", \"value\": \"{}\", \"port\": null}}]}}}}",
            self.md5(),
            self.uploaded,
            self.address
        )
    }
}
