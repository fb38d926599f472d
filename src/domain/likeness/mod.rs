//! Which questions ask for the same, judged by their characters alone: no model, no chance, no network.
//!
//! A question becomes a vector of its characters, character pairs and Latin words, weighted by how rare they are. A question
//! joins the group of the question it is most like, provided it is also like the group as a whole: so groups do not chain.
//! The same questions in the same order always give the same groups. Absent: what a group means, and who asked.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::text;

/// Two questions at least this alike (cosine) may belong together, and a question must be this like the middle of its group.
///
/// Fitted, with the weights below, on 39 questions of the field in eight groups of five wordings (98 % of the pairs put
/// together belong together, 89 % of those that belong together are found), and looked at on the development questions.
const ALIKE: f64 = 0.27;

/// A character weighs this much of a pair that is as rare.
const CHARACTER_WEIGHT: f64 = 0.8;

/// Rarity is raised to this power, so that what a question is about outweighs how it is asked.
const SHARPNESS: f64 = 1.5;

/// What occurs in one question only cannot connect anything; it weighs this much of what it would.
const LONELY_WEIGHT: f64 = 0.3;

/// What occurs in fewer than one question of this many is no rarer for it.
const RAREST: f64 = 300.0;

/// A question is compared by this many of its rarest features.
const FEATURES_COMPARED: usize = 40;

/// Features that together are shorter than this are left to the closer look.
const NEGLIGIBLE: f64 = 0.08;

/// Newcomers are compared with this many members of a group.
const COMPARED: usize = 12;

/// Longer questions are compared by their beginning.
const CHARS_COMPARED: usize = 80;

/// Groups `questions`; `background` are other questions of the field, which tell common ways of asking from rare words.
///
/// Each group holds positions in `questions`, the most typical question first and the others in order; groups come in the
/// order of their first question. Every question is in exactly one group; questions that only differ in spaces and
/// punctuation are always together.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::likeness::groups;
/// let questions = ["充电桩建设有补贴吗", "开宠物医院要办什么证", "我们想在园区建充电桩，有没有补助", "充电桩建设有补贴吗？"];
/// let groups = groups(&questions, &[]);
/// assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
/// ```
#[must_use]
pub fn groups(questions: &[&str], background: &[&str]) -> Vec<Vec<usize>> {
    if questions.is_empty() {
        return Vec::new();
    }
    let mut wordings: BTreeMap<String, usize> = BTreeMap::new();
    let mut positions: Vec<Vec<usize>> = Vec::new();
    let mut texts = Vec::new();
    for (position, question) in questions.iter().enumerate() {
        let place = *wordings.entry(text::key(question)).or_insert_with(|| {
            texts.push(*question);
            positions.push(Vec::new());
            texts.len() - 1
        });
        positions[place].push(position);
    }
    let (vectors, features) = vectors(&texts, background);
    let mut clusters = gather(&vectors, features);
    clusters.sort_by_key(|cluster| cluster.members.iter().min().copied());
    clusters.into_iter().map(|cluster| in_order(&cluster.members, cluster.typical(), &positions)).collect()
}

/// The positions of all wordings in `members`, those of the most typical one first.
fn in_order(members: &[usize], typical: usize, positions: &[Vec<usize>]) -> Vec<usize> {
    let first = positions[typical].first().copied();
    let mut all: Vec<_> = members.iter().flat_map(|member| positions[*member].iter().copied()).collect();
    all.sort_by_key(|position| (Some(*position) != first, *position));
    all
}

/// A sparse vector of length 1, in order of features; empty for a question without anything to compare.
type Vector = Vec<(usize, f64)>;

/// What a question consists of: each character, pair and Latin word once.
fn features(question: &str) -> BTreeSet<String> {
    let plain = text::normalise(question);
    let mut features = BTreeSet::new();
    let (mut word, mut before) = (String::new(), None);
    for c in plain.chars().take(CHARS_COMPARED).chain([' ']) {
        if c.is_ascii_alphanumeric() {
            word.push(c);
            before = None;
            continue;
        }
        if !word.is_empty() {
            features.insert(std::mem::take(&mut word));
        }
        if !c.is_alphanumeric() {
            before = None;
            continue;
        }
        features.insert(c.to_string());
        if let Some(before) = before {
            features.insert([before, c].iter().collect());
        }
        before = Some(c);
    }
    features
}

