//! Away and back: a commissioner's open tickets are covered at once, and come back oldest first.

use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};

use super::Scene;
use crate::desk::changes::{AuditEntry, LeaveChange};
use crate::desk::dialogue::Pending;
use crate::desk::ports::TicketFilter;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::leave as wording;
use crate::domain::calendar::{china_instant, china_time};
use crate::domain::commissioner::CommissionerId;
use crate::domain::text;
use crate::domain::ticket::{Action, Actor, State, Ticket};

/// Nobody is away for longer than this in one go.
const LONGEST_DAYS: i32 = 366;

impl Scene<'_> {
    /// /leave, with or without the last day of it.
    pub(super) async fn on_leave(&mut self, argument: &str) -> Result<(), HandleError> {
        if self.me.is_none() {
            self.say(Status::Rejected, wording::only_for_roster().to_owned(), Vec::new());
            return Ok(());
        }
        if argument.is_empty() {
            self.dialogue.value.pending = Some(Pending::LeaveUntil);
            self.say(Status::Handoff, wording::until_when().to_owned(), Vec::new());
            return Ok(());
        }
        self.on_leave_until(argument).await
    }

    /// The last day of the leave has come in words.
    pub(super) async fn on_leave_until(&mut self, words: &str) -> Result<(), HandleError> {
        let today = china_time(self.now).date();
        let last = last_day(words, today).filter(|day| *day >= today && (*day - today).get_days() <= LONGEST_DAYS);
        let (Some(last), Some(me)) = (last, self.me.clone()) else {
            self.dialogue.value.pending = Some(Pending::LeaveUntil);
            self.say(Status::Rejected, wording::bad_day(words), Vec::new());
            return Ok(());
        };
        self.dialogue.value.pending = None;
        let until = china_instant(last.saturating_add(1.day()).to_datetime(jiff::civil::Time::midnight()));
        self.set_leave(&me, Some(until));
        let (handed, kept) = self.cover(&me).await?;
        self.say(Status::Handoff, wording::away(last, handed, kept), Vec::new());
        Ok(())
    }

    /// /back: at work again.
    pub(super) async fn on_back(&mut self) -> Result<(), HandleError> {
        let Some(me) = self.me.clone() else {
            self.say(Status::Rejected, wording::only_for_roster().to_owned(), Vec::new());
            return Ok(());
        };
        self.set_leave(&me, None);
        let taken = self.drain(&me).await?;
        self.say(Status::Handoff, wording::back(taken), Vec::new());
        Ok(())
    }

    fn set_leave(&mut self, person: &CommissionerId, away_until: Option<Timestamp>) {
        if let Some(member) = self.roster.iter_mut().find(|member| member.id == *person) {
            member.away_until = away_until;
        }
        self.leaves.push(LeaveChange { commissioner: person.clone(), away_until });
        let action = if away_until.is_some() { "roster.leave" } else { "roster.back" };
        self.audit.push(AuditEntry {
            at: self.now,
            by: person.to_string(),
            action: action.to_owned(),
            detail: person.to_string(),
        });
    }

    /// Gives the open tickets of somebody who is away to others; returns how many, and how many stay by a supervisor's choice.
    async fn cover(&mut self, away: &CommissionerId) -> Result<(usize, usize), HandleError> {
        let (mut handed, mut kept) = (0, 0);
        for mut ticket in self.open_tickets_of(Some(away)).await? {
            if ticket.is_assigned_by_hand {
                kept += 1;
                continue;
            }
            self.move_by_rules(&mut ticket, wording::HOLDER_AWAY);
            handed += 1;
        }
        Ok((handed, kept))
    }

    /// Takes a ticket from its holder and dispatches it anew, the holder excepted; both the new holder and the company are told.
    pub(super) fn move_by_rules(&mut self, ticket: &mut Ticket, reason: &str) {
        let former = ticket.assignee.clone();
        let transfer = Action::Transfer { reason: reason.to_owned() };
        if let Err(refusal) = self.act(ticket, &transfer, &Actor::System) {
            tracing::error!(ticket.number = %ticket.number, %refusal, "a ticket could not be taken from its holder");
            return;
        }
        let mut exclude: Vec<CommissionerId> = ticket.handed_on_by.iter().cloned().collect();
        exclude.extend(former.clone());
        let to = self.dispatch(ticket, &exclude);
        self.shift_load(former.as_ref(), to.as_ref());
        self.tell_handed_on(ticket, reason);
    }

    /// Brings back what others got only because this person was away or everybody was full: unsigned ones, oldest first, until
    /// they are at capacity.
    async fn drain(&mut self, back: &CommissionerId) -> Result<usize, HandleError> {
        let Some(name) = self.commissioner(back).map(|person| person.name.clone()) else { return Ok(0) };
        let mut waiting: Vec<Ticket> = self.open_tickets_of(None).await?;
        waiting.retain(|ticket| {
            let is_stopgap = ticket.reasons.iter().any(|reason| crate::desk::wording::is_stopgap(reason, &name));
            let is_free = ticket.state == State::Dispatched && !ticket.is_assigned_by_hand;
            is_free && is_stopgap && ticket.assignee.as_ref() != Some(back) && !ticket.handed_on_by.contains(back)
        });
        waiting.sort_by_key(|ticket| (ticket.opened_at, ticket.number.clone()));
        let mut taken = 0;
        for mut ticket in waiting {
            let former = ticket.assignee.clone();
            let exclude: Vec<CommissionerId> = ticket.handed_on_by.iter().cloned().collect();
            if self.would_get(&ticket, &exclude).as_ref() != Some(back) {
                continue;
            }
            if self.dispatch(&mut ticket, &exclude).is_some() {
                self.shift_load(former.as_ref(), Some(back));
                self.tell_handed_on(&ticket, wording::HOLDER_BACK);
                taken += 1;
            }
        }
        Ok(taken)
    }

    fn shift_load(&mut self, from: Option<&CommissionerId>, to: Option<&CommissionerId>) {
        if let Some(load) = from.and_then(|from| self.loads.get_mut(from)) {
            *load = load.saturating_sub(1);
        }
        if let Some(to) = to {
            *self.loads.entry(to.clone()).or_default() += 1;
        }
    }

    /// Open tickets of one person, or of all; as they stand with what has been decided so far.
    pub(super) async fn open_tickets_of(&self, holder: Option<&CommissionerId>) -> Result<Vec<Ticket>, HandleError> {
        let filter =
            TicketFilter { assignee: holder.cloned(), only_open: true, limit: u32::MAX, ..TicketFilter::default() };
        let mut tickets = self.desk.store.tickets(&filter).await?;
        for ticket in &mut tickets {
            if let Some(case) = self.cases.get(&ticket.number) {
                ticket.clone_from(&case.ticket);
            }
        }
        Ok(tickets)
    }
}

