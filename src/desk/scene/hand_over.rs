//! /handover: a supervisor gives all open tickets of somebody to somebody else, or lets the rules decide.

use super::Scene;
use crate::desk::hand_over::carry_out;
use crate::desk::moves::Moves;
use crate::desk::reply::Status;
use crate::desk::service::HandleError;
use crate::desk::wording::{reach as wording, supervision};
use crate::domain::commissioner::{CommissionerId, Role};
use crate::domain::ticket::Actor;

impl Scene<'_> {
    /// `/handover from [to] [why]`, by ids or names.
    pub(super) async fn on_hand_over(&mut self, argument: &str) -> Result<(), HandleError> {
        let Some(me) = self.me.clone().filter(|_| self.may_supervise()) else {
            self.say(Status::Rejected, supervision::only_for_supervisors().to_owned(), Vec::new());
            return Ok(());
        };
        let mut words = argument.split_whitespace().peekable();
        let Some(first) = words.next() else {
            self.say(Status::Progress, wording::how_to_hand_over().to_owned(), Vec::new());
            return Ok(());
        };
        let Some(from) = self.called(first) else {
            self.say(Status::Rejected, wording::nobody_called(first), Vec::new());
            return Ok(());
        };
        let to = words.peek().and_then(|word| self.called(word));
        let to = to.filter(|to| self.commissioner(to).is_some_and(|person| person.role != Role::Administrator));
        if to.is_some() {
            words.next();
        }
        let why: Vec<_> = words.collect();
        let why = if why.is_empty() { wording::BY_SUPERVISOR.to_owned() } else { why.join(" ") };
        self.hand_over(&me, &from, to.as_ref(), &why).await
    }

    async fn hand_over(
        &mut self,
        me: &CommissionerId,
        from: &CommissionerId,
        to: Option<&CommissionerId>,
        why: &str,
    ) -> Result<(), HandleError> {
        let tickets = self.open_tickets_of(Some(from)).await?;
        let roster = self.roster.clone();
        let mut moves = Moves {
            roster: &roster,
            loads: self.loads.clone(),
            rules: self.desk.rules(),
            edition: self.edition.clone(),
            now: self.now,
            cases: Vec::new(),
            outgoing: Vec::new(),
            audit: Vec::new(),
        };
        let actor = Actor::Supervisor(me.clone());
        let name = self.name_of(Some(from));
        match carry_out(&mut moves, tickets, to, why, &actor, me.as_str()) {
            Ok(moved) => {
                let named: Vec<_> = moved.iter().map(|(number, to)| (number.clone(), moves.name_of(to))).collect();
                let Moves { cases, outgoing, audit, loads, .. } = moves;
                self.loads = loads;
                self.cases.extend(cases.into_iter().map(|case| (case.ticket.number.clone(), case)));
                self.outgoing.extend(outgoing);
                self.audit.extend(audit);
                self.say(Status::Progress, wording::handed_over(&name, &named), Vec::new());
            }
            Err(cause) => {
                tracing::warn!(error = %cause, "tickets were not handed over");
                self.say(Status::Rejected, wording::not_handed_over(&name), Vec::new());
            }
        }
        Ok(())
    }

    /// The one member of the roster with this id or name; a name may leave out what marks a sample.
    fn called(&self, word: &str) -> Option<CommissionerId> {
        let by_id = self.roster.iter().find(|person| person.id.as_str().eq_ignore_ascii_case(word));
        let mut by_name = self.roster.iter().filter(|person| person.name == word || person.name.starts_with(word));
        by_id.or_else(|| by_name.next().filter(|_| by_name.next().is_none())).map(|person| person.id.clone())
    }
}
