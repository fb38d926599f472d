//! Our Telegram bot against the fake Telegram, over a real store; the desk is a parrot.

mod failing; // updates that cannot be handled, a store that fails
mod receiving; // updates from Telegram to the desk
mod running; // starting, stopping, dying, starting again
mod secrecy; // what must not be told
mod sending; // messages from the outbox to Telegram
mod together; // several processes of one bot over one database

mod parrot;
mod stage;
