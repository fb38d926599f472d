//! Handing over: all open tickets of somebody who leaves, several tickets at once, and those whose holder is no longer on the
//! roster. Every one stands in the audit log.

use std::collections::BTreeSet;

use super::changes::AuditEntry;
use super::moves::Moves;
use super::ports::{CommitError, StoreError, TicketFilter};
use super::service::Desk;
use super::wording::reach as wording;
use crate::domain::commissioner::{CommissionerId, Role};
use crate::domain::ticket::{Actor, Refusal, Ticket, TicketNumber};

/// So often an order is carried out anew when somebody changes one of its tickets meanwhile.
const ATTEMPTS: u32 = 5;

/// Which tickets change hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// All open ones of this person, who need not be on the roster any more.
    AllOf(CommissionerId),
    /// These.
    These(Vec<TicketNumber>),
}

/// An order of an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOver {
    /// Which tickets.
    pub which: Which,
    /// Who gets them; by the rules of dispatch when absent.
    pub to: Option<CommissionerId>,
    /// Why, in words; stands in the histories and is told to whoever gets them.
    pub why: String,
    /// On whose order, for the audit log.
    pub by: String,
}

/// What became of an order: each ticket that changed hands, with who has it now.
pub type HandedOver = Vec<(TicketNumber, CommissionerId)>;

/// Why tickets did not change hands; none did.
#[derive(Debug, thiserror::Error)]
pub enum HandOverError {
    /// Nobody on the roster who may work on tickets has this id.
    #[error("nobody on the roster who works on tickets is called `{0}`")]
    Nobody(CommissionerId),
    /// There is no such ticket.
    #[error("there is no ticket {0}")]
    NoTicket(TicketNumber),
    /// A ticket cannot change hands.
    #[error("ticket {number} cannot change hands")]
    Refused {
        /// Which.
        number: TicketNumber,
        /// Why not.
        #[source]
        refusal: Refusal,
    },
    /// The tickets kept changing.
    #[error("gave up after {ATTEMPTS} attempts: the tickets kept changing")]
    Contended,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Hands tickets over, all of them or none; old and new holder and the companies are told.
    ///
    /// # Errors
    ///
    /// Returns [`HandOverError`]; then nothing was changed.
    pub async fn hand_over(&self, order: &HandOver) -> Result<HandedOver, HandOverError> {
        for _ in 0..ATTEMPTS {
            let roster = self.store.roster().await?;
            if let Some(to) = &order.to
                && !roster.iter().any(|person| person.id == *to && person.role != Role::Administrator)
            {
                return Err(HandOverError::Nobody(to.clone()));
            }
            let tickets = self.tickets_of(&order.which).await?;
            let mut moves = self.moves(&roster, self.clock.now()).await?;
            let moved = carry_out(&mut moves, tickets, order.to.as_ref(), &order.why, &Actor::System, &order.by)?;
            let mut changes = moves.into_changes();
            self.copy_to_threads(&mut changes, &roster, None);
            match self.store.commit(changes).await {
                Ok(()) => return Ok(moved),
                Err(CommitError::Conflict | CommitError::AlreadyHandled) => {}
                Err(CommitError::Store(cause)) => return Err(cause.into()),
            }
        }
        Err(HandOverError::Contended)
    }

    async fn tickets_of(&self, which: &Which) -> Result<Vec<Ticket>, HandOverError> {
        match which {
            Which::AllOf(id) => Ok(self.open_of(id).await?),
            Which::These(numbers) => {
                let mut tickets = Vec::new();
                for number in numbers.iter().collect::<BTreeSet<_>>() {
                    let ticket = self.store.ticket(number).await?;
                    tickets.push(ticket.ok_or_else(|| HandOverError::NoTicket(number.clone()))?);
                }
                Ok(tickets)
            }
        }
    }

    async fn open_of(&self, id: &CommissionerId) -> Result<Vec<Ticket>, StoreError> {
        let filter =
            TicketFilter { assignee: Some(id.clone()), only_open: true, limit: u32::MAX, ..TicketFilter::default() };
        self.store.tickets(&filter).await
    }

    /// Gives the open tickets of people who are no longer on the roster to others; returns how many.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails; what was not done is done the next time.
    pub(super) async fn rehome(&self) -> Result<usize, StoreError> {
        let roster = self.store.roster().await?;
        let loads = self.store.loads().await?;
        let gone: Vec<_> = loads.keys().filter(|id| !roster.iter().any(|person| person.id == **id)).collect();
        let mut done = 0;
        for id in gone.into_iter().filter(|_| !roster.is_empty()) {
            let mut moves = self.moves(&roster, self.clock.now()).await?;
            let tickets = self.open_of(id).await?;
            let moved = match carry_out(&mut moves, tickets, None, wording::HOLDER_LEFT, &Actor::System, "system") {
                Ok(moved) => moved.len(),
                Err(cause) => {
                    tracing::error!(commissioner = %id, error = %cause, "open tickets could not be handed over");
                    continue;
                }
            };
            let mut changes = moves.into_changes();
            self.copy_to_threads(&mut changes, &roster, None);
            match self.store.commit(changes).await {
                Ok(()) => done += moved,
                Err(CommitError::Conflict | CommitError::AlreadyHandled) => {}
                Err(CommitError::Store(cause)) => return Err(cause),
            }
        }
        Ok(done)
    }
}

/// Moves tickets, the oldest first, and writes each down for the audit log.
pub(super) fn carry_out(
    moves: &mut Moves<'_>,
    mut tickets: Vec<Ticket>,
    to: Option<&CommissionerId>,
    why: &str,
    actor: &Actor,
    by: &str,
) -> Result<HandedOver, HandOverError> {
    tickets.sort_by_key(|ticket| (ticket.opened_at, ticket.number.clone()));
    let mut moved = Vec::new();
    for ticket in tickets {
        let (number, former) = (ticket.number.clone(), ticket.assignee.clone());
        if to.is_some() && former.as_ref() == to {
            continue;
        }
        let refused = |refusal| HandOverError::Refused { number: number.clone(), refusal };
        let to = match to {
            Some(to) => moves.give(ticket, to, actor, why).map(|()| to.clone()).map_err(refused)?,
            None => moves.move_on(ticket, why).map_err(refused)?,
        };
        if let Some(former) = &former {
            moves.tell_former(former, why);
        }
        let from = former.as_ref().map_or("nobody", CommissionerId::as_str);
        moves.audit.push(AuditEntry {
            at: moves.now,
            by: by.to_owned(),
            action: "ticket.hand_over".to_owned(),
            detail: format!("{number} from {from} to {to}"),
        });
        moved.push((number, to));
    }
    Ok(moved)
}
