//! The port [`Files`]: each method hands over to the module that has the statements.

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{Store, dialogues, figures, roster, tickets};
use crate::desk::changes::{AuditEntry, Changes, TicketMessage};
use crate::desk::dialogue::Dialogue;
use crate::desk::message::ChatAddress;
use crate::desk::ports::{CommitError, Files, StoreError, TicketFilter, Versioned};
use crate::domain::commissioner::{Commissioner, CommissionerId};
use crate::domain::dispatch::Loads;
use crate::domain::ticket::{Event, Ticket, TicketNumber};

#[async_trait]
impl Files for Store {
    async fn commit(&self, changes: Changes) -> Result<(), CommitError> {
        self.commit_changes(&changes).await
    }

    async fn dialogue(&self, chat: &ChatAddress) -> Result<Versioned<Dialogue>, StoreError> {
        dialogues::find(&self.connections, chat).await.map_err(|fault| fault.during("read a dialogue"))
    }

    async fn ticket(&self, number: &TicketNumber) -> Result<Option<Ticket>, StoreError> {
        tickets::find(&self.connections, number).await.map_err(|fault| fault.during("read a ticket"))
    }

    async fn ticket_history(&self, number: &TicketNumber) -> Result<Vec<Event>, StoreError> {
        tickets::history(&self.connections, number).await.map_err(|fault| fault.during("read a ticket's history"))
    }

    async fn ticket_histories(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Vec<Event>>, StoreError> {
        tickets::histories(&self.connections, from, until)
            .await
            .map_err(|fault| fault.during("read the tickets of a period"))
    }

    async fn ticket_messages(&self, number: &TicketNumber) -> Result<Vec<TicketMessage>, StoreError> {
        tickets::messages(&self.connections, number).await.map_err(|fault| fault.during("read a ticket's messages"))
    }

    async fn tickets(&self, filter: &TicketFilter) -> Result<Vec<Ticket>, StoreError> {
        tickets::list(&self.connections, filter).await.map_err(|fault| fault.during("list tickets"))
    }

    async fn tickets_with_step_due(&self, now: Timestamp) -> Result<Vec<Ticket>, StoreError> {
        tickets::with_step_due(&self.connections, now)
            .await
            .map_err(|fault| fault.during("list tickets with a card due"))
    }

    async fn ticket_behind(&self, chat: &ChatAddress, message_id: &str) -> Result<Option<TicketNumber>, StoreError> {
        tickets::behind(&self.connections, chat, message_id)
            .await
            .map_err(|fault| fault.during("find a message's ticket"))
    }

    async fn next_ticket_sequence(&self, day: Date) -> Result<u32, StoreError> {
        tickets::next_sequence(&self.connections, day).await.map_err(|fault| fault.during("draw a ticket number"))
    }

    async fn roster(&self) -> Result<Vec<Commissioner>, StoreError> {
        roster::list(&self.connections).await.map_err(|fault| fault.during("read the roster"))
    }

    async fn loads(&self) -> Result<Loads, StoreError> {
        tickets::loads(&self.connections).await.map_err(|fault| fault.during("count open tickets"))
    }

    async fn replace_roster(&self, people: &[Commissioner], by: &str, at: Timestamp) -> Result<(), StoreError> {
        const ACTION: &str = "replace the roster";
        if !roster::is_unambiguous(people) {
            return Err(StoreError { action: ACTION, cause: Box::new(roster::Ambiguous) });
        }
        self.write_roster(people, by, at).await.map_err(|fault| fault.during(ACTION))
    }

    async fn audit_log(&self, action: &str) -> Result<Vec<AuditEntry>, StoreError> {
        self.read_audit(action).await.map_err(|fault| fault.during("read the audit log"))
    }

    async fn figures_sent(&self, week: Date) -> Result<Vec<CommissionerId>, StoreError> {
        figures::of_week(&self.connections, week).await.map_err(|fault| fault.during("read who was sent figures"))
    }

    async fn invite(
        &self,
        commissioner: &CommissionerId,
        code_sha256: &str,
        expires_at: Timestamp,
        by: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let written = self.write_invitation(commissioner, code_sha256, expires_at, by, at).await;
        written.map_err(|fault| fault.during("keep an invitation"))
    }

    async fn redeem_invitation(
        &self,
        code_sha256: &str,
        telegram_id: i64,
        at: Timestamp,
    ) -> Result<Option<CommissionerId>, StoreError> {
        let used = self.use_invitation(code_sha256, telegram_id, at).await;
        used.map_err(|fault| fault.during("redeem an invitation"))
    }
}
