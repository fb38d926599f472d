//! The rows that were not imported, as a sheet to be corrected and imported again.

use super::super::sheet::{REASON, column_of};
use super::{Fault, Import, Item, Outcome, Source};
use crate::desk::table::{Sheet, SheetColumn, Table};

/// The failed rows of every sheet among `sources`: the same columns, and one more with the reasons. Empty where none failed.
#[must_use]
pub fn failed_rows(sources: &[Source], import: &Import) -> Vec<Sheet> {
    let tables = sources.iter().enumerate().filter_map(|(at, source)| match source {
        Source::Table(table) => Some((at, table)),
        Source::Topic { .. } => None,
    });
    let sheets = tables.map(|(at, table)| sheet(table, import.items.iter().filter(|item| item.source == at)));
    sheets.filter(|sheet| !sheet.rows.is_empty()).collect()
}

fn sheet<'a>(table: &Table, items: impl Iterator<Item = &'a Item>) -> Sheet {
    let headers = table.rows.first().map(|row| row.cells.clone()).unwrap_or_default();
    // The reasons of an earlier attempt are replaced.
    let kept: Vec<usize> = (0..headers.len()).filter(|at| headers[*at].trim() != REASON).collect();
    let columns = kept.iter().map(|at| SheetColumn {
        header: headers[*at].clone(),
        width: column_of(&headers[*at]).map_or(20, |column| column.width()),
        ..SheetColumn::default()
    });
    let reason = SheetColumn { header: REASON.to_owned(), width: 60, ..SheetColumn::default() };
    let rows = items.filter_map(|item| {
        let Outcome::Failed(faults) = &item.outcome else { return None };
        let row = table.rows.get(item.row)?;
        let cells = kept.iter().map(|at| row.cell(*at).to_owned());
        Some(cells.chain([reasons(&headers, faults)]).collect())
    });
    Sheet {
        name: table.name.clone(),
        columns: columns.chain([reason]).collect(),
        rows: rows.collect(),
        explaining_rows: 0,
    }
}

fn reasons(headers: &[String], faults: &[Fault]) -> String {
    let reason = |fault: &Fault| {
        let header =
            fault.column.and_then(|at| headers.get(at)).map(|header| format!("{}：", header.trim_end_matches('*')));
        let hint = fault.hint.as_ref().map(|hint| format!("（{hint}）"));
        format!("{}{}{}", header.unwrap_or_default(), fault.message, hint.unwrap_or_default())
    };
    faults.iter().map(reason).collect::<Vec<_>>().join("\n")
}
