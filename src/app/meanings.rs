//! The parts that compare meanings, put together: which model, which server, and which edition's vectors.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use anyhow::Context;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::Misuse;
use super::output::{Out, progress};
use crate::config::{Config, ModelSection};
use crate::desk::knowledge::{KnowledgeBase, Shelf};
use crate::desk::ports::{Meanings, SemanticVariant, WordsOnly};
use crate::search;
use crate::semantic::{
    self, EditionMeanings, Effort, EndpointConfig, Model, ModelError, PINNED, PrepareError, Reader, Step, Watch,
    prepare_by_endpoint, prepare_by_model, restore,
};

/// Whoever is no company and waits for a figure rather than for an answer waits this long for each question.
const PATIENCE: Duration = Duration::from_secs(20);

/// A question to the server may take this long; then the turn goes on without it.
const ENDPOINT_LIMIT: Duration = Duration::from_millis(800);

/// A model that was installed and an edition that was published are noticed within this time.
const LOOKED_EVERY: Duration = Duration::from_secs(1);

/// A server that did not give an edition's vectors is asked again after so many looks.
const ENDPOINT_RETRIED_AFTER: u32 = 60;

/// What compares meanings in this process; starts nothing before it is needed.
pub(crate) struct Semantics {
    config: ModelSection,
    index_dir: PathBuf,
    reader: OnceLock<Option<Arc<Reader>>>,
    /// What was made for editions, while they live.
    made: Mutex<Vec<Weak<EditionMeanings>>>,
    is_patient: AtomicBool,
}

/// Begins the names of folders with vectors of what is no edition.
const SCRATCH: &str = "eval-";

/// The name of what stands in the data folder, for [`Semantics::scratch`].
pub(crate) const DRAFT: &str = "draft";

/// How the model came to be in place, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Supply {
    /// It is in place.
    There,
    /// There is none, or none that can be used.
    None,
}

