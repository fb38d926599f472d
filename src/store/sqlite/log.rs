//! The write-ahead log on its way to the disk.
//!
//! SQLite writes the log and leaves it to the operating system (`synchronous = NORMAL`); whoever promises that something is
//! kept waits here until the disk has it. That is what `synchronous = FULL` does as well, but there each commit waits for the
//! disk alone and all others wait for it. Here all that wait share one trip, and meanwhile the next ones write.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// The log file of an open database.
#[derive(Debug)]
pub(super) struct Log {
    file: Arc<File>,
    /// How often somebody has come here with something written.
    written: AtomicU64,
    /// How many of those are on disk.
    synced: Mutex<u64>,
}

impl Log {
    /// Opens the log of `database`, which is being written to.
    pub(super) fn open(database: &Path) -> io::Result<Self> {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        let file = File::options().write(true).open(&path)?;
        file.sync_all()?;
        sync_folder(database)?;
        Ok(Self { file: Arc::new(file), written: AtomicU64::new(0), synced: Mutex::new(0) })
    }

    /// How many calls of [`Log::sync`] have been answered by the disk.
    #[cfg(test)]
    pub(super) async fn times_synced(&self) -> u64 {
        *self.synced.lock().await
    }

    /// Waits until everything committed so far is on disk.
    pub(super) async fn sync(&self) -> io::Result<()> {
        let mine = self.written.fetch_add(1, Ordering::AcqRel) + 1;
        let mut synced = self.synced.lock().await;
        if *synced >= mine {
            return Ok(());
        }
        // Who comes while the disk is busy is not among them and goes with the next trip.
        let all = self.written.load(Ordering::Acquire);
        let file = Arc::clone(&self.file);
        tokio::task::spawn_blocking(move || file.sync_data()).await??;
        *synced = all;
        Ok(())
    }
}

/// Makes the names of new files last.
#[cfg(unix)]
fn sync_folder(database: &Path) -> io::Result<()> {
    let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

/// Elsewhere folders cannot be synchronised.
#[cfg(not(unix))]
fn sync_folder(_database: &Path) -> io::Result<()> {
    Ok(())
}
