//! Every assumption of the generator in one place. `assumptions` prints it for people.

/// Latent traits, in the order of [`Row::traits`]: general antisociality, sexual interest,
/// opportunity (closeness to children) and activity online.
pub(super) const TRAITS: [&str; 4] = ["antisociality", "interest", "opportunity", "activity"];

/// By how much the mean of each trait moves where an outcome is true: production, solicitation,
/// contact offending.
pub(super) const SHIFTS: [[f64; 4]; 3] =
    [[0.10, 0.40, 0.45, 0.35], [0.10, 0.10, 0.10, 0.60], [0.35, 0.35, 0.50, 0.25]];

pub(super) const OUTCOMES: [&str; 3] =
    ["production", "contact_driven_solicitation", "contact_offending"];
pub(super) const CONCERNS: [&str; 7] = [
    "csem",
    "communication",
    "both",
    "trafficking",
    "hands_on_offline",
    "travel_to_abuse",
    "other",
];
pub(super) const UNITS: [&str; 2] = ["north", "south"];

/// What is assumed of one channel.
pub(super) struct Channel {
    pub(super) id: &'static str,
    /// Share of the stream.
    pub(super) share: f64,
    /// Shares of the concerns, in the order of [`CONCERNS`].
    pub(super) concerns: [f64; 7],
    /// Share of mixed notifications among complaints about material.
    pub(super) mixed: f64,
    /// Rates of the three outcomes where they apply, mixed notifications apart.
    pub(super) rates: [f64; 3],
    /// How full the file is: multiplies every chance of an answer being known.
    pub(super) detail: f64,
    /// Chance that the complaint is worked at all.
    pub(super) worked: f64,
}

const fn channel(
    id: &'static str,
    share: f64,
    concerns: [f64; 7],
    mixed: f64,
    rates: [f64; 3],
    detail: f64,
    worked: f64,
) -> Channel {
    Channel { id, share, concerns, mixed, rates, detail, worked }
}

/// Contact offending: 0.095 (Bissias 2016), 0.167 (Wolak 2011); solicitation under cover: 0.59 (Briggs 2011). Every other number is an assumption.
pub(super) const CHANNELS: [Channel; 6] = [
    channel(
        "platform_or_clearinghouse",
        0.78,
        [0.924, 0.03, 0.03, 0.004, 0.001, 0.001, 0.01],
        0.015,
        [0.03, 0.18, 0.10],
        0.80,
        0.35,
    ),
    channel(
        "peer_to_peer_proactive",
        0.08,
        [0.985, 0.0, 0.01, 0.0, 0.0, 0.0, 0.005],
        0.01,
        [0.04, 0.18, 0.095],
        0.90,
        0.70,
    ),
    channel(
        "undercover_chat",
        0.03,
        [0.18, 0.68, 0.11, 0.01, 0.0, 0.01, 0.01],
        0.05,
        [0.05, 0.59, 0.10],
        1.1,
        0.95,
    ),
    channel(
        "possession_case",
        0.03,
        [0.95, 0.01, 0.04, 0.0, 0.0, 0.0, 0.0],
        0.06,
        [0.10, 0.18, 0.167],
        1.2,
        0.95,
    ),
    channel(
        "public_or_family",
        0.05,
        [0.25, 0.42, 0.15, 0.02, 0.10, 0.01, 0.05],
        0.25,
        [0.15, 0.30, 0.30],
        0.9,
        0.7,
    ),
    channel(
        "other_agency",
        0.03,
        [0.45, 0.25, 0.15, 0.03, 0.05, 0.02, 0.05],
        0.15,
        [0.08, 0.25, 0.20],
        1.0,
        0.6,
    ),
];

