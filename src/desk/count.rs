//! How many tickets are open, and how they stand.

use strum::IntoEnumIterator;

use super::ports::{StoreError, TicketFilter};
use super::service::Desk;
use crate::domain::sla::Card;
use crate::domain::ticket::State;

/// Every warning that an open ticket may have been shown.
const CARDS: [Option<Card>; 3] = [None, Some(Card::Yellow), Some(Card::Red)];

impl Desk {
    /// Open tickets by state and by the worst card since their clocks began; combinations that no ticket has count 0.
    ///
    /// # Errors
    ///
    /// Returns [`StoreError`] when the store fails.
    pub async fn open_tickets(&self) -> Result<Vec<((State, Option<Card>), usize)>, StoreError> {
        let filter = TicketFilter { only_open: true, limit: u32::MAX, ..TicketFilter::default() };
        let open = self.store.tickets(&filter).await?;
        let standing: Vec<_> = open.iter().map(|ticket| (ticket.state, ticket.worst_card())).collect();
        let combinations =
            State::iter().filter(|state| state.is_open()).flat_map(|state| CARDS.map(|card| (state, card)));
        Ok(combinations.map(|wanted| (wanted, standing.iter().filter(|has| **has == wanted).count())).collect())
    }
}