#[expect(clippy::cast_precision_loss, reason = "numbers of questions stay far below 2^52")]
fn vectors(questions: &[&str], background: &[&str]) -> (Vec<Vector>, usize) {
    let found: Vec<_> = questions.iter().map(|question| features(question)).collect();
    // How many questions have a feature: of ours, and of all.
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for feature in found.iter().flatten() {
        let count = counts.entry(feature).or_default();
        *count = (count.0 + 1, count.1 + 1);
    }
    for feature in background.iter().flat_map(|question| features(question)) {
        if let Some(count) = counts.get_mut(feature.as_str()) {
            count.1 += 1;
        }
    }
    let all = (questions.len() + background.len()) as f64;
    let weights: HashMap<&str, (usize, f64)> = counts
        .iter()
        .zip(0..)
        .map(|((feature, (ours, everywhere)), number)| {
            let rarity = (1.0 + (all / *everywhere as f64).min(RAREST)).ln().powf(SHARPNESS);
            let is_character = feature.chars().count() == 1 && !feature.is_ascii();
            let share =
                if is_character { CHARACTER_WEIGHT } else { 1.0 } * if *ours == 1 { LONELY_WEIGHT } else { 1.0 };
            (*feature, (number, rarity * share))
        })
        .collect();
    let vector = |features: &BTreeSet<String>| {
        let mut heaviest: Vector = features.iter().map(|feature| weights[feature.as_str()]).collect();
        heaviest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        heaviest.truncate(FEATURES_COMPARED);
        heaviest.sort_by_key(|(feature, _)| *feature);
        unit(heaviest)
    };
    (found.iter().map(vector).collect(), weights.len())
}

fn unit(mut vector: Vector) -> Vector {
    let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
    for (_, weight) in &mut vector {
        *weight /= length;
    }
    vector
}

fn dot(one: &Vector, other: &Vector) -> f64 {
    let (mut sum, mut rest) = (0.0, other.iter().peekable());
    for (feature, weight) in one {
        while rest.next_if(|(behind, _)| behind < feature).is_some() {}
        if let Some((_, same)) = rest.next_if(|(found, _)| found == feature) {
            sum += weight * same;
        }
    }
    sum
}

/// Some questions and their sum.
struct Cluster<'a> {
    members: Vec<usize>,
    vectors: Vec<&'a Vector>,
    /// The members that newcomers are compared with.
    compared: usize,
    sum: HashMap<usize, f64>,
    /// The square of the sum's length.
    square: f64,
}

impl<'a> Cluster<'a> {
    fn new(member: usize, vector: &'a Vector) -> Self {
        let mut cluster =
            Self { members: Vec::new(), vectors: Vec::new(), compared: 0, sum: HashMap::new(), square: 0.0 };
        cluster.add(member, vector);
        cluster
    }

    fn add(&mut self, member: usize, vector: &'a Vector) {
        self.square += 2.0 * self.along(vector) + 1.0;
        for (feature, weight) in vector {
            *self.sum.entry(*feature).or_default() += weight;
        }
        self.members.push(member);
        self.vectors.push(vector);
        self.compared = self.members.len().min(COMPARED);
    }

    /// The sum along a vector.
    fn along(&self, vector: &Vector) -> f64 {
        vector.iter().filter_map(|(feature, weight)| Some(weight * self.sum.get(feature)?)).sum()
    }

    /// How alike a question and the middle of the cluster are.
    fn likeness(&self, vector: &Vector) -> f64 {
        self.along(vector) / self.square.sqrt()
    }

    /// The middle of the cluster, of length 1.
    fn middle(&self) -> Vector {
        let mut middle: Vector = self.sum.iter().map(|(feature, weight)| (*feature, *weight)).collect();
        middle.sort_by_key(|(feature, _)| *feature);
        unit(middle)
    }

    /// The member nearest to the middle; of equals the first.
    fn typical(&self) -> usize {
        let nearness = self.members.iter().zip(&self.vectors).map(|(member, vector)| (self.along(vector), *member));
        nearness.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map_or(0, |(_, member)| member)
    }
}

