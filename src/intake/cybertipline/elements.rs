//! Elements of the sender's schema that are known here, found by their names.

use std::sync::LazyLock;

use super::reading::is_same_name;

macro_rules! elements {
    ($($variant:ident $name:literal),+ $(,)?) => {
        /// An element; `Other` is one that is not known, `Nothing` one that says of itself
        /// that it is not there.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Element { Other, Nothing, $($variant),+ }

        const ELEMENTS: &[(&str, Element)] = &[$(($name, Element::$variant)),+];
    };
}

elements! {
    Report "report", BatchedReport "batchedReport", IncidentSummary "incidentSummary",
    IncidentType "incidentType", Platform "platform", Escalate "escalateToHighPriority",
    ReportAnnotations "reportAnnotations", Sextortion "sextortion",
    Solicitation "csamSolicitation", MinorToMinor "minorToMinorInteraction", Spam "spam",
    Sadistic "sadisticOnlineExploitation", Informational "informational",
    IncidentTime "incidentDateTime", IncidentTimeText "incidentDateTimeDescription",
    InternetDetails "internetDetails", WebPage "webPageIncident", Mail "emailIncident",
    News "newsgroupIncident", Chat "chatImIncident", Game "onlineGamingIncident",
    CellPhone "cellPhoneIncident", Offline "nonInternetIncident", Peer "peer2peerIncident",
    LawEnforcement "lawEnforcement", AgencyName "agencyName", CaseNumber "caseNumber",
    OfficerContact "officerContact", ReportedToLe "reportedToLe",
    ServedDomestic "servedLegalProcessDomestic", ServedAbroad "servedLegalProcessInternational",
    Reporter "reporter", ReportingPerson "reportingPerson", ContactPerson "contactPerson",
    CompanyTemplate "companyTemplate", Terms "termsOfService", LegalUrl "legalURL",
    Suspect "personOrUserReported", SuspectPerson "personOrUserReportedPerson",
    Vehicle "vehicleDescription", Account "espIdentifier", Service "espService",
    Compromised "compromisedAccount", ScreenName "screenName", DisplayName "displayName",
    ProfileUrl "profileUrl", ProfileBio "profileBio", IpCapture "ipCaptureEvent",
    DeviceId "deviceId", ThirdPartyUser "thirdPartyUserReported", Priors "priorCTReports",
    Prior "priorCTReport", Group "groupIdentifier", DisabledFor "accountTemporarilyDisabled",
    Disabled "accountPermanentlyDisabled", Location "estimatedLocation",
    AllMails "allEmailsReported", Associated "associatedAccount", AdditionalInfo "additionalInfo",
    Recipient "intendedRecipient", RecipientPerson "intendedRecipientPerson", Victim "victim",
    VictimPerson "victimPerson", School "schoolName", FirstName "firstName",
    MiddleName "middleName", LastName "lastName", Phone "phone", EMail "email",
    Address "address", City "city", Zip "zipCode", State "state", NonUsaState "nonUsaState",
    Country "country", Age "age", AgeAbout "approximateAge", Born "dateOfBirth",
    AgeDiscrepancy "ageAssertionDiscrepancy", Url "url", MailAddress "emailAddress",
    Content "content", Name "name", ChatClient "chatClient", ChatRoom "chatRoomName",
    GameName "gameName", Console "console", PhoneNumber "phoneNumber", Latitude "latitude",
    Longitude "longitude", LocationName "locationName", IncidentAddress "incidentAddress",
    Client "client", FileNames "fileNames", IpAddress "ipAddress", EventName "eventName",
    DateTime "dateTime", Proxy "possibleProxy", Port "port", IdType "idType", IdValue "idValue",
    Region "region", CountryCode "countryCode", FileDetails "fileDetails", ReportId "reportId",
    FileId "fileId", FileName "fileName", OriginalFileName "originalFileName",
    Uploaded "uploadedToEspTimestamp", FileLocation "locationOfFile", Viewed "fileViewedByEsp",
    ExifViewed "exifViewedByEsp", Public "publiclyAvailable", Relevance "fileRelevance",
    FileAnnotations "fileAnnotations", Drawing "animeDrawingVirtualHentai",
    Meme "potentialMeme", Viral "viral", SelfProduced "possibleSelfProduction",
    PhysicalHarm "physicalHarm", Violence "violenceGore", Bestiality "bestiality",
    LiveStreaming "liveStreaming", Infant "infant", Generated "generativeAi",
    Class "industryClassification", Hash "originalFileHash", Details "details",
    Pair "nameValuePair", Value "value", Response "reportResponse",
    DoneResponse "reportDoneResponse", ResponseCode "responseCode",
    ResponseText "responseDescription", ResponseHash "hash", Files "files",
}

/// Slots of the table of names: a power of two, a few times as many as there are names.
const SLOTS: usize = 1024;

