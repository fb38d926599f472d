//! New topics beside each other and beside those that are there: what `check` would find, told at the cell it comes from.

use jiff::civil::Date;

use super::super::bundle::Bundle;
use super::super::problem::{Problem, Report, Severity};
use super::super::topics;
use super::columns::Columns;
use super::{Candidate, Folder, Import, Source};

/// Judges `candidates` as if they stood in the folder. Those with errors fail, until the rest agrees with each other.
pub(super) fn check(
    mut candidates: Vec<Candidate>,
    sources: &[Source],
    folder: &Folder<'_>,
    today: Date,
    import: &mut Import,
) {
    let before: Vec<String> = problems(&folder.topics, &[], today).iter().map(told).collect();
    while !candidates.is_empty() {
        let found = problems(&folder.topics, &candidates, today);
        let mut errors = Vec::new();
        let mut warnings = Vec::new();
        for candidate in &candidates {
            let own = format!("topics/{}.yaml", candidate.id);
            let columns = Columns::of(candidate, sources, import);
            for problem in &found {
                let (is_own, is_error) = (problem.file.to_string_lossy() == own, problem.severity == Severity::Error);
                // A question that is there already is told at whichever file comes later.
                let is_caused = (is_own || problem.message.contains(&own)) && !before.contains(&told(problem));
                if is_caused || is_own && is_error {
                    let list = if is_error { &mut errors } else { &mut warnings };
                    list.push((candidate.item, columns.fault(problem, is_own)));
                }
            }
        }
        if errors.is_empty() {
            warnings.into_iter().for_each(|(item, fault)| import.items[item].remarks.push(fault));
            return;
        }
        candidates.retain(|candidate| errors.iter().all(|(item, _)| *item != candidate.item));
        errors.into_iter().for_each(|(item, fault)| import.items[item].fail(fault));
    }
}

/// Judges `draft` by the rules of single values; what it lacks is no fault.
pub(super) fn check_draft(draft: &Candidate, sources: &[Source], import: &mut Import) {
    Columns::of(draft, sources, import).judge_values(&draft.text, &mut import.items[draft.item]);
}

/// Everything `check` says about the topics of `bundle` and `candidates`.
fn problems(bundle: &Bundle, candidates: &[Candidate], today: Date) -> Vec<Problem> {
    let new = candidates.iter().map(|candidate| (format!("topics/{}.yaml", candidate.id), candidate.text.clone()));
    let there = bundle.files().map(|(path, text)| (path.to_owned(), text.to_owned()));
    // Of two files of one name the later one counts.
    let together: Bundle = there.chain(new).collect();
    let mut report = Report::new("");
    topics::read(&together, today, &mut report);
    report.into_problems()
}

fn told(problem: &Problem) -> String {
    format!("{}: {}", problem.file.display(), problem.message)
}