/// The day that somebody names: `2026-11-30`, `11-30`, `11月30日`, `今天`, `明天`, or a number of days.
fn last_day(words: &str, today: Date) -> Option<Date> {
    let words = text::normalise(words);
    let words = words.trim_start_matches(['到', '至']).trim();
    if let Ok(day) = words.parse::<Date>() {
        return Some(day);
    }
    match words {
        "今天" => return Some(today),
        "明天" => return Some(today.saturating_add(1.day())),
        "后天" => return Some(today.saturating_add(2.days())),
        _ => {}
    }
    if let Some(days) = words.strip_suffix('天').unwrap_or(words).trim().parse::<i32>().ok().filter(|days| *days > 0) {
        return Some(today.saturating_add((days.min(LONGEST_DAYS + 1) - 1).days()));
    }
    let (month, day) = words.split_once(['月', '-', '.', '/'])?;
    let day = day.trim_end_matches(['日', '号']);
    let (month, day) = (month.trim().parse().ok()?, day.trim().parse().ok()?);
    let this_year = Date::new(today.year(), month, day).ok()?;
    Some(if this_year < today {
        date(today.year() + 1, 1, 1).with().month(month).day(day).build().ok()?
    } else {
        this_year
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, expected: Option<Date>) {
        assert_eq!(last_day(words, date(2026, 11, 24)), expected, "{words}");
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        check("2026-11-30", Some(date(2026, 11, 30)));
        check("到11月30日", Some(date(2026, 11, 30)));
        check("11-30", Some(date(2026, 11, 30)));
        check("1月5号", Some(date(2027, 1, 5)));
        check("明天", Some(date(2026, 11, 25)));
        check("3天", Some(date(2026, 11, 26)));
        check("13月40日", None);
        check("下周吧", None);
    }
}