/// Puts each question where it belongs, then joins groups whose middles are alike.
fn gather(vectors: &[Vector], features: usize) -> Vec<Cluster<'_>> {
    let mut clusters: Vec<Cluster<'_>> = Vec::new();
    let mut compared: Vec<&Vector> = Vec::new();
    let mut index = Index::new(features);
    for (member, vector) in vectors.iter().enumerate() {
        let mut best: Option<(f64, usize)> = None;
        for (other, cluster) in index.candidates(vector) {
            let likeness = dot(vector, compared[other]);
            if likeness >= ALIKE
                && best.is_none_or(|(found, _)| likeness > found)
                && clusters[cluster].likeness(vector) >= ALIKE
            {
                best = Some((likeness, cluster));
            }
        }
        let place = best.map_or(clusters.len(), |(_, cluster)| cluster);
        match clusters.get_mut(place) {
            Some(cluster) => cluster.add(member, vector),
            None => clusters.push(Cluster::new(member, vector)),
        }
        if clusters[place].members.len() <= COMPARED {
            index.insert(vector, place);
            compared.push(vector);
        }
    }
    join(clusters, features)
}

/// A question that came late may lie between two groups; those whose middles are alike become one.
fn join(clusters: Vec<Cluster<'_>>, features: usize) -> Vec<Cluster<'_>> {
    let mut joined: Vec<Cluster<'_>> = Vec::new();
    let mut middles: Vec<Vector> = Vec::new();
    let mut index = Index::new(features);
    for cluster in clusters {
        let middle = cluster.middle();
        let mut best: Option<(f64, usize)> = None;
        for (other, _) in index.candidates(&middle) {
            let likeness = dot(&middle, &middles[other]);
            if likeness >= ALIKE && best.is_none_or(|(found, _)| likeness > found) {
                best = Some((likeness, other));
            }
        }
        if let Some((_, place)) = best {
            for (member, vector) in cluster.members.iter().zip(&cluster.vectors) {
                joined[place].add(*member, vector);
            }
        } else {
            index.insert(&middle, joined.len());
            middles.push(middle);
            joined.push(cluster);
        }
    }
    joined
}

/// Finds the vectors that may be alike without looking at all.
///
/// The lightest features of a vector that together are shorter than [`ALIKE`] cannot make two vectors alike by themselves:
/// whoever shares none of the others is not looked at, and what little is left out decides who is worth a closer look.
struct Index {
    /// By feature: the numbers of the vectors that have it, and its weight in them.
    holders: Vec<Vec<(usize, f64)>>,
    /// What each vector stands for.
    stands_for: Vec<usize>,
    /// What the present question has in common with each vector so far.
    common: Vec<f64>,
}

impl Index {
    /// For vectors over this many features.
    fn new(features: usize) -> Self {
        Self { holders: vec![Vec::new(); features], stands_for: Vec::new(), common: Vec::new() }
    }

    fn insert(&mut self, vector: &Vector, stands_for: usize) {
        for (feature, weight) in vector {
            self.holders[*feature].push((self.stands_for.len(), *weight));
        }
        self.stands_for.push(stands_for);
        self.common.push(0.0);
    }

    /// The numbers of vectors that may be alike, and what they stand for, in the order in which they were put in.
    fn candidates(&mut self, vector: &Vector) -> Vec<(usize, usize)> {
        let mut heaviest: Vec<_> = vector.iter().collect();
        heaviest.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut left: f64 = 1.0;
        let mut touched = Vec::new();
        for (feature, weight) in heaviest {
            if left < NEGLIGIBLE * NEGLIGIBLE {
                break;
            }
            let is_enough = left < ALIKE * ALIKE;
            left -= weight * weight;
            for (number, same) in &self.holders[*feature] {
                let common = &mut self.common[*number];
                if *common > 0.0 {
                    *common += weight * same;
                } else if !is_enough {
                    *common = weight * same;
                    touched.push(*number);
                }
            }
        }
        let missing = ALIKE - left.max(0.0).sqrt();
        let is_near = |number: &usize| self.common[*number] >= missing;
        let mut near: Vec<_> = touched.iter().copied().filter(is_near).collect();
        near.sort_unstable();
        for number in touched {
            self.common[number] = 0.0;
        }
        near.into_iter().map(|number| (number, self.stands_for[number])).collect()
    }
}

#[cfg(test)]
mod tests;
