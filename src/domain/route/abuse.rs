//! What must not be served: code, attempts to override the assistant, other people's data, help with fraud, insults.
//!
//! Two sorts of rule. Some words are never part of a company's question. Others are harmless one by one and only together ask
//! for what must not be given: 导出 and 用户手机号, 教我 and 假材料. A company that asks about its own trouble (被查出虚开怎么办) is let through.

use std::sync::LazyLock;

use crate::domain::cue::{Cues, closed_up, letters};

/// What must not be served, and why: each gets its own answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Abuse {
    /// Code, markup or queries.
    Code,
    /// An attempt to override the assistant, or to put words into its mouth.
    Injection,
    /// What others said, or what the system holds.
    OthersData,
    /// Help with fraud.
    Fraud,
    /// Nothing but an insult.
    Insult,
}

/// What a stretch of a message is to the guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Code,
    Injection,
    /// 忽略, 绕过.
    Override,
    /// 指令, 规则, 以上: what is overridden.
    Rule,
    /// 扮演, 假装.
    Pretend,
    /// 你, 现在起: whom it concerns.
    You,
    /// 导出, 发我: asking for data.
    Give,
    /// 数据库, 用户名单: data that nobody gets.
    Vault,
    /// 隔壁公司, 某某: somebody else.
    Others,
    /// 手机号, 纳税额: what somebody else is owed privacy about.
    Private,
    /// 有限公司, 集团: a firm by name.
    Firm,
    /// 教我, 怎么, 帮我: asking for help.
    Teach,
    /// 骗补, 假材料: fraud.
    Fraud,
    /// 不被发现: getting away with it.
    Evade,
    /// 被查, 处罚: a trouble of one's own.
    Trouble,
    Insult,
    /// 本公司, 我们: one's own data.
    Own,
}

use Sign::{
    Code, Evade, Firm, Fraud, Give, Injection, Insult, Others, Override, Own, Pretend, Private, Rule, Teach, Trouble,
    Vault, You,
};

