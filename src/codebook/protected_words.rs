//! Names of attributes that no item may stand for, in several languages, with the reason.
//!
//! A list of words is a net with holes: it stops what is plain, and the author's declaration
//! (see [`Declaration`](super::Declaration)) answers for the rest.

/// One attribute with what it is called.
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) reason: &'static str,
    /// Refused whoever the item is about, or only for suspects and for the complaint as a whole.
    pub(super) everyone: bool,
    /// Whole names of items or answers, words joined by `_`.
    pub(super) names: &'static [&'static str],
    /// Whole names of items; as answers they mean other things too.
    pub(super) items: &'static [&'static str],
    /// Words or runs of words that tell it in a question or a label.
    pub(super) told_by: &'static [&'static str],
}

const AREA: &str = "area profiles judge neighbours, not conduct; an earlier police model had to remove its postcodes";

#[rustfmt::skip]
pub(super) const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name: "race, ethnicity or national origin",
        reason: "protected; hold such data apart and use it in audits only",
        everyone: true,
        names: &[
            "race", "races", "racial", "racial_group", "racial_origin", "ethnic", "ethnicity", "ethnic_group", "ethnic_origin", "ethnic_background",
            "nationality", "nationalities", "national_origin", "origin_country", "country_of_origin", "country_of_birth", "birth_country",
            "birthplace", "place_of_birth", "citizen", "citizens", "citizenship", "non_citizen", "noncitizen", "foreigner", "foreign_national", "foreign_born",
            "immigrant", "immigrants", "immigration", "migrant", "migration", "migration_background", "refugee", "asylum", "asylum_seeker", "visa",
            "residence_permit", "passport_country", "skin_colour", "skin_color", "skin_tone", "skin", "complexion", "caste", "tribe", "tribal", "indigenous",
            "ancestry", "descent", "heritage", "minority", "minority_status", "mother_tongue", "native_language", "first_language", "native_speaker", "accent",
            "surname_origin", "first_name", "given_name", "forename", "surname", "last_name", "family_name", "hair_colour", "hair_color", "eye_colour", "eye_color", "language_spoken", "home_language", "hispanic", "latino", "latina", "latinx", "black", "white", "asian", "african", "arab", "caucasian", "roma", "gypsy", "traveller",
            // German, French, Spanish, Italian, Portuguese, Dutch, Polish, Swedish.
            "rasse", "volksgruppe", "geburtsort", "vorname", "nachname", "ethnie", "ethnizitaet", "herkunft", "staatsangehoerigkeit", "nationalitaet", "hautfarbe", "migrationshintergrund", "auslaender", "geburtsland",
            "muttersprache", "nationalite", "ethnicite", "origine_ethnique", "couleur_de_peau", "citoyennete", "etranger", "langue_maternelle", "pays_de_naissance",
            "raza", "etnia", "etnicidad", "nacionalidad", "ciudadania", "origen", "color_de_piel", "extranjero", "inmigrante", "lengua_materna", "pais_de_nacimiento",
            "razza", "nazionalita", "cittadinanza", "straniero", "raca", "nacionalidade", "cidadania", "cor_da_pele", "imigrante",
            "ras", "etniciteit", "nationaliteit", "afkomst", "huidskleur", "staatsburgerschap", "narodowosc", "obywatelstwo", "rasa", "etnicitet", "nationalitet", "medborgarskap",
        ],
        items: &["colour", "color", "language", "languages", "spoken_language", "couleur", "langue", "sprache", "idioma", "lingua", "taal"],
        told_by: &[
            "ethnic", "ethnicity", "race", "racial", "nationality", "citizen", "citizenship", "country of birth", "country of origin", "born abroad", "born in", "national origin",
            "skin colour", "skin color", "colour of skin", "color of skin", "immigrant", "immigration", "migrant", "refugee", "asylum", "mother tongue", "native language", "first language", "foreigner", "foreign national", "caste",
        ],
    },
    Attribute {
        name: "religion",
        reason: "protected, and no evidence bears on it",
        everyone: true,
        names: &[
            "religion", "religions", "religious", "religious_affiliation", "religiosity", "creed", "denomination", "worship", "place_of_worship",
            "church", "church_attendance", "mosque", "synagogue", "temple", "muslim", "islam", "islamic", "christian", "catholic", "protestant", "jewish", "jew", "hindu", "sikh", "buddhist", "atheist",
            "hijab", "headscarf", "veil", "turban", "kippah", "kopftuch", "konfession", "glaube", "religione", "religiao", "godsdienst", "religia", "wyznanie", "religionszugehoerigkeit",
        ],
        items: &["faith", "belief", "beliefs"],
        told_by: &["religion", "religious", "creed", "worship", "church", "mosque", "synagogue", "muslim", "christian", "catholic", "jewish", "hindu"],
    },
    Attribute {
        name: "sexual orientation or a stand-in for it",
        reason: "protected; the sex of depicted children is a stand-in for it and concerns another outcome",
        everyone: true,
        names: &[
            "orientation", "sexual_orientation", "sexuality", "sexual_preference", "sexual_identity", "homosexual", "homosexuality", "heterosexual", "gay", "lesbian", "bisexual", "queer", "lgbt", "lgbtq",
            "boys", "girls", "boys_depicted", "girls_depicted", "more_boys", "more_boys_than_girls", "boys_in_material", "sex_of_children", "sex_of_depicted_children", "same_sex", "same_sex_partner",
            "sexuelle_orientierung", "orientation_sexuelle", "orientacion_sexual", "orientamento_sessuale", "orientacao_sexual", "seksuele_geaardheid",
        ],
        items: &[],
        told_by: &["sexual orientation", "sexual preference", "homosexual", "gay", "lesbian", "bisexual", "more boys than girls", "boys or girls", "share of boys", "sex of the depicted"],
    },
    Attribute {
        name: "age of an adult suspect",
        reason: "no reliable difference is known; age serves only to route minors out (ask whether the suspect is a minor)",
        everyone: false,
        names: &[
            "age", "ages", "aged", "age_at_offence", "age_at_offense", "age_at_arrest", "age_at_report", "age_at_incident", "age_bracket", "age_range", "age_cohort", "date_of_birth", "birth", "birth_date", "birthdate",
            "birthday", "birth_year", "year_of_birth", "yob", "born", "year_born", "dob", "elderly", "pensioner", "retired", "senior", "young_adult", "middle_aged", "years_old", "years_lived", "lifetime_years", "how_old",
            "aged_35_or_under",
            "age_group", "age_class", "age_category", "altersgruppe", "altersklasse", "alter", "alter_in_jahren", "geburtsdatum", "geburtsjahr", "edad", "anos", "fecha_de_nacimiento", "age_annees", "date_de_naissance", "annee_de_naissance", "data_di_nascita", "idade", "data_de_nascimento", "leeftijd", "geboortedatum", "geboortejaar", "wiek", "alder", "fodelsear",
        ],
        items: &["older", "younger", "old", "young", "maturity", "under_35", "over_35", "under_25", "over_25", "under_30", "over_30", "over_40", "over_50", "over_60"],
        told_by: &["how old is the suspect", "how old is the person", "how old is the user", "age of the suspect", "suspect's age", "age of the person", "date of birth", "year of birth", "birthday", "years old", "what age", "years of life", "age in years"],
    },
    Attribute {
        name: "sex or gender of the suspect",
        reason: "samples are almost wholly male, so nothing can be estimated",
        everyone: false,
        names: &[
            "sex", "gender", "gender_identity", "male", "female", "males", "females", "man", "woman", "men", "women", "masculine", "feminine", "transgender", "trans", "nonbinary", "non_binary", "pronouns", "sex_at_birth", "is_male", "is_female",
            "geschlecht", "maennlich", "weiblich", "sexe", "homme", "femme", "sexo", "genero", "hombre", "mujer", "sesso", "genere", "maschio", "femmina", "geslacht", "plec", "kon",
        ],
        items: &[],
        told_by: &["gender", "sex of the suspect", "suspect's sex", "male or female", "man or woman", "a man or a woman", "transgender", "is the suspect male", "is the suspect female", "is the suspect a man", "is the suspect a woman"],
    },
    Attribute {
        name: "marital status",
        reason: "no reliable difference is known for being single",
        everyone: false,
        names: &[
            "marital", "marital_status", "married", "unmarried", "never_married", "divorced", "divorcee", "widowed", "widower", "spouse", "wife", "husband", "civil_status", "relationship_status", "cohabiting", "lives_with_partner", "has_partner", "partnered", "bachelor", "wedded", "lives_alone", "living_alone",
            "familienstand", "verheiratet", "ledig", "geschieden", "etat_civil", "situation_matrimoniale", "celibataire", "estado_civil", "casado", "soltero", "stato_civile", "sposato", "burgerlijke_staat", "gehuwd", "stan_cywilny", "civilstand",
        ],
        items: &["single", "partner"],
        told_by: &["married", "unmarried", "divorced", "marital", "widowed", "spouse", "relationship status", "live alone", "lives alone", "live with a partner", "lives with a partner"],
    },
    Attribute {
        name: "employment, income or education",
        reason: "a stand-in for social position",
        everyone: false,
        names: &[
            "employment", "employment_status", "employed", "unemployed", "unemployment", "jobless", "out_of_work", "job", "job_title", "has_job", "occupation", "occupational_class", "profession", "income", "income_band", "salary", "wage", "wages", "earnings", "pay_grade", "wealth", "net_worth", "poverty",  "debt", "credit_score", "homeless", "homelessness", "housing_tenure", "rents", "homeowner",
            "education", "education_level", "educational", "educational_attainment", "schooling", "years_of_education", "highest_qualification", "qualification", "qualifications", "school_leaver", "dropout", "graduate", "university", "college", "literacy", "social_class", "socioeconomic_status", "socio_economic_status", "ses", "working_class", "blue_collar",
            "beruf", "arbeitslos", "erwerbsstatus", "einkommen", "bildung", "schulabschluss", "emploi", "chomage", "chomeur", "revenu", "diplome", "niveau_d_etudes", "empleo", "desempleado", "ingresos", "educacion", "lavoro", "disoccupato", "reddito", "istruzione", "emprego", "renda", "werk", "werkloos", "inkomen", "opleiding", "zatrudnienie", "dochod",
        ],
        items: &["degree", "poor"],
        told_by: &["unemployed", "employed", "employment", "income", "salary", "earn", "earns", "level of education", "highest qualification", "schooling", "university degree", "social class", "homeless", "out of work", "have a job", "occupation"],
    },
    Attribute {
        name: "postcode or census area",
        reason: AREA,
        everyone: true,
        names: &[
            "postcode", "postcodes", "post_code", "postal", "postal_code", "postcode_area", "zip", "zips", "zipcode", "zip_code", "zip_area", "census", "census_tract", "census_block", "lsoa", "msoa", "output_area", "geodemographic", "acorn_group", "mosaic_group", "deprivation", "deprivation_index", "deprivation_of_area", "area_deprivation", "imd", "plz", "postleitzahl", "code_postal", "codigo_postal", "cap_residenza", "cep", "postnummer", "kod_pocztowy",
        ],
        items: &[],
        told_by: &["postcode", "post code", "postal code", "zip code", "census tract", "deprivation"],
    },
    Attribute {
        name: "area of residence",
        reason: AREA,
        everyone: false,
        names: &[
            "neighbourhood", "neighborhood", "neighbourhoods", "home_area", "area_of_residence", "residential_area", "residence", "home_district", "borough", "home_borough", "suburb", "urban", "rural", "urban_rural", "inner_city", "ghetto", "slum", "estate", "housing_estate", "council_estate", "home_address", "home_address_area", "address_area", "home_region", "hometown", "home_city", "county_of_residence", "wohnort", "stadtteil", "wohngegend", "quartier", "barrio", "quartiere", "bairro", "wijk", "buurt", "dzielnica",
        ],
        items: &["area", "district", "region", "town", "city", "locality"],
        told_by: &["neighbourhood", "neighborhood", "part of town", "what district", "which district", "borough", "where does the suspect live", "live in a city", "rural"],
    },
    Attribute {
        name: "health, disability or benefits",
        reason: "sensitive and seldom known early",
        everyone: false,
        names: &[
            "mental", "mental_health", "mental_illness", "mental_disorder", "mentally_ill", "personality", "personality_disorder", "psychiatric", "psychiatric_history", "psychiatric_diagnosis", "psychosis", "psychotic", "schizophrenia", "depression", "depressed", "anxiety", "bipolar", "diagnosis", "diagnoses", "disorder", "disability", "disabilities", "disabled", "handicap", "handicapped", "impairment", "learning_disability", "learning_difficulties", "iq", "intelligence",
            "autism", "autistic", "asperger", "adhd", "neurodivergent", "health", "health_status", "illness", "hiv", "medication", "therapy", "counselling", "benefits", "receives_benefits", "on_benefits", "welfare", "welfare_recipient", "social_security", "food_stamps", "medicaid", "pregnant", "genetic", "biometric",
            "behinderung", "psychisch_krank", "sozialhilfe", "gesundheit", "invalidite", "maladie_mentale", "sante", "discapacidad", "salud", "salud_mental", "disabilita", "salute", "deficiencia", "saude", "gezondheid", "uitkering", "niepelnosprawnosc",
        ],
        items: &[],
        told_by: &["disability", "disabled", "mental illness", "mental health", "mental disorder", "personality disorder", "psychiatric", "diagnosis", "diagnosed", "autistic", "autism", "social benefits", "receive benefits", "receives benefits", "on benefits", "welfare payments", "medication"],
    },
    Attribute {
        name: "own children as such",
        reason: "no reliable difference is known; ask for the route of access to a child instead",
        everyone: false,
        names: &["own_children", "has_children", "has_own_children", "has_kids", "number_of_children", "number_of_own_children", "children_count", "childless", "is_parent", "is_father", "is_mother", "parental_status", "parenthood", "fatherhood", "motherhood", "eigene_kinder", "hat_kinder", "nombre_d_enfants", "hijos_propios", "figli", "filhos", "kinderen"],
        items: &["father", "mother"],
        told_by: &["children of their own", "own children", "children of his own", "have children", "is the suspect a parent", "is the suspect a father", "is the suspect a mother"],
    },
    Attribute {
        name: "politics or union membership",
        reason: "protected, and no evidence bears on it",
        everyone: true,
        names: &["political", "politics", "political_opinion", "political_party", "party_membership", "trade_union", "union_member", "union_membership", "voter", "voting", "gewerkschaft", "partei", "syndicat", "sindicato"],
        items: &[],
        told_by: &["political", "trade union", "vote for", "party member"],
    },
    Attribute {
        name: "having met online",
        reason: "people met online had less criminal background than those known in person",
        everyone: false,
        names: &["met_online", "known_online_only", "online_acquaintance"],
        items: &[],
        told_by: &["met online", "first met over the internet"],
    },
];

/// Words of a name that say whom it is about.
pub(super) const PEOPLE: &[&str] = &[
    "suspect",
    "suspects",
    "offender",
    "perpetrator",
    "accused",
    "subject",
    "defendant",
    "user",
    "person",
    "individual",
    "holder",
    "owner",
    "sender",
    "uploader",
    "adult",
    "their",
    "his",
    "her",
    "verdaechtiger",
    "suspecto",
    "sospechoso",
    "verdachte",
    "sp",
];

/// Words of a name that say nothing of what is asked.
pub(super) const FILLERS: &[&str] = &[
    "is", "has", "was", "are", "the", "a", "an", "of", "in", "at", "by", "for", "to", "s", "known",
    "stated", "declared", "reported", "assumed", "presumed", "apparent", "self", "status", "band",
    "bands", "group", "groups", "category", "code", "codes", "type", "level", "flag", "value",
    "field", "item", "info", "number", "years", "year", "home", "share", "percent", "current",
    "primary", "main", "account",
];
