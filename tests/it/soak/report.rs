//! What a run came to, for people.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::faults::Kind;
use super::reckoning::{Compared, Tickets};

/// What a run came to.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) seed: u64,
    pub(super) load_secs: u64,
    /// From the end of the load until nothing waited any more.
    pub(super) drained_secs: f64,
    pub(super) faults: BTreeMap<Kind, usize>,
    /// How many of them may have repeated a message of a chat.
    pub(super) explained: usize,
    /// Messages that were handled: on the web, and in Telegram.
    pub(super) turns: usize,
    pub(super) turns_on_the_web: usize,
    pub(super) tickets: Tickets,
    /// Accepted and never handled.
    pub(super) lost: usize,
    /// What pages said again because nobody accepted it.
    pub(super) repeated: u64,
    pub(super) telegram: Compared,
    /// Requests that Telegram refused because there were too many.
    pub(super) floods: usize,
    /// How often a commissioner who replied was asked which ticket that was about.
    pub(super) asked_which: usize,
    pub(super) slowest: Duration,
    pub(super) failed_starts: u64,
    pub(super) ended_by_themselves: u64,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}, {} s of load, drained {:.0} s later", self.seed, self.load_secs, self.drained_secs)?;
        for (kind, count) in &self.faults {
            let name: &str = kind.into();
            writeln!(f, "  {count:4}  {name}")?;
        }
        let Tickets { raised, cycles, cards } = self.tickets;
        let Compared { written, doubled, most_in_a_chat } = self.telegram;
        writeln!(
            f,
            "turns {} ({} on the web), said again by pages {}",
            self.turns, self.turns_on_the_web, self.repeated
        )?;
        writeln!(f, "tickets {raised}, worked on {cycles} times; cards for overdue tickets {cards}")?;
        writeln!(f, "lost {}", self.lost)?;
        writeln!(f, "doubled {doubled} of {written} messages in Telegram, at most {most_in_a_chat} in a chat")?;
        writeln!(f, "replies that led to no ticket {}", self.asked_which)?;
        writeln!(f, "slowest answer to a question {:.1} s", self.slowest.as_secs_f64())?;
        writeln!(f, "refused by Telegram as too many {}", self.floods)?;
        write!(
            f,
            "starts that failed {}, processes that ended by themselves {}",
            self.failed_starts, self.ended_by_themselves
        )
    }
}
