//! Answers: the asked facet first, then source and validity, within [`MAX_CHARS`] characters.
//!
//! Only what stands in the topic is said, word for word; a text that is too long ends after an item, never within one, and
//! says how many are left.

use jiff::civil::Date;

use super::{HELPFUL, HUMAN, MORE, STREET_SUFFIX, UNHELPFUL, button, day, facet as facet_name, status};
use crate::desk::message::Button;
use crate::desk::press::Press;
use crate::domain::directory::ServicePoint;
use crate::domain::ending::{document_name, documents_ending};
use crate::domain::topic::{Citation, Facet, Standing, Status, Topic, TopicKind};

/// An answer is at most this long, with everything; what does not fit is one tap away.
pub const MAX_CHARS: usize = 600;

/// An answer to a question in corrected words.
#[must_use]
pub fn to_corrected(answer: &str) -> String {
    format!("按您更正后的问题答复：\n{answer}")
}

/// A reply to mistyped words, which begins with what they were taken for.
#[must_use]
pub fn read_as(read_as: &str, reply: &str) -> String {
    format!("（按“{read_as}”理解）\n{reply}")
}

/// At most this many facets are offered below an answer.
const FACET_BUTTONS: usize = 6;

/// Below this limit an answer names one source and no more.
const BRIEF: usize = 400;

/// Sources take at most this many characters, unless the first one alone takes more.
const SOURCES_CHARS: usize = 130;

/// Of each facet beside the summary, lines of at most this many characters in all are shown.
const GLANCE_CHARS: usize = 70;

/// What an answer shall be about, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The facets that were asked for; none for a summary.
    pub facets: &'a [Facet],
    /// The day on which it shall apply.
    pub as_of: Date,
    /// Service points of the company's own subdistrict that can help.
    pub nearby: &'a [&'a ServicePoint],
    /// Whether the company's subdistrict would help, and is not known.
    pub asks_subdistrict: bool,
    /// At most this many characters.
    pub limit: usize,
}

/// An answer as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// The text.
    pub text: String,
    /// Where the list of a facet was cut: the facet and the number of the first line that was left out.
    pub cut: Option<(Facet, usize)>,
}

/// Composes an answer from a topic's own fields.
#[must_use]
pub fn answer(topic: &Topic, view: &View<'_>) -> Composed {
    let mut head = heading(topic, view.facets);
    // Where room is short, what stands in the line on validity is not said twice.
    let is_said_below = view.limit < BRIEF && !matches!(topic.validity.standing(view.as_of), Standing::Over(_));
    // Nor is there room for what follows a policy that has ended.
    let said = if view.limit < BRIEF { 1 } else { usize::MAX };
    for line in standing(topic, view.as_of).iter().take(said).filter(|_| !is_said_below) {
        push_line(&mut head, line);
    }
    for line in documents(topic, view.as_of).iter().filter(|_| view.limit >= BRIEF) {
        push_line(&mut head, line);
    }
    let tail = tail(topic, view);
    let room = view.limit.saturating_sub(chars(&head) + chars(&tail) + 1);
    let (body, cut) = match view.facets {
        [] => (summary(topic, room), None),
        facets => sections(topic, facets, view, room),
    };
    Composed { text: format!("{head}{body}\n{tail}"), cut }
}

