//! Splitting lines where they stand gives what the csv crate gives, whatever the file.

use std::io::Read;

use proptest::prelude::*;

use super::super::blocks::Blocks;
use super::super::report::{IntakeReport, ReadError};
use super::ends::PIECE;
use super::heading::{BYTE_ORDER_MARK, Heading};
use super::*;
use crate::backlog::{BacklogError, Refusal};
use crate::complaint::Complaint;

fn codebook() -> Codebook {
    Codebook::from_json(include_str!("../../../fixtures/models/toy-codebook.json")).unwrap()
}

/// A builder that holds something already.
fn builder(unlisted: Unlisted) -> BacklogBuilder {
    let mut builder = BacklogBuilder::new(&codebook())
        .unlisted(unlisted)
        .as_of("2026-04-18T00:00:00Z".parse().unwrap());
    let there = Complaint::new("b7", "2026-01-01".parse().unwrap()).unwrap();
    builder.push(&there.unit("north")).unwrap();
    builder
}

/// The whole file by the csv crate.
fn by_records(builder: &mut BacklogBuilder, source: impl Read) -> Result<IntakeReport, ReadError> {
    let mut report = IntakeReport::new(&builder.codebook);
    let first_row = builder.len();
    let mut text = Vec::new();
    let mut source = source;
    let failure = source.read_to_end(&mut text).err();
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    let rest = Blocks::new(&b""[..], 1, usize::MAX).rest(&[b"\n", text].concat());
    let mut heading = Heading::default();
    builder.read_records(rest, &mut heading, 1, &mut report)?;
    if let Some(error) = failure {
        return Err(error.into());
    }
    if heading.is_missing() {
        return Err(ReadError::MissingColumn { column: "id" });
    }
    let packed = &builder.columns.packed[first_row * builder.packing.width()..];
    report.count_unknown(&builder.packing, packed);
    Ok(report)
}

fn field(column: &'static str) -> BoxedStrategy<String> {
    let times = ["2026-04-17", "2026-04-17T09:30:00Z", " 2026-04-19T10:00:00+02:00", "2026-4-1"];
    let times = times.map(str::to_owned).to_vec();
    let time = prop::sample::select(times);
    let words = |words: &[&str]| {
        prop::sample::select(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    };
    match column {
        "id" => prop_oneof![
            20 => (0..30_u32).prop_map(|number| format!("b{number}")),
            1 => words(&["", "é", "an id of more than seven bytes", "\u{FEFF}b1"]),
        ]
        .boxed(),
        "received" => time.boxed(),
        "unit" | "subject" | "bundle" => words(&["", "north", "south", "a unit"]).boxed(),
        "stage" => words(&["", "intake", "field", " post_search ", "later"]).boxed(),
        "origin" => words(&["", "synthetic", "retrospective", "other"]).boxed(),
        "deadlines" => words(&[
            "",
            "preservation=2026-05-01",
            "statutory=2026-05-02; own_kind=2026-05-01;preservation=2026-05-01",
            "Bad Kind=2026-05-01",
            "statutory",
        ])
        .boxed(),
        "urgent.known_at" => prop_oneof![Just(String::new()), time].boxed(),
        _ => words(&["", "no", "yes", "yes", " no", "unknown", "0", "3", "12", "2.5", "none"])
            .boxed(),
    }
}

fn columns() -> impl Strategy<Value = Vec<&'static str>> {
    let all = vec![
        "received",
        "unit",
        "subject",
        "bundle",
        "stage",
        "origin",
        "deadlines",
        "urgent",
        "prior_reports",
        "urgent.known_at",
        "not_listed",
        "nor_this",
    ];
    let some = prop::sample::subsequence(all, 2..=12).prop_shuffle();
    some.prop_map(|mut columns| {
        if !columns.contains(&"received") {
            columns.push("received");
        }
        columns.insert(columns.len() / 2, "id");
        columns
    })
}

