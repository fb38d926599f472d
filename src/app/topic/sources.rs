//! What is to be imported: a file, a folder of files, or what stands at a web address.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use jiff::civil::Date;

use super::Misuse;
use crate::catalog::{DocumentSource, Source, category_named};
use crate::cli::ImportArgs;
use crate::domain::topic::TopicId;
use crate::exchange::{FetchRules, MAX_SOURCE_BYTES, Material, fetch, recognise};

/// Web pages are much shorter.
const MAX_PAGE_BYTES: usize = 4 << 20;

/// How long a website may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Larger folders are no collection of topics.
const MAX_FILES: usize = 5_000;

/// Deeper folders are not entered.
const MAX_DEPTH: usize = 4;

/// The sources, and what could not be read at all.
#[derive(Debug, Default)]
pub(super) struct Sources {
    pub(super) topics: Vec<Source>,
    pub(super) documents: Vec<DocumentSource>,
    /// File and reason.
    pub(super) unreadable: Vec<(String, String)>,
}

/// Reads whatever `args` name.
pub(super) async fn gather(args: &ImportArgs, today: Date) -> anyhow::Result<Sources> {
    let mut sources = Sources::default();
    let lower = args.source.trim().to_ascii_lowercase();
    if lower.contains("://") {
        sources.address(args, today).await?;
        return Ok(sources);
    }
    let path = Path::new(&args.source);
    if path.is_dir() {
        let mut files = Vec::new();
        collect(path, 0, &mut files).with_context(|| Misuse(format!("无法读取文件夹 {}", path.display())))?;
        if files.is_empty() {
            return Err(Misuse(format!("{} 里没有可以导入的文件", path.display())).into());
        }
        for file in files {
            sources.file(&file, args, today)?;
        }
    } else {
        sources.file(path, args, today)?;
        // Of a single file the reason is the result.
        if let Some((name, reason)) = sources.unreadable.pop() {
            return Err(Misuse(format!("{name}：{reason}")).into());
        }
    }
    Ok(sources)
}

/// The files below `folder` that have one of our endings, in order of their names; links are not followed.
fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    const ENDINGS: [&str; 8] = ["xlsx", "csv", "tsv", "yaml", "yml", "md", "html", "htm"];
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = entry.file_name().to_string_lossy().into_owned();
        // Spreadsheets that are open leave files beginning with `~$`; READMEs tell about a folder.
        if name.starts_with(['.', '~']) || name.eq_ignore_ascii_case("readme.md") {
            continue;
        }
        if kind.is_dir() && depth < MAX_DEPTH {
            collect(&path, depth + 1, files)?;
        }
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
        if kind.is_file() && ENDINGS.contains(&ending.as_str()) && files.len() < MAX_FILES {
            files.push(path);
        }
    }
    Ok(())
}

impl Sources {
    fn file(&mut self, path: &Path, args: &ImportArgs, today: Date) -> anyhow::Result<()> {
        let mut bytes = Vec::new();
        fs::File::open(path)
            .and_then(|file| file.take(MAX_SOURCE_BYTES as u64 + 1).read_to_end(&mut bytes))
            .with_context(|| Misuse(format!("无法读取 {}", path.display())))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let shown = path.display().to_string();
        match recognise(&name, None, &bytes, None) {
            Ok(Material::Topic(text)) => match id_of(path, args) {
                Some(id) => self.topics.push(Source::Topic { name: shown, id, text }),
                None => {
                    let reason =
                        "主题文件要放在类别文件夹里，如 talent/talent-card.yaml，文件名只用小写字母、数字和短横线";
                    self.unreadable.push((shown, reason.to_owned()));
                }
            },
            Ok(material) => self.add(material, shown, None, args, today),
            Err(error) => self.unreadable.push((shown, chain(&error))),
        }
        Ok(())
    }

    async fn address(&mut self, args: &ImportArgs, today: Date) -> anyhow::Result<()> {
        let rules = FetchRules { allow_private: args.allow_private, max_bytes: MAX_PAGE_BYTES, timeout: PATIENCE };
        let fetched = fetch(&args.source, rules).await?;
        let name = fetched.url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default().to_owned();
        let material = recognise(&name, fetched.content_type.as_deref(), &fetched.bytes, Some(&fetched.url));
        match material.map_err(|error| Misuse(format!("{}：{}", fetched.url, chain(&error))))? {
            Material::Topic(_) => Err(Misuse("主题文件请下载后导入".to_owned()).into()),
            material => {
                self.add(material, fetched.url.to_string(), Some(fetched.url.to_string()), args, today);
                Ok(())
            }
        }
    }

    fn add(&mut self, material: Material, place: String, source: Option<String>, args: &ImportArgs, today: Date) {
        let document = DocumentSource {
            place,
            title: args.title.clone(),
            source,
            category: args.category.clone(),
            name: args.name.clone(),
            topics: args.topics.clone(),
            retrieved_on: Some(today),
            ..DocumentSource::default()
        };
        match material {
            Material::Tables(tables) => self.topics.extend(tables.into_iter().map(Source::Table)),
            Material::Page(page) => self.documents.push(DocumentSource {
                markdown: page.markdown,
                title: document.title.or(page.title),
                published: page.published,
                ..document
            }),
            Material::Markdown(markdown) => self.documents.push(DocumentSource { markdown, ..document }),
            Material::Topic(_) => {}
        }
    }
}

/// The topic that a file is, by its folder and name.
fn id_of(path: &Path, args: &ImportArgs) -> Option<TopicId> {
    let folder = path.canonicalize().ok()?.parent()?.file_name()?.to_str()?.to_owned();
    let category = category_named(args.category.as_deref().unwrap_or(&folder))?;
    TopicId::parse(&format!("{category}/{}", path.file_stem()?.to_str()?))
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}（{cause}）"))
}
