//! Commands that people can type on every channel.

/// A command, written `/start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString, strum::EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Command {
    /// What this is; also redeems invitations and opens deep links.
    Start,
    /// How it works.
    Help,
    /// A person is wanted.
    Human,
    /// How do my tickets stand.
    Progress,
    /// Forget what was talked about.
    New,
}

impl Command {
    /// Reads `/word argument`, also `/word@bot argument`; `None` when the text is no known command.
    ///
    /// # Examples
    ///
    /// ```
    /// # use zhengqitong::desk::command::Command;
    /// assert_eq!(Command::parse("/start invite-abc"), Some((Command::Start, "invite-abc")));
    /// assert_eq!(Command::parse("/help@zqt_bot"), Some((Command::Help, "")));
    /// assert_eq!(Command::parse("怎么办"), None);
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Option<(Self, &str)> {
        let line = text.trim().strip_prefix('/')?;
        let (word, argument) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let word = word.split_once('@').map_or(word, |(word, _bot)| word).to_ascii_lowercase();
        Some((word.parse().ok()?, argument.trim()))
    }
}
