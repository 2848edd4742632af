//! A ranking that `rank --out` wrote some time ago, read back to be held against a new one.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use caserank::Ranking;
use caserank::listing::Listing;
use caserank::policy::{Band, Lane, SetBy};
use caserank::rank::{Move, Moves, Rank};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Failure;
use super::files::{shown, visible};

/// Stands where a person decided.
const DECISION: &str = "decision";

/// How much a saved ranking knows of each complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Detail {
    /// The CSV: an index per thousand, the first answers that raise and the first that lowers.
    First,
    /// The NDJSON: everything that raises or lowers.
    All,
}

/// One complaint as it stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stood {
    pub(crate) position: usize,
    /// Lane and band.
    pub(crate) place: (String, String),
    /// Per thousand.
    pub(crate) index: u32,
    /// What raised or lowered it, as `item=answer`.
    pub(crate) movers: Vec<String>,
    /// What put it into `must` and set its band: titles of gates from a CSV, their ids from an NDJSON.
    pub(crate) rules: Vec<String>,
}

/// A ranking as it was written.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Saved {
    pub(crate) detail: Detail,
    /// The fingerprint of the model that made it.
    pub(crate) fingerprint: String,
    pub(crate) complaints: BTreeMap<String, Stood>,
}

/// Reads a saved ranking; `None` where the file is none, by its first line.
pub(crate) fn load(path: &Path) -> Result<Option<Saved>, Failure> {
    // A name such as `-` stands for no file that was saved.
    let Ok(text) = fs::read_to_string(path) else { return Ok(None) };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let first = text.lines().next().unwrap_or_default();
    let saved = if first.starts_with("position,id,unit,lane,band,index_per_thousand,") {
        of_csv(text)
    } else if first.starts_with('{') && first.contains("\"index_billionths\":") {
        of_ndjson(text)
    } else {
        return Ok(None);
    };
    let saved = saved.and_then(Saved::checked);
    saved.map(Some).map_err(|fault| Failure::of(shown(path), fault))
}

fn of_csv(text: &str) -> Result<Saved, String> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|cause| cause.to_string())?.clone();
    let column = |name: &str| {
        let found = heading.iter().position(|heading| heading == name);
        found.ok_or_else(|| format!("a saved ranking without the column `{name}`"))
    };
    let [position, id, lane, band, index, fingerprint] =
        ["position", "id", "lane", "band", "index_per_thousand", "fingerprint"].map(column);
    let (must, set_by) = (column("must_because")?, column("band_set_by")?);
    let (position, id, lane) = (position?, id?, lane?);
    let (band, index, fingerprint) = (band?, index?, fingerprint?);
    let movers: Vec<usize> = (0..heading.len())
        .filter(|&place| {
            heading[place].starts_with("raised_by_") || &heading[place] == "lowered_by"
        })
        .collect();
    let mut saved = Saved::empty(Detail::First);
    for record in reader.records() {
        let record = record.map_err(|cause| cause.to_string())?;
        let cell = |place: usize| record.get(place).unwrap_or_default();
        let number = |place: usize| {
            let line = record.position().map_or(0, csv::Position::line);
            cell(place)
                .parse::<u32>()
                .map_err(|_| format!("line {line}: `{}` is no number", cell(place).escape_debug()))
        };
        let told = movers.iter().map(|&place| cell(place)).filter(|cell| !cell.is_empty());
        let rules = cell(must).split("; ").chain([cell(set_by)]);
        let rules = rules.filter(|rule| !rule.is_empty() && *rule != "index");
        let stood = Stood {
            rules: rules.map(str::to_owned).collect(),
            position: number(position)? as usize,
            place: (cell(lane).to_owned(), cell(band).to_owned()),
            index: number(index)?,
            // The change stands behind the answer, in brackets.
            movers: told
                .map(|cell| cell.rsplit_once(" (").map_or(cell, |(answer, _)| answer).to_owned())
                .collect(),
        };
        saved.fingerprint = cell(fingerprint).to_owned();
        // An id that a spreadsheet would take for a formula was written behind an apostrophe.
        let id = cell(id).strip_prefix('\'').unwrap_or(cell(id)).to_owned();
        saved.add(&id, stood)?;
    }
    Ok(saved)
}

