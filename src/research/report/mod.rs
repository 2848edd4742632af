//! Reports that people look at: one HTML file and its parts as SVG, Markdown, CSV and JSON.
//!
//! A [`Report`] is sections of text, charts and tables; functions here make sections from studies
//! and models. Everything is drawn here, without scripts, fonts or files from elsewhere. What
//! rests on synthetic complaints, or on complaints of unstated origin, is stamped on every page, figure and row.
//!
//! A table holds [`Cell`]s: numbers stay numbers, on the page with their interval beside them, in CSV files in columns of
//! their own. What is called *complaint* here can be called something else: [`Report::called`].

mod calibration;
mod card;
mod cautions;
mod cell;
mod chart;
mod document;
mod figures;
mod front;
mod groups;
mod html;
mod plain;
mod ranks;
mod safe;
mod svg;
mod tripod;
mod units;
mod unseen;
mod words;

pub use calibration::calibration_section;
pub use card::{card_section, comparison_section, data_section};
pub use cell::{Cell, End, Form};
pub use chart::{Axis, Body, Chart, Point, Row, Series};
pub use document::{Block, Part, REPORT_FORMAT, Report, Section, Table};
pub use figures::{capacity_section, decision_section, roc_section};
pub use front::{Workday, front_section};
pub use groups::{bounds_section, drift_section, groups_section};
pub use plain::ReportFile;
pub use ranks::{
    ranks_section, sensitivity_section, sets_section, tornado_section, weights_section,
};
pub use tripod::{TRIPOD_ITEMS, tripod_section};
pub use units::{federated_section, units_section};
pub use unseen::{coders_section, follow_up_section, missing_section, selection_section};
