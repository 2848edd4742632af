//! The generator's assumptions as a table for people.

use std::fmt::Write as _;

use super::table::*;

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
        "| Channel | Share | Concern: csem / communication / both / trafficking / hands on / travel / other | Mixed | Rates: production / solicitation / contact | Detail | Worked |"
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
    writeln!(
        page,
        "\n| Item | Answers | Shares where no outcome is true | Where one is | Known: first answer / others |\n|---|---|---|---|---|"
    )?;
    for row in PICKED {
        let always = if row.always { ", however full the file" } else { "" };
        writeln!(
            page,
            "| `{}` | {} | {} | {} | {}{always} |",
            row.item,
            row.answers.join(" / "),
            join(row.shares[0]),
            join(row.shares[1]),
            join(&row.known)
        )?;
    }
    writeln!(page, "\n| Assumption | Value |\n|---|---|")?;
    let pairs = |pairs: &[[f64; 2]]| pairs.iter().map(|pair| join(pair)).collect::<Vec<_>>();
    let rows: [(&str, String); 27] = [
        (
            "rate of contact offending where trafficking, abuse by hand or travel is told",
            join(&TOLD_RATES),
        ),
        ("rate of contact offending among mixed notifications", MIXED_RATE.to_string()),
        (
            "how much likelier production and solicitation are where contact offending is true",
            join(&TOGETHER),
        ),
        ("share of the north unit", NORTH.to_string()),
        (
            "south unit: detail of its files, chance of its findings, against the north's",
            join(&[SOUTH_DETAIL, SOUTH_FINDS]),
        ),
        (
            "a complaint concerns the subject of one of the latest so many",
            format!("{REPEATED} of {WINDOW}"),
        ),
        ("how full files are: spread, least, most", join(&RICHNESS)),
        ("field stage reached; of those, a search made", join(&ADVANCED)),
        ("sexual communication by concern, in the order above", join(&COMMUNICATES)),
        (
            "solicitation where communication was found beside material only, times its rate",
            FOUND_LATER.to_string(),
        ),
        ("suspects said to be minors, verified minors", join(&MINORS)),
        (
            "viral batch, some files / every file: without and with an outcome",
            pairs(&VIRAL).join("; "),
        ),
        (
            "urgent by clearing house, by platform, imminent danger, sadistic coercion: without and with an outcome",
            pairs(&URGENT).join("; "),
        ),
        ("live streaming goes on, where payments are known of", STREAMING.to_string()),
        ("live streaming goes on otherwise", STREAMING_OTHERWISE.to_string()),
        (
            "a meeting proposed, then arranged, then travelled to: without and with the outcome",
            pairs(&MEETING).join("; "),
        ),
        ("chat stays sexual chat: without and with the outcome", join(&CHAT_ONLY)),
        (
            "an identifiable child: otherwise, with communication, with production",
            join(&IDENTIFIABLE),
        ),
        (
            "networks (gnutella, bittorrent, chat, dark web, other): file sharing without and with contact offending, others",
            NETWORKS.map(|shares| join(&shares)).join("; "),
        ),
        (
            "counterparts (child, under cover, other adult): undercover channel, others",
            COUNTERPARTS.map(|shares| join(&shares)).join("; "),
        ),
        ("deconfliction: not checked, clear, conflict", join(&DECONFLICTION)),
        ("deadlines: preservation on a platform report, statutory on any", join(&DEADLINES)),
        (
            "true outcomes found (production, solicitation, contact): at a desk, in the field, after a search",
            FINDS.map(|chances| join(&chances)).join("; "),
        ),
        ("outcomes recorded that are not true", WRONGLY.to_string()),
        ("blind audit of complaints otherwise left", AUDIT.to_string()),
        ("depth of work: desk, field, search", join(&DEPTHS)),
        ("depth of work where the field stage was reached", join(&DEPTHS_ADVANCED)),
    ];
    for (what, value) in rows {
        writeln!(page, "| {what} | {value} |")?;
    }
    Ok(())
}
