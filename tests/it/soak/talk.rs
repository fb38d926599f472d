//! What a company does from its question to its rating, whatever it writes in; and what is remembered of it.

use std::time::{Duration, Instant};

use super::house::House;
use crate::support::generated::Dice;

/// Whatever was done to the service, it answers within this time; only a failing run waits for so long.
pub(super) const PATIENCE: Duration = Duration::from_mins(4);

/// How long somebody in a hurry reads before they go on.
pub(super) fn thinks(dice: &mut Dice) -> Duration {
    Duration::from_millis(dice.below(1500) as u64)
}

/// One conversation of a company.
pub(super) trait Talk {
    async fn says(&mut self, text: &str);

    /// Presses the button of exactly this name below what was heard last.
    async fn presses(&mut self, label: &str);

    /// Waits for a message with all of `words` and a button of each of `labels`, and returns its text.
    ///
    /// # Panics
    ///
    /// Panics when there is none within [`PATIENCE`].
    async fn hears(&mut self, words: &[&str], labels: &[&str]) -> String;
}

/// What a company has done, and how long it has waited for the slowest answer.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) questions: usize,
    pub(super) tickets: usize,
    /// Tickets are worked on once, and once more after a bad rating.
    pub(super) cycles: usize,
    pub(super) slowest: Duration,
}

impl Tally {
    /// Everything that was said and pressed: each is one turn.
    pub(super) fn turns(&self) -> usize {
        // 找专员 and 确认; 补充 and 评价.
        self.questions + 2 * self.tickets + 2 * self.cycles
    }

    /// All that the assistant and the commissioner have to say to it.
    pub(super) fn messages(&self) -> usize {
        // 请核对 and 已派给; 已签收, 答复, 已办结 and 已记录.
        self.questions + 2 * self.tickets + 4 * self.cycles
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.questions += other.questions;
        self.tickets += other.tickets;
        self.cycles += other.cycles;
        self.slowest = self.slowest.max(other.slowest);
    }
}

/// Asks, and returns when it is answered.
pub(super) async fn asks(talk: &mut impl Talk, (question, title): &(String, String), tally: &mut Tally) {
    let asked = Instant::now();
    talk.says(question).await;
    talk.hears(&[title, "核实日期"], &["找专员"]).await;
    tally.questions += 1;
    tally.slowest = tally.slowest.max(asked.elapsed());
}

/// Raises a ticket about what was just answered, and goes on until it is rated; `complains` once before it is content.
pub(super) async fn raises(talk: &mut impl Talk, complains: bool, tally: &mut Tally) {
    talk.presses("找专员").await;
    talk.hears(&["请核对"], &["确认"]).await;
    talk.presses("确认").await;
    let number = super::number_in(&talk.hears(&["已派给服务企业专员"], &[]).await);
    tally.tickets += 1;
    is_served(talk, &number, 1).await;
    tally.cycles += 1;
    if complains {
        talk.presses("不满意").await;
        talk.hears(&[&number, "已记录您的评价：不满意"], &[]).await;
        is_served(talk, &number, 2).await;
        tally.cycles += 1;
    }
    talk.presses("满意").await;
    talk.hears(&[&number, "已记录您的评价：满意"], &[]).await;
}

async fn is_served(talk: &mut impl Talk, number: &str, cycle: usize) {
    talk.hears(&[number, "已签收"], &[]).await;
    talk.says(&supplement(number, cycle)).await;
    talk.hears(&[number, &reply(number, cycle)], &[]).await;
    talk.hears(&[number, "已办结"], &["满意", "不满意"]).await;
}

/// What a company adds to its ticket.
fn supplement(number: &str, cycle: usize) -> String {
    format!("补充{number}之{cycle}：材料已经备齐。")
}

/// What the commissioner answers to that.
pub(super) fn reply(number: &str, cycle: usize) -> String {
    format!("答复{number}之{cycle}：请带材料到窗口办理。")
}

/// Tells in which cycle a company added `text`.
pub(super) fn cycle_of(number: &str, text: &str) -> Option<usize> {
    (1..=2).find(|cycle| text.contains(&supplement(number, *cycle)))
}

/// A question and the title of what answers it, by turns.
pub(super) fn question(house: &House, number: usize) -> &(String, String) {
    &house.known[number % house.known.len()]
}
