//! Names that a word announces: 我叫张三, 联系人：李四, 王先生.

use super::Found;

/// Words that announce a name.
const ANNOUNCING: &str =
    "我名字|我的名字|名字|我叫|我名叫|姓名|联系人|经办人|法定代表人|法人代表|法人|负责人|申请人|本人";

/// Forms of address, behind a name.
const TITLES: &str = "先生|女士|小姐";

/// Common surnames, without those that are everyday words.
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林郭马罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏锺钟汪田任姜范石姚谭廖邹熊金陆郝孔崔邱秦史顾侯邵孟万段钱汤尹黎武乔贺赖龚庞樊殷庄翟倪严牛温芦俞葛鲁于方白江毛常康伍洪文施陶安章柳柴岳齐梅左曲";

const COMPOUND: &str = "欧阳|司马|上官|诸葛|司徒|夏侯|尉迟|皇甫|令狐|慕容";

/// Surnames that are everyday words beside a form of address: 关于小姐.
const AMBIGUOUS: &str = "于方白江常安文";

/// What follows the announcing word where no name does.
const NO_NAME: &str =
    "什谁哪怎多几不没有要需可能否变更应必是和与或及的了过在到去来填写换证身信资名单签一两个这那有无年需提办";

/// A name is at most two characters when one of these comes next.
const GOES_ON: &str = "想问要是的在了来有我先女说今现请需电手联系，这那一因和与为从去给";

/// A word that announces a name, and what follows it.
pub(super) fn announced_pattern() -> String {
    format!("(?:{ANNOUNCING})[: 是为叫]{{0,3}}([一-鿿][一-鿿·]{{1,11}}|[a-z]{{2,}}(?: [a-z]{{2,}})?)")
}

/// A surname, what else belongs to the name, and a form of address.
pub(super) fn titled_pattern() -> String {
    let surnames: String = SURNAMES.chars().filter(|surname| !AMBIGUOUS.contains(*surname)).collect();
    format!("((?:{COMPOUND}|[{surnames}])[一-鿿]{{0,2}}?)(?:{TITLES})")
}

pub(super) fn announced(found: &Found<'_>) -> Option<(&'static str, usize)> {
    let mut name = found.part.chars();
    let (first, second, third) = (name.next()?, name.next()?, name.next());
    if first.is_ascii() {
        let is_named = found.lead.contains(['叫', ':']);
        return is_named.then(|| ("[姓名]", found.part.chars().count()));
    }
    let is_announced = found.lead.contains(['叫', ':']);
    let is_compound = COMPOUND.split('|').any(|surname| found.part.starts_with(surname));
    if NO_NAME.contains(first) || found.part.starts_with("董事") {
        return None;
    }
    if !is_announced && !is_compound && !SURNAMES.contains(first) {
        return None;
    }
    if found.part.contains('·') {
        return Some(("[姓名]", found.part.chars().count()));
    }
    let all = found.part.chars().count();
    let wanted = match third {
        _ if is_compound => 4,
        Some(third) if GOES_ON.contains(third) => 2,
        _ if second == '某' => 2,
        _ => 3,
    };
    Some(("[姓名]", wanted.min(all)))
}
