//! Reports that people look at: one HTML file and its parts as SVG, Markdown, CSV and JSON.
//!
//! A [`Report`] is sections of text, charts and tables; functions here make sections from studies
//! and models. Everything is drawn here, without scripts, fonts or files from elsewhere. What
//! rests on synthetic complaints is stamped on every page, figure and row.

mod card;
mod chart;
mod document;
mod figures;
mod groups;
mod html;
mod plain;
mod ranks;
mod svg;
mod tripod;
mod words;

pub use card::{card_section, comparison_section, data_section};
pub use chart::{Axis, Body, Chart, Point, Row, Series};
pub use document::{Block, Report, Section, Table};
pub use figures::{calibration_section, capacity_section, decision_section, roc_section};
pub use groups::{bounds_section, drift_section, groups_section};
pub use plain::Part;
pub use ranks::{ranks_section, sensitivity_section, sets_section, weights_section};
pub use tripod::{TRIPOD_ITEMS, tripod_section};
