//! Files that travelled in either direction.

use serde_json::{Value, json};

use super::{
    call::{Params, Upload},
    formatting::Content,
    reply::Refusal,
};

/// Bots may download files up to this size only.
pub(super) const MAX_DOWNLOAD_BYTES: u64 = 20 << 20;

/// How a file is shown in a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Medium {
    Photo,
    Document,
    Voice,
    Video,
}

impl Medium {
    pub(super) const ALL: [Self; 4] = [Self::Photo, Self::Document, Self::Voice, Self::Video];

    /// The key of the `Message` object and the name of the upload's parameter.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Document => "document",
            Self::Voice => "voice",
            Self::Video => "video",
        }
    }

    fn default_mime_type(self) -> &'static str {
        match self {
            Self::Photo => "image/jpeg",
            Self::Document => "application/octet-stream",
            Self::Voice => "audio/ogg",
            Self::Video => "video/mp4",
        }
    }
}

/// A stored file.
#[derive(Clone, Debug)]
pub(super) struct StoredFile {
    id: String,
    path: String,
    name: Option<String>,
    mime_type: String,
    /// May claim more than there are bytes, so that nobody has to move 20 MB.
    size: u64,
    bytes: Vec<u8>,
}

/// The files by their number, which is part of their id.
#[derive(Debug, Default)]
pub(super) struct Files {
    stored: Vec<StoredFile>,
}

impl Files {
    /// Stores a file and returns its id. `size` overrules the number of bytes.
    pub(super) fn store(&mut self, medium: Medium, upload: Upload, size: Option<u64>) -> String {
        let number = self.stored.len() + 1;
        let id = format!("{}-file-id-{number}", medium.key());
        let length = u64::try_from(upload.bytes.len()).unwrap_or(u64::MAX);
        self.stored.push(StoredFile {
            id: id.clone(),
            path: format!("{}s/file_{number}", medium.key()),
            name: upload.file_name.filter(|name| !name.is_empty()),
            mime_type: upload.mime_type.unwrap_or_else(|| medium.default_mime_type().to_owned()),
            size: size.unwrap_or(length),
            bytes: upload.bytes,
        });
        id
    }

    fn by_id(&self, id: &str) -> Option<&StoredFile> {
        self.stored.iter().find(|file| file.id == id)
    }

    /// The bytes at a `file_path`, unless they are too many to download.
    pub(super) fn download(&self, path: &str) -> Option<Vec<u8>> {
        let file = self.stored.iter().find(|file| file.path == path)?;
        (file.size <= MAX_DOWNLOAD_BYTES).then(|| file.bytes.clone())
    }

    /// The part of a `Message` object that shows the file.
    pub(super) fn content(&self, medium: Medium, id: &str, duration: i64) -> Content {
        let file = self.by_id(id).expect("only stored files are shown");
        let mut object = json!({
            "file_id": file.id,
            "file_unique_id": file.unique_id(),
            "file_size": file.size,
        });
        match medium {
            Medium::Photo => {
                object["width"] = 640.into();
                object["height"] = 480.into();
                object = json!([object]);
            }
            Medium::Document => {
                object["file_name"] = file.name.clone().into();
                object["mime_type"] = file.mime_type.clone().into();
            }
            Medium::Voice | Medium::Video => {
                if medium == Medium::Video {
                    object["width"] = 640.into();
                    object["height"] = 480.into();
                }
                object["duration"] = duration.into();
                object["mime_type"] = file.mime_type.clone().into();
            }
        }
        Content::from_iter([(medium.key().to_owned(), object)])
    }

    /// Finds the file that a send names: an upload, or the id of a file sent before.
    ///
    /// # Errors
    ///
    /// Returns the 400 of the real server. An address counts as one that cannot be fetched, for
    /// there is no network in tests.
    pub(super) fn sent(&mut self, medium: Medium, params: &Params) -> Result<String, Refusal> {
        let key = medium.key();
        let named = params.text(key);
        let upload = match named.strip_prefix("attach://") {
            Some(part) => params.upload(part),
            None => params.upload(key),
        };
        if let Some(upload) = upload {
            if upload.bytes.is_empty() {
                return Err(Refusal::bad_request("file must be non-empty"));
            }
            return Ok(self.store(medium, upload.clone(), None));
        }
        if named.starts_with("http://") || named.starts_with("https://") {
            return Err(Refusal::bad_request("failed to get HTTP URL content"));
        }
        match self.by_id(named) {
            Some(file) => Ok(file.id.clone()),
            None if named.is_empty() || named.starts_with("attach://") => {
                Err(Refusal::bad_request(format!("there is no {key} in the request")))
            }
            None => Err(Refusal::bad_request("wrong file identifier/HTTP URL specified")),
        }
    }

    /// The `File` object of `getFile`.
    ///
    /// # Errors
    ///
    /// Returns the 400 of the real server for an unknown file and for one over 20 MB.
    pub(super) fn get(&self, id: &str) -> Result<Value, Refusal> {
        if id.is_empty() {
            return Err(Refusal::bad_request("file_id not specified"));
        }
        let unknown = "wrong file_id or the file is temporarily unavailable";
        let file = self.by_id(id).ok_or_else(|| Refusal::bad_request(unknown))?;
        if file.size > MAX_DOWNLOAD_BYTES {
            return Err(Refusal::bad_request("file is too big"));
        }
        Ok(json!({
            "file_id": file.id,
            "file_unique_id": file.unique_id(),
            "file_size": file.size,
            "file_path": file.path,
        }))
    }
}

impl StoredFile {
    fn unique_id(&self) -> String {
        format!("unique-{}", self.id)
    }
}
