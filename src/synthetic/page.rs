//! The generator's assumptions as a table for people.

use std::fmt::Write as _;

use super::table::{CHANNELS, KNOWN, OUTCOMES, ROWS, SHIFTS, TRAITS};

/// Every channel, latent trait and item of the generator with its numbers, as Markdown.
#[must_use]
pub fn assumptions() -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_page(&mut page);
    page
}

fn join(numbers: &[f64]) -> String {
    numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(" / ")
}

fn write_page(page: &mut String) -> std::fmt::Result {
    writeln!(
        page,
        "| Channel | Share | Concern: csem / communication / both / other | Mixed | Rates: production / solicitation / contact | Detail | Worked |"
    )?;
    writeln!(page, "|---|---|---|---|---|---|---|")?;
    for channel in &CHANNELS {
        writeln!(
            page,
            "| `{}` | {} | {} | {} | {} | {} | {} |",
            channel.id,
            channel.share,
            join(&channel.concerns),
            channel.mixed,
            join(&channel.rates),
            channel.detail,
            channel.worked
        )?;
    }
    writeln!(page, "\n| Outcome | Moves the mean of {} by |\n|---|---|", TRAITS.join(" / "))?;
    for (outcome, shift) in OUTCOMES.iter().zip(&SHIFTS) {
        writeln!(page, "| `{outcome}` | {} |", join(shift))?;
    }
    writeln!(
        page,
        "\n| Item | Shares before the outcomes act | Loadings: {} | Direct effects: production / solicitation / contact | Known: first answer / others |",
        TRAITS.join(" / ")
    )?;
    writeln!(page, "|---|---|---|---|---|")?;
    for row in ROWS {
        writeln!(
            page,
            "| `{}` | {} | {} | {} | {} |",
            row.item,
            join(row.shares),
            join(&row.traits),
            join(&row.effects),
            join(&row.known)
        )?;
    }
    for (item, known, always) in KNOWN {
        let always = if *always { ", however full the file" } else { "" };
        writeln!(page, "| `{item}` | by rule | – | – | {}{always} |", join(known))?;
    }
    Ok(())
}
