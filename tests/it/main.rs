//! The one integration binary: linking the crate once keeps the suite's build time down.

mod architecture; // what the sources may import, and how long they may be
mod bot_api; // the fake Telegram itself, seen through a real teloxide `Bot`; nothing about our own bot
mod cli; // commands of the real binary: exit codes, texts, bad input
mod exchange; // topics as sheets, documents, web pages: what comes in, what goes out, what is refused
mod deployment; // the files for whoever runs the service: they name what there is
mod desk; // stories of companies, commissioners and clocks, in one process with a hand-moved clock
mod dialogue; // what people go on to say and how answers are composed: stories, properties, rulers
mod knowledge; // what `check` does not know about faq_data: committed ids, public numbers, sample marks
mod learning; // feedback, unanswered questions, drafts: what people could not be told, and what becomes of it
mod life; // editions: published, compared, taken back, watched, interrupted, under load
mod model; // what happens without the model
mod replicas; // several processes over one PostgreSQL, and moving there and back
mod readme; // what the READMEs say about commands
mod soak; // replicas, database and network killed, stopped and cut at random under load; throughput
mod story; // the main job on the real binary with a fake Telegram: good days, bad days, kill -9, reindex
mod support; // what stories stand on: fake outside worlds and harnesses; no tests
mod web; // the web part over real HTTP, with an assistant that echoes; nothing about the desk's rules
mod telegram; // our bot on the wire: what arrives, what is sent, what goes wrong; nothing about rules
mod year; // a year of generated tickets through the real desk and store
mod wording; // every sentence that people read