const SIGNS: &[(Sign, &str)] = &[
    (
        Code,
        "<script|</script|javascript:|onerror=|onload=|onclick=|<img|<iframe|<svg|<body|<?php|<html|<div|drop table|union select|\
         union all select|select *|insert into|delete from|update users|truncate table|alter table|xp_cmdshell|information_schema|\
         sleep(|benchmark(|' or '|' or 1|\" or \"|or 1=1|and 1=1|';--|'--|--;|/*|*/|${|{{|}}|{%|../|..\\|/etc/passwd|/bin/sh|/bin/bash|\
         cmd.exe|powershell|rm -rf|sudo |wget http|curl http|curl -|nc -e|chmod |import os|import sys|import requests|subprocess|os.system|\
         eval(|exec(|system(|print(|console.log|document.cookie|alert(|fetch(|function(|() =>|=> {|public static|public class|#include|int main|\
         def main|def __|lambda x|for(int|for (int|while(true|return 0|\\x00|%00|%3c|%27|&lt;script|base64,|jndi:|ldap:|file://|data:text|\
         select count(|where 1|from users|from enterprise|from dual|having 1|order by 1|group by|null,null|console.|require(|npm install|\
         pip install|git clone|docker run",
    ),
    (
        Injection,
        "ignore previous|ignore all|ignore the above|ignore policy|ignore your|ignore any|disregard|forget your|forget all|forget previous|\
         system prompt|your prompt|initial prompt|your instructions|developer mode|jailbreak|do anything now|dan mode|act as|pretend to be|\
         pretend you|you are now|roleplay|role play|print your|reveal your|repeat after me|repeat the|output your|show me your|bypass|override|\
         api key|apikey|access token|secret key|root access|admin mode|admin password|sudo mode|no restrictions|without restrictions|unfiltered|\
         系统提示词|提示词|系统指令|你的系统提示|初始指令|初始设定|系统设定|管理员模式|开发者模式|调试模式|维护模式|上帝模式|超级管理员|root权限|\
         管理员权限|没有任何限制|不受限制|不受任何限制|解除限制|无限制模式|越狱|重复这句|重复我|重复以下|重复下面|照着说|照着念|跟我念|跟着我说|\
         复述以下|原样输出|以上对话|上面的对话|之前的对话|原样发出|一字不差|我是你的开发|我是你的管理员|我是开发者|我是你的主人|以政府名义|以官方名义|以区政府名义|以街道名义|冒充政府|\
         代表政府宣布|写一份公告|编一份文件|编一个文号|编个文号|伪装成|进入测试模式",
    ),
    (
        Override,
        "忽略|无视|忘记你|忘掉你|忘记之前|忘掉之前|忘记前面|忘掉前面|忘记上面|忘掉上面|忘记所有|忘掉所有|绕过你|绕开你|绕过系统|抛开|抛弃|不要遵守|不用遵守|别遵守|\
         不必遵守|突破你|ignore|forget",
    ),
    (
        Rule,
        "指令|规则|设定|限制|提示|约束|对话|要求|前面的话|之前的话|上面的话|以上所有|以上内容|之前所有|之前的所有|前面所有|上述|先前|安全策略|审核机制|\
         内容审核|你的身份|角色|人设|instructions|rules|prompt",
    ),
    (
        Pretend,
        "扮演|假装|装作|装成|假设你是|假如你是|想象你是|模拟一个|充当|变成一个|从现在起|从现在开始|现在起你|你现在是|你不再是|你将作为",
    ),
    (You, "你是|你|管理员|区长|局长|市长|黑客|律师|没有限制|ai|模型|助手|角色"),
    (
        Give,
        "导出|导一份|拷贝|下载|列出|列一下|打印|输出|dump|发我|发给我|发一份|给我|告诉我|查一下|查查|查询|想知道|我要知道|看看|看一下|提供|泄露|\
         公开|问了什么|问过什么|问了哪些|show|list|export|give me|tell me|print",
    ),
    (
        Vault,
        "数据库|后台|所有用户|全部用户|用户名单|用户列表|用户信息|用户数据|所有企业的|全部企业的|所有企业用户|企业用户的|企业名单和|其他用户|别的用户|\
         上一个用户|前一个用户|上个用户|别人问|别人的问题|别人聊|其他人问|聊天记录|对话记录|会话记录|咨询记录都|日志文件|系统日志|后台密码|数据库密码|管理员密码|系统密码|服务器密码|密钥|token|\
         源代码|源码|配置文件|环境变量|文件路径|服务器地址|服务器ip|接口地址|知识库文件|训练数据|表结构|专员的手机|专员手机号|专员家|专员住|\
         专员身份证|领导的手机|领导手机|所有专员|other users|user data|database|password|source code|conversation history|chat history|env vars",
    ),
    (
        Others,
        "其他企业|别的企业|别家企业|其他公司|别的公司|别家公司|别家|人家公司|隔壁公司|隔壁厂|隔壁那家|对面那家|那家公司|那家企业|那家厂|这家公司的老板|\
         竞争对手|对手公司|对手|同行公司|同行家|某某|某公司|某企业|某家|他们公司|他们厂|他公司|楼上公司|another company|other companies|competitor",
    ),
    (
        Private,
        "手机号|手机号码|私人电话|个人电话|电话号码|老板电话|老板的电话|老板手机|老板微信|法人电话|法人手机|法人的电话|法人的手机|股东电话|身份证|\
         家庭住址|住哪|住址|银行账号|银行卡|账号密码|流水|纳税额|纳税多少|交了多少税|缴了多少税|欠税多少|营业额|利润多少|领了多少|拿了多少|补了多少|\
         得了多少|补贴明细|补贴名单|申报材料|申报书|商业秘密|客户名单|工资表|员工名单|财务报表|的明细|贷了多少|phone number|revenue|tax records",
    ),
    (Firm, "有限公司|有限责任公司|股份公司|集团|化学|食品厂|实业|药业|重工|科技公司|酒业|船厂"),
    (
        Teach,
        "教我|教教我|怎么|如何|咋|帮我|帮忙|怎样|想办法|有没有办法|有什么办法|有啥办法|有没有渠道|能不能|可不可以|给我|想|哪里能|哪里可以|求|how to|help me|teach me",
    ),
    (
        Fraud,
        "假材料|假证|假账|假台账|编一份假|编份假|编个假|编一套假|编套假|做一份假|做份假|做一套假|做套假|弄一份假|弄份假|弄一套假|弄套假|弄个假|开个假|开一份假|假的材料|假的证明|假的合同|假的发票|假的流水|假的台账|假的报表|假合同|假发票|假流水|假报表|假社保|假学历|假专利|造假|做假账|做假|作假|弄虚作假|伪造|编造|虚构|虚报|骗补|骗贷|骗税|骗取|骗退税|\
         逃税|偷税|漏税|避税漏洞|虚开|买发票|卖发票|买专利凑|套取|套补贴|洗钱|两套账|阴阳合同|糊弄审核|糊弄检查|蒙混过关|行贿|送礼给|\
         贿赂|塞红包|走后门|刷流水|包装材料骗|挂靠社保|骗过|钻空子|钻漏洞|隐瞒收入|转移财产逃|fake document|forge|evade tax|launder|bribe",
    ),
    (Evade, "不被发现|不被查|查不出来|查不到|躲过|逃过检查|混过|不让人知道"),
    (
        Trouble,
        "被|冒用|别人|怎么办|申诉|维权|反洗钱|被查|被发现|被举报|被认定|被列|被处罚|处罚|罚款|罚多少|后果|举报|会怎么样|会不会|算不算|算偷税|是不是|怎么处理|后怎么|修复|整改|风险|防止|避免",
    ),
    (
        Insult,
        "傻逼|傻b|煞笔|沙比|傻x|sb|你智障|智障吗|智障机器人|智障东西|真智障|脑残|弱智|白痴|蠢货|蠢猪|笨蛋|你个废物|你这个废物|真是废物|废物机器人|\
         真垃圾|太垃圾|垃圾机器人|垃圾系统|垃圾东西|你个垃圾|垃圾客服|垃圾软件|狗屁|放屁|滚蛋|滚开|滚犊子|去死|去你妈|你妈|妈的|他妈|操你|草泥马|cnm|nmsl|\
         王八|混蛋|狗东西|狗日|骗子|什么玩意|破机器人|破系统|破玩意|没用的东西|吃干饭|饭桶|fuck|shit|stupid|idiot|asshole|bitch|dumb",
    ),
    (Own, "我公司|我们公司|本公司|我司|我们厂|我厂|我自己|本企业|我们企业|我们自己"),
];