fn of_ndjson(text: &str) -> Result<Saved, String> {
    let mut saved = Saved::empty(Detail::All);
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let row: Value =
            serde_json::from_str(line).map_err(|cause| format!("line {number}: {cause}"))?;
        let text = |name: &str| {
            let text = row[name].as_str();
            text.ok_or_else(|| format!("line {number}: `{name}` is no text"))
        };
        let whole = |name: &str| {
            let whole = row[name].as_u64();
            whole.ok_or_else(|| format!("line {number}: `{name}` is no number"))
        };
        let movers = ["raised_by", "lowered_by"].into_iter().flat_map(|name| {
            row[name].as_array().into_iter().flatten().filter_map(|mover| {
                Some(format!("{}={}", mover["item"].as_str()?, mover["answer"].as_str()?))
            })
        });
        let gates = row["must_gates"].as_array().into_iter().flatten();
        let rules = gates.filter_map(Value::as_str).chain(row["band_gate"].as_str());
        let must_by_decision =
            text("lane")? == "must" && row["must_gates"].as_array().is_none_or(Vec::is_empty);
        let band_by_decision = text("band_set_by")? == DECISION;
        let decided = [must_by_decision, band_by_decision].into_iter().filter(|decided| *decided);
        let rules = rules.chain(decided.map(|_| DECISION));
        let stood = Stood {
            rules: rules.map(str::to_owned).collect(),
            position: whole("position")? as usize,
            place: (text("lane")?.to_owned(), text("band")?.to_owned()),
            index: ((whole("index_billionths")? + 500_000) / 1_000_000) as u32,
            movers: movers.collect(),
        };
        saved.fingerprint = text("fingerprint")?.to_owned();
        saved.add(text("id")?, stood)?;
    }
    Ok(saved)
}

impl Saved {
    fn empty(detail: Detail) -> Self {
        Saved { detail, fingerprint: String::new(), complaints: BTreeMap::new() }
    }

    fn add(&mut self, id: &str, stood: Stood) -> Result<(), String> {
        match self.complaints.insert(id.to_owned(), stood) {
            Some(_) => Err(format!("`{}` stands in it twice", id.escape_debug())),
            None => Ok(()),
        }
    }

    /// A file that was cut, or of which rows were taken, would hide who stood there.
    fn checked(self) -> Result<Self, String> {
        let mut positions: Vec<usize> =
            self.complaints.values().map(|stood| stood.position).collect();
        positions.sort_unstable();
        let wrong = positions.iter().zip(1..).find(|(position, wanted)| **position != *wanted);
        if let Some((_, missing)) = wrong {
            return Err(format!(
                "position {missing} is missing or stands twice: a saved ranking is whole, from position 1 on"
            ));
        }
        for (id, Stood { place: (lane, band), .. }) in &self.complaints {
            if lane.parse::<Lane>().is_err() || band.parse::<Band>().is_err() {
                return Err(format!(
                    "`{}` stands in `{}`, `{}`: no lane and band that a ranking has",
                    id.escape_debug(),
                    lane.escape_debug(),
                    band.escape_debug()
                ));
            }
        }
        Ok(self)
    }

    /// Ids of those in `must`, by position.
    pub(crate) fn in_must(&self) -> Vec<&str> {
        let must = self.complaints.iter().filter(|(_, stood)| stood.is_must());
        let mut must: Vec<(&String, &Stood)> = must.collect();
        must.sort_by_key(|(_, stood)| stood.position);
        must.into_iter().map(|(id, _)| id.as_str()).collect()
    }

    /// The same of a ranking that is at hand, in as much detail.
    pub(crate) fn of(ranking: &Ranking, detail: Detail) -> Self {
        let mut now = Saved::empty(detail);
        now.fingerprint = ranking.triage().fingerprint().to_string();
        for line in Listing::of(ranking).lines() {
            let (raising, lowering) = match detail {
                Detail::First => (3, 1),
                Detail::All => (usize::MAX, usize::MAX),
            };
            let movers = line.raised_by().take(raising).chain(line.lowered_by().take(lowering));
            let standing = line.placement().standing();
            let told = |gate: &caserank::policy::Gate| match detail {
                Detail::First => gate.title.clone(),
                Detail::All => gate.id.clone(),
            };
            let by_decision = standing.lane() == Lane::Must && line.must_gates().next().is_none();
            let decided = || DECISION.to_owned();
            let must = line.must_gates().map(told);
            let must = must.chain(by_decision.then(decided));
            let band = line.band_gate().map(told);
            let band =
                band.or_else(|| (line.placement().set_by() == SetBy::Override).then(decided));
            let stands = Stood {
                rules: must.chain(band).collect(),
                position: line.position(),
                place: (standing.lane().to_string(), standing.band().to_string()),
                index: line.priority().per_thousand(),
                movers: movers.map(|of| format!("{}={}", of.item(), of.answer())).collect(),
            };
            now.complaints.insert(line.id().to_owned(), stands);
        }
        now
    }
}

