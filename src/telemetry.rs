//! Logs and metrics: set up once, at start. A panic is logged as well, masked: it may quote what somebody wrote.

use std::io::{self, IsTerminal};

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::util::TryInitError;

use crate::domain::privacy::mask;

/// Bounds of the latency histograms, in seconds.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];

/// Logs could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter cannot be read.
    #[error("log.filter cannot be read")]
    Filter(#[from] ParseError),
    /// Logs were set up already.
    #[error("logs were set up already")]
    Again(#[from] TryInitError),
}

/// Sends logs to standard error, filtered, as text or JSON lines.
///
/// # Errors
///
/// Returns [`LogError`] for a filter that cannot be read, or when called twice.
pub fn start_logs(filter: &str, json: bool) -> Result<(), LogError> {
    use tracing_subscriber::util::SubscriberInitExt;
    let filter = EnvFilter::try_new(filter)?;
    let builder =
        tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    if json { builder.json().finish().try_init() } else { builder.compact().finish().try_init() }?;
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked: {}", mask(panic.payload_as_str().unwrap_or("without words")));
    }));
    Ok(())
}

/// Collects metrics; the handle renders them for Prometheus.
///
/// # Errors
///
/// Returns [`BuildError`] when a recorder is installed already.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
        .install_recorder()
}