/// A file: whole lines, and now and then something that does not belong there.
fn file() -> impl Strategy<Value = Vec<u8>> {
    columns().prop_flat_map(|columns| {
        let heading = columns.join(",").into_bytes();
        let fields: Vec<_> = columns.into_iter().map(field).collect();
        let line = fields.prop_map(|fields| fields.join(",").into_bytes());
        let odd = prop::sample::select(vec![
            &b""[..],
            b" ",
            b",",
            b"b1",
            b"\"b2\"",
            b"\"b3\n\",2026-04-17",
            b"\xFF",
            b"b4\rb5",
            b"\"open",
            b"b\"6",
            b"\"\"\"\",",
            b"\xEF\xBB\xBFb1",
            b"b1,2026-04-17,,,,,,,,,,,,,,",
        ]);
        let odd = odd.prop_map(<[u8]>::to_vec);
        let lines = prop::collection::vec(prop_oneof![25 => line, 1 => odd], 0..60);
        let ends = prop_oneof![
            4 => Just(vec![&b"\n"[..]]),
            2 => Just(vec![&b"\r\n"[..]]),
            1 => Just(vec![&b"\n"[..], b"\r\n", b"\n\n", b"\r\n\r\n"]),
            1 => Just(vec![&b"\n"[..], b"\n", b"\r"]),
        ];
        let marks = prop::sample::select(vec![&b""[..], b"", b"", BYTE_ORDER_MARK, b"\n", b"\r\n"]);
        (Just(heading), lines, ends, marks, any::<bool>(), any::<u64>()).prop_map(
            |(heading, lines, ends, mark, closed, choice)| {
                let mut text = mark.to_vec();
                let count = lines.len();
                for (place, line) in std::iter::once(heading).chain(lines).enumerate() {
                    text.extend(line);
                    if place < count || closed {
                        let end = (choice >> (place % 60)) as usize % ends.len();
                        text.extend_from_slice(ends[end]);
                    }
                }
                text
            },
        )
    })
}

/// Gives out a few bytes at a time, and fails at the end if told to.
struct Pieces<'a> {
    text: &'a [u8],
    size: usize,
    fails: bool,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let size = self.size.min(buffer.len()).min(self.text.len());
        if size == 0 && self.fails {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let (given, rest) = self.text.split_at(size);
        buffer[..size].copy_from_slice(given);
        self.text = rest;
        Ok(size)
    }
}

type Outcome = (Result<IntakeReport, String>, Vec<Complaint>, Vec<String>);

fn outcome(builder: BacklogBuilder, report: Result<IntakeReport, ReadError>) -> Outcome {
    let backlog = builder.freeze();
    let units = backlog.units().map(str::to_owned).collect();
    (report.map_err(|error| error.to_string()), backlog.complaints().collect(), units)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]
    #[test]
    fn lines_and_records_say_the_same(
        text in file(),
        (size, piece) in (prop_oneof![1_usize..300, Just(1 << 18)], 1_usize..100),
        refuse in any::<bool>(),
    ) {
        let unlisted = if refuse { Unlisted::Refuse } else { Unlisted::Report };
        let mut plain = builder(unlisted);
        let expected = by_records(&mut plain, &*text);
        let expected = outcome(plain, expected);
        let mut fast = builder(unlisted);
        let pieces = Pieces { text: &text, size: piece, fails: false };
        let found = fast.read_csv_in_blocks(pieces, size);
        prop_assert_eq!(outcome(fast, found), expected);
    }

    #[test]
    fn any_bytes_are_read_alike(
        heading in prop::sample::select(vec![&b"id,received\n"[..], b"received,id,urgent\r\n", b""]),
        text in prop::collection::vec(
            prop::sample::select(b"a,\n\r\"2026-04-17\xFF\xEF\xBB\xBF ".to_vec()), 0..60,
        ),
        size in 1_usize..20,
    ) {
        let text = [heading, &text].concat();
        let mut plain = builder(Unlisted::Report);
        let expected = by_records(&mut plain, &*text);
        let mut fast = builder(Unlisted::Report);
        let found = fast.read_csv_in_blocks(&*text, size);
        prop_assert_eq!(outcome(fast, found), outcome(plain, expected));
    }

    #[test]
    fn what_came_before_a_failure_has_been_read(text in file(), size in 1_usize..300) {
        let fails = || Pieces { text: &text, size: 50, fails: true };
        let mut fast = builder(Unlisted::Report);
        let found = fast.read_csv_in_blocks(fails(), size);
        prop_assert!(found.is_err());
        // Never more than the whole file holds, and never fewer than its whole lines before the
        // first special byte.
        let mut whole = builder(Unlisted::Report);
        let _ = whole.read_csv_in_blocks(&*text, size);
        prop_assert!(fast.len() <= whole.len());
        let mut special = text.clone();
        if cut_before_special(&mut special).is_none() {
            let end = text.iter().rposition(|&byte| byte == b'\n').map_or(0, |end| end + 1);
            let mut lines = builder(Unlisted::Report);
            let _ = lines.read_csv_in_blocks(&text[..end], size);
            prop_assert_eq!(fast.len(), lines.len());
        }
    }
}

