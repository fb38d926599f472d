//! What the stories stand on. A part belongs here once two test files need it.

pub(crate) mod bot_api; // Telegram, as far as a bot can tell
pub(crate) mod desk; // the desk in one process, and people with voices
pub(crate) mod generated; // knowledge made by code, of any size
pub(crate) mod installation; // the real binary in a folder of its own
pub(crate) mod postgres; // a database server of our own
pub(crate) mod proxy; // what may happen to connections
pub(crate) mod started; // a command that goes on beside the test
pub(crate) mod source; // our own files, as tidy tests read them
