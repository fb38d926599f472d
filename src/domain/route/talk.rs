//! Small talk: greetings, thanks, farewells, questions about the assistant, and what it is not for.
//!
//! Courtesies around a question are taken off, so that 你好，请问… is a question and 谢谢，那材料呢 asks on.

use std::sync::LazyLock;

use super::SmallTalk;
use crate::domain::cue::{Cues, Piece, closed_up, letters};

/// What a stretch of a message is in small talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    /// A kind of small talk.
    Talk(SmallTalk),
    /// Words around it that say nothing.
    Filler,
    /// The company's business: then it is no chat.
    Business,
}

use Sign::{Business, Filler, Talk};
use SmallTalk::{Acknowledgement, Chat, Farewell, Greeting, Identity, Thanks};

const SIGNS: &[(Sign, &str)] = &[
    (
        Talk(Greeting),
        "你好|您好|你们好|大家好|hello|hi|hey|哈喽|哈啰|嗨|早上好|上午好|中午好|下午好|晚上好|早啊|早安|在吗|在不在|在么|在不|在线吗|在嘛|\
         打扰了|打扰一下|新年好|过年好|nihao|ninhao|good morning|good afternoon|good evening",
    ),
    (
        Talk(Thanks),
        "谢谢|谢谢你|谢谢您|谢谢啊|谢了|多谢|感谢|非常感谢|太感谢了|辛苦了|辛苦|麻烦你了|麻烦您了|挺好用|真好用|好用|不错|很好|太好了|\
         真棒|厉害|点赞|给力|靠谱|帮大忙了|有帮助|解决了|thanks|thank you|thx|thank u|3q|xiexie|👍|🙏|❤|🌹|😊",
    ),
    (
        Talk(Farewell),
        "再见|拜拜|拜|晚安|回见|回头见|下次聊|先这样|就这样吧|就这样|不聊了|没事了|没别的了|没有了|没问题了|没其他问题|不用了|bye|byebye|goodbye|\
         see you",
    ),
    (
        Talk(Identity),
        "你是谁|您是谁|你是什么|你是干什么|你是干啥|你是做什么|你是真人还是|你是真人吗|你是人吗|你是人还是|你是机器人|你是不是机器|你是不是人|\
         是真人还是|真人还是机器|是机器人吗|是不是机器人|是不是真人|你叫什么|你叫啥|怎么称呼|你的名字|谁做的你|谁开发|谁研发的你|谁造的你|你会什么|\
         你会干|你会做|你能干什么|你能做什么|你能干啥|你能帮我什么|你能帮我干|你能帮我做|你能回答什么|你能查什么|你有什么功能|你有啥用|你有什么用|\
         能问你什么|可以问你什么|能问什么|可以问什么|你和别的|你跟chatgpt|你是chatgpt|你是ai|你是人工智能|你聪明|你是豆包|你是deepseek|你跟豆包|\
         你跟deepseek|你和豆包|你和deepseek|你和chatgpt|你是文心|你用的什么模型|什么大模型|你们几点下班|你们几点上班|你几点下班|你下班|你休息吗|你累吗|\
         你几岁|你多大|你是男|你是女|你家在哪|你住哪|你爸|你妈是|你有女朋友|你有男朋友|你有对象|怎么用你|怎么使用你|who are you|what are you|\
         what can you do|are you a bot|are you human|are you a robot|are you ai|your name",
    ),
    (
        Talk(Acknowledgement),
        "好的|好滴|好嘞|好吧|好|嗯嗯|嗯|嗯呢|行|行吧|可以|明白了|明白|知道了|知道|收到|了解|了解了|懂了|懂|清楚了|ok|okay|哦|噢|哦哦|喔|\
         哈哈|哈哈哈|嘿嘿|呵呵|没事|没关系|这样啊|这样子|原来如此|原来是这样|是这样|对的|是的|对|是|got it|fine|sure|haode",
    ),
    (
        Talk(Chat),
        "讲个笑话|讲笑话|说个笑话|来个笑话|讲个故事|讲故事|写首|写诗|作首|写歌|写作文|写篇作文|写情书|吃啥|吃什么|中午吃|晚上吃|早上吃|好吃的|哪家好吃|\
         饭店推荐|推荐个饭店|推荐餐厅|外卖点|喝酒|奶茶|天气|气温|下雨|下雪|刮风|台风|冷死|热死|好冷|好热|太热了|太冷了|心情|难过|伤心|郁闷|烦死了|好烦|\
         好累|累死了|睡不着|失眠|陪我聊|聊两句|聊聊天|聊会天|聊会儿|聊个天|唠嗑|球赛|足球|篮球|世界杯|国足|泰山队|nba|无聊|我爱你|喜欢你|找女朋友|没女朋友|找男朋友|没男朋友|找对象|\
         没对象|相亲|失恋|分手|结婚吧|人多不多|去哪玩|好玩吗|去旅游|旅游攻略|爬山|赶海|钓鱼|看海|养马岛|蓬莱阁|烟台山|看电影|好看的电影|追剧|看综艺|唱歌|唱首|听歌|打游戏|玩游戏|王者荣耀|\
         打麻将|星座|算命|运势|属相|彩票|双色球|买股票|股票推荐|买基金|炒股|房价会|油价|金价|减肥|感冒|发烧|头疼|几点了|现在几点|今天星期几|今天几号|\
         今天周几|1+1|一加一|几加几|翻译成|翻译一下|背首诗|古诗|脑筋急转弯|猜谜|成语接龙|你真笨|你好笨|你真可爱|你好可爱|你真漂亮|生日快乐|新年快乐|\
         周末愉快|春节快乐|中秋快乐|joke|weather|sing a song|tell me a story|love you",
    ),
    (
        Filler,
        "请问|请教一下|请教|问一下|想问一下|我想问|想问|问问|咨询一下|咨询个事|打听一下|打听个事|你好啊|你|您|我|们|啊|呀|哈|呢|吧|哦|噢|了|吗|嘛|么|\
         的|呗|哇|啦|哎|诶|欸|喂|嗯哼|那|就|都|很|真|太|挺|还|也|又|先|给|来|个|是|有|一下|一个|今天|昨天|昨晚|今晚|中午|师傅|老师|亲|同志|小助手|\
         助手|机器人|政企通|客服|so much|very much|a lot|you|there|please|the|a|really|会|不|能|吗|怎么样|咋样|好不好|行不行|so|非常|十分|特别|\
         ！|!|。|，|,|~|～|？|\\?|、|…|\\.| |；|;|：|:|😂|😀|😄|😁|😃|😆|🤣|😅|😎|🤔|😭|😢|😡|💪|👌|👏|✌|🙂|😉|😍|🥰|😘",
    ),
    (
        Business,
        "公司|企业|政策|补贴|补助|申请|办理|办|证|税|社保|材料|条件|注册|登记|注销|执照|许可|专利|商标|贷款|园区|项目|厂|店|经营|投资|招商|减免|优惠|\
         备案|审批|资质|认定|产业|行业|开业|开个|备案|许可证|培训|场馆|俱乐部|赛事|扶持|奖励|票|报|人才|适用|范围|资格|多久|几天|哪|多少|怎么|如何|啥时候|什么时候|流程|地址|电话|咋",
    ),
];

