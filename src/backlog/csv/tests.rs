//! Splitting lines where they stand gives what the csv crate gives, whatever the file.

use std::io::Read;

use proptest::prelude::*;

use super::super::blocks::Blocks;
use super::super::report::ReadError;
use super::super::{DangerAnswers, IntakeReport, NotRankable, Repeated};
use super::ends::PIECE;
use super::heading::{BYTE_ORDER_MARK, Heading};
use super::*;
use crate::complaint::{Complaint, Unlisted};

fn codebook() -> Codebook {
    Codebook::from_json(include_str!("../../../fixtures/models/toy-codebook.json")).unwrap()
}

/// A builder that holds something already.
fn builder(unlisted: Unlisted) -> BacklogBuilder {
    let mut builder = BacklogBuilder::new(&codebook())
        .with_unlisted(unlisted)
        .with_as_of("2026-04-18T00:00:00Z".parse().unwrap());
    let there = Complaint::new("b7", "2026-01-01".parse().unwrap()).unwrap();
    builder.push(&there.with_unit("north").unwrap()).unwrap();
    builder
}

/// The whole file, record by record.
fn by_records(
    builder: &mut BacklogBuilder,
    mut source: impl Read,
) -> Result<IntakeReport, ReadError> {
    let mut report = IntakeReport::new(&builder.codebook, &DangerAnswers::default());
    let mark = builder.mark();
    let mut text = Vec::new();
    let failure = source.read_to_end(&mut text).err();
    let (_, other) = kind::Beginning::default().look(&text, kind::text_other_than_csv);
    if let Some((kind, way_out)) = other {
        return Err(ReadError::OtherKind { kind, expected: "CSV", way_out });
    }
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&text);
    let rest = Blocks::new(&b""[..], 1, usize::MAX).rest(text);
    let mut heading = Heading::default();
    let mut read = builder.read_records(rest, &mut heading, 1, &mut report);
    if let Some(cause) = failure {
        read = Err(ReadError::Io { line: 1, cause });
    }
    if read.is_ok() && heading.is_missing() {
        let heading = String::new();
        read = Err(ReadError::MissingColumn { column: "id", heading, nearest: None });
    }
    builder.finish(mark, read, report)
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
                for (number, line) in std::iter::once(heading).chain(lines).enumerate() {
                    text.extend(line);
                    if number < count || closed {
                        let end = (choice >> (number % 60)) as usize % ends.len();
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
    fn a_source_that_fails_leaves_the_builder_as_it_was(
        text in file(),
        size in 1_usize..300,
        merge in any::<bool>(),
    ) {
        let repeated = if merge { Repeated::Merge } else { Repeated::Last };
        let reading = Reading::new().with_unlisted(Unlisted::Report).with_repeated(repeated);
        let before = builder(Unlisted::Report).with_reading(reading);
        let mut failed = before.clone();
        let found = failed.read_csv_in_blocks(Pieces { text: &text, size: 50, fails: true }, size);
        prop_assert!(found.is_err());
        // It goes on as if nothing had been tried.
        let all = |mut builder: BacklogBuilder| {
            let report = builder.read_csv_in_blocks(&*text, size);
            outcome(builder, report)
        };
        prop_assert_eq!(all(failed), all(before));
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
            assert!(
                expected.0.as_ref().is_ok_and(|report| report.complaints() > report.not_rankable())
            );
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
        let mut builder = BacklogBuilder::new(&codebook()).with_unlisted(Unlisted::Report);
        let report = builder.read_csv(text.trim_end().as_bytes()).unwrap();
        let rows = PIECE / 30 + 1;
        assert_eq!((report.understood(), report.not_rankable()), (rows as u64, 0));
        assert_eq!(report.unknown()[0].1, (rows as u64 - 1) / 3);
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
        assert_eq!(builder.read_csv_in_blocks(source, size).unwrap().understood(), 3);
    }
}

/// First and last line of every record that cannot be ranked.
fn set_aside(text: &str) -> Vec<[u64; 2]> {
    let mut builder = BacklogBuilder::new(&codebook());
    let report = builder.read_csv(text.as_bytes()).unwrap();
    assert_eq!(
        report.lines(),
        report.heading_lines() + report.blank_lines() + report.record_lines(),
        "{text:?}"
    );
    let records = report.records_not_rankable().iter();
    records.map(|record| [record.first_line(), record.last_line()]).collect()
}

#[test]
fn lines_are_numbered_as_an_editor_does() {
    let on = |lines: &[u64]| lines.iter().map(|&line| [line; 2]).collect::<Vec<_>>();
    assert_eq!(set_aside("id,received\nbad\n\n\na,2026-04-17\n\nbad\n"), on(&[2, 7]));
    assert_eq!(set_aside("id,received\r\nbad\r\n\r\na,2026-04-17\r\nbad\r\n"), on(&[2, 5]));
    assert_eq!(set_aside("\"id\",received\r\nbad\r\n\r\na,2026-04-17\r\nbad\r\n"), on(&[2, 5]));
    assert_eq!(set_aside("id,received\rbad\r\ra,2026-04-17\rbad"), on(&[2, 5]));
    assert_eq!(
        set_aside("id,received\n\nbad\n\"a\nb\",2026-04-17\n\nbad\n\"b\n\"\n"),
        on(&[3, 4, 7, 8, 9])
    );
}

#[test]
fn an_open_quote_takes_its_own_line_alone() {
    let text = "id,received,urgent,note\n\
        a,2026-04-17,yes,\"open\n\
        b,2026-04-18,yes,\n\
        c,2026-04-19,no,\"said \"\"no\"\", then\nmore\"\n\
        d,2026-04-20,yes,\"open again\n";
    assert_eq!(set_aside_of(text, Unlisted::Report), [[2, 2], [6, 6]]);
    let mut builder = BacklogBuilder::new(&codebook()).with_unlisted(Unlisted::Report);
    let report = builder.read_csv(text.as_bytes()).unwrap();
    let backlog = builder.freeze();
    assert_eq!((backlog.id(0), backlog.id(1)), ("b", "c"));
    let span = &report.spans().first()[0];
    assert_eq!((span.first_line(), span.last_line(), span.column()), (4, 5, "note"));
    let [first, second] = report.records_not_rankable() else { panic!("{report}") };
    assert_eq!(first.bytes(), b"a,2026-04-17,yes,\"open");
    assert_eq!(first.answers(&codebook()).next().unwrap().1.id, "yes");
    assert_eq!(second.bytes(), b"d,2026-04-20,yes,\"open again");
}

fn set_aside_of(text: &str, unlisted: Unlisted) -> Vec<[u64; 2]> {
    let mut builder = BacklogBuilder::new(&codebook()).with_unlisted(unlisted);
    let report = builder.read_csv(text.as_bytes()).unwrap();
    let records = report.records_not_rankable().iter();
    records.map(|record| [record.first_line(), record.last_line()]).collect()
}

/// Quotes that open and close so that every line could go on in the next.
#[test]
fn hostile_quotes_cost_no_more_than_their_bytes() {
    for line in ["x\",\"\n", "\"\n", "\"\"\"\n", "a,\"b\"c\n", "\",\"\"\n"] {
        let text = format!("id,received\n{}", line.repeat(200_000));
        let mut builder = BacklogBuilder::new(&codebook());
        let report = builder.read_csv(text.as_bytes()).unwrap();
        assert_eq!(report.lines(), 200_001);
        assert_eq!(report.lines(), 1 + report.record_lines());
    }
}

#[test]
fn a_line_beyond_the_limit_is_set_aside_and_passed_over() {
    let long = "x".repeat(2 * MOST_RECORD_BYTES + 7);
    let text = |quote: &str| {
        format!(
            "id,received\n{quote}a{quote},2026-04-17\nb,{long}\nc,2026-04-17\n\"{long}\nd,2026-04-18"
        )
    };
    for text in [text(""), text("\"")] {
        let mut builder = BacklogBuilder::new(&codebook());
        let report = builder.read_csv(text.as_bytes()).unwrap();
        let lines = report.records_not_rankable().iter().map(NotRankable::first_line);
        assert_eq!(lines.collect::<Vec<_>>(), [3, 5]);
        assert!(report.to_string().contains("3 understood"), "{report}");
        assert_eq!(builder.len(), 3);
    }
}

#[test]
fn a_repeated_id_is_told_in_file_order() {
    let mut text = "id,received\n".to_owned();
    for row in 0..20_000 {
        text.push_str(&format!("c{},2026-04-17\n", row % 15_000));
    }
    let mut builder = BacklogBuilder::new(&codebook());
    let report = builder.read_csv_in_blocks(text.as_bytes(), 1_000).unwrap();
    assert_eq!((report.records(), report.complaints(), report.repeated()), (20_000, 15_000, 5_000));
    let told = report.repeated_ids();
    assert_eq!((told.count(), told.left_off()), (5_000, 4_000));
    assert_eq!((told.first()[0].id(), told.first()[0].line()), ("c0", 15_002));
    assert_eq!(report.unknown()[0].1, 15_000);
    assert_eq!((builder.len(), builder.freeze().len()), (15_000, 15_000));
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
    let single = read(1);
    assert!(single.0.as_ref().unwrap().repeated() > 4_000);
    assert_eq!(single, read(2));
    assert_eq!(single, read(8));
}