static CUES: LazyLock<Cues<Sign>> = LazyLock::new(|| Cues::new(SIGNS));

/// Beside an insult, a message with more letters than this is about something.
const LETTERS_BESIDE_INSULT: usize = 4;

/// Code has many signs that sentences have not.
const CODE_SIGNS: &str = "<>{}[]()=;:\"'$\\|&^`@#*_%+/";

/// Finds what must not be served in a normalised message, with its spaces and without them.
#[must_use]
pub(super) fn abuse(message: &str) -> Option<Abuse> {
    if is_code(message) {
        return Some(Abuse::Code);
    }
    let closed = closed_up(message);
    judged(&closed).or_else(|| if closed.len() < message.len() { judged(message) } else { None })
}

fn judged(message: &str) -> Option<Abuse> {
    let pieces = CUES.read(message);
    let has = |wanted: Sign| pieces.iter().any(|piece| piece.class == Some(wanted));
    if has(Code) {
        Some(Abuse::Code)
    } else if has(Injection) || (has(Override) && has(Rule)) || (has(Pretend) && has(You)) {
        Some(Abuse::Injection)
    } else if (has(Vault) && has(Give)) || (has(Private) && (has(Others) || (has(Firm) && !has(Own)))) {
        Some(Abuse::OthersData)
    } else if has(Fraud) && (has(Evade) || (has(Teach) && !has(Trouble))) {
        Some(Abuse::Fraud)
    } else if has(Insult) && letters_beside(&pieces) <= LETTERS_BESIDE_INSULT {
        Some(Abuse::Insult)
    } else {
        None
    }
}

fn letters_beside(pieces: &[crate::domain::cue::Piece<'_, Sign>]) -> usize {
    pieces.iter().filter(|piece| !matches!(piece.class, Some(Insult | You))).map(|piece| letters(piece.text)).sum()
}

/// A third and more of the visible characters are signs that sentences have not, and hardly any Chinese is there.
fn is_code(message: &str) -> bool {
    let visible = message.chars().filter(|c| !c.is_whitespace()).count();
    let signs = message.chars().filter(|c| CODE_SIGNS.contains(*c)).count();
    let chinese = message.chars().filter(|c| ('\u{4e00}'..='\u{9fff}').contains(c)).count();
    let latin = message.chars().filter(char::is_ascii_alphabetic).count();
    latin >= 6 && signs >= 5 && signs * 5 >= visible && chinese * 10 <= visible
}