/// Composes several answers that together take at most [`MAX_CHARS`] characters, with `closing` lines below them.
///
/// The limits of the views are not looked at: each answer gets its share, and what it leaves over goes to those after it.
#[must_use]
pub fn several(parts: &[(&Topic, View<'_>)], closing: &[String]) -> Vec<Composed> {
    let reserved: usize = closing.iter().map(|line| chars(line) + GAP).sum();
    let room = MAX_CHARS.saturating_sub(reserved);
    let taken = |composed: &[Composed]| composed.iter().map(|part| chars(&part.text) + GAP).sum::<usize>();
    // The least that must be said of one topic may be more than its share: then the others get less.
    let mut tighter = room;
    loop {
        let composed = share_out(parts, tighter);
        if taken(&composed) <= room + GAP || tighter == 0 {
            return composed;
        }
        tighter = tighter.saturating_sub(40);
    }
}

/// Two answers stand apart by an empty line.
const GAP: usize = 2;

fn share_out(parts: &[(&Topic, View<'_>)], mut room: usize) -> Vec<Composed> {
    let mut composed = Vec::new();
    for (at, (topic, view)) in parts.iter().enumerate() {
        let share = (room / (parts.len() - at)).saturating_sub(GAP);
        let part = answer(topic, &View { limit: share, ..*view });
        room = room.saturating_sub(chars(&part.text) + GAP);
        composed.push(part);
    }
    composed
}

/// The lines of a facet from number `from` on: what an answer had left out.
#[must_use]
pub fn more(topic: &Topic, facet: Facet, from: usize) -> Composed {
    let head = format!("【{}】{}（续）", topic.title, facet_name(facet));
    let lines = topic.facets.get(&facet).map(Vec::as_slice).unwrap_or_default();
    let room = MAX_CHARS.saturating_sub(chars(&head));
    let (body, shown) = fitting(lines.iter().skip(from).map(String::as_str), room);
    let next = from + shown;
    Composed { text: head + &body, cut: (next < lines.len()).then_some((facet, next)) }
}

/// Buttons below an answer: the rest of a list that was cut, the other facets, the way to a person.
#[must_use]
pub fn answer_buttons(topic: &Topic, facets: &[Facet], cut: Option<(Facet, usize)>, turn: u32) -> Vec<Vec<Button>> {
    let others: Vec<_> = topic
        .facets
        .keys()
        .filter(|other| !facets.contains(other))
        .take(FACET_BUTTONS)
        .map(|other| button(facet_name(*other), &Press::Facet(turn, *other)))
        .collect();
    let mut rows: Vec<_> = cut.map(|(facet, from)| vec![more_button(turn, facet, from)]).into_iter().collect();
    rows.extend(others.chunks(3).map(<[Button]>::to_vec));
    rows.push(vec![human(turn), button(HELPFUL, &Press::Helpful(turn)), button(UNHELPFUL, &Press::Unhelpful(turn))]);
    rows
}

/// An answer of several: its topic, its turn, and where its list was cut.
pub type Part<'a> = (&'a Topic, u32, Option<(Facet, usize)>);

/// Buttons below several answers in one message: for each what it was cut of, then a facet or two, and one way to a person.
#[must_use]
pub fn several_buttons(parts: &[Part<'_>]) -> Vec<Vec<Button>> {
    let mut rows: Vec<_> = parts
        .iter()
        .map(|(topic, turn, cut)| match cut {
            Some((facet, from)) => {
                let label = format!("{MORE}：{}", topic.title);
                vec![button(label, &Press::More(*turn, *facet, *from))]
            }
            None => vec![button(&topic.title, &Press::Summary(*turn))],
        })
        .collect();
    if let Some((_, turn, _)) = parts.last() {
        rows.push(vec![human(*turn)]);
    }
    rows
}

fn more_button(turn: u32, facet: Facet, from: usize) -> Button {
    button(MORE, &Press::More(turn, facet, from))
}

/// The way to a person.
#[must_use]
pub fn human(turn: u32) -> Button {
    button(HUMAN, &Press::Human(turn))
}

fn heading(topic: &Topic, facets: &[Facet]) -> String {
    match facets {
        [facet] => format!("【{}】{}", topic.title, facet_name(*facet)),
        _ => format!("【{}】", topic.title),
    }
}

/// What must be known before anything else is read.
fn standing(topic: &Topic, as_of: Date) -> Vec<String> {
    match topic.validity.standing(as_of) {
        Standing::InForce if topic.validity.status == Status::Provisional => {
            vec![format!("请注意：本政策为暂行规定，可能调整，办理前请向{}确认。", competent(topic))]
        }
        Standing::InForce => Vec::new(),
        Standing::EndingSoon(to) => {
            vec![format!("请注意：本政策有效期至{}，{}。", day(to), days_left(to, as_of))]
        }
        Standing::NotYet(from) => vec![format!("请注意：本政策自{}起施行，目前尚未生效。", day(from))],
        Standing::Over(to) => {
            let over = match to {
                Some(to) => format!("请注意：本政策已于{}到期，以下为原政策内容，不能作为现行政策使用。", day(to)),
                None => "请注意：本政策已失效，以下为原政策内容，不能作为现行政策使用。".to_owned(),
            };
            let successor = topic.validity.successor.as_ref().map(|successor| format!("后续政策：{successor}"));
            std::iter::once(over).chain(successor).collect()
        }
        Standing::Unverified => vec![format!(
            "请注意：具体标准和是否继续执行，以{}最新通知为准{}。",
            competent(topic),
            topic
                .facets
                .get(&Facet::Contact)
                .and_then(|lines| lines.first())
                .map_or_else(String::new, |contact| { format!("，可向{}核实", contact.replace('：', "")) })
        )],
    }
}

/// What is said of documents that end soon or have run out while the topic goes on.
fn documents(topic: &Topic, as_of: Date) -> Vec<String> {
    let line = |(document, standing): (&Citation, Standing)| {
        let name = document_name(document);
        match standing {
            Standing::EndingSoon(to) => Some(format!("请注意：{name}有效期至{}，{}。", day(to), days_left(to, as_of))),
            Standing::Over(Some(to)) => {
                Some(format!("请注意：{name}已于{}到期，相关内容不能作为现行政策使用。", day(to)))
            }
            _ => None,
        }
    };
    documents_ending(topic, as_of).into_iter().filter_map(line).collect()
}

fn days_left(to: Date, as_of: Date) -> String {
    match (to - as_of).get_days() {
        0 => "当天是最后一天".to_owned(),
        days => format!("还有{days}天"),
    }
}

fn competent(topic: &Topic) -> String {
    if topic.competent.is_empty() { "主管部门".to_owned() } else { topic.competent.join("、") }
}

/// Sources, validity on the day, and when it was checked.
fn tail(topic: &Topic, view: &View<'_>) -> String {
    let is_brief = view.limit < BRIEF;
    let mut text = String::new();
    let mut named = 0;
    for citation in &topic.citations {
        let line = format!("依据：{}", source(citation));
        if named > 0 && (is_brief || chars(&text) + chars(&line) > SOURCES_CHARS) {
            break;
        }
        if named > 0 {
            text.push('\n');
        }
        text.push_str(&line);
        named += 1;
    }
    if named < topic.citations.len() {
        text.push('等');
    }
    // That it is over stands at the top already.
    if !(is_brief && matches!(topic.validity.standing(view.as_of), Standing::Over(_))) {
        push_line(&mut text, &in_force(topic, view.as_of));
    }
    if is_brief {
        return text;
    }
    push_line(&mut text, &format!("核实日期：{}。内容由系统检索生成，以原文为准。", topic.verified_on));
    text
}

/// Whether it applies on the day.
fn in_force(topic: &Topic, as_of: Date) -> String {
    let until = topic.validity.to.map(|to| format!("，有效期至{}", day(to))).unwrap_or_default();
    let state = match topic.validity.standing(as_of) {
        Standing::InForce | Standing::EndingSoon(_) if topic.validity.status == Status::Provisional => {
            format!("暂行{until}")
        }
        Standing::InForce | Standing::EndingSoon(_) => format!("现行有效{until}"),
        Standing::NotYet(from) => format!("尚未生效，自{}起施行", day(from)),
        Standing::Over(_) if topic.validity.status == Status::Repealed => "已废止".to_owned(),
        Standing::Over(_) => "已到期".to_owned(),
        Standing::Unverified => "待核实，以最新通知为准".to_owned(),
    };
    format!("效力：截至{}，{state}。", day(as_of))
}

/// One source: title and number.
#[must_use]
pub fn source(citation: &Citation) -> String {
    let title = citation.title.trim_matches(['《', '》']);
    let number = citation.doc_no.as_ref().map(|number| format!("（{number}）")).unwrap_or_default();
    format!("《{title}》{number}")
}

/// What, how much and for whom, then a glance at the facets that are wanted most, as far as there is room.
fn summary(topic: &Topic, room: usize) -> String {
    let mut text = format!("\n{}", topic.summary);
    for facet in wanted(topic.kind) {
        let Some(lines) = topic.facets.get(facet) else { continue };
        let line = format!("\n{}：{}", facet_name(*facet), glance(lines));
        if chars(&text) + chars(&line) <= room {
            text.push_str(&line);
        }
    }
    text
}

/// The facets that are wanted most, by what sort of matter it is.
fn wanted(kind: TopicKind) -> &'static [Facet] {
    match kind {
        TopicKind::Policy => &[Facet::Conditions, Facet::Place, Facet::TimeLimit],
        TopicKind::Procedure => &[Facet::TimeLimit, Facet::Place, Facet::Materials],
        TopicKind::Service => &[Facet::Place, Facet::Contact, Facet::TimeLimit],
    }
}

/// The first lines of a facet in one, whole lines only, and how many there are when not all are shown.
fn glance(lines: &[String]) -> String {
    let bare = |line: &String| line.trim_end_matches(['。', '；']).to_owned();
    let mut shown: Vec<String> = Vec::new();
    let mut length = 0;
    for line in lines.iter().map(bare) {
        length += chars(&line);
        if !shown.is_empty() && length > GLANCE_CHARS {
            break;
        }
        shown.push(line);
    }
    let rest = if shown.len() < lines.len() { format!("，共{}项", lines.len()) } else { String::new() };
    format!("{}{rest}。", shown.join("；"))
}

/// The asked facets, one after the other.
fn sections(topic: &Topic, facets: &[Facet], view: &View<'_>, room: usize) -> (String, Option<(Facet, usize)>) {
    let mut text = String::new();
    let mut cut = None;
    for (at, facet) in facets.iter().enumerate() {
        let left = room.saturating_sub(chars(&text)) / (facets.len() - at);
        let name = if facets.len() > 1 { format!("\n{}：", facet_name(*facet)) } else { String::new() };
        let (section, first_left) = section(topic, *facet, view, left.saturating_sub(chars(&name)));
        text.push_str(&name);
        text.push_str(&section);
        cut = cut.or(first_left.map(|from| (*facet, from)));
    }
    (text, cut)
}

/// One facet, and the number of the first line that was left out.
fn section(topic: &Topic, facet: Facet, view: &View<'_>, room: usize) -> (String, Option<usize>) {
    let Some(lines) = topic.facets.get(&facet) else { return (missing(topic, facet, view, room), None) };
    let mut text = String::new();
    if facet == Facet::Place {
        for point in view.nearby {
            let line = format!("\n{}", nearby(point));
            if chars(&text) + chars(&line) <= room / 2 {
                text.push_str(&line);
            }
        }
    }
    if facet == Facet::Contact && !topic.competent.is_empty() {
        text.push_str(&format!("\n主管部门：{}", topic.competent.join("、")));
    }
    let hint =
        if facet == Facet::Place && view.asks_subdistrict { format!("\n{WHICH_SUBDISTRICT}") } else { String::new() };
    let (body, shown) = fitting(lines.iter().map(String::as_str), room.saturating_sub(chars(&text)));
    text.push_str(&body);
    if shown == lines.len() && chars(&text) + chars(&hint) <= room {
        text.push_str(&hint);
    }
    (text, (shown < lines.len()).then_some(shown))
}

/// How a company lets us name the service points near it.
const WHICH_SUBDISTRICT: &str = "告诉我所在街道，可以先列出本街道的办事点和办公时间。";

/// A service point: name, address, hours.
fn nearby(point: &ServicePoint) -> String {
    let street = point.subdistrict.as_ref().map(|street| format!("{street}{STREET_SUFFIX}：")).unwrap_or_default();
    format!("{street}{}，{}，{}", point.name, point.address, point.hours)
}

/// Lines one below the other as far as there is room, and how many were shown; says how many are left.
///
/// Where not even the first fits, it is cut after a sentence.
fn fitting<'l>(lines: impl Iterator<Item = &'l str> + Clone, room: usize) -> (String, usize) {
    let count = lines.clone().count();
    let left_out = |shown: usize| format!("\n…还有{}项，点“{MORE}”。", count - shown);
    let mut text = String::new();
    for (shown, line) in lines.clone().enumerate() {
        let reserve = if shown + 1 == count { 0 } else { chars(&left_out(shown + 1)) };
        if chars(&text) + 1 + chars(line) + reserve > room {
            return (text + &left_out(shown), shown);
        }
        push_line(&mut text, line);
    }
    (text, count)
}

/// The facet is not known: said so, with what is known instead and whom to ask.
fn missing(topic: &Topic, facet: Facet, view: &View<'_>, room: usize) -> String {
    let whom = topic.facets.get(&Facet::Contact).and_then(|lines| lines.first());
    let ask = match whom {
        Some(contact) => format!("可向{}咨询（{contact}），或点“{HUMAN}”。", competent(topic)),
        None => format!("请向{}核实，或点“{HUMAN}”。", competent(topic)),
    };
    let mut text = format!("\n资料中没有单列{}。", facet_name(facet));
    let known = match facet {
        Facet::Validity => Some(in_force(topic, view.as_of)),
        Facet::Basis => None,
        _ => related(facet)
            .iter()
            .find_map(|other| topic.facets.get(other).map(|lines| format!("{}：{}", facet_name(*other), glance(lines))))
            .or_else(|| Some(topic.summary.clone())),
    };
    if let Some(known) = known.filter(|known| chars(&text) + chars(known) + chars(&ask) + 2 <= room) {
        push_line(&mut text, &known);
    }
    push_line(&mut text, &ask);
    text
}

/// Facets that say something about one that is not known.
fn related(facet: Facet) -> &'static [Facet] {
    match facet {
        Facet::Amount => &[Facet::Fee],
        Facet::Fee => &[Facet::Amount],
        Facet::TimeLimit => &[Facet::Validity, Facet::Steps],
        Facet::Validity => &[Facet::TimeLimit],
        Facet::Place => &[Facet::Contact],
        Facet::Contact => &[Facet::Place],
        Facet::Materials | Facet::Conditions => &[Facet::Steps],
        Facet::Steps => &[Facet::Place, Facet::Materials],
        Facet::Basis => &[],
    }
}

/// One source with everything that is known of it, for whoever keeps the knowledge.
#[must_use]
pub fn whole_source(citation: &Citation) -> String {
    let issuer = citation.issuer.as_ref().map(|issuer| format!("，{issuer}")).unwrap_or_default();
    let from = citation.valid_from.map(|from| format!("，{from}起")).unwrap_or_default();
    let to = citation.valid_to.map(|to| format!("，至{to}")).unwrap_or_default();
    let url = citation.url.as_ref().map(|url| format!("，{url}")).unwrap_or_default();
    format!("{}{issuer}{from}{to}，{}{url}", document_name(citation), status(citation.status))
}

fn push_line(text: &mut String, line: &str) {
    text.push('\n');
    text.push_str(line);
}

fn chars(text: &str) -> usize {
    text.chars().count()
}
