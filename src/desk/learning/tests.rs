use jiff::SignedDuration;
use jiff::civil::{date, time};

use super::*;
use crate::desk::message::Channel;
use crate::domain::answer::Calibration;
use crate::domain::calendar::{Calendar, WorkingSpan};
use crate::domain::lexicon::Lexicon;
use crate::domain::sla::{Promises, Rules};
use crate::domain::ticket::{Action, Event, Submission, TicketKind, TicketNumber};
use crate::domain::topic::{Citation, Status, Topic, TopicKind, Validity};

fn topic(id: &str, title: &str) -> (TopicId, Topic) {
    let id = TopicId::parse(id).unwrap();
    let topic = Topic {
        id: id.clone(),
        title: title.to_owned(),
        kind: TopicKind::Procedure,
        summary: String::new(),
        validity: Validity { status: Status::Valid, from: None, to: None, successor: None, successor_topic: None },
        competent: vec!["区市场监管局".to_owned()],
        beneficiaries: Vec::new(),
        tags: Vec::new(),
        citations: Vec::<Citation>::new(),
        facets: BTreeMap::new(),
        eligibility: Vec::new(),
        questions: ["怎么办理登记", "要什么材料", "去哪里办", "需要多久"].map(str::to_owned).to_vec(),
        counter_questions: Vec::new(),
        verified_on: date(2026, 11, 22),
        is_well_supported: true,
    };
    (id, topic)
}

fn base() -> KnowledgeBase {
    KnowledgeBase {
        topics: BTreeMap::from([topic("market/company-setup", "企业开办"), topic("trade/aeo", "海关认证")]),
        lexicon: Lexicon::default(),
        golden: Vec::new(),
        documents: BTreeMap::new(),
        service_points: Vec::new(),
        calibration: Calibration::default(),
    }
}

fn minute(minutes: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(minutes)
}

fn question(id: i64, asker: &str, text: &str, topic: &str) -> OpenQuestion {
    OpenQuestion {
        id,
        asker: (!asker.is_empty()).then(|| asker.to_owned()),
        channel: Channel::Web,
        text: text.to_owned(),
        reason: Reason::Declined,
        wants_person: false,
        topic: TopicId::parse(topic),
        edition: 1,
        at: minute(id),
        draft: None,
    }
}

fn drones() -> Vec<OpenQuestion> {
    vec![
        question(3, "a", "无人机飞行要报备吗", "market/company-setup"),
        question(4, "b", "企业用无人机作业要去哪里报备", "market/company-setup"),
        question(5, "b", "飞无人机要不要报备", "market/company-setup"),
        question(6, "", "我叫[姓名]，无人机在哪登记报备", "market/gone"),
        question(7, "", "无人机飞行要报备吗？", "nothing"),
        question(8, "c", "冷库用电有优惠吗", "nothing"),
        question(9, "d", "冷库用电怎么优惠", "trade/aeo"),
        question(10, "e", "冷库用电优惠政策", "nothing"),
    ]
}

#[test]
fn groups_tell_how_many_asked_and_what_is_nearest() {
    let groups = group(drones(), &base(), minute(9999));
    assert_eq!(groups.len(), 2, "{groups:#?}");
    let first = &groups[0];
    assert_eq!((first.id, first.questions.len(), first.askers), (3, 5, 3));
    assert_eq!((first.first_at, first.last_at), (minute(3), minute(7)));
    assert_eq!(
        first.nearest_topic.as_ref().unwrap().as_str(),
        "market/company-setup",
        "topics that are gone do not count"
    );
    assert_eq!(groups[1].nearest_topic, None, "one guess of three is none");
    assert!(first.representative().contains("无人机") && first.is_waiting());
    assert_eq!(first.reasons(), [(Reason::Declined, 5)]);
}

#[test]
fn a_question_back_waits_for_its_answer_before_it_counts() {
    let mut asked = question(1, "a", "无人机飞行要报备吗", "trade/aeo");
    asked.reason = Reason::AskedBack;
    assert!(group(vec![asked.clone()], &base(), minute(30)).is_empty());
    assert_eq!(group(vec![asked], &base(), minute(32)).len(), 1);
}

