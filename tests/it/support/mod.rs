//! What the stories stand on. A part belongs here once two test files need it.

pub(crate) mod bot_api; // Telegram, as far as a bot can tell
