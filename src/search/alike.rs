//! Which characters are typed for one another: those that sound alike, and a few that look alike.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::{Pinyin, ToPinyin, ToPinyinMulti};

/// In which way two characters are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// They share a reading, tones aside, which is the usual one of either.
    Sound,
    /// They share a reading but for what many speakers do not tell apart: zh and z, in and ing.
    Near,
    /// They look alike.
    Shape,
}

/// Characters that are taken for one another by their looks; each group is symmetric.
const SHAPES: &str = "未末|村材|己已巳|土士|人入|拔拨|侯候|货贷|免兔|冶治|项顶|微徽|券卷劵|析折拆|晴睛|白自|问间|千干于|大太|\
    天夫|木本|刀力|午牛|外处|今令|甲申由|辨辩|竞竟|徒徙|待侍|遗遣|亨享|壁璧|籍藉|幕慕墓募|授受|税悦|祝视|渐暂|损捐|\
    抵低|质盾|险捡检|环坏|境镜|营菅|照昭|册删|销消|证征|资贷|贸贺|币市|厂广|仓仑|创刨|备各|核该|准淮|科料|技枝|\
    标际|识织|认让";

static BY_SHAPE: LazyLock<HashMap<char, Vec<char>>> = LazyLock::new(|| {
    let mut alike: HashMap<char, Vec<char>> = HashMap::new();
    for group in SHAPES.split('|') {
        for character in group.chars() {
            alike.entry(character).or_default().extend(group.chars().filter(|other| *other != character));
        }
    }
    alike
});

/// How `typed` may have come to stand for `right`; `None` when they are not alike.
pub(super) fn likeness(typed: char, right: char) -> Option<Likeness> {
    let sounds = |character: char| {
        let all: Vec<_> = character.to_pinyin_multi()?.into_iter().map(Pinyin::plain).collect();
        Some((character.to_pinyin()?.plain(), all))
    };
    let ((typed_sound, typed_sounds), (right_sound, right_sounds)) = (sounds(typed)?, sounds(right)?);
    // A rare reading counts for one of the two only: 那 and 需 share one that nobody knows.
    let shares = |fold: fn(&str) -> String| {
        let has = |sounds: &[&str], sound| sounds.iter().any(|other| fold(other) == fold(sound));
        has(&right_sounds, typed_sound) || has(&typed_sounds, right_sound)
    };
    if shares(str::to_owned) {
        Some(Likeness::Sound)
    } else if shares(folded) {
        Some(Likeness::Near)
    } else {
        BY_SHAPE.get(&typed)?.contains(&right).then_some(Likeness::Shape)
    }
}

/// A syllable without the differences that many speakers do not hear.
fn folded(syllable: &str) -> String {
    let mut folded = syllable.replacen("zh", "z", 1).replacen("ch", "c", 1).replacen("sh", "s", 1);
    for (long, short) in [("ing", "in"), ("eng", "en"), ("ang", "an")] {
        if folded.ends_with(long) {
            folded.truncate(folded.len() - long.len());
            folded.push_str(short);
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_alike_by_sound_near_sound_or_shape() {
        for (typed, right, expected) in [
            ('直', '执', Some(Likeness::Sound)),
            ('曾', '增', Some(Likeness::Sound)),
            ('成', '称', Some(Likeness::Sound)),
            ('新', '兴', Some(Likeness::Near)),
            ('末', '未', Some(Likeness::Shape)),
            ('航', '行', Some(Likeness::Sound)),
            ('那', '需', None),
            ('公', '司', None),
            ('a', '司', None),
        ] {
            assert_eq!(likeness(typed, right), expected, "{typed}{right}");
        }
    }
}