/// Lines whose fields have these many bytes now and then, and some lines that do not fit.
fn lines_of_lengths(lengths: &[usize], line_end: &str) -> String {
    let answers = ["yes", "", "no", "unknown", " yes", "3", "not listed"];
    let mut text = format!("id,urgent,note,received,prior_reports{line_end}");
    for (row, &length) in lengths.iter().cycle().enumerate().take(12 * lengths.len()) {
        let often = if length > 200 { 5 } else { 1 };
        let note = "x".repeat(if row % often == 0 { length } else { row % 66 });
        let urgent = answers[row % 6 + usize::from(row % 31 == 0)];
        let prior = ["none", "", "0", "12", "unknown"][row % 5];
        let more = ["", ",", ",,,"][usize::from(row % 37 == 0) + usize::from(row % 74 == 0)];
        text += &format!("r{row},{urgent},{note},2026-04-17,{prior}{more}{line_end}");
        match row % 29 {
            0 => text += &format!("r{row}x,yes,2026-04-17{line_end}"),
            1 => text += line_end,
            _ => {}
        }
    }
    text
}

#[test]
fn fields_and_lines_of_every_length_are_read_alike() {
    let short = [0, 1, 6, 7, 8, 9, 15, 16, 62, 63, 64, 65, 127, 128, 129];
    let long = [1, PIECE - 40, PIECE - 25, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 3];
    for (lengths, line_end) in
        [(&short[..], "\n"), (&short, "\r\n"), (&long, "\n"), (&long, "\r\n")]
    {
        let whole = lines_of_lengths(lengths, line_end);
        let quoted = format!("{whole}\"late\",no,\"\n\",2026-04-17,3{line_end}");
        for text in [&whole, whole.trim_end(), &quoted] {
            let mut plain = builder(Unlisted::Report);
            let expected = by_records(&mut plain, text.as_bytes());
            let expected = outcome(plain, expected);
            assert!(expected.0.as_ref().is_ok_and(|report| report.read > report.refused));
            for size in [700, 20_000, BLOCK_BYTES] {
                let mut fast = builder(Unlisted::Report);
                let found = fast.read_csv_in_blocks(text.as_bytes(), size);
                assert_eq!(outcome(fast, found), expected, "blocks of {size} bytes");
            }
        }
    }
}

/// Wherever a piece ends, down to the byte.
#[test]
fn lines_of_every_length_fill_pieces() {
    for length in 0..70 {
        let mut text = format!("id,received,note,urgent\nfirst,2026-04-17,{:length$},yes\n", "");
        for row in 0..PIECE / 30 {
            text += &format!("r{row},2026-04-17,,{}\n", ["no", "yes", ""][row % 3]);
        }
        let mut builder = BacklogBuilder::new(&codebook()).unlisted(Unlisted::Report);
        let report = builder.read_csv(text.trim_end().as_bytes()).unwrap();
        let rows = PIECE / 30 + 1;
        assert_eq!((report.read, report.refused), (rows as u64, 0));
        assert_eq!(report.unknown[0].1, (rows as u64 - 1) / 3);
    }
}

