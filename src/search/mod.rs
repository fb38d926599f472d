//! The tantivy index: schema, analyser, writer, reader.
