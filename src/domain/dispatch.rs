//! Dispatch (派单): who gets a ticket, and why.
//!
//! The company's own commissioner → its subdistrict and field → field → district duty desk. Whoever is away is stood in for
//! by the backup; whoever is at capacity is passed over. Nobody is ever stranded: while the roster has anybody, somebody is named.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::commissioner::{Commissioner, CommissionerId, Role};

/// Open tickets by commissioner; absent means none.
pub type Loads = BTreeMap<CommissionerId, u32>;

/// What is known about the ticket to be dispatched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    /// The topic's category.
    pub category: Option<&'a str>,
    /// The company's subdistrict.
    pub subdistrict: Option<&'a str>,
    /// The company's own commissioner.
    pub own: Option<&'a CommissionerId>,
    /// Commissioners who must not get it: those who handed it on.
    pub exclude: &'a [CommissionerId],
}

/// One reason for a choice; together they are shown to the company and kept with the ticket. No personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// They are the company's own commissioner.
    Own,
    /// They look after this subdistrict and field.
    SubdistrictAndField {
        /// The subdistrict.
        subdistrict: String,
        /// The topic's category.
        category: String,
    },
    /// They look after this subdistrict; the field is open.
    Subdistrict(String),
    /// They answer for this field.
    Field(String),
    /// They are the district duty desk.
    DutyDesk,
    /// They stand in for somebody who is away.
    StandsInForAway(String),
    /// Everybody nearer was away or at capacity.
    OthersFull,
    /// They had the fewest open tickets of those who fit.
    FewestOpen,
}

/// The choice and its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Who gets the ticket.
    pub commissioner: CommissionerId,
    /// Why, the decisive one first; never empty.
    pub reasons: Vec<Reason>,
}

/// Chooses who gets a ticket.
///
/// Within a step the one with the smallest share of their capacity in use is chosen; ties go to the smaller id, so the same
/// inputs always give the same answer. When everybody is away or full, the duty desk, then a supervisor, then the least
/// loaded commissioner gets it all the same. Returns `None` only when nobody is left in the roster.
///
/// # Examples
///
/// ```
/// # use std::collections::BTreeMap;
/// # use zhengqitong::domain::commissioner::{Commissioner, CommissionerId, Role};
/// # use zhengqitong::domain::dispatch::{Request, dispatch};
/// # let person = |id: &str, field: &str| Commissioner { id: CommissionerId::parse(id).unwrap(), name: id.into(), phone: None,
/// #   subdistricts: vec![], fields: vec![field.into()], role: Role::Commissioner, backup: None, telegram_id: None, capacity: 10,
/// #   companies: vec![], away_until: None, unreachable_since: None, is_sample: true };
/// let roster = [person("wang", "tax"), person("li", "market")];
/// let request = Request { category: Some("market"), ..Request::default() };
/// let now = "2026-11-23T02:00:00Z".parse().unwrap();
/// assert_eq!(dispatch(&roster, &BTreeMap::new(), &request, now).unwrap().commissioner.as_str(), "li");
/// ```
#[must_use]
pub fn dispatch(roster: &[Commissioner], loads: &Loads, request: &Request<'_>, now: Timestamp) -> Option<Assignment> {
    let desk = Desk { roster, loads, request, now };
    let steps = desk.steps();
    let mut passed_over = false;
    for step in steps {
        let fitting: Vec<_> = roster.iter().filter(|person| works(person) && (step.fits)(person)).collect();
        if let Some(assignment) = desk.choose(&fitting, &step.reason, passed_over) {
            return Some(assignment);
        }
        passed_over |= fitting.iter().any(|person| desk.may_get(person) || !person.is_on_duty(now));
    }
    desk.last_resort()
}

/// The company's own commissioner (包联), by what it calls itself: a name or a credit code.
///
/// Of several the one with the smaller id; `None` where nobody looks after it in particular.
#[must_use]
pub fn own_commissioner<'r>(roster: &'r [Commissioner], company: &str) -> Option<&'r CommissionerId> {
    roster.iter().filter(|person| person.looks_after(company)).map(|person| &person.id).min()
}

/// Only commissioners work on tickets of companies.
fn works(person: &Commissioner) -> bool {
    person.role == Role::Commissioner
}

struct Step<'a> {
    reason: Reason,
    fits: Box<dyn Fn(&Commissioner) -> bool + 'a>,
}

struct Desk<'a> {
    roster: &'a [Commissioner],
    loads: &'a Loads,
    request: &'a Request<'a>,
    now: Timestamp,
}