/// Rates of contact offending by concern where the channel's own does not serve: trafficking, abuse
/// by hand, travel to abuse. No source gives any.
pub(super) const TOLD_RATES: [f64; 3] = [0.40, 0.60, 0.40];
/// Rate of contact offending among mixed notifications: the rate of a wider outcome (Smid 2014/15),
/// taken as this one's.
pub(super) const MIXED_RATE: f64 = 0.90;
/// How much likelier production is where contact offending is true, and solicitation.
pub(super) const TOGETHER: [f64; 2] = [2.5, 1.5];
/// Share of the north unit; the south unit's files are thinner and its findings fewer.
pub(super) const NORTH: f64 = 0.58;
pub(super) const SOUTH_DETAIL: f64 = 0.80;
pub(super) const SOUTH_FINDS: f64 = 0.90;
/// Chance that a complaint is about the subject of an earlier one, at most this many back.
pub(super) const REPEATED: f64 = 0.12;
pub(super) const WINDOW: u64 = 2_000;
/// Spread of how full a file is within a channel, and its limits.
pub(super) const RICHNESS: [f64; 3] = [0.30, 0.35, 1.30];
/// Chance of having reached the field stage; of those, of a search having been made.
pub(super) const ADVANCED: [f64; 2] = [0.22, 0.35];
/// Sexual communication by concern, in the order of [`CONCERNS`].
pub(super) const COMMUNICATES: [f64; 7] = [0.02, 0.98, 0.98, 0.30, 0.05, 0.30, 0.05];
/// Rate of solicitation, as a factor, where communication was found beside material only.
pub(super) const FOUND_LATER: f64 = 0.6;
/// Share of minors among suspects: said to be, verified.
pub(super) const MINORS: [f64; 2] = [0.08, 0.03];
/// A viral batch: some files, every file, among complaints about material: where no outcome is
/// true, and where one is.
pub(super) const VIRAL: [[f64; 2]; 2] = [[0.08, 0.06], [0.04, 0.012]];
/// Chances of an urgent mark by the clearing house and by the platform, of imminent danger and
/// of sadistic coercion: where no outcome is true, and where one is.
pub(super) const URGENT: [[f64; 2]; 4] =
    [[0.0015, 0.010], [0.003, 0.010], [0.001, 0.020], [0.0005, 0.006]];
/// Chance that live streaming goes on, where payments are known of.
pub(super) const STREAMING: f64 = 0.30;
/// Chance that it goes on otherwise.
pub(super) const STREAMING_OTHERWISE: f64 = 0.0005;
/// A meeting proposed, arranged once proposed, travelled to once arranged: where solicitation is
/// not aimed at a meeting, and where it is.
pub(super) const MEETING: [[f64; 2]; 3] = [[0.02, 0.45], [0.15, 0.45], [0.05, 0.30]];
/// Chat that stays sexual chat, where no meeting was proposed: without and with the outcome.
pub(super) const CHAT_ONLY: [f64; 2] = [0.75, 0.40];
/// A child who can be identified: otherwise, where there is communication, where there is
/// production.
pub(super) const IDENTIFIABLE: [f64; 3] = [0.03, 0.12, 0.20];
/// Networks (gnutella, bittorrent, chat platform, dark web, other) by kind of channel: file
/// sharing without and with contact offending, and every other.
pub(super) const NETWORKS: [[f64; 5]; 3] =
    [[0.88, 0.10, 0.0, 0.0, 0.02], [0.73, 0.25, 0.0, 0.0, 0.02], [0.01, 0.02, 0.80, 0.03, 0.14]];
/// Counterparts (child, under cover, other adult): under cover channel, and every other.
pub(super) const COUNTERPARTS: [[f64; 3]; 2] = [[0.0, 1.0, 0.0], [0.90, 0.05, 0.05]];
/// Deconfliction (not checked, clear, conflict).
pub(super) const DECONFLICTION: [f64; 3] = [0.30, 0.66, 0.04];
/// Chances of a preservation deadline on a platform report, and of a statutory one on any.
pub(super) const DEADLINES: [f64; 2] = [0.60, 0.02];
/// Chance that work finds a true outcome: production, solicitation, contact offending, each at a
/// desk, in the field, after a search. Contact offending is under-recorded (12% in official
/// records against 55% in self-report, pooled; recalled and second-hand).
pub(super) const FINDS: [[f64; 3]; 3] =
    [[0.35, 0.60, 0.85], [0.60, 0.80, 0.90], [0.30, 0.50, 0.70]];
/// Chance that work records an outcome that is not true.
pub(super) const WRONGLY: f64 = 0.01;
/// Share of complaints otherwise left unworked that a blind audit takes.
pub(super) const AUDIT: f64 = 0.05;
/// Depths of work: desk, field, search.
pub(super) const DEPTHS: [f64; 3] = [0.35, 0.40, 0.25];
/// The same where the field stage was reached.
pub(super) const DEPTHS_ADVANCED: [f64; 3] = [0.0, 0.6, 0.4];

