//! The parts of which people make the wish for a person, and the words that only look like one.

/// What a stretch of a message says about the wish for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Looks like a part of the wish, and names a matter instead: 人工智能.
    Matter,
    /// Looks like a part of the wish, and says nothing: 接下来, 后来.
    Nothing,
    /// The wish itself.
    Wish,
    /// The wish to be called, written to or met.
    CallMe,
    /// A word that in this place can only mean one of our people.
    Person,
    /// Somebody who may be one of our people: 领导, 老师, 负责人.
    Somebody,
    /// 找个人, 换人: fetching and the person in one.
    Somebodies,
    /// 转, 接, 找, 叫: fetching.
    Fetch,
    /// 有, 能不能: wanting; weaker than fetching.
    Want,
    /// 给个, 留个: handing over.
    Give,
    /// 在吗, 呢: is somebody there.
    Present,
    /// 有人吗, 人呢: is anybody there.
    Anybody,
    /// 说, 聊, 讲: what the person shall do.
    Speak,
    /// 回电话: the way on which it shall be done.
    Call,
    /// 电话, 微信: where the person is reached.
    Phone,
    /// 我, 我们公司: for whom.
    Me,
    /// 跟, 让, 给.
    With,
    /// 机器人: what the person shall stand in for.
    Machine,
    /// 不要, 听不懂: what is wrong with it.
    Fault,
    /// 投诉: a complaint of one's own when one says so.
    Complaint,
    /// 我要, 我想: says so.
    Intend,
    /// 代办, 上班: what people are hired for; then nobody of ours is meant.
    Hire,
    /// 怎么, 多少: a question is asked.
    Ask,
    /// 说是真的吗, 推销: somebody else has called.
    Stranger,
    /// 请, 麻烦, 急: politeness, haste and small words.
    Courtesy,
    /// A sign that ends a clause.
    Break,
}

use Sign::{
    Anybody, Ask, Break, Call, CallMe, Complaint, Courtesy, Fault, Fetch, Give, Hire, Intend, Machine, Matter, Me,
    Nothing, Person, Phone, Present, Somebodies, Somebody, Speak, Stranger, Want, Wish, With,
};

