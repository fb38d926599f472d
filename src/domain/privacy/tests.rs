use proptest::prelude::*;

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(mask(text), expected, "mask({text:?})");
}

#[test]
fn phones_are_masked_however_they_are_written() {
    for phone in [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "１３８００００１２３４",
        "+86 138 0000 1234",
        "0086-13800001234",
        "1\u{200b}3800001234",
        "一三八零零零零一二三四",
        "幺三八 〇〇〇〇 一二三四",
        "①③⑧⓪⓪⓪⓪①②③④",
    ] {
        check(&format!("公章丢了，打{phone}找我"), "公章丢了，打[手机号]找我");
    }
    check("座机0535-6200000或(0535)6200000", "座机[电话]或([电话]");
    check("电话6200000", "电话[电话]");
    check("请致电400-810-5678", "请致电[电话]");
}

#[test]
fn cards_and_codes_are_masked() {
    check("身份证370602199001011234", "身份证[身份证号]");
    check("身份证37060219900101123X能用吗", "身份证[身份证号]能用吗");
    check("370602 19900101 1234", "[身份证号]");
    check("老身份证370602900101123", "老身份证[身份证号]");
    check("我们代码是91370602MA3CABCD1X，怎么变更", "我们代码是[信用代码]，怎么变更");
    check("代码9137 0602 MA3C ABCD 1X", "代码[信用代码]");
    check("卡号6222021606001234567能收补贴吗", "卡号[银行卡号]能收补贴吗");
    check("卡号6222 0216 0600 1234", "卡号[银行卡号]");
    check("护照E12345678", "护照[证件号]");
    check("token是7000000001:AAabcdefghijklmnopqrstuvwxyz0123456", "token是7000000001:[号码]");
}

#[test]
fn addresses_on_the_net_are_masked() {
    check("发到zhang.san@example.com行吗", "发到[邮箱]行吗");
    check("看https://x.gov.cn/a?token=abc123", "看[链接]");
    check("看https://x.gov.cn/s/a1b2c3d4e5f6a7b8c9行吗", "看[链接]行吗");
    check("看https://www.yantai.gov.cn/art/12.html", "看https://www.yantai.gov.cn/art/12.html");
    check("微信号 zhang_san88", "微信号 [账号]");
    check("qq：1234567", "qq：[账号]");
}

#[test]
fn plates_are_masked() {
    check("鲁F12345报废补贴", "[车牌号]报废补贴");
    check("车牌鲁F·D12345", "车牌[车牌号]");
    check("鲁政发〔2024〕12号", "鲁政发〔2024〕12号");
}

#[test]
fn announced_names_are_masked() {
    check("我叫张三，想问注销", "我叫[姓名]，想问注销");
    check("我叫张三想问注销", "我叫[姓名]想问注销");
    check("我叫欧阳小明", "我叫[姓名]");
    check("联系人：李小四，电话13800001234", "联系人：[姓名]，电话[手机号]");
    check("联系人李四电话13800001234", "联系人[姓名]电话[手机号]");
    check("法人王建国去世了怎么办", "法人[姓名]去世了怎么办");
    check("昨天王女士接待的，李先生没来", "昨天[姓名]女士接待的，[姓名]先生没来");
    check("我叫Tom Smith，公司在烟台", "我叫[姓名]，公司在烟台");
    check("姓名：买买提·阿卜杜拉", "姓名：[姓名]");
}

#[test]
fn what_is_nobodys_stays() {
    for text in [
        "打12345还是12366",
        "国发〔2024〕3号和市场监管总局令第105号",
        "2026-01-01至2026-12-31有效",
        "2026-01-01 2026-12-31",
        "补贴1,250,000.00元，上限500万元",
        "年收入20000000元的小微企业",
        "法人怎么变更，联系人变更要什么材料，负责人是否要到场",
        "我叫不到车，法定代表人不在本地",
        "ISO9001和ISO14001认证有补贴吗",
        "2024年、2025年、2026年三年的政策",
        "注册资本100000000元",
        "法人信息、姓名变更、本人到场",
    ] {
        check(text, text);
    }
}

#[test]
fn masks_are_known_and_can_be_left_out() {
    assert!(is_masked(&mask("电话13800001234")) && !is_masked("电话"));
    assert_eq!(without_masks("打[手机号]告诉我结果"), "打 告诉我结果");
    assert_eq!(without_masks("我叫[姓名]，电话[手机号]，残保金怎么交"), "残保金怎么交");
}

/// Chinese words without digits or words that announce something.
fn words() -> impl Strategy<Value = String> {
    "[的公司注销补贴营业执照办理，。？厂房]{0,12}"
}

/// The digits of `number`, with something between them now and then.
fn spaced(number: &str, gaps: &[u8]) -> String {
    const SIGNS: [&str; 6] = [" ", "-", "－", ".", "\u{200b}", "　"];
    let mut text = String::new();
    for (at, c) in number.chars().enumerate() {
        text.push(c);
        if let Some(sign) = gaps.get(at).and_then(|gap| SIGNS.get(usize::from(*gap))) {
            text.push_str(sign);
        }
    }
    text.trim_end().to_owned()
}

fn digits(text: &str) -> String {
    text.nfkc().filter(char::is_ascii_digit).collect()
}

proptest! {
    #[test]
    fn no_digit_of_a_phone_is_left(
        before in words(), after in words(), number in "1[3-9][0-9]{9}", gaps in prop::collection::vec(0_u8..20, 10),
    ) {
        let masked = mask(&format!("{before}{}{after}", spaced(&number, &gaps)));
        prop_assert_eq!(digits(&masked), "");
        prop_assert!(masked.contains(before.as_str()) && masked.ends_with(after.as_str()), "{}", masked);
    }

    #[test]
    fn no_digit_of_a_card_is_left(
        before in words(), after in words(), number in "[1-9][0-9]{14,18}", gaps in prop::collection::vec(0_u8..20, 18),
    ) {
        let masked = mask(&format!("{before}{}{after}", spaced(&number, &gaps)));
        prop_assert!(digits(&masked).len() < 4, "{}", masked);
    }

    #[test]
    fn no_credit_code_is_left(
        before in words(), after in words(), code in "9[1-3][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}",
    ) {
        let masked = mask(&format!("{before}{code}{after}"));
        prop_assert!(!masked.to_ascii_uppercase().contains(&code[2..]), "{}", masked);
    }

    #[test]
    fn no_address_is_left(before in words(), after in words(), name in "[a-z]{1,8}[0-9]{0,4}", host in "[a-z]{2,8}\\.(com|cn|gov\\.cn)") {
        let address = format!("{name}@{host}");
        let masked = mask(&format!("{before}{address}{after}"));
        prop_assert_eq!(masked, format!("{before}[邮箱]{after}"));
    }

    #[test]
    fn words_without_data_stay(text in words()) {
        prop_assert_eq!(mask(&text), text);
    }

    #[test]
    fn masking_is_idempotent(text in "[我叫联系人张三李先生女士电话微信号0-9a-c@.:/\\-鲁Fx，： ]{0,40}") {
        let once = mask(&text);
        prop_assert_eq!(mask(&once), once);
    }

    #[test]
    fn anything_can_be_masked(text in "\\PC{0,60}") {
        let once = mask(&text);
        prop_assert_eq!(mask(&once), once);
    }
}