/// Whose answer it is: the same for every complaint about a person, or the complaint's own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Person,
    Complaint,
}

/// Where the question can have an answer other than *absent* (or, without one, any at all).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    Always,
    Material,
    Communication,
    PostSearch,
    Field,
    /// Where the clearing house has passed the complaint on.
    Platform,
    /// Where extortion is told.
    Extortion,
    /// Where earlier complaints are told.
    Tips,
    /// Where a sexual offence is on record.
    Record,
}

/// One item drawn from the latent traits.
pub(super) struct Row {
    pub(super) item: &'static str,
    /// Answers from least to most of what is latent.
    pub(super) answers: &'static [&'static str],
    /// Shares of the answers before the outcomes act.
    pub(super) shares: &'static [f64],
    /// The same shares as cuts of a standard normal.
    pub(super) cuts: &'static [f64],
    /// Loadings on the traits.
    pub(super) traits: [f64; 4],
    /// Direct effects of the outcomes on the latent value, beyond the traits.
    pub(super) effects: [f64; 3],
    /// Chance of being known in a file of detail 1: first answer, any other. Unequal chances are
    /// what makes answers missing not at random.
    pub(super) known: [f64; 2],
    pub(super) of: Of,
    pub(super) asked: Where,
}

const YES: &[&str] = &["no", "yes"];