/// Gives out little, and is interrupted each time before.
struct Interrupted<'a>(&'a [u8], bool);

impl Read for Interrupted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.1 = !self.1;
        if self.1 {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let size = buffer.len().min(7);
        self.0.read(&mut buffer[..size])
    }
}

#[test]
fn an_interrupted_source_is_asked_again() {
    let text = "id,received\na,2026-04-17\nb,2026-04-18\nc,2026-04-19";
    for size in [5, 30, 1_000] {
        let mut builder = BacklogBuilder::new(&codebook());
        let source = Interrupted(text.as_bytes(), false);
        assert_eq!(builder.read_csv_in_blocks(source, size).unwrap().read, 3);
    }
}

#[test]
fn lines_are_numbered_as_an_editor_does() {
    let told = |text: &str| {
        let mut builder = BacklogBuilder::new(&codebook());
        let report = builder.read_csv(text.as_bytes()).unwrap();
        report.refusals.iter().map(|refusal| refusal.line).collect::<Vec<_>>()
    };
    assert_eq!(told("id,received\nbad\n\n\na,2026-04-17\n\nbad\n"), [2, 7]);
    assert_eq!(told("id,received\r\nbad\r\n\r\na,2026-04-17\r\nbad\r\n"), [2, 5]);
    assert_eq!(told("\"id\",received\r\nbad\r\n\r\na,2026-04-17\r\nbad\r\n"), [2, 5]);
    assert_eq!(told("id,received\n\nbad\n\"a\nb\",2026-04-17\n\nbad\n\"b\n\"\n"), [3, 7, 8]);
}

#[test]
fn a_record_of_several_lines_is_told_as_one() {
    let text = "id,received\na,2026-04-17\n\"b\n\",2026-04-17\n\"b\n\",2026-04-17\n\"open\n\n";
    let report = BacklogBuilder::new(&codebook()).read_csv(text.as_bytes()).unwrap();
    let told: Vec<_> =
        report.refusals.iter().map(|told| (told.line, told.reason.as_str())).collect();
    assert_eq!(told.len(), 2);
    assert!(told[0].0 == 5 && told[0].1.starts_with("lines 5 to 6 are one record"), "{told:?}");
    assert!(told[1].0 == 7 && told[1].1.starts_with("lines 7 to 8 are one record"), "{told:?}");
}

#[test]
fn a_repeated_id_is_refused_in_file_order() {
    let mut text = "id,received\n".to_owned();
    for row in 0..20_000 {
        text.push_str(&format!("c{},2026-04-17\n", row % 15_000));
    }
    let mut builder = BacklogBuilder::new(&codebook());
    let report = builder.read_csv_in_blocks(text.as_bytes(), 1_000).unwrap();
    assert_eq!((report.lines, report.read, report.refused), (20_000, 15_000, 5_000));
    let reason = BacklogError::RepeatedId { id: "c0".to_owned() }.to_string();
    assert_eq!(report.refusals[0], Refusal { line: 15_002, reason });
    assert!(report.refusals.is_sorted_by_key(|refusal| refusal.line));
    assert_eq!(report.unknown[0].1, 15_000);
}

#[cfg(feature = "parallel")]
#[test]
fn threads_change_nothing() {
    let text = include_bytes!("../../../fixtures/backlog.csv");
    let mut text = text.to_vec();
    let again = text[text.len() / 2..].to_vec();
    text.extend(again);
    let json = include_str!("../../../fixtures/models/codebook.json");
    let codebook = Codebook::from_json(json).unwrap();
    let read = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let mut builder = BacklogBuilder::new(&codebook);
        let report = pool.install(|| builder.read_csv_in_blocks(&*text, 10_000));
        outcome(builder, report)
    };
    let one = read(1);
    assert!(one.0.as_ref().unwrap().refused > 4_000);
    assert_eq!(one, read(2));
    assert_eq!(one, read(8));
}
