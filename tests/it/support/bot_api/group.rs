//! A supergroup with topics, in which the bot may manage them, and what its members do there.

use std::sync::Arc;

use super::person::Person;
use super::state::{Shared, State};
use super::{FakeBotApi, chats::Chat};

/// A group; people speak in it through [`Person::in_group`].
#[derive(Clone)]
pub(crate) struct Group {
    pub(super) shared: Arc<Shared>,
    pub(super) chat_id: i64,
}

/// A topic of a group as its members see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) thread: i32,
    pub(crate) name: String,
    pub(crate) is_closed: bool,
}

impl FakeBotApi {
    /// Registers a supergroup with topics.
    pub(crate) fn group(&self, chat_id: i64, title: &str) -> Group {
        self.shared.change(|state| {
            state.chats.entry(chat_id).or_insert_with(|| Chat::forum(chat_id, title));
        });
        Group { shared: Arc::clone(&self.shared), chat_id }
    }
}

impl Group {
    /// The topics there are now, in the order of their making.
    pub(crate) fn topics(&self) -> Vec<Topic> {
        self.shared.look(|state| topics(state, self.chat_id))
    }

    /// Somebody deletes a topic with all that stands in it.
    pub(crate) fn loses_topic(&self, thread: i32) {
        self.shared.change(|state| state.chat(self.chat_id).delete_topic(thread));
    }

    /// Whether the bot may open topics.
    pub(crate) fn lets_the_bot_manage_topics(&self, may: bool) {
        self.shared.change(|state| state.chat(self.chat_id).may_manage_topics = may);
    }

    /// Waits until the topics are as wanted.
    pub(crate) async fn topics_become(&self, telegram: &FakeBotApi, wanted: impl Fn(&[Topic]) -> bool, what: &str) {
        telegram.wait(what, |state| wanted(&topics(state, self.chat_id)).then_some(())).await;
    }
}

fn topics(state: &State, group: i64) -> Vec<Topic> {
    let topics = state.chats[&group].topics.iter().filter(|(_, topic)| !topic.is_deleted);
    topics
        .map(|(thread, topic)| Topic { thread: *thread, name: topic.name.clone(), is_closed: topic.is_closed })
        .collect()
}

impl Person {
    /// The same person as a member of a group: what they do is done there.
    pub(crate) fn in_group(&self, group: &Group) -> Person {
        self.member_of(group.chat_id)
    }
}