macro_rules! rows {
    ($($item:literal $answers:tt $shares:tt $cuts:tt traits $traits:tt effects $effects:tt known $known:tt $of:ident $asked:ident;)+) => {
        &[$(Row {
            item: $item, answers: rows!(@answers $answers), shares: &$shares, cuts: &$cuts, traits: $traits,
            effects: $effects, known: $known, of: Of::$of, asked: Where::$asked,
        }),+]
    };
    (@answers (yes)) => { YES };
    (@answers $answers:tt) => { &$answers };
}

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = rows! {
    "prior_contact_sexual_conviction" (yes) [0.97, 0.03] [1.881] traits [0.45, 0.30, 0.0, 0.0] effects [0.1, 0.0, 0.5] known [0.55, 0.75] Person Always;
    "prior_contact_sexual_allegation" (yes) [0.96, 0.04] [1.751] traits [0.40, 0.20, 0.30, 0.0] effects [0.2, 0.0, 0.7] known [0.40, 0.70] Person Always;
    "prior_noncontact_sexual_offence" (yes) [0.92, 0.08] [1.405] traits [0.30, 0.50, 0.0, 0.0] effects [0.0, 0.0, 0.15] known [0.55, 0.75] Person Always;
    "prior_csem_offence" (yes) [0.90, 0.10] [1.282] traits [0.0, 0.50, 0.0, 0.20] effects [0.0, 0.0, 0.05] known [0.55, 0.75] Person Always;
    "on_register_or_supervised" (yes) [0.94, 0.06] [1.555] traits [0.30, 0.40, 0.0, 0.0] effects [0.0, 0.0, 0.1] known [0.60, 0.80] Person Always;
    "prior_violent_offence" (yes) [0.92, 0.08] [1.405] traits [0.65, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.1] known [0.55, 0.70] Person Always;
    "prior_conviction_count" ["none", "one_or_two", "from_3_to_5", "from_6"] [0.60, 0.22, 0.12, 0.06] [0.253, 0.915, 1.555] traits [0.70, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.05] known [0.55, 0.70] Person Always;
    "prior_custody" (yes) [0.93, 0.07] [1.476] traits [0.65, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.05] known [0.55, 0.70] Person Always;
    "supervision_failure" (yes) [0.95, 0.05] [1.645] traits [0.60, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.1] known [0.45, 0.65] Person Always;
    "domestic_abuse_history" (yes) [0.92, 0.08] [1.405] traits [0.55, 0.0, 0.20, 0.0] effects [0.0, 0.0, 0.15] known [0.40, 0.60] Person Always;
    "substance_misuse" (yes) [0.88, 0.12] [1.175] traits [0.50, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.05] known [0.40, 0.65] Person Field;
    "child_in_household" (yes) [0.70, 0.30] [0.524] traits [0.0, 0.0, 0.40, 0.0] effects [0.0, 0.0, 0.0] known [0.45, 0.75] Person Field;
    "child_access_route" ["none", "household", "other", "relative", "friend_acquaintance_neighbour"] [0.45, 0.25, 0.08, 0.12, 0.10] [-0.126, 0.524, 0.772, 1.282] traits [0.0, 0.0, 0.60, 0.0] effects [0.1, 0.0, 0.15] known [0.35, 0.70] Person Field;
    "works_or_volunteers_with_children" (yes) [0.90, 0.10] [1.282] traits [0.0, 0.0, 0.40, 0.0] effects [0.2, 0.0, 0.3] known [0.40, 0.75] Person Field;
    "grooming_behaviour" (yes) [0.96, 0.04] [1.751] traits [0.0, 0.0, 0.40, 0.40] effects [0.1, 0.4, 0.4] known [0.25, 0.70] Person Field;
    "suspected_production" (yes) [0.97, 0.03] [1.881] traits [0.0, 0.30, 0.30, 0.0] effects [0.9, 0.0, 0.2] known [0.25, 0.70] Person Field;
    "contact_with_other_offenders" (yes) [0.92, 0.08] [1.405] traits [0.0, 0.40, 0.0, 0.40] effects [0.2, 0.0, 0.25] known [0.25, 0.60] Person Field;
    "devices_over_two" (yes) [0.65, 0.35] [0.385] traits [0.0, 0.30, 0.0, 0.20] effects [0.0, 0.0, 0.1] known [0.90, 0.95] Person PostSearch;
    "video_collection_present" (yes) [0.36, 0.64] [-0.358] traits [0.0, 0.40, 0.0, 0.0] effects [0.0, 0.0, 0.0] known [0.90, 0.95] Person PostSearch;
    "interest_two_years_or_more" (yes) [0.45, 0.55] [-0.126] traits [0.0, 0.50, 0.0, 0.0] effects [0.0, 0.0, 0.1] known [0.70, 0.90] Person PostSearch;
    "admitted_sexual_interest" (yes) [0.60, 0.40] [0.253] traits [0.0, 0.20, 0.0, 0.0] effects [0.0, 0.0, 0.0] known [0.80, 0.90] Person PostSearch;
    "prior_tip_count" ["none", "one", "from_2_to_4", "from_5"] [0.82, 0.11, 0.05, 0.02] [0.915, 1.476, 2.054] traits [0.20, 0.20, 0.0, 0.20] effects [0.0, 0.0, 0.1] known [0.70, 0.80] Complaint Always;
    "novel_material" (yes) [0.85, 0.15] [1.036] traits [0.0, 0.20, 0.0, 0.0] effects [0.6, 0.0, 0.05] known [0.60, 0.50] Complaint Material;
    "material_youngest_age_band" ["from_13_to_17", "from_6_to_12", "before_puberty", "under_6"] [0.40, 0.28, 0.20, 0.12] [-0.253, 0.468, 1.175] traits [0.0, 0.50, 0.0, 0.0] effects [0.0, 0.0, 0.1] known [0.55, 0.65] Complaint Material;
    "material_severity_band" ["least", "middle", "upper_of_two", "most"] [0.40, 0.25, 0.20, 0.15] [-0.253, 0.385, 1.036] traits [0.0, 0.50, 0.0, 0.0] effects [0.0, 0.0, 0.15] known [0.60, 0.70] Complaint Material;
    "material_volume" ["under_10", "from_10_to_99", "from_100_to_999", "from_1000"] [0.75, 0.18, 0.055, 0.015] [0.674, 1.476, 2.17] traits [0.0, 0.30, 0.0, 0.20] effects [0.0, 0.0, 0.0] known [0.95, 0.95] Complaint Material;
    "distribution_mode" ["none", "passive", "active_trade"] [0.35, 0.50, 0.15] [-0.385, 1.036] traits [0.0, 0.20, 0.0, 0.50] effects [0.25, 0.0, 0.0] known [0.45, 0.65] Complaint Material;
    "image_requested_or_coerced" (yes) [0.75, 0.25] [0.674] traits [0.0, 0.0, 0.0, 0.40] effects [0.9, 0.1, 0.0] known [0.45, 0.80] Complaint Communication;
    "payment_for_access" (yes) [0.95, 0.05] [1.645] traits [0.0, 0.0, 0.0, 0.30] effects [0.2, 0.3, 0.1] known [0.30, 0.70] Complaint Communication;
    "chat_duration_days" ["under_7", "from_7_to_29", "from_30_to_89", "from_90"] [0.45, 0.27, 0.17, 0.11] [-0.126, 0.583, 1.227] traits [0.0, 0.0, 0.0, 0.30] effects [0.0, 0.0, 0.0] known [0.70, 0.70] Complaint Communication;
    "live_stream_payment_count" ["none", "one_or_two", "from_3_to_9", "from_10"] [0.985, 0.008, 0.004, 0.003] [2.17, 2.457, 2.748] traits [0.0, 0.30, 0.0, 0.30] effects [0.3, 0.0, 0.1] known [0.12, 0.80] Complaint Always;
    "solicitation_persistent" (yes) [0.97, 0.03] [1.881] traits [0.0, 0.20, 0.0, 0.40] effects [0.1, 0.3, 0.1] known [0.30, 0.80] Complaint Communication;
    "children_contacted" ["one", "from_2_to_4", "from_5"] [0.80, 0.15, 0.05] [0.842, 1.645] traits [0.0, 0.20, 0.20, 0.50] effects [0.1, 0.1, 0.2] known [0.60, 0.85] Complaint Communication;
    "contacted_child_age_band" ["from_16_to_17", "from_13_to_15", "under_13"] [0.20, 0.65, 0.15] [-0.842, 1.036] traits [0.0, 0.50, 0.0, 0.0] effects [0.0, 0.0, 0.1] known [0.50, 0.60] Complaint Communication;
    "commercial_gain" ["none", "sells_material", "sells_access"] [0.985, 0.012, 0.003] [2.17, 2.748] traits [0.30, 0.0, 0.0, 0.40] effects [0.2, 0.0, 0.1] known [0.15, 0.80] Complaint Always;
    "payment_value_pattern" (yes) [0.99, 0.01] [2.326] traits [0.0, 0.30, 0.0, 0.30] effects [0.3, 0.0, 0.1] known [0.08, 0.80] Complaint Always;
    "content_basis" ["content_seen", "text_only", "classifier_only", "account_signals"] [0.60, 0.05, 0.25, 0.10] [0.253, 0.385, 1.282] traits [0.0, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.0] known [0.90, 0.90] Complaint Platform;
    "identity_lead" ["none", "proxy", "shared_address", "address", "address_and_port", "verified_contact"] [0.10, 0.10, 0.15, 0.35, 0.15, 0.15] [-1.282, -0.842, -0.385, 0.524, 1.036] traits [0.0, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.0] known [0.90, 0.90] Complaint Always;
    "network_data_age" ["under_8", "from_8_to_14", "from_15_to_30", "from_31"] [0.20, 0.20, 0.25, 0.35] [-0.842, -0.253, 0.385] traits [0.0, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.0] known [0.75, 0.75] Complaint Always;
    "report_actionability" ["not_actionable", "partly", "actionable"] [0.25, 0.35, 0.40] [-0.674, 0.253] traits [0.0, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.0] known [0.90, 0.90] Complaint Always;
    "days_since_last_activity" ["under_8", "from_8_to_28", "from_29_to_90", "from_91"] [0.35, 0.30, 0.20, 0.15] [-0.385, 0.385, 1.036] traits [0.0, 0.0, 0.0, 0.0] effects [0.0, 0.0, 0.0] known [0.75, 0.75] Complaint Always;
};

