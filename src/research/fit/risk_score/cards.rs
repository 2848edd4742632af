//! From supports to the cards that lose least.

use super::super::FitError;
use super::super::progress::{FitProgress, Observer};
use super::integers::{Rounded, Scorer, descend, evaluate, round};
use super::search::{Problem, Support};
use crate::base::in_order;

/// The items of a card and the points of their columns, in the order of [`Problem::columns_of`].
pub(super) type Card = (Vec<usize>, Rounded);

fn sort(cards: &mut [Card]) {
    cards.sort_by(|a, b| {
        a.1.loss
            .total_cmp(&b.1.loss)
            .then_with(|| a.0.cmp(&b.0))
            .then_with(|| a.1.points.cmp(&b.1.points))
    });
}

impl Problem<'_> {
    /// Rounds every support, then improves the best cards; best first.
    pub(super) fn cards(
        &self,
        supports: Vec<Support>,
        observer: &mut Observer<'_>,
    ) -> Result<Vec<Card>, FitError> {
        let real = supports.first().map_or(f64::INFINITY, |best| best.fit.loss);
        let mut tell = |cards: &[Card]| {
            let log_loss = cards.first().map_or(real, |(_, best)| best.loss);
            match observer(&FitProgress::Cards { log_loss }) {
                std::ops::ControlFlow::Break(()) => Err(FitError::Cancelled),
                std::ops::ControlFlow::Continue(()) => Ok(()),
            }
        };
        tell(&[])?;
        let mut cards: Vec<Card> =
            in_order(supports, |support| self.rounded(&support)).into_iter().flatten().collect();
        sort(&mut cards);
        for start in cards.iter().take(2).cloned().collect::<Vec<_>>() {
            let mut card = start;
            for _ in 0..10 {
                tell(&cards)?;
                let Some(next) = self.improved(&card) else { break };
                cards.push(next.clone());
                card = next;
            }
        }
        sort(&mut cards);
        tell(&cards)?;
        // Pairs of steps on the best cards.
        let starts: Vec<Card> = cards.iter().take(5).cloned().collect();
        cards.extend(in_order(starts, |(items, card)| {
            let patterns = self.patterns(&items, false);
            let card = descend(&Scorer::new(&patterns), card, &self.bounds_of(&items), true);
            (items, card)
        }));
        sort(&mut cards);
        Ok(cards)
    }

    fn bounds_of(&self, items: &[usize]) -> Vec<(i32, i32)> {
        self.columns_of(items).into_iter().map(|column| self.bounds[column]).collect()
    }

    fn rounded(&self, support: &Support) -> Option<Card> {
        let patterns = self.patterns(&support.items, false);
        let bounds = self.bounds_of(&support.items);
        Some((support.items.clone(), round(&patterns, &support.fit.beta[1..], &bounds, 20)?))
    }

    /// The best exchange of one item of a card for another, with every allowed number of points, where one helps.
    fn improved(&self, card: &Card) -> Option<Card> {
        let slots = 0..card.0.len();
        let found = in_order(slots, |out: usize| self.exchanged(&card.0, &card.1, out));
        found
            .into_iter()
            .flatten()
            .min_by(|a, b| a.1.loss.total_cmp(&b.1.loss).then_with(|| a.0.cmp(&b.0)))
    }

    fn exchanged(&self, items: &[usize], card: &Rounded, out: usize) -> Option<Card> {
        let mut kept = items.to_vec();
        kept.remove(out);
        let mut points = card.points.clone();
        points.drain(self.span(items, out));
        let patterns = self.patterns(&kept, true);
        let mut beta = vec![card.intercept];
        beta.extend(points.iter().map(|p| f64::from(*p) * card.slope));
        let candidates = self.candidates(&patterns, &beta, items, self.children);
        let mut best: Option<Card> = None;
        for item in candidates {
            let wider = self.widened(&patterns, item, false);
            let scorer = Scorer::new(&wider);
            let limit = best.as_ref().map_or(card.loss, |(_, best)| best.loss) * (1.0 - 1e-9);
            // One column of the item at a time; the descent brings in its others.
            let columns = &self.items[item];
            let starts = columns.iter().enumerate().flat_map(|(at, column)| {
                let (low, high) = self.bounds[*column];
                (low..=high).filter(|value| *value != 0).map(move |value| (at, value))
            });
            let tried = starts.filter_map(|(at, value)| {
                let mut trial = points.clone();
                trial.resize(points.len() + columns.len(), 0);
                trial[points.len() + at] = value;
                evaluate(&scorer, trial, card.slope, limit)
            });
            let top = tried
                .min_by(|a, b| a.loss.total_cmp(&b.loss).then_with(|| a.points.cmp(&b.points)));
            // A single column starts close to where it ends; one of several may have far to go.
            let reach = if columns.len() == 1 { 1.0005 } else { 1.01 };
            let Some(top) = top.filter(|top| top.loss < limit * reach) else { continue };
            let mut wide = kept.clone();
            wide.push(item);
            let top = descend(&scorer, top, &self.bounds_of(&wide), false);
            if top.loss < limit {
                best = Some((wide, top));
            }
        }
        best
    }
}
