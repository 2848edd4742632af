//! Connection data that leads to a person is deleted within days: such a lead is asked about and
//! told first, and makes no complaint more dangerous.
#![allow(clippy::unwrap_used)]

use crate::common::live::{start, toy};
use caserank::complaint::DeadlineKind;
use caserank::worklist::{Carry, Period, Planner, Request, RuleKind, Shares};
use caserank::{BacklogBuilder, Complaint, Seed};

#[test]
fn an_expiring_lead_is_asked_about_first_and_ranks_where_it_did() {
    let triage = toy();
    let complaint = |id: &str| Complaint::new(id, start().plus_days(39)).unwrap();
    let soon = start().plus_days(40).plus_seconds(60);
    let filled = complaint("filled")
        .with_answer("prior_reports", 5)
        .with_answer("urgent", "yes")
        .with_answer("access_route", "none");
    // Its duty in law falls due first, so it stands before the lead.
    let thin = complaint("a_thin")
        .with_deadline(DeadlineKind::Statutory, start().plus_days(40).plus_seconds(30))
        .unwrap();
    let kinds = [DeadlineKind::ConnectionData, DeadlineKind::Preservation];
    for (kind, asked) in kinds.iter().zip(["b_lead", "a_thin"]) {
        let lead = complaint("b_lead").with_deadline(kind.clone(), soon).unwrap();
        let later =
            complaint("c_later").with_deadline(kind.clone(), start().plus_days(300)).unwrap();
        let mut builder = BacklogBuilder::new(triage.codebook());
        for complaint in [&filled, &thin, &lead, &later] {
            builder.push(complaint).unwrap();
        }
        let ranking = triage.rank(&builder.freeze()).unwrap();
        let mut shares = Shares::none();
        shares.set_share(RuleKind::AskFirst, "0.5".parse().unwrap()).unwrap();
        let planner = Planner::with_shares(shares, Seed(3)).unwrap();
        let period = Period { start: start().plus_days(40), end: start().plus_days(41) };
        let plan = planner.plan(&ranking, &Request::new(period, 2), &Carry::default()).unwrap();
        let chosen: Vec<&str> = plan
            .entries()
            .iter()
            .filter(|entry| entry.rule() == RuleKind::AskFirst)
            .map(|entry| entry.id())
            .collect();
        assert_eq!(chosen, [asked], "{kind}");
        let order: Vec<String> = ranking.iter().map(|entry| entry.id().to_owned()).collect();
        let place = |id: &str| order.iter().position(|one| one == id).unwrap();
        assert!(place("a_thin") < place("b_lead"), "{order:?}");
        let sheet = plan.morning_sheet(&ranking, None).to_string();
        let says = *kind == DeadlineKind::ConnectionData;
        assert_eq!(sheet.contains("lead expires"), says, "{sheet}");
    }
}

#[test]
fn the_kind_is_read_and_written_by_its_name() {
    let text = r#"{"id":"a","received":"2026-04-17","deadlines":[{"due":"2026-04-20","kind":"connection_data"}],"answers":{}}"#;
    let complaint: Complaint = serde_json::from_str(text).unwrap();
    assert_eq!(complaint.deadlines()[0].kind, DeadlineKind::ConnectionData);
    let mut builder = BacklogBuilder::new(toy().codebook());
    builder.push(&complaint).unwrap();
    let backlog = builder.freeze();
    assert_eq!(backlog.deadlines(0).into_iter().next().unwrap().kind, DeadlineKind::ConnectionData);
    assert!(serde_json::to_string(&complaint).unwrap().contains("connection_data"));
}