/// Chances of being known for the items that no row above draws: first answer, any other, and
/// whether that holds however full the file is.
#[rustfmt::skip]
pub(super) const KNOWN: &[(&str, [f64; 2], bool)] = &[
    ("tip_source", [0.995, 0.995], true),
    ("concern", [0.97, 0.97], true),
    ("mixed_notification", [0.85, 0.95], true),
    ("communication_with_minor", [0.35, 0.95], false),
    ("counterpart_type", [0.60, 0.70], false),
    ("meeting_proposed", [0.60, 0.95], false),
    ("meeting_arranged", [0.60, 0.95], false),
    ("travel_or_arrival", [0.60, 0.98], false),
    ("sexual_chat_only", [0.35, 0.60], false),
    ("imminent_danger_flag", [0.60, 0.98], false),
    ("clearinghouse_urgent", [0.98, 1.0], true),
    ("provider_urgent", [0.95, 1.0], true),
    ("sadistic_coercion", [0.40, 0.90], false),
    ("live_streaming_under_way", [0.25, 0.90], false),
    ("victim_identifiable", [0.50, 0.80], false),
    ("viral_batch", [0.70, 0.85], false),
    ("network_type", [0.95, 0.95], false),
    ("deconfliction", [0.95, 0.95], true),
    ("suspect_is_minor", [0.30, 0.60], false),
];

