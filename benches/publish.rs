//! `cargo bench --bench publish [-- --topics N --askers N]`: the real binary, whole. A folder of N generated topics (10,000) is
//! published, served, changed in every topic and published again while questions arrive over HTTP.
//!
//! Fails when a question fails or is answered from two editions.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod measure;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use measure::generated::{Dice, mark, question, write_folder};
use measure::{Times, option};
use serde_json::{Value, json};

type Error = Box<dyn std::error::Error>;

/// Answers of the new edition that each asker waits for.
const AFTER: usize = 100;

/// What an asker saw.
#[derive(Default)]
struct Seen {
    before: Times,
    during: Times,
    after: Times,
    failed: Vec<String>,
    mixed: Vec<String>,
}

/// A process that ends with the benchmark.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn main() -> Result<(), Error> {
    let (topics, askers) = (option("--topics", 10_000), option("--askers", 2));
    let folder = tempfile::tempdir()?;
    let begun = Instant::now();
    write_folder(&folder.path().join("faq_data"), topics, 1);
    println!("{topics} topics written in {:.1} s", begun.elapsed().as_secs_f64());
    println!("first reindex: {:.1} s", run(folder.path(), &["reindex"])?.as_secs_f64());
    std::fs::write(folder.path().join("zhengqitong.toml"), "[web]\ntrusts_proxy = true\n")?;
    let begun = Instant::now();
    let (serving, url) = serve(folder.path())?;
    println!("serve is ready after {:.1} s, {} MiB", begun.elapsed().as_secs_f64(), resident(&serving.0));
    write_folder(&folder.path().join("faq_data"), topics, 2);

    let building = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let asking: Vec<_> =
        (0..askers).map(|seed| runtime.spawn(ask(url.clone(), topics, seed as u64, Arc::clone(&building)))).collect();
    std::thread::sleep(Duration::from_secs(2));
    building.store(true, Ordering::Relaxed);
    let time = run(folder.path(), &["reindex"])?;
    println!("reindex under load, with comparison: {:.1} s", time.as_secs_f64());
    let mut seen = Seen::default();
    for asked in asking {
        let Seen { before, during, after, failed, mixed } = runtime.block_on(asked)?;
        seen.before.extend(before);
        seen.during.extend(during);
        seen.after.extend(after);
        seen.failed.extend(failed);
        seen.mixed.extend(mixed);
    }
    println!("  serve: {} MiB", resident(&serving.0));
    for (when, times) in [("before", &seen.before), ("during", &seen.during), ("after", &seen.after)] {
        let (p50, p99) = (times.percentile(50), times.percentile(99));
        println!("  questions {when}: {}, p50 {p50} µs, p99 {p99} µs", times.len());
    }
    println!("  failed: {}, mixed: {}", seen.failed.len(), seen.mixed.len());
    let wrong = seen.failed.iter().chain(&seen.mixed).next();
    wrong.map_or(Ok(()), |first| Err(format!("a question failed or was answered from two editions: {first}").into()))
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhengqitong"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command to its end; how long it took.
fn run(folder: &Path, arguments: &[&str]) -> Result<Duration, Error> {
    let begun = Instant::now();
    let output = command(folder, arguments).output()?;
    if output.status.success() {
        return Ok(begun.elapsed());
    }
    Err(String::from_utf8_lossy(&output.stderr).into_owned().into())
}

/// Starts `serve` and waits until it says where it is.
fn serve(folder: &Path) -> Result<(Served, String), Error> {
    let mut command = command(folder, &["serve", "--listen", "127.0.0.1:0"]);
    let mut serving = Served(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?);
    let stdout = serving.0.stdout.take().ok_or("serve has no output")?;
    for line in BufReader::new(stdout).lines() {
        if let Some((_, address)) = line?.split_once("http://") {
            return Ok((serving, format!("http://{address}")));
        }
    }
    Err("serve did not start".into())
}

/// Memory that a process holds, in MiB.
fn resident(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

/// Asks about one topic after the other until the second edition has answered often enough.
async fn ask(url: String, topics: usize, first: u64, building: Arc<AtomicBool>) -> Seen {
    let client = reqwest::Client::new();
    let mut dice = Dice::new(first);
    let mut seen = Seen::default();
    while seen.after.len() < AFTER && seen.failed.len() < AFTER {
        let body = json!({ "text": question(dice.below(topics)) });
        // Everybody comes from an address of their own, which the proxy in front tells.
        let address = format!("10.{}.{}.{}", dice.below(256), dice.below(256), dice.below(256));
        let request = client.post(format!("{url}/api/v1/ask")).header("X-Forwarded-For", address).json(&body);
        let is_building = building.load(Ordering::Relaxed);
        let begun = Instant::now();
        let reply = async { request.send().await?.error_for_status()?.json::<Value>().await }.await;
        let time = begun.elapsed();
        let (text, edition) = match &reply {
            Ok(reply) if reply["status"] == "answer" => (reply["text"].as_str().unwrap_or_default(), &reply["edition"]),
            other => {
                seen.failed.push(format!("{other:?}"));
                continue;
            }
        };
        let number = if *edition == 2 { 2 } else { 1 };
        if !text.contains(&mark(number)) || text.contains(&mark(3 - number)) {
            seen.mixed.push(text.to_owned());
        } else if number == 2 {
            seen.after.add(time);
        } else if is_building {
            seen.during.add(time);
        } else {
            seen.before.add(time);
        }
    }
    seen
}
