//! Charts and cells show what they are given, or say that they do not.
#![allow(missing_docs)]

use caserank::research::evaluate::{Confidence, Interval, Method};
use caserank::research::report::{Axis, Cell, Chart, Form, Point, Row, Series};
use proptest::prelude::*;

/// Points of every line of an SVG document.
fn lines(svg: &str) -> Vec<Vec<(f64, f64)>> {
    let pieces = svg.split("<polyline points=\"").skip(1);
    pieces
        .map(|piece| {
            let points = piece.split('"').next().unwrap().split(' ');
            let pair = |point: &str| {
                let (x, y) = point.split_once(',').unwrap();
                (x.parse().unwrap(), y.parse().unwrap())
            };
            points.map(pair).collect()
        })
        .collect()
}

fn plot(points: &[(f64, f64)]) -> String {
    let line = Series::line("a", points.iter().copied());
    Chart::plot("p", "p", Axis::share("x"), Axis::share("y"), vec![line]).to_svg(None)
}

#[test]
fn a_line_that_leaves_the_plane_is_cut_at_its_edge() {
    let inside = plot(&[(0.0, 0.0), (0.5, 0.5), (1.0, 1.0)]);
    let [ends] = &lines(&inside)[..] else { panic!("{inside}") };
    let (left, bottom) = ends[0];
    let (right, top) = ends[2];
    // Up through the upper edge and back: two pieces, each with an end on the edge.
    let svg = plot(&[(0.0, 0.5), (0.25, 1.5), (0.5, 0.5), (0.75, 0.5)]);
    let found = lines(&svg);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!(found[0].last().unwrap().1, top);
    assert_eq!(found[1].first().unwrap().1, top);
    assert_eq!(found[1].len(), 3);
    // From beyond to beyond, through the plane; and past it.
    let found = lines(&plot(&[(-1.0, -1.0), (2.0, 2.0)]));
    assert_eq!(found, [vec![(left, bottom), (right, top)]]);
    assert!(lines(&plot(&[(-1.0, 0.9), (0.5, 2.9)])).is_empty());
    // A point without a neighbour is a dot, not nothing.
    let svg = plot(&[(0.2, 0.2), (f64::NAN, 0.3), (0.4, 0.4), (0.5, 0.5)]);
    assert!(lines(&svg).len() == 1 && svg.matches("<circle").count() == 1, "{svg}");
    assert!(svg.contains("1 point is no number and not drawn"), "{svg}");
    assert!(!inside.contains("not drawn"));
}

#[test]
fn a_point_beyond_either_axis_is_an_arrow() {
    let draw = |x: f64, y: f64| {
        let points = vec![Point::new(x, y)];
        let (x, y) = (Axis::share("x"), Axis::share("y"));
        Chart::plot("p", "p", x, y, vec![Series::points("m", points)]).to_svg(None)
    };
    for (x, y) in
        [(2.0, 0.5), (-2.0, 0.5), (0.5, 2.0), (0.5, -2.0), (f64::INFINITY, 0.1), (3.0, 3.0)]
    {
        assert_eq!(draw(x, y).matches("beyond").count(), 1, "{x} {y}");
    }
    assert!(!draw(0.5, 0.5).contains("beyond"));
    let row = Row::new("a", 0.5, None).second(7.0);
    let svg = Chart::rows("f", "f", Axis::share("x"), None, vec![row]).to_svg(None);
    assert_eq!(svg.matches("beyond").count(), 1);
}

proptest! {
    #[test]
    fn lines_stay_in_the_plane(points in prop::collection::vec((-3.0_f64..4.0, -3.0_f64..4.0), 2..12)) {
        let corners = lines(&plot(&[(0.0, 0.0), (1.0, 1.0)]));
        let ((left, bottom), (right, top)) = (corners[0][0], corners[0][1]);
        let svg = plot(&points);
        for (x, y) in lines(&svg).into_iter().flatten() {
            prop_assert!(x >= left - 0.06 && x <= right + 0.06, "{x}");
            prop_assert!(y <= bottom + 0.06 && y >= top - 0.06, "{y}");
        }
        let within = |(x, y): &(f64, f64)| (0.0..=1.0).contains(x) && (0.0..=1.0).contains(y);
        let drawn: usize = lines(&svg).iter().map(Vec::len).sum();
        prop_assert!(drawn >= points.iter().filter(|point| within(point)).count());
    }

    /// What is shown of an interval has a width, and what is not 0 is not shown as 0.
    #[test]
    fn an_interval_on_a_page_has_a_width(value in 1e-6_f64..0.999_999, half in 1e-6_f64..0.4) {
        let (lower, upper) = ((value - half).max(1e-8), (value + half).min(1.0));
        let interval = Interval::new(lower, upper, Confidence::P95, Method::Wald).unwrap();
        for form in [Form::Share, Form::Decimal, Form::Tenths] {
            let text = Cell::with_interval(value, &Ok(interval), form).text();
            let (number, rest) = text.split_once(" (").unwrap();
            let (low, high) = rest.trim_end_matches(')').split_once(" to ").unwrap();
            prop_assert!(low != high, "{text}");
            prop_assert!(number.chars().any(|digit| ('1'..='9').contains(&digit)), "{text}");
        }
    }
}