/// One item drawn by shares that depend on whether any outcome is true, and on nothing else.
pub(super) struct Picked {
    pub(super) item: &'static str,
    pub(super) answers: &'static [&'static str],
    /// Shares of the answers where no outcome is true, and where one is.
    pub(super) shares: [&'static [f64]; 2],
    /// Chance of being known: first answer, any other.
    pub(super) known: [f64; 2],
    /// Whether that holds however full the file is.
    pub(super) always: bool,
    pub(super) asked: Where,
}

const fn picked(
    item: &'static str,
    answers: &'static [&'static str],
    shares: [&'static [f64]; 2],
    known: [f64; 2],
    always: bool,
    asked: Where,
) -> Picked {
    Picked { item, answers, shares, known, always, asked }
}

#[rustfmt::skip]
pub(super) const PICKED: &[Picked] = &[
    picked("clearinghouse_disposition", &["referral", "informational"], [&[0.48, 0.52], &[0.65, 0.35]], [0.95, 0.95], true, Where::Platform),
    picked("clearinghouse_level", &["lowest", "between", "highest"], [&[0.62, 0.34, 0.04], &[0.45, 0.43, 0.12]], [0.90, 0.90], true, Where::Platform),
    picked("sender_marks_spam", YES, [&[0.98, 0.02], &[0.995, 0.005]], [0.90, 1.0], true, Where::Platform),
    picked("victim_status", &["not_known", "identified_not_safe", "identified_and_safe", "historic"], [&[0.72, 0.005, 0.165, 0.11], &[0.87, 0.03, 0.07, 0.03]], [0.30, 0.60], false, Where::Material),
    picked("victim_reported_before", YES, [&[0.99, 0.01], &[0.96, 0.04]], [0.40, 0.90], false, Where::Always),
    picked("child_in_crisis", YES, [&[0.9985, 0.0015], &[0.985, 0.015]], [0.30, 0.95], false, Where::Always),
    picked("missing_child_link", YES, [&[0.9995, 0.0005], &[0.996, 0.004]], [0.30, 0.95], false, Where::Always),
    picked("material_origin", &["camera", "altered_image", "generated", "drawn", "not_established"], [&[0.79, 0.015, 0.07, 0.025, 0.10], &[0.86, 0.02, 0.03, 0.01, 0.08]], [0.50, 0.70], false, Where::Material),
    picked("self_produced", &["no", "shared_among_peers", "coerced", "not_established"], [&[0.82, 0.05, 0.01, 0.12], &[0.74, 0.03, 0.08, 0.15]], [0.40, 0.70], false, Where::Material),
    picked("extortion", &["none", "sexual_demands", "money_demanded", "both"], [&[0.95, 0.02, 0.025, 0.005], &[0.90, 0.07, 0.02, 0.01]], [0.40, 0.95], false, Where::Communication),
    picked("demands_under_way", YES, [&[0.45, 0.55], &[0.30, 0.70]], [0.40, 0.40], true, Where::Extortion),
    picked("group_marked", &["none", "other_kind", "kind_not_established", "coercion"], [&[0.985, 0.012, 0.0025, 0.0005], &[0.95, 0.035, 0.01, 0.005]], [0.50, 0.95], false, Where::Always),
    picked("days_since_last_tip", &["under_31", "from_31_to_180", "from_181_to_365", "from_366"], [&[0.18, 0.30, 0.22, 0.30], &[0.26, 0.32, 0.18, 0.24]], [0.95, 0.95], true, Where::Tips),
    picked("months_since_last_sexual_offence", &["under_13", "from_13_to_60", "from_61_to_120", "from_121"], [&[0.12, 0.30, 0.22, 0.36], &[0.20, 0.34, 0.20, 0.26]], [0.85, 0.85], true, Where::Record),
    picked("jurisdiction_fit", &["here", "shared", "elsewhere"], [&[0.70, 0.15, 0.15], &[0.74, 0.16, 0.10]], [0.85, 0.85], true, Where::Always),
    picked("suspect_alerted", YES, [&[0.65, 0.35], &[0.65, 0.35]], [0.50, 0.70], false, Where::Platform),
];