impl Semantics {
    /// As the configuration wants it.
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            config: config.model.clone(),
            index_dir: config.index_dir.clone(),
            reader: OnceLock::new(),
            made: Mutex::default(),
            is_patient: AtomicBool::new(false),
        }
    }

    /// From now on nothing is left to words because a machine is busy: for commands that measure.
    pub(crate) fn be_patient(&self) {
        self.is_patient.store(true, Ordering::Relaxed);
    }

    /// The reader with the installed model in place; `None` where meanings are not compared. Takes a moment: off the runtime.
    fn reader(&self) -> Option<&Arc<Reader>> {
        let start = || {
            if !self.config.is_enabled {
                return None;
            }
            match Reader::new(endpoint_config(&self.config)) {
                Ok(reader) => {
                    if self.is_patient.load(Ordering::Relaxed) {
                        reader.set_patience(PATIENCE);
                    }
                    Some(Arc::new(reader))
                }
                Err(cause) => {
                    tracing::error!(error = %cause, "meanings cannot be compared; words alone decide");
                    None
                }
            }
        };
        let reader = self.reader.get_or_init(start).as_ref()?;
        if reader.model().is_none() {
            self.open_model(reader);
        }
        Some(reader)
    }

    /// Puts the installed model in place.
    fn open_model(&self, reader: &Reader) -> Supply {
        match Model::open(&semantic::model_path(&self.config.dir)) {
            Ok(model) => {
                reader.set_model(Some(Arc::new(model)));
                Supply::There
            }
            Err(ModelError::Missing { .. }) => Supply::None,
            Err(cause) => {
                tracing::warn!(error = %cause, "the model cannot be used; words alone decide");
                Supply::None
            }
        }
    }

    /// The meanings of a published edition, as far as they are kept. Off the runtime.
    pub(crate) fn of_edition(&self, number: u32, content_sha256: &str, base: &KnowledgeBase) -> Arc<dyn Meanings> {
        self.of(base, Some(search::generation_folder(&self.index_dir, number, content_sha256)))
    }

    /// The meanings of `base`, as far as they are kept in `folder` or with an edition; nothing is computed yet. Off the runtime.
    ///
    /// What [`Semantics::complete`] computes is kept in `folder`, if there is one.
    pub(crate) fn of(&self, base: &KnowledgeBase, folder: Option<PathBuf>) -> Arc<dyn Meanings> {
        let Some(reader) = self.reader() else { return Arc::new(WordsOnly) };
        let meanings = Arc::new(EditionMeanings::new(Arc::clone(reader), base, folder));
        restore(&meanings, &self.elsewhere());
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|meanings| meanings.strong_count() > 0);
        made.push(Arc::downgrade(&meanings));
        meanings
    }

    /// The same meanings, as what they are; `None` where nothing is compared.
    fn made(&self, meanings: &Arc<dyn Meanings>) -> Option<Arc<EditionMeanings>> {
        let made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |other: &&Weak<EditionMeanings>| std::ptr::addr_eq(other.as_ptr(), Arc::as_ptr(meanings));
        made.iter().find(is_it).and_then(Weak::upgrade)
    }

    /// Where the vectors of what is no edition are kept: of a corpus, of the data folder as it stands.
    pub(crate) fn scratch(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.index_dir.join(format!("{SCRATCH}{name}"));
        std::fs::create_dir_all(&folder).with_context(|| Misuse(format!("无法写入 {}", folder.display())))?;
        Ok(folder)
    }

    /// Folders in which vectors of the same texts may be kept.
    fn elsewhere(&self) -> Vec<PathBuf> {
        let mut folders = search::generation_folders(&self.index_dir);
        folders.push(self.index_dir.join(format!("{SCRATCH}{DRAFT}")));
        folders
    }

    /// Computes what is missing, with all cores and a progress bar; says so where it fails, and goes on by words.
    pub(crate) async fn complete(&self, meanings: &Arc<dyn Meanings>) {
        let Some(meanings) = self.made(meanings) else { return };
        let elsewhere = self.elsewhere();
        if self.config.endpoint.is_some() && !meanings.is_ready_for_endpoint() {
            let bar = progress("向语义服务计算向量");
            let watch = Watch { progress: &bar, stops: &|| false };
            if let Err(cause) = prepare_by_endpoint(&meanings, &elsewhere, &watch).await {
                Out::note(format!("语义服务没有算出向量，先不使用它：{}", chain(cause)));
            }
        }
        if meanings.is_ready_for_model() {
            return;
        }
        let work = tokio::task::spawn_blocking(move || {
            let bar = progress("计算语义向量");
            let watch = Watch { progress: &bar, stops: &|| false };
            prepare_by_model(&meanings, &elsewhere, Effort::Full, &watch)
        });
        match work.await {
            Ok(Ok(_) | Err(PrepareError::Absent)) => {}
            Ok(Err(cause)) => Out::note(format!("语义向量没有算出来，先按词语检索：{}", chain(cause))),
            Err(_panicked) => Out::note("语义向量没有算出来，先按词语检索。"),
        }
    }

    /// What the start says about it.
    pub(crate) fn announcement(&self, meanings: &dyn Meanings) -> &'static str {
        match meanings.variant() {
            SemanticVariant::Endpoint => "语义检索：已启用（语义服务）。",
            SemanticVariant::Model => "语义检索：已启用（模型）。",
            SemanticVariant::Lexical if !self.config.is_enabled => "语义检索：已关闭，只按词语检索。",
            SemanticVariant::Lexical if self.has_model() => "语义检索：正在准备，完成前按词语检索。",
            SemanticVariant::Lexical if self.config.installs_itself => {
                "语义检索：还没有模型，正在下载（约91 MB），完成前按词语检索。"
            }
            SemanticVariant::Lexical => "语义检索：没有安装模型，只按词语检索；运行 zhengqitong model install 安装。",
        }
    }

    fn has_model(&self) -> bool {
        semantic::model_path(&self.config.dir).exists()
    }

    /// Keeps the serving edition's meanings in place: installs the model, computes what is missing. Ends with `stop`.
    pub(crate) async fn keep(self: Arc<Self>, serving: Arc<Shelf>, stop: CancellationToken) {
        let mut tick = tokio::time::interval(LOOKED_EVERY);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut may_install = self.config.is_enabled && self.config.installs_itself && !self.has_model();
        let mut endpoint_rests = 0_u32;
        let mut failed_for = None;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = tick.tick() => {}
            }
            if std::mem::take(&mut may_install) {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = self.install_by_itself() => {}
                }
            }
            endpoint_rests = endpoint_rests.saturating_sub(1);
            let edition = serving.current();
            let number = edition.number;
            let Some(meanings) = self.made(&edition.meanings) else { continue };
            let elsewhere = self.elsewhere();
            if self.config.endpoint.is_some() && !meanings.is_ready_for_endpoint() && endpoint_rests == 0 {
                endpoint_rests = ENDPOINT_RETRIED_AFTER;
                let watch = Watch { progress: &|_, _| {}, stops: &|| stop.is_cancelled() };
                match prepare_by_endpoint(&meanings, &elsewhere, &watch).await {
                    Ok(done) => {
                        tracing::info!(edition = number, computed = done.computed, "the server's meanings serve");
                    }
                    Err(cause) => {
                        tracing::warn!(error = chain(cause), "the embeddings server gave no vectors; trying again");
                    }
                }
            }
            if failed_for != Some(number) && !meanings.is_ready_for_model() && self.has_model() {
                failed_for = self.prepare(number, meanings, elsewhere, &serving, &stop).await.err().map(|()| number);
            }
        }
    }

    /// Opens the model where that was not done, and computes what is missing of an edition.
    async fn prepare(
        self: &Arc<Self>,
        number: u32,
        meanings: Arc<EditionMeanings>,
        elsewhere: Vec<PathBuf>,
        serving: &Arc<Shelf>,
        stop: &CancellationToken,
    ) -> Result<(), ()> {
        let (this, serving, stop) = (Arc::clone(self), Arc::clone(serving), stop.clone());
        let work = tokio::task::spawn_blocking(move || {
            this.reader().ok_or(PrepareError::Absent)?;
            let stops = || stop.is_cancelled() || serving.current().number != number;
            prepare_by_model(&meanings, &elsewhere, Effort::Background, &Watch { progress: &|_, _| {}, stops: &stops })
        });
        match work.await {
            Ok(Ok(done)) => {
                tracing::info!(edition = number, computed = done.computed, texts = done.texts, "meanings serve");
                Ok(())
            }
            Ok(Err(PrepareError::Stopped)) => Ok(()),
            Ok(Err(cause)) => {
                tracing::error!(error = chain(cause), "an edition's meanings were not worked out; words alone decide");
                Err(())
            }
            Err(_panicked) => Err(()),
        }
    }

    async fn install_by_itself(&self) {
        let on_step = |step| tracing::info!(?step, "installing the model");
        match semantic::install(&self.config.dir, None, &PINNED, &on_step).await {
            Ok(_) => Out::note("语义检索的模型已安装，正在准备，完成前按词语检索。"),
            Err(cause) => Out::note(format!(
                "语义检索的模型没有装上（{}），先按词语检索；以后可运行 zhengqitong model install。",
                chain(cause)
            )),
        }
    }
}

/// An error with its causes.
fn chain(error: impl std::error::Error + Send + Sync + 'static) -> String {
    format!("{:#}", anyhow::Error::new(error))
}

/// What a step of the installation is called.
pub(super) fn step_line(step: Step) -> &'static str {
    match step {
        Step::Downloading => "正在用 pip 下载安装包（约91 MB）……",
        Step::Converting => "正在核对并转换……",
    }
}

/// The server, as the configuration names it.
pub(super) fn endpoint_config(config: &ModelSection) -> Option<EndpointConfig> {
    let section = config.endpoint.clone()?;
    Some(EndpointConfig {
        url: section.url,
        question_model: section.question_model,
        passage_model: section.passage_model,
        key: section.key,
        limit: ENDPOINT_LIMIT,
    })
}

/// The installed model, by itself.
pub(super) fn open(config: &ModelSection) -> anyhow::Result<Model> {
    Model::open(&semantic::model_path(&config.dir)).context("模型不能使用")
}
