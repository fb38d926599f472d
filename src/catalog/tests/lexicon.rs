//! The lexicon.

use super::{check, loaded};

#[test]
fn a_variant_that_leads_to_two_terms_is_a_warning() {
    let synonyms = "\
# 同义词
- {canonical: 个体工商户, variants: [个体户, 小店], weight: 0.8}
- {canonical: 小微企业, variants: [小店, 个体工商户, small business, small-business]}
- {canonical: 个体工商户, variants: [夫妻店, 夫妻店]}
";
    check(
        &[("lexicon/synonyms.yaml", synonyms)],
        &[
            "?lexicon/synonyms.yaml:3:32: “小店”在第2行的另一组里已有",
            "?lexicon/synonyms.yaml:3:36: “个体工商户”是第4行的规范词",
            "?lexicon/synonyms.yaml:4:15: “个体工商户”已是第2行的规范词",
            "?lexicon/synonyms.yaml:4:38: “夫妻店”在本组里已有",
        ],
    );
}

#[test]
fn a_weight_lies_above_zero_and_at_most_at_one() {
    let synonyms =
        "- {canonical: 营业执照, variants: [执照], weight: 0}\n- {canonical: 公章, variants: [印章], weight: 1.5}\n";
    check(
        &[("lexicon/synonyms.yaml", synonyms)],
        &[
            "lexicon/synonyms.yaml:1:45: weight：应大于 0、不超过 1",
            "lexicon/synonyms.yaml:2:43: weight：应大于 0、不超过 1",
        ],
    );
}

#[test]
fn confusable_terms_lead_to_topics_that_exist() {
    let confusable = "\
- ask: 您说的是哪一种？
  terms:
    - {term: 年报, topics: [market/annual-report, market/report], words: [年报]}
    - {term: 年检, topics: [market/annual-report], words: []}
";
    check(
        &[("lexicon/confusable.yaml", confusable)],
        &[
            "lexicon/confusable.yaml:3:49: 没有主题 market/report",
            "lexicon/confusable.yaml:4:57: terms.words：至少1项，现在是0项",
        ],
    );
}

#[test]
fn word_lists_skip_comments_and_empty_lines_and_tell_doubles() {
    let words = "# 分词\r\n\r\n政企通\r\n 免申即享 # 新词\n政企通\n";
    check(&[("lexicon/user_words.txt", words)], &["?lexicon/user_words.txt:5:1: “政企通”在第3行已有"]);
    let lexicon = loaded(&[("lexicon/user_words.txt", words)]).base.lexicon;
    assert_eq!(lexicon.user_words, ["政企通", "免申即享"]);
}
