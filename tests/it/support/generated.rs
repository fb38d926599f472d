//! Knowledge made by code: as many topics as wanted, always the same for the same numbers, and every text says its edition.
//!
//! Also used by the benchmarks, so it knows nothing of the other supports.

#![expect(clippy::unwrap_used, reason = "a story that cannot go on fails")]
#![allow(dead_code, reason = "stories and benchmarks each use a part of it")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Words that topics are made of.
const WORDS: [&str; 64] = [
    "企业", "申请", "补助", "资金", "项目", "备案", "审批", "贷款", "贴息", "担保", "税收", "减免", "就业", "社保",
    "人才", "引进", "住房", "补贴", "创新", "研发", "费用", "设备", "改造", "数字", "平台", "出口", "报关", "外资",
    "专利", "商标", "许可", "登记", "注销", "变更", "年报", "名录", "信用", "修复", "招标", "采购", "园区", "厂房",
    "用地", "规划", "施工", "验收", "环保", "能耗", "光伏", "仓储", "物流", "海运", "渔业", "旅游", "餐饮", "养老",
    "托育", "家政", "体育", "会展", "检测", "认证", "培训", "评价",
];

/// What joins them: dense in every text, as in real ones.
const JOINTS: [&str; 8] = ["的", "和", "按照", "可以", "需要", "应当", "在", "对"];

/// `splitmix64`: the same seed gives the same numbers on every machine.
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    /// A word; the first ones are far more frequent, as in real texts.
    pub(crate) fn word(&mut self) -> &'static str {
        self.word_of(&WORDS)
    }

    fn word_of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len()).min(self.below(words.len()))]
    }

    /// A text of at least `chars` characters.
    pub(crate) fn text(&mut self, chars: usize) -> String {
        self.text_of(&WORDS, chars)
    }

    /// A text of at least `chars` characters from other words.
    pub(crate) fn text_of(&mut self, words: &[&str], chars: usize) -> String {
        let mut text = String::new();
        let mut length = 0;
        while length < chars {
            for _ in 0..3 + self.below(4) {
                let joint = if self.below(2) == 0 { JOINTS[self.below(JOINTS.len())] } else { "" };
                let word = self.word_of(words);
                length += word.chars().count() + joint.chars().count();
                text.push_str(joint);
                text.push_str(word);
            }
            text.push('，');
            length += 1;
        }
        text.pop();
        text.push('。');
        text
    }
}

/// A topic as plain texts.
pub(crate) struct Generated {
    /// `market/t000123`.
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) conditions: String,
    pub(crate) steps: String,
    pub(crate) questions: Vec<String>,
}

/// Topic number `number` as edition `edition` has it; the title and the questions are the same in every edition.
pub(crate) fn topic(number: usize, edition: u32) -> Generated {
    let mut dice = Dice::new(number as u64);
    let name = format!("{}{}{}", dice.word(), dice.word(), dice.word());
    let mark = mark(edition);
    Generated {
        id: format!("market/t{number:06}"),
        title: format!("{name}办法{number:06}"),
        summary: format!("{mark}{number:06}说明：{}", dice.text(90)),
        conditions: format!("{mark}{number:06}条件：{}", dice.text(150)),
        steps: format!("{mark}{number:06}步骤：{}", dice.text(150)),
        questions: ["怎么申请", "要什么条件", "找谁办", "多久能办好"]
            .into_iter()
            .map(|asked| format!("{name}{number:06}{asked}"))
            .collect(),
    }
}

/// What every text of an edition says, and none of another one.
pub(crate) fn mark(edition: u32) -> String {
    format!("甲{edition}乙")
}

/// A question that topic `number` answers, whatever the edition.
pub(crate) fn question(number: usize) -> String {
    topic(number, 0).questions.swap_remove(0)
}

/// Writes a data folder of `topics` topics; `edition` stands in every text.
pub(crate) fn write_folder(dir: &Path, topics: usize, edition: u32) {
    let folder = dir.join("topics/market");
    fs::create_dir_all(&folder).unwrap();
    for number in 0..topics {
        fs::write(folder.join(format!("t{number:06}.yaml")), yaml(&topic(number, edition))).unwrap();
    }
    let files = [
        ("lexicon/synonyms.yaml", "[]"),
        ("lexicon/confusable.yaml", "[]"),
        ("lexicon/user_words.txt", ""),
        ("lexicon/stop_words.txt", "的\n和\n"),
        ("directory/service_points.yaml", "[]"),
        ("directory/departments.yaml", "[]"),
        (
            "calibration.yaml",
            "words: &model {ranking: {question: 20}, scope: {question: 20}, intercept: -4, answer_at: 0.6, clarify_at: 0.5}\nmeanings: *model\n",
        ),
    ];
    for (name, text) in files {
        let path = dir.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut golden = String::new();
    for number in (0..topics).step_by(topics.div_ceil(20).max(1)) {
        writeln!(golden, "- {{question: {}, topic: {}}}", question(number), topic(number, edition).id).unwrap();
    }
    fs::write(dir.join("golden.yaml"), golden).unwrap();
}

fn yaml(topic: &Generated) -> String {
    let Generated { title, summary, conditions, steps, questions, .. } = topic;
    let questions = questions.join("\n  - ");
    format!(
        "title: {title}\nkind: procedure\ncompetent: [测试局]\nsummary: {summary}\nstatus: valid\nverified_on: 2026-11-01\nconfidence: high\n\
         citations:\n  - {{title: {title}, status: valid}}\nfacets:\n  conditions: [\"{conditions}\"]\n  steps: [\"{steps}\"]\n\
         questions:\n  - {questions}\n"
    )
}
