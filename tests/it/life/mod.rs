//! The life of the knowledge, on the real binary: what administrators see before and after a change, and what they cannot break.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod editions;
mod interrupted;
mod load;
mod report;
mod validity;
mod watched;

use zhengqitong::desk::ports::Editions;
use zhengqitong::store::SqliteStore;

use crate::support::installation::Installation;

const INTEREST: &str = "topics/finance/service-loan-interest.yaml";
const CANCELLATION: &str = "topics/market/cancellation.yaml";

/// The numbers of all editions, and of the serving one.
fn editions(installation: &Installation) -> (Vec<u64>, Option<u64>) {
    let url = installation.database_url();
    let read = async || {
        let store = SqliteStore::open(&url).await.unwrap();
        let (all, serving) = (store.editions().await.unwrap(), store.serving_number().await.unwrap());
        store.close().await.unwrap();
        (all.iter().map(|edition| u64::from(edition.number)).collect(), serving.map(u64::from))
    };
    // Stories may or may not run in a runtime of their own.
    let in_a_runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(read());
    std::thread::scope(|scope| scope.spawn(in_a_runtime).join().unwrap())
}
