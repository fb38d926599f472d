use proptest::prelude::*;

use super::*;

/// Matters that companies ask for, in five wordings each.
const MATTERS: [[&str; 5]; 7] = [
    [
        "无人机飞行要报备吗",
        "企业用无人机作业要去哪里报备",
        "飞无人机拍厂区需要审批吗",
        "无人机在市区飞要什么手续",
        "我们公司买了无人机，在哪登记报备",
    ],
    [
        "充电桩建设有补贴吗",
        "厂区装充电桩政府给不给钱",
        "建新能源汽车充电桩能补多少",
        "我们想在园区建充电桩，有没有补助",
        "充电桩奖补怎么申请",
    ],
    [
        "开宠物医院要办什么证",
        "宠物医院诊疗需要哪些许可",
        "想开一家宠物医院怎么办手续",
        "宠物医院的诊疗许可证怎么办",
        "宠物医院营业前要什么证",
    ],
    [
        "公共浴池卫生许可证怎么办",
        "开澡堂子要办卫生许可吗",
        "洗浴中心卫生许可证需要什么材料",
        "浴室卫生许可多久能下来",
        "开个洗浴中心，卫生许可在哪办",
    ],
    [
        "门头招牌要审批吗",
        "换门头招牌要去哪里备案",
        "门头广告牌怎么审批",
        "门头广告要办什么手续",
        "我家店想换门头招牌，要不要报批",
    ],
    [
        "冷链物流企业有补贴吗",
        "建冷库有没有补助",
        "冷链仓储项目补贴政策",
        "我们建了个冷库能申请冷链补贴吗",
        "冷库冷链用电有优惠吗",
    ],
    [
        "工地夜间施工要办什么手续",
        "夜间施工证明在哪开",
        "夜间施工许可怎么申请",
        "晚上要浇混凝土，夜间施工要审批吗",
        "夜间施工备案找谁",
    ],
];

/// The development questions, for what is common in the field.
const FIELD: &str = include_str!("../../../tests/eval/questions.tsv");

fn field() -> Vec<&'static str> {
    FIELD.lines().skip(1).filter_map(|line| line.rsplit('\t').next()).collect()
}

const ALONE: [&str; 4] = ["红烧肉怎么做才好吃", "今天天气怎么样", "帮我写一首诗", "股票明天涨不涨"];

/// One wording of each matter after the other, as questions come in.
fn mixed() -> Vec<&'static str> {
    (0..5).flat_map(|wording| MATTERS.iter().map(move |matter| matter[wording])).chain(ALONE).collect()
}

#[test]
fn five_wordings_of_a_matter_are_one_group_and_matters_stay_apart() {
    let questions = mixed();
    let found = groups(&questions, &field());
    let matter = |at: usize| if at < 35 { at % MATTERS.len() } else { at };
    let pairs = |count: usize| count * (count - 1) / 2;
    let (mut together, mut rightly) = (0, 0);
    for group in &found {
        let mut matters = BTreeMap::new();
        for at in group {
            *matters.entry(matter(*at)).or_insert(0) += 1;
        }
        together += pairs(group.len());
        rightly += matters.values().copied().map(pairs).sum::<usize>();
    }
    let words: Vec<Vec<_>> = found.iter().map(|group| group.iter().map(|at| questions[*at]).collect()).collect();
    assert!(rightly * 10 >= together * 9, "{rightly} of {together} pairs belong together: {words:#?}");
    assert!(rightly * 10 >= pairs(5) * MATTERS.len() * 7, "{rightly} pairs of 70 were found: {words:#?}");
}

#[test]
fn groups_do_not_chain() {
    // Each is like the next one; the first and the last have nothing in common.
    let chain = ["甲乙丙丁", "丙丁戊己", "戊己庚辛", "庚辛壬癸", "壬癸子丑", "子丑寅卯", "寅卯辰巳", "辰巳午未"];
    let found = groups(&chain, &[]);
    assert!(found.iter().all(|group| group.len() <= 3), "{found:?}");
}

#[test]
fn the_typical_question_comes_first_and_equal_wordings_stay_together() {
    let questions = ["请问夜间施工要办许可吗，工地在二马路", "夜间施工许可", "夜间施工许可？", "夜间施工许可证怎么办"];
    let found = groups(&questions, &field());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0][0], found[0].len()), (1, 4), "{found:?}");
}

#[test]
fn questions_with_nothing_to_compare_are_kept() {
    assert_eq!(groups(&["？？", "", "好"], &[]).concat().len(), 3);
    assert_eq!(groups(&[], &["背景"]), Vec::<Vec<usize>>::new());
}

#[test]
fn thousands_of_questions_are_grouped() {
    let many: Vec<String> = (0..3000)
        .map(|number| format!("{}{}", mixed()[number % 39], ["", "，急", "请问", "谢谢", "在线等"][number / 39 % 5]))
        .collect();
    let questions: Vec<_> = many.iter().map(String::as_str).collect();
    let found = groups(&questions, &field());
    assert!(found.len() < 30, "{}", found.len());
    assert_eq!(found.iter().map(Vec::len).sum::<usize>(), 3000);
}

proptest! {
    #[test]
    fn every_question_is_in_one_group(questions in prop::collection::vec("[充电桩补贴无人机报备怎么办ab ？]{0,8}", 0..40)) {
        let questions: Vec<_> = questions.iter().map(String::as_str).collect();
        let found = groups(&questions, &[]);
        let mut all = found.concat();
        all.sort_unstable();
        prop_assert_eq!(all, (0..questions.len()).collect::<Vec<_>>());
        prop_assert_eq!(groups(&questions, &[]), found);
    }
}