impl Stood {
    /// Whether it was to be looked at before all else.
    pub(crate) fn is_must(&self) -> bool {
        self.place.0 == Lane::Must.word()
    }

    /// Where it stood, to the thousandth of the index.
    fn rank(&self) -> Option<Rank> {
        let (lane, band) = &self.place;
        let priority = u64::from(self.index) * 1_000_000;
        let rank = serde_json::json!({
            "position": self.position, "lane": lane, "band": band, "priority_billionths": priority
        });
        serde_json::from_value(rank).ok()
    }

    /// What counts now and did not, and the other way round; that the cause is not known where it is not.
    pub(crate) fn causes_since(&self, was: &Stood) -> Vec<String> {
        let more = |of: &[String], than: &[String]| -> Vec<String> {
            of.iter().filter(|told| !than.contains(told)).cloned().collect()
        };
        let causes = [
            ("by a rule now", more(&self.rules, &was.rules)),
            ("by a rule no more", more(&was.rules, &self.rules)),
            ("counts now", more(&self.movers, &was.movers)),
            ("counts no more", more(&was.movers, &self.movers)),
        ];
        let told = causes.into_iter().filter(|(_, told)| !told.is_empty());
        let told: Vec<String> =
            told.map(|(what, told)| format!("{what}: {}", visible(&told.join(", ")))).collect();
        match told.is_empty() && was.movers == self.movers && was.rules == self.rules {
            true => vec!["the cause is not in the saved file".to_owned()],
            false => told,
        }
    }
}

/// What became of complaints since a ranking was saved.
pub(crate) struct Changes<'a> {
    /// Those that moved by a change of their own, or are new: those out of `must` first, then those in another lane or band.
    pub(crate) moved: Vec<(&'a str, Option<&'a Stood>, &'a Stood)>,
    /// Those that are no longer there, by where they stood.
    pub(crate) left: Vec<(&'a str, &'a Stood)>,
    pub(crate) pushed: usize,
    pub(crate) stayed: usize,
}

impl<'a> Changes<'a> {
    /// Holds a ranking against what was saved of an earlier one, in as much detail.
    pub(crate) fn between(old: &'a Saved, new: &'a Saved) -> Self {
        let stays = |was: &Stood, is: &Stood| {
            (&was.place, was.index, &was.movers, &was.rules)
                == (&is.place, is.index, &is.movers, &is.rules)
        };
        let mut changes = Changes { moved: Vec::new(), left: Vec::new(), pushed: 0, stayed: 0 };
        for (id, is) in &new.complaints {
            match old.complaints.get(id) {
                Some(was) if was == is => changes.stayed += 1,
                Some(was) if stays(was, is) => changes.pushed += 1,
                was => changes.moved.push((id, was, is)),
            }
        }
        let mut left: Vec<(&String, &Stood)> =
            old.complaints.iter().filter(|(id, _)| !new.complaints.contains_key(*id)).collect();
        left.sort_by_key(|(_, was)| was.position);
        changes.left = left.into_iter().map(|(id, was)| (id.as_str(), was)).collect();
        let is_out =
            |was: Option<&Stood>, is: &Stood| was.is_some_and(Stood::is_must) && !is.is_must();
        changes
            .moved
            .sort_by_key(|(_, was, is)| (!is_out(*was, is), !is_elsewhere(*was, is), is.position));
        changes
    }

    /// How many are new or in another lane or band.
    pub(crate) fn elsewhere(&self) -> usize {
        self.moved.iter().filter(|(_, was, is)| is_elsewhere(*was, is)).count()
    }

    /// The moves for a sheet, with their causes.
    pub(crate) fn moves(&self) -> Moves {
        let moved = self.moved.iter().map(|(id, was, is)| {
            let moved = Move::new(*id, was.and_then(Stood::rank), is.rank());
            match was {
                Some(was) => moved.with_why(is.causes_since(was)),
                None => moved,
            }
        });
        moved.collect()
    }
}

fn is_elsewhere(was: Option<&Stood>, is: &Stood) -> bool {
    was.is_none_or(|was| was.place != is.place)
}

/// A word of caution where a saved ranking comes from another model.
pub(crate) fn caution(old: &Saved, new: &Saved) -> Option<String> {
    (old.fingerprint != new.fingerprint).then(|| {
        format!(
            "ATTENTION: the saved ranking was made by another model ({}…): moves mix what changed in complaints with what changed in the model.",
            visible(&old.fingerprint.chars().take(12).collect::<String>())
        )
    })
}