impl<'a> Desk<'a> {
    fn steps(&self) -> Vec<Step<'a>> {
        let Request { category, subdistrict, own, .. } = *self.request;
        let mut steps: Vec<Step<'a>> = Vec::new();
        if let Some(own) = own {
            steps.push(Step { reason: Reason::Own, fits: Box::new(move |person| person.id == *own) });
        }
        let in_field = |person: &Commissioner, category: &str| person.fields.iter().any(|field| field == category);
        let in_street = |person: &Commissioner, street: &str| person.subdistricts.iter().any(|own| own == street);
        if let (Some(street), Some(category)) = (subdistrict, category) {
            let reason = Reason::SubdistrictAndField { subdistrict: street.to_owned(), category: category.to_owned() };
            steps.push(Step {
                reason,
                fits: Box::new(move |person| in_street(person, street) && in_field(person, category)),
            });
        }
        if let Some(category) = category {
            steps.push(Step {
                reason: Reason::Field(category.to_owned()),
                fits: Box::new(move |person| in_field(person, category)),
            });
        } else if let Some(street) = subdistrict {
            steps.push(Step {
                reason: Reason::Subdistrict(street.to_owned()),
                fits: Box::new(move |person| in_street(person, street)),
            });
        }
        steps.push(Step { reason: Reason::DutyDesk, fits: Box::new(Commissioner::is_duty_desk) });
        steps
    }

    /// Nobody gets back what they handed on.
    fn may_get(&self, person: &Commissioner) -> bool {
        works(person) && !self.request.exclude.contains(&person.id)
    }

    fn load(&self, person: &Commissioner) -> u32 {
        self.loads.get(&person.id).copied().unwrap_or(0)
    }

    fn has_room(&self, person: &Commissioner) -> bool {
        self.load(person) < person.capacity
    }

    /// The least loaded of those who fit and are free; failing that, the free backup of one who is away, though the ticket may
    /// just have been taken from them for that.
    fn choose(&self, fitting: &[&Commissioner], reason: &Reason, passed_over: bool) -> Option<Assignment> {
        let is_free =
            |person: &&Commissioner| self.may_get(person) && person.is_on_duty(self.now) && self.has_room(person);
        let free: Vec<_> = fitting.iter().copied().filter(is_free).collect();
        if let Some(person) = self.least_loaded(free.iter().copied()) {
            let mut reasons = vec![reason.clone()];
            if free.len() > 1 {
                reasons.push(Reason::FewestOpen);
            }
            if passed_over {
                reasons.push(Reason::OthersFull);
            }
            return Some(Assignment { commissioner: person.id.clone(), reasons });
        }
        fitting.iter().filter(|person| !person.is_on_duty(self.now)).find_map(|away| {
            let backup = self.roster.iter().find(|person| Some(&person.id) == away.backup.as_ref())?;
            is_free(&backup).then(|| Assignment {
                commissioner: backup.id.clone(),
                reasons: vec![Reason::StandsInForAway(away.name.clone()), reason.clone()],
            })
        })
    }

    fn least_loaded<'p>(&self, people: impl Iterator<Item = &'p Commissioner>) -> Option<&'p Commissioner> {
        people.min_by(|a, b| {
            let share = |person: &Commissioner, other: &Commissioner| {
                u64::from(self.load(person)) * u64::from(other.capacity.max(1))
            };
            share(a, b).cmp(&share(b, a)).then_with(|| a.id.cmp(&b.id))
        })
    }

    /// Everybody is away or full: a person is named all the same.
    fn last_resort(&self) -> Option<Assignment> {
        let not_excluded = |person: &&Commissioner| !self.request.exclude.contains(&person.id);
        let on_duty = |person: &&Commissioner| person.is_on_duty(self.now);
        let duty_desks = self.roster.iter().filter(|person| person.is_duty_desk()).filter(not_excluded);
        let supervisors = self.roster.iter().filter(|person| person.role == Role::Supervisor).filter(not_excluded);
        let commissioners = self.roster.iter().filter(|person| self.may_get(person));
        let anybody = self.roster.iter();
        let person = self
            .least_loaded(duty_desks.clone().filter(on_duty))
            .or_else(|| self.least_loaded(supervisors.clone().filter(on_duty)))
            .or_else(|| self.least_loaded(commissioners.clone().filter(on_duty)))
            .or_else(|| self.least_loaded(duty_desks))
            .or_else(|| self.least_loaded(commissioners))
            .or_else(|| self.least_loaded(supervisors))
            .or_else(|| self.least_loaded(anybody))?;
        let mut reasons = vec![Reason::OthersFull];
        if person.is_duty_desk() {
            reasons.insert(0, Reason::DutyDesk);
        }
        Some(Assignment { commissioner: person.id.clone(), reasons })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const IDS: [&str; 6] = ["chen", "duty", "li", "sun", "wang", "zhao"];
    const FIELDS: [&str; 3] = ["market", "tax", "trade"];
    const STREETS: [&str; 2] = ["东山", "向阳"];
    const COMPANY: &str = "示例机械有限公司";

    fn id(text: &str) -> CommissionerId {
        CommissionerId::parse(text).unwrap()
    }

    fn person() -> impl Strategy<Value = Commissioner> {
        let subset = |of: &'static [&'static str]| prop::sample::subsequence(of.to_vec(), 0..=of.len());
        let role =
            prop_oneof![4 => Just(Role::Commissioner), 1 => Just(Role::Supervisor), 1 => Just(Role::Administrator)];
        let flags = (any::<bool>(), any::<bool>(), any::<bool>());
        (subset(&FIELDS), subset(&STREETS), role, prop::sample::select(IDS.to_vec()), 1_u32..4, flags).prop_map(
            |(fields, streets, role, backup, capacity, (is_away, is_unreachable, is_own))| Commissioner {
                id: id("x"),
                name: String::new(),
                phone: None,
                subdistricts: streets.into_iter().map(str::to_owned).collect(),
                fields: fields.into_iter().map(str::to_owned).collect(),
                role,
                backup: Some(id(backup)),
                telegram_id: None,
                capacity,
                companies: if is_own { vec![COMPANY.to_owned()] } else { Vec::new() },
                away_until: is_away.then_some(NOW + jiff::SignedDuration::from_hours(1)),
                unreachable_since: is_unreachable.then_some(NOW),
                is_sample: true,
            },
        )
    }

    fn roster() -> impl Strategy<Value = Vec<Commissioner>> {
        prop::collection::vec(person(), 1..=IDS.len()).prop_map(|people| {
            people.into_iter().zip(IDS).map(|(person, name)| Commissioner { id: id(name), ..person }).collect()
        })
    }

    fn loads() -> impl Strategy<Value = Loads> {
        prop::collection::btree_map(prop::sample::select(IDS.to_vec()).prop_map(id), 0_u32..5, 0..=IDS.len())
    }

    proptest! {
        #[test]
        fn somebody_on_the_roster_is_always_named_with_a_reason_and_the_order_does_not_matter(
            roster in roster(), loads in loads(), category in prop::option::of(prop::sample::select(FIELDS.to_vec())),
            street in prop::option::of(prop::sample::select(STREETS.to_vec())), excluded in prop::sample::subsequence(IDS.to_vec(), 0..4),
        ) {
            let exclude: Vec<_> = excluded.into_iter().map(id).collect();
            let own = own_commissioner(&roster, COMPANY);
            let request = Request { category, subdistrict: street, own, exclude: &exclude };
            let chosen = dispatch(&roster, &loads, &request, NOW).expect("the roster is not empty");
            prop_assert!(!chosen.reasons.is_empty());
            let person = roster.iter().find(|person| person.id == chosen.commissioner).expect("on the roster");
            // Whoever handed it on gets it back only where nobody else is left.
            if exclude.contains(&person.id) {
                prop_assert!(roster.iter().all(|other| exclude.contains(&other.id) || other.role == Role::Administrator));
            }
            let reversed: Vec<_> = roster.iter().rev().cloned().collect();
            let again = dispatch(&reversed, &loads, &request, NOW).expect("the roster is not empty");
            let by_backup = matches!(again.reasons[0], Reason::StandsInForAway(_));
            prop_assert!(by_backup || again.commissioner == chosen.commissioner);
        }

        #[test]
        fn a_company_gets_its_own_commissioner_first_and_their_backup_stands_in(
            roster in roster(), loads in loads(), category in prop::option::of(prop::sample::select(FIELDS.to_vec())),
        ) {
            let own = own_commissioner(&roster, " 示例机械有限公司");
            let request = Request { category, subdistrict: None, own, exclude: &[] };
            let chosen = dispatch(&roster, &loads, &request, NOW).expect("the roster is not empty");
            let find = |wanted: &CommissionerId| roster.iter().find(|person| person.id == *wanted);
            let free = |person: &Commissioner| {
                let load = loads.get(&person.id).copied().unwrap_or(0);
                person.role == Role::Commissioner && person.is_on_duty(NOW) && load < person.capacity
            };
            let Some(own) = own.and_then(find).filter(|own| own.role == Role::Commissioner) else {
                prop_assert!(!chosen.reasons.contains(&Reason::Own));
                return Ok(());
            };
            let backup = own.backup.as_ref().and_then(find).filter(|backup| free(backup));
            // Also when it was theirs until they went away.
            if !own.is_on_duty(NOW) && let Some(backup) = backup.filter(|backup| backup.id != own.id) {
                let request = Request { exclude: std::slice::from_ref(&own.id), ..request };
                let chosen = dispatch(&roster, &loads, &request, NOW).expect("the roster is not empty");
                prop_assert_eq!((&chosen.commissioner, &chosen.reasons[1]), (&backup.id, &Reason::Own));
            }
            if free(own) {
                prop_assert_eq!((&chosen.commissioner, &chosen.reasons[0]), (&own.id, &Reason::Own));
            } else if !own.is_on_duty(NOW) && let Some(backup) = backup {
                prop_assert_eq!(&chosen.commissioner, &backup.id);
                prop_assert!(chosen.reasons.contains(&Reason::Own));
            } else {
                prop_assert!(!chosen.reasons.contains(&Reason::Own));
            }
        }
    }
}