/// The words by sign. Normalised text without spaces between Chinese characters.
pub(super) const SIGNS: &[(Sign, &str)] = &[
    (Break, "，|。|？|；|、|,|.|?|;|!|…|~|\n"),
    (
        Matter,
        "被打回|打回来了|找到活|找着活|高校专家|科研专家|技术专家|行业专家|专家合作|对接专家|磨得看不清字|章看不清字|上级改判|上级机关|上级部门|\
         上级单位|让业务员|业务员用|业务员开|让会计|人工智能|人工智|人工成本|人工成|人工费|人工工资|人工单价|人工审|人工核|人工复核|人工录|人工填|人工申报|人工报|人工做|人工办|\
         人工窗口|人工降雨|人工草|人工养|人工繁育|人工鱼礁|人工授|人工林|人工岛|人工湖|人工心脏|人工关节|人工骨|人工晶体|人工耳蜗|\
         人工器官|人工种|人工合成|人工影响|人工多|人工少|人工贵|人工高|人工低|人工支出|人工开支|人工薪酬|人工计|人工算|人工一天|\
         人工每|人工一个月|用人工|雇人工|招人工|缺人工|省人工|靠人工|纯人工|减少人工|代替人工|\
         专员制|专员是什么|专员是干|专员岗|报关专员|网络专员|人事专员|行政专员|招聘专员|销售专员|当专员|做专员|评价专员|\
         专员负责|专员收费|专员要收|专员服务制|专员能帮企业|专员都|专员可以做什么|专员管几|专员服务的|专员服务是|专员一般|对口专员|服务企业专员制度|服务专员制|专员是不是|专员有什么用|\
         真人还是|是不是真人|是真人吗|你是机器人|是机器人吗|是不是机器人|\
         客服外包|客服电话外包|外包客服|客服中心|客服岗|做客服|客服公司|客服行业|呼叫中心|客服系统|客服软件|客服业务|客服团队|\
         真人秀|真人cs|真人密室|真人ng|真人游戏|真人版|真人认证|真人核验|真人照|活人感|\
         机器人企业|工业机器人|机器人产|机器人公司|机器人购|机器人补|机器换人|机器设备|机器人研|机器人制造|机器人餐厅|机器人项目|\
         机器人行业|服务机器人|买机器|卖机器|扫地机器人|机器人展|机器人生产|机器人厂|机器加工|机器折旧|程序员|电脑店|电脑设备|\
         转让|转型|转化|转移|转股|转正|转贷|转岗|转登记|转一般|转小规模|转公司|转产|转办|个转企|公转私|转增|转出|转入|转租|转学|\
         转固|个转|转业|转签|转板|转专业|转成公司|转为|转成企业|转口|\
         接待|接口|接入|接电|接水|接气|接管|接班|承接|接订单|接单|接网|接驳|接手|\
         对接会|对接平台|对接服务|银企对接|产销对接|供需对接|来料|来烟台|来投资|来样|来华|\
         聘请|邀请|人才|法人|自然人|债权人|残疾人|退役军人|军人|商人|承包人|联系人|投资人|外国人|申请人|经营人|管理人|发包人|代理人|\
         受益人|受益所有人|人数|人均|人力|人事|人社|人民|人防|人口|人大|人行|人寿|招人|用人|裁人|雇人|缺人|聘人|养人|无人|私人|\
         换法人|法人换人|换证|换发|换股东|换公司|换地址|换个地址|换个名|换名|换个地方|换负责人|换人当|换人做|换执照|换账户|换会计|\
         办税人员|从业人员|科技人员|研发人员|技术人员|工作人员少|工作人员工资|工作人员数|工作人员社保|专业人员|退休人员|招聘人员|\
         引进人员|人员名单|销售人员|外籍人员|从事人员|\
         找不到|找工作|找工人|找投资|找代|找厂房|找场地|找地方|找个地方|找银行|找合作|找律师|找会计|找资金|找担保|找个担保|找项目|\
         找贷款|找房|找个门面|找客户|找个代|找供应|\
         联系地址|联系单|电话费|电话销售|电话会议|固定电话|公司电话|电话变|电话换|换电话|改电话|打电话能|打电话办|打电话可以|打电话查|\
         打电话给谁|打电话问谁|打哪个电话|打什么电话|打12345|投诉电话|举报电话|咨询电话|电话是多|电话多少|电话几|电话号码是|热线电话|\
         服务电话|监督电话|局电话|局的电话|部门电话|中心电话|大厅电话|窗口电话|\
         微信支付|微信公众号|微信小程序|微信收|微信平台|企业微信|微信能|微信可以|微信上|微信群|微信办|微信商户|\
         视频公司|视频会议|短视频|音视频|视频监控|视频平台|视频网站|\
         上门服务|上门检查|上门收|上门核|上门取|上门安装|上门维修|上门执法|上门办证|见面会|当面签|当面交|当面验|当面提交|\
         投诉渠道|投诉处理|投诉平台|投诉多久|投诉时限|投诉流程|投诉方式|投诉怎么|投诉去|投诉到哪|投诉找谁|投诉材料|投诉信|投诉后|\
         被投诉|被客户投诉|被人投诉|被消费者投诉|有人投诉|客户投诉|消费者投诉|投诉举报|投诉机制|投诉中心|投诉给谁|投诉哪|投诉率|\
         举报奖|举报有奖|举报税|被举报|被人举报|有人举报|举报渠道|举报怎么|举报多久|举报去|举报材料|举报平台|举报属实|\
         反映企业困难|反映问题多久|反映问题的|反映的事|反映情况的|反映渠道|反映困难的|意见反馈|意见书|办理意见|征求意见|意见稿|\
         诉求办理|企业诉求|诉求时限|诉求平台|诉求多久|\
         领导干部|领导小组|领导班子|专家评审|专家工作站|专家库|专家论证|专家组|高层次专家|引进专家|老师傅|外教老师|教师|老师资格|\
         培训老师|财务负责人|负责人变更|负责人签字|分公司负责人|负责人登记|办税负责人|项目负责人|负责人要|主管部门|主管单位|主管税务|\
         主管机关|主管局|领军|经办人授权|经办人身份证|经办人需要|经办人要|经办人带|经理人|经理层|客户经理|项目经理|总经理|经办银行|\
         谈判|洽谈|咨询费|咨询公司|咨询服务|咨询业|讲座|讲师|讲解员|聊城|说明书|\
         human resource|human resources|human capital|patent agent|trademark agent|tax agent|customs agent|agent fee|foreign staff|\
         service commissioner do|commissioner do|customer service outsourcing|customer service center|customer service company|\
         outsourcing|call center|call centre|robot manufacturer|robot company|robot industry|industrial robot|robot subsidy|one person|\
         person in charge|legal person|per person|representative office|legal representative|chief representative|rengongzhineng|\
         rengong zhineng|rengongchengben|rengong chengben|rengongfei|rengong fei",
    ),
    (
        Nothing,
        "转账|好转|周转|流转|转发|转告|接受|接收|接到|接送|间接|衔接|接着|接下来|接触|迎接|原来|后来|未来|将来|往来|本来|来源|近来|\
         以来|从来|看来|下来|进来|上来|带来|来办|来了|主要|要求|重要|必要|要素|要点|要闻|需要什么|要什么|要多|要不要|要几|要带|要交|\
         要准备|叫什么|叫啥|叫停|请问|请教|申请|请示|请款|请假|老人|本人|别人|他人|家人|工人|新人|成人|个人|一人|两人|几人|人头|人脸|\
         人名|人气|人流|人家|人身|换个说法|换个问题|换个话题|换句话|找谁|联系电话|联系方式|联系不上|电话号|说明|说法|小说|传说|据说|\
         问题|问答|访问|首席|人员|有人来|有人冒|有人拖|有人欠|派了|换了|找了|叫了|请了|接了|换人了|有人说|有人给",
    ),
    (
        Wish,
        "转人工|人工客服|人工服务|人工坐席|人工座席|人工接听|人工人工|人工回|人工答|人工帮|人工介入|人工处理|人工咨询|人工通道|接人工|有人工|申请人工|申请专员|有人理我|有没有人理|有没有人管我|有没有人接|没人理我|有人理吗|有人理没|没人回我|有人管吗|没人应|有人上班吗|有人值班|有人接吗|\
         请人工|找人工|叫人工|联系人工|转真人|转到有人|真人客服|真人服务|真人坐席|转客服|找客服|叫客服|接客服|要客服|转专员|找专员|联系专员|叫专员|\
         要专员|转接专员|转接人工|转接客服|转到人工|切人工|切到人工|切换人工|切换到人工|呼叫人工|呼叫客服|换人工|上人工|跟人说|和人说|\
         跟人聊|和人聊|转接线员|找工作人员|找你们工作人员|见工作人员|人工电话|客服电话|人工热线|客服热线|人工在哪|客服在哪|真人在哪|跟人讲|跟人沟通|跟人谈|\
         talk to a human|talk to human|talk to a person|talk to someone|talk to somebody|talk to an agent|talk to a real|\
         speak to a human|speak to a person|speak to someone|speak to somebody|speak to an agent|speak with someone|\
         speak with a|speak to a|talk with a|talk to a|chat with a human|chat with a person|i want a human|need a human|\
         real person|real human|actual person|actual human|live agent|live person|live chat|human please|human agent|human support|\
         human help|human being|call me back|call me|contact me|contact us|call us|connect me|transfer me|get me a person|\
         give me a person|give me a human|get me a human|is anybody there|is anyone there|anybody there|anyone there|\
         anyone i can talk|someone i can talk|get me a representative|speak to your|talk to your|speak with your|talk with your",
    ),
    (
        CallMe,
        "给我回|给我们回|回我电话|回我个电话|打我手机|打我电话|打给我|打给我们|打给你们|打过来|打过去|打回来|我自己打|回过来|加我微信|\
         加我|加个微信|加微信|加你微信|加你们微信|加好友|加个好友|联系我|联系我们|联系我司|跟我联系|和我联系|与我联系|跟我们联系|\
         与我司联系|与我公司联系|联系本公司|联系一下我|给我打电话|给我打个电话|给我们打电话|给我来电|给我来个电话|电话沟通|电话里说|\
         电话说|电话聊|电话联系我|电话讲|当面问|当面谈|当面说|当面聊|当面咨询|当面讲|面谈|见面谈|见面聊|留个电话|留个号码|留电话|\
         留个联系|留下电话|微信可以加|语音说|语音吗|发语音|语音聊|不会打字|打字慢|打字费劲|打不了字|不想打字|不识字|认不得字|看不清字|微信聊|微信说|视频给我|视频讲|通个话|通个电话|通电话",
    ),
    (
        Person,
        "人工|真人|活人|大活人|服务员|活的人|活的|客服|客服人员|工作人员|专员|服务专员|政策专员|服务企业专员|企业服务专员|企业专员|坐席|座席|\
         接线员|话务员|办事员|办事人员|值班员|值班人员|值班的|值班的人|值班老师|你们的人|你们那边的人|你们那的人|你们单位的人|你们同事|\
         你们领导|你们老师|你们主任|你们经理|你们负责人|你们负责的|你们主管|你们头|你们头儿|你们工作人员|你们局长|你们科长|你们这边的人|\
         科室的人|单位的人|管事的|能做主的|说了算的|懂行的|懂政策的|能解决的|会说人话的|能说话的|会办事的|明白人|大领导|人话|\
         human|humans|operator|agent|an agent|staff|representative|staff member|customer service|a person|somebody|person|people",
    ),
    (
        Somebodies,
        "找个人|找人|找一个人|找一位|找位|找个懂|找懂|找个明白|找个会|找个能|找个管|找管|找个说|找个负责|找个专业|找个靠谱|找个真|找个活|\
         叫个人|叫人|叫个懂|叫个能|叫个会|叫个明白|喊个人|喊人|换个人|换人|换个懂|换个会|换个明白|换个能|换一个人|换一位|换个真|换个活|\
         来个人|来个懂|来个活|来个真|来个能|来个会|来一个人|来人|出来个人|出来一个|派个人|派人|派一个人|派一位|派位|派个专|派个懂|\
         安排个人|安排人|安排一个人|安排一位|安排专人|安排人员|安排个懂|接个人|接人|接个懂|转个人|转给人|换成人|换成真人|换真人|换活人|\
         给个人|请个人|请人|叫个大人|谁来给|谁能给|谁给我|谁来帮|谁能帮|谁可以给|谁可以帮|谁能来|谁来教|谁能教|有专人|请专人|让人|叫专人|派专人|专人|预约一个人|预约个人|求个人",
    ),
    (
        Somebody,
        "领导|头儿|主任|经理|主管|负责人|负责的人|负责的|老师|同志|师傅|专家|经办人|经办的人|具体经办|经办|管这块的|管这块的人|管这|\
         管这个的|管这事的|懂的|懂的人|业务员|小姐姐|小哥|大姐|同事|局长|科长|书记|大人|上级|服务员|管理员|组长|处长|officer|your office|那个人|的人吗|的人么|的人没|someone|anyone|anybody|a staff|your staff|\
         the staff|the officer|an officer|officer",
    ),
    (
        Fetch,
        "转接到|转接|转到|转给|转|接通|接一下|接下|接|对接一下|对接|找一下|找下|找|叫一下|叫来|叫|喊|换个|换成|换|派个|派|安排|联系到|\
         联系上|联系一下|联系下|联系|呼叫|连线|切换|切到|切|请个|请一位|来个|来一位|见|connect|transfer|get me|give me",
    ),
    (Intend, "我要|我想|我们要|我们想|我得|我司要|本公司要|我需要|想要|要|想|需要|急需|恳请|望|希望"),
    (
        Want,
        "有没有|有无|能不能|可不可以|可以|能否|能|有|i want|i need|can i|could i|is there|need|want|get|have|find|can you|let me",
    ),
    (Give, "给个|给我个|给一个|给我一个|留个|发个"),
    (Present, "在吗|在不在|在么|在线吗|在线|在不|呢|值班|hello"),
    (Anybody, "人呢|没人|没有人|有人吗|有人没|有没有人|有人在|有人在吗|有人在线|谁在|anyone|有人"),
    (
        Speak,
        "说话|说说|说清|说一下|说|讲讲|讲清|讲|聊聊|聊天|聊一下|聊|谈谈|谈|沟通|交流|通话|对话|问问|问清|问|咨询|回答|答复|回复|解答|解释|\
         处理|介入|服务|帮我看|帮我看看|帮我弄|帮我|帮忙|帮|教教|教|指导|管管|跟进|回访|对我|答|看看|解决|对接|talk|speak|chat|say|contact|help|call",
    ),
    (
        Call,
        "打电话|打个电话|回电话|回个电话|回电|回个话|回话|接电话|来电话|来个电话|电话联系|电话回|手机号|见面|上门|来我厂|来厂里|来公司|\
         来我公司|来企业|到我公司|到我厂|到公司来|来一趟|过来一趟|过来看看|call back|phone me|ring me",
    ),
    (Phone, "电话|号码|微信|联系方式"),
    (Me, "我们公司|我公司|我们厂|我司|本公司|我们|我厂|我|咱们|咱|俺们|俺|me|us"),
    (With, "跟|和|同|与|给|让|由|to|with"),
    (Machine, "机器人|机器客服|智能客服|机器|ai|自动回复|电脑|程序|智障|bot|robot|a bot|chatbot"),
    (
        Fault,
        "不要|不想|不跟|不和|不用|别让|别用|别拿|别给我|别|不是|受不了|受够|讨厌|烦死|烦人|真累|累死|太累|糊弄|敷衍|滚|听不懂|看不懂|说不明白|\
         说不清|讲不清|答非所问|没用|不管用|不行|不懂|懂什么|解决不了|搞不定|答不上|答不了|帮不了|太笨|太蠢|不好使|stop|not a|don't want|\
         dont want|no more|no bot",
    ),
    (Complaint, "投诉|举报|反映个|反映问题|反映情况|反映一下|要反映|提意见|提个意见|告你们|告状|告他们"),
    (
        Hire,
        "代办|代账|代理|代签|代缴|代写|代替|替我|上班|干活|做账|记账|签字|签名|验收|评审|装修|培训|入职|任职|干这|做高企|做材料|\
         种地|送货|去窗口|去税务|去政务|到窗口|参展|出国|参加|考察|驻点|有补贴|补贴|补助|社保|工资|就业|招聘|当法人|做法人|当股东|挂名|\
         开店|注册|执照|职称|编制|招标|投标|审计|起草|设计|开发|施工|资质|要钱吗|多少钱|收费吗|贷款|担保|把关|常驻|攻关|花钱|要钱|hire|register|tax|subsidy|license|permit",
    ),
    (
        Ask,
        "是什么|是谁|什么是|是干|干什么|干啥|做什么|什么|多少|多久|几天|几点|几个|几家|条件|标准|怎么申请|怎么认定|依据|吗要|去哪|到哪|上哪|在哪|多长时间|哪些|要不要|怎么办|怎么让|怎么查|\
         哪里|哪儿|哪个|how much|what does|what is|which|how many|how to|how do",
    ),
    (Stranger, "是真的|真的吗|骗子|骗人|推销|诈骗|自称|冒充|是不是骗|说能办|说可以|说帮我|说是"),
    (
        Courtesy,
        "请帮我|请帮|麻烦帮忙|麻烦|烦请|劳驾|拜托|谢谢|你好|您好|急急急|急事|急|快点|快|马上|赶紧|立刻|在线等|救命|算了|还是|那|就|直接|\
         一个|个|一下|下|吧|啊|呀|哦|嘛|了|的|来|行不行|行吗|好吗|可以吗|好不好|行|好|吗|么|没|不|你们这边|你们这|你们那|你们单位|你们|有事|请|please|hi|just|here|there|an|the|to|with|by|some|喂|死了",
    ),
];