static CUES: LazyLock<Cues<Sign>> = LazyLock::new(|| Cues::new(SIGNS));

/// Chat may have a few letters beside its cue; a longer message is about something else.
const LETTERS_OF_CHAT: usize = 24;

/// A courtesy with more letters than this beside it is no mere courtesy.
const LETTERS_BESIDE: usize = 2;

/// The small talk a normalised message consists of; `None` when there is anything else to it.
#[must_use]
pub(super) fn small_talk(message: &str) -> Option<SmallTalk> {
    let closed = closed_up(message);
    let pieces = CUES.read(&closed);
    if pieces.iter().any(|piece| piece.class == Some(Business)) {
        return None;
    }
    let beside: usize = pieces.iter().filter(|piece| piece.class.is_none()).map(|piece| letters(piece.text)).sum();
    let said = |kind: SmallTalk| pieces.iter().any(|piece| piece.class == Some(Talk(kind)));
    if said(Identity) && beside <= LETTERS_OF_CHAT / 2 {
        return Some(Identity);
    }
    if said(Chat) && letters(&closed) <= LETTERS_OF_CHAT {
        return Some(Chat);
    }
    let spoken: usize =
        pieces.iter().filter(|piece| matches!(piece.class, Some(Talk(_)))).map(|piece| letters(piece.text)).sum();
    let is_emoji = spoken == 0;
    if beside > LETTERS_BESIDE || (beside > spoken && !is_emoji) {
        return None;
    }
    // Thanks say more than the greeting or the 好的 before them.
    [Thanks, Farewell, Greeting, Acknowledgement].into_iter().find(|kind| said(*kind))
}

