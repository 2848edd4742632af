//! A ranking as CSV.

use std::io::Write;

use super::Ranking;
use crate::policy::SetBy;

impl Ranking {
    /// Writes the ranking as CSV, first to last: position, id, unit, lane, band, what set the band
    /// (`priority`, `override`, or the gate's id), the model's own lane and band, the index in
    /// billionths, time received, earliest deadline, origin.
    ///
    /// # Errors
    /// Where the sink fails.
    pub fn write_csv(&self, sink: impl Write) -> std::io::Result<()> {
        let mut writer = csv::Writer::from_writer(sink);
        writer.write_record([
            "position",
            "id",
            "unit",
            "lane",
            "band",
            "set_by",
            "model_lane",
            "model_band",
            "index_billionths",
            "received",
            "earliest_deadline",
            "origin",
        ])?;
        let backlog = self.backlog();
        let policy = self.triage().policy();
        for entry in self {
            let placement = entry.placement();
            let set_by = match placement.set_by() {
                SetBy::Priority => "priority",
                SetBy::Override => "override",
                SetBy::Cap(_) | SetBy::Floor(_) => {
                    policy.gate_that_set(placement.set_by()).map_or("", |gate| gate.id.as_str())
                }
            };
            let row = entry.row();
            let model = placement.model_standing();
            let due = backlog.earliest_deadline(row);
            writer.write_record([
                &*entry.position().to_string(),
                entry.id(),
                backlog.unit(row).unwrap_or_default(),
                &entry.lane().to_string(),
                &entry.band().to_string(),
                set_by,
                &model.lane().to_string(),
                &model.band().to_string(),
                &entry.priority().billionths().to_string(),
                &backlog.received(row).to_string(),
                &due.map_or_else(String::new, |due| due.to_string()),
                &backlog.origin_of(row).to_string(),
            ])?;
        }
        writer.flush()
    }
}
