//! What is known of the reference model, by name.

use super::expected::Discrimination;
use super::sensitivity::OtherAssumption;
use super::solve::ChannelFit;
use crate::triage::Triage;

impl Discrimination {
    /// The outcome.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// The channel; `None` for the whole stream.
    #[must_use]
    pub fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// Area under the curve, from 0.5 (order by chance) to 1; `None` where there are no complaints
    /// or no differences in truth to tell apart.
    #[must_use]
    pub fn area(&self) -> Option<f64> {
        self.area
    }
}

impl OtherAssumption {
    /// Short name of the change.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What was changed.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// The model; it declares no population, since the shipped one is not its own.
    #[must_use]
    pub fn triage(&self) -> &Triage {
        &self.triage
    }
}

impl ChannelFit {
    /// The channel.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// The outcome.
    #[must_use]
    pub fn outcome(&self) -> &str {
        &self.outcome
    }

    /// Mean probability by the instrument, among all complaints of the channel.
    #[must_use]
    pub fn expected(&self) -> f64 {
        self.expected
    }

    /// Base rate of the channel among the drawn complaints.
    #[must_use]
    pub fn observed(&self) -> f64 {
        self.observed
    }
}