/// Elements by their names: at the slot of its name, or in the first free one behind it.
static BY_NAME: LazyLock<Vec<Option<(&str, Element)>>> = LazyLock::new(|| {
    let mut slots = vec![None; SLOTS];
    for &(name, element) in ELEMENTS {
        let mut slot = slot_of(name);
        while slots[slot].is_some() {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = Some((name, element));
    }
    slots
});

/// Three letters and the length tell nearly all names apart.
fn slot_of(name: &str) -> usize {
    let letters = name.as_bytes();
    let letter = |at: usize| letters.get(at).copied().map_or(0, usize::from);
    let last = letters.len().wrapping_sub(1);
    let mixed = letter(0) ^ letter(last) << 3 ^ letter(letters.len() / 2) << 5;
    (mixed + letters.len() * 37) % SLOTS
}

impl Element {
    pub(super) fn by_name(name: &str) -> Element {
        let mut slot = slot_of(name);
        while let Some((known, element)) = BY_NAME[slot] {
            if known == name {
                return element;
            }
            slot = (slot + 1) % SLOTS;
        }
        // Some clients write names in capitals of their own: an element passed over could be the call for urgency.
        let alike = ELEMENTS.iter().find(|(known, _)| is_same_name(known, name));
        alike.map_or(Element::Other, |found| found.1)
    }

    /// Whether its text is an id, a code, a time or an identifier. All other text is not read.
    pub(super) fn is_read(self) -> bool {
        use Element as E;
        matches!(
            self,
            E::IncidentType
                | E::Platform
                | E::IncidentTime
                | E::Sextortion
                | E::Solicitation
                | E::MinorToMinor
                | E::Spam
                | E::Sadistic
                | E::Informational
                | E::ReportedToLe
                | E::ServedDomestic
                | E::ServedAbroad
                | E::Account
                | E::Service
                | E::Compromised
                | E::ScreenName
                | E::DisplayName
                | E::ProfileUrl
                | E::School
                | E::ThirdPartyUser
                | E::Priors
                | E::Prior
                | E::Group
                | E::DisabledFor
                | E::Disabled
                | E::Phone
                | E::EMail
                | E::Age
                | E::AgeAbout
                | E::Born
                | E::FirstName
                | E::LastName
                | E::IpAddress
                | E::DateTime
                | E::Proxy
                | E::Port
                | E::IdType
                | E::IdValue
                | E::ReportId
                | E::FileId
                | E::Uploaded
                | E::Viewed
                | E::Public
                | E::Relevance
                | E::Drawing
                | E::Meme
                | E::Viral
                | E::SelfProduced
                | E::PhysicalHarm
                | E::Violence
                | E::Bestiality
                | E::LiveStreaming
                | E::Infant
                | E::Generated
                | E::Class
                | E::Hash
                | E::Value
                | E::Other
        )
    }

    /// Whether it has one value, which is its text.
    pub(super) fn holds_value(self) -> bool {
        self.is_read() && !self.is_flag() && self != Element::Value
    }

    /// Whether it is there or not there, and that is what it says.
    pub(super) fn is_flag(self) -> bool {
        use Element as E;
        matches!(
            self,
            E::Sextortion
                | E::Solicitation
                | E::MinorToMinor
                | E::Spam
                | E::Sadistic
                | E::Informational
                | E::Viral
                | E::Meme
                | E::Drawing
                | E::SelfProduced
                | E::PhysicalHarm
                | E::Violence
                | E::Bestiality
                | E::LiveStreaming
                | E::Infant
                | E::Generated
                | E::Other
        )
    }

    /// Whether it stands in a report alone, so that one is there even where its tag is not.
    pub(super) fn is_part_of_report(self) -> bool {
        use Element as E;
        matches!(
            self,
            E::IncidentSummary
                | E::IncidentType
                | E::IncidentTime
                | E::Escalate
                | E::ReportAnnotations
                | E::Sextortion
                | E::Solicitation
                | E::MinorToMinor
                | E::Spam
                | E::Sadistic
                | E::Informational
                | E::BatchedReport
                | E::InternetDetails
                | E::LawEnforcement
                | E::Reporter
                | E::Suspect
                | E::Recipient
                | E::Victim
                | E::SuspectPerson
                | E::RecipientPerson
                | E::VictimPerson
        )
    }

    /// Whether it stands in file details alone, so that a file is there even where its tag is not.
    pub(super) fn is_part_of_file(self) -> bool {
        use Element as E;
        matches!(
            self,
            E::OriginalFileName
                | E::Uploaded
                | E::FileLocation
                | E::Viewed
                | E::ExifViewed
                | E::Relevance
                | E::FileAnnotations
                | E::Class
                | E::Hash
                | E::SelfProduced
                | E::PhysicalHarm
                | E::Violence
                | E::Bestiality
                | E::LiveStreaming
                | E::Infant
                | E::Generated
        )
    }

    /// Whether what stands in it are flags, so that an unknown name may speak of danger.
    pub(super) fn holds_flags(self) -> bool {
        matches!(self, Element::ReportAnnotations | Element::FileAnnotations)
    }

    /// Whether people write in it as they like.
    pub(super) fn is_free_text(self) -> bool {
        use Element as E;
        matches!(
            self,
            E::AdditionalInfo
                | E::Content
                | E::ProfileBio
                | E::CompanyTemplate
                | E::Terms
                | E::IncidentTimeText
                | E::Escalate
                | E::FileNames
        )
    }
}