#[test]
fn a_draft_from_a_group_holds_what_is_known_and_nothing_personal() {
    let groups = group(drones(), &base(), minute(9999));
    let made = draft(Origin::Group(&groups[0]), None, None, &base(), |_| false).unwrap();
    assert_eq!(made.id.category(), "market");
    assert!(made.id.as_str().contains("wu-ren-ji"), "{}", made.id);
    assert_eq!(made.questions.len(), 3, "wordings that only differ in punctuation are one: {made:?}");
    assert_eq!(made.masked_questions, ["我叫[姓名]，无人机在哪登记报备"]);
    assert_eq!(made.competent, ["区市场监管局"]);
    assert_eq!(made.nearest.unwrap().1, "企业开办");
    let taken = draft(Origin::Group(&groups[0]), None, None, &base(), |id| *id == made.id).unwrap();
    assert_eq!(taken.id.as_str(), format!("{}-2", made.id));
    let named = draft(Origin::Group(&groups[0]), Some("tax"), Some("drones"), &base(), |_| false).unwrap();
    assert_eq!(named.id.as_str(), "tax/drones");
    let refused = |category, name| draft(Origin::Group(&groups[1]), category, name, &base(), |_| false).unwrap_err();
    assert_eq!(refused(None, None), DraftRefusal::NoCategory);
    assert_eq!(refused(Some("tax"), Some("无人机")), DraftRefusal::BadName);
    assert_eq!(refused(Some("../tax"), None), DraftRefusal::BadName);
}

#[test]
fn a_draft_from_a_ticket_needs_a_closed_one_and_masks_what_was_written() {
    let submission = Submission {
        kind: TicketKind::Consultation,
        question: "无人机飞行要报备吗，我电话13800001234".to_owned(),
        topic: TopicId::parse("market/company-setup"),
        answered: None,
        chat: "telegram:1".to_owned(),
        company: Some("王老板".to_owned()),
        contact: None,
        is_anonymous: false,
        subdistrict: None,
    };
    let number = TicketNumber::parse("ZQ-20261122-0007").unwrap();
    let wang = crate::domain::commissioner::CommissionerId::parse("wang").unwrap();
    let submitted = Event::submitted(number, submission, minute(1));
    let mut ticket = Ticket::replay([&submitted]).unwrap();
    let span = WorkingSpan { start: time(9, 0, 0, 0), end: time(17, 0, 0, 0) };
    let calendar = Calendar::new(vec![span]).unwrap();
    let act = |ticket: &mut Ticket, action: &Action, actor: &Actor| {
        let rules = Rules { calendar: &calendar, promises: Promises::shandong_2115(&calendar) };
        for event in ticket.decide(action, actor, minute(2), &rules).unwrap() {
            ticket.apply(&event);
        }
    };
    act(&mut ticket, &Action::Dispatch { to: wang.clone(), reasons: Vec::new() }, &Actor::System);
    let said = |from, text: &str| TicketMessage {
        ticket: ticket.number.clone(),
        at: minute(2),
        from,
        text: text.to_owned(),
        is_note: false,
        attachment: None,
    };
    let messages = [
        said(Actor::Company, "我们急用"),
        said(Actor::Commissioner(wang.clone()), "先在平台实名登记，有事打13900005678"),
    ];
    let open = draft(Origin::Ticket(&ticket, &messages), None, None, &base(), |_| false);
    assert_eq!(open.unwrap_err(), DraftRefusal::NotClosed);
    act(&mut ticket, &Action::Sign, &Actor::Commissioner(wang.clone()));
    act(&mut ticket, &Action::Close { summary: None }, &Actor::Commissioner(wang));
    let made = draft(Origin::Ticket(&ticket, &messages), None, None, &base(), |_| false).unwrap();
    assert_eq!(made.origin, "ZQ-20261122-0007");
    assert_eq!(made.material, ["先在平台实名登记，有事打[手机号]"]);
    assert_eq!(made.masked_questions, ["无人机飞行要报备吗，我电话[手机号]"]);
    assert!(!format!("{made:?}").contains("王老板"));
}