/// A normalised message without the courtesies at its beginning and end, as long as anything is left.
///
/// # Examples
///
/// ```
/// # use zhengqitong::domain::route::without_courtesies;
/// assert_eq!(without_courtesies("你好,请问注销要多久?谢谢"), "注销要多久?");
/// assert_eq!(without_courtesies("好的,那材料呢"), "那材料呢");
/// assert_eq!(without_courtesies("谢谢"), "谢谢");
/// ```
#[must_use]
pub fn without_courtesies(message: &str) -> &str {
    let pieces = CUES.read(message);
    let is_courtesy = |piece: &&Piece<'_, Sign>| {
        matches!(piece.class, Some(Talk(Greeting | Thanks | Farewell))) || is_opening(piece) || is_sign(piece.text)
    };
    let before: usize = leading(&pieces, is_courtesy);
    let after: usize =
        pieces[before..].iter().rev().take_while(|piece| is_trailing(piece)).map(|piece| piece.text.len()).sum();
    let start: usize = pieces[..before].iter().map(|piece| piece.text.len()).sum();
    let rest = message[start..message.len() - after].trim();
    if letters(rest) == 0 { message } else { rest }
}

/// How many pieces at the beginning are courtesies. Agreement counts only where a sign ends it: 好的，那… but not 好企业.
fn leading(pieces: &[Piece<'_, Sign>], is_courtesy: impl Fn(&&Piece<'_, Sign>) -> bool) -> usize {
    let mut count = 0;
    let mut at = 0;
    while let Some(piece) = pieces.get(at) {
        let is_agreement = piece.class == Some(Talk(Acknowledgement));
        if is_courtesy(&piece) {
            at += 1;
            count = at;
        } else if is_agreement || matches!(piece.text, "啊" | "呀" | "哈" | "哦" | "了" | "吧" | "你" | "您") {
            at += 1;
            if pieces.get(at).is_some_and(|next| is_sign(next.text)) {
                count = at;
            } else if is_agreement {
                break;
            }
        } else {
            break;
        }
    }
    count
}

fn is_opening(piece: &Piece<'_, Sign>) -> bool {
    matches!(
        piece.text,
        "请问"
            | "请教一下"
            | "请教"
            | "问一下"
            | "想问一下"
            | "我想问"
            | "想问"
            | "咨询一下"
            | "咨询个事"
            | "打听一下"
            | "打听个事"
            | "喂"
            | "亲"
    )
}

fn is_trailing(piece: &Piece<'_, Sign>) -> bool {
    matches!(piece.class, Some(Talk(Thanks)))
        || matches!(piece.text, "了" | "啊" | "哈" | "您" | "!" | "~" | "," | "，" | " ")
}

fn is_sign(text: &str) -> bool {
    !text.is_empty() && letters(text) == 0
}
