//! What the columns are called and what officials are told about them.

use super::column::Field;

/// A column: the field it holds, or the id and category that stand before all fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// `<category>/<slug>`.
    Id,
    /// The category by its name.
    Category,
    /// A key of the topic file.
    Field(Field),
}

/// A column and what to know about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) content: Content,
    pub(crate) header: &'static str,
    pub(crate) is_required: bool,
    pub(super) note: &'static str,
    pub(super) example: &'static str,
    pub(super) width: u16,
}

impl Column {
    /// How wide it is shown, in half-width characters.
    pub(crate) fn width(&self) -> u16 {
        self.width
    }
}

const fn column(
    content: Content,
    header: &'static str,
    is_required: bool,
    width: u16,
    note: &'static str,
    example: &'static str,
) -> Column {
    Column { content, header, is_required, note, example, width }
}

const fn field(
    field: Field,
    header: &'static str,
    is_required: bool,
    width: u16,
    note: &'static str,
    example: &'static str,
) -> Column {
    column(Content::Field(field), header, is_required, width, note, example)
}

/// All columns, in the order in which they are written.
pub(crate) const COLUMNS: [Column; 33] = [
    column(
        Content::Id,
        "编号",
        false,
        26,
        "类别/英文短名，例如 talent/talent-card。已有主题不要改。新主题可以留空，按类别和标题的拼音自动编号。",
        "示例：talent/example",
    ),
    column(Content::Category, "类别", false, 10, "从下拉列表选择。编号已经写了的，可以留空。", "人才"),
    field(Field::Title, "标题", true, 22, "正式名称，最多40字。", "示例人才补贴申领"),
    field(Field::Kind, "类型", true, 8, "政策：资金、税费、扶持；办事：一件要办的事；服务：一个机构或渠道。", "政策"),
    field(
        Field::Summary,
        "摘要",
        true,
        40,
        "一段话说清是什么、多少、给谁，最多200字。",
        "这是一个示例：在示例企业工作的人才可以申领补贴，金额以当年通知为准。",
    ),
    field(
        Field::Status,
        "状态",
        false,
        10,
        "新主题留空按“待核实”导入；写了出处（依据文件）才能写“现行有效”。",
        "待核实",
    ),
    field(Field::ValidFrom, "生效日期", false, 12, "写成 2026-01-01 的样子；没有就留空。", "2026-01-01"),
    field(Field::ValidTo, "失效日期", false, 12, "适用的最后一天（含当天）；没有就留空。", "2026-12-31"),
    field(Field::Successor, "替代说明", false, 20, "到期或废止后由什么代替，用文字写；没有就留空。", ""),
    field(Field::SuccessorTopic, "替代主题", false, 20, "代替它的主题的编号；没有就留空。", ""),
    field(Field::Competent, "主管部门", true, 18, "每行写一个。", "人社局\n财政局"),
    field(Field::Beneficiaries, "适用对象", false, 18, "每行写一个。", "企业\n来烟人才"),
    field(Field::Tags, "检索词", false, 18, "标题里没有、别人可能会搜的词，每行写一个。", "人才补助\n生活补贴"),
    field(Field::VerifiedOn, "核对日期", true, 12, "最近一次核对内容的日期。", "2026-11-22"),
    field(
        Field::Confidence,
        "把握程度",
        false,
        10,
        "高：金额、期限、文号都有可靠出处；中：要核对最新通知。新主题留空按“中”导入。",
        "中",
    ),
    field(
        Field::Citations,
        "依据文件",
        true,
        40,
        "每行写一个：文件名称｜状态｜文号：…｜机关：…｜施行：日期｜到期：日期｜链接：网址。后面几项没有的不写；链接只写确知正确的。",
        "示例人才补贴办法｜待核实｜文号：示人社〔2026〕1号｜机关：示例局｜施行：2026-01-01",
    ),
    field(
        Field::Conditions,
        "申请条件",
        false,
        40,
        "每行写一条。各要素（申请条件至政策依据）至少写一项。",
        "在示例企业工作满一年\n本科及以上学历",
    ),
    field(
        Field::Amount,
        "政策标准",
        false,
        40,
        "给多少、税率、上限，每行写一条。每个数字都要在“数字出处”里写明。",
        "金额以当年通知为准",
    ),
    field(
        Field::Materials,
        "所需材料",
        false,
        36,
        "每行写一个：名称｜形式｜说明：…｜可容缺。形式：原件、复印件、网上提交、原件或复印件；后两项没有的不写。",
        "身份证｜原件\n劳动合同｜复印件｜说明：加盖公章｜可容缺",
    ),
    field(Field::Steps, "办理流程", false, 40, "按先后每行写一步，不用编号。", "网上申请\n审核\n发放"),
    field(Field::TimeLimit, "办理时限", false, 30, "用文字说明，每行写一条。", "每年集中受理一次"),
    field(Field::StatutoryDays, "法定天数", false, 10, "只写数字；没有就留空。", "20"),
    field(Field::PromisedDays, "承诺天数", false, 10, "只写数字，当场办结写0；没有就留空。", "10"),
    field(Field::DaysUnit, "天数单位", false, 10, "写了天数就要选。", "工作日"),
    field(
        Field::Places,
        "办理地点",
        false,
        36,
        "每行写一个：层级｜名称。层级：区级、街道、社区、线上、手机端。",
        "线上｜爱山东App\n区级｜芝罘区政务服务中心综合窗口",
    ),
    field(
        Field::Contacts,
        "咨询电话",
        false,
        26,
        "每行写一个：名称｜号码。只写公共热线，不写个人和窗口电话。",
        "政务服务便民热线｜12345",
    ),
    field(Field::Fee, "收费情况", false, 24, "收费｜说明，或 不收费｜说明。", "不收费｜申领补贴不收费"),
    field(
        Field::Validity,
        "有效期限",
        false,
        30,
        "政策或证件的有效期，用文字写，每行一条。",
        "当年有效，下一年以新通知为准",
    ),
    field(Field::Basis, "政策依据", false, 30, "用文字写，每行一条；依据文件会自动列出，不必重复。", ""),
    field(
        Field::Eligibility,
        "机器条件",
        false,
        36,
        "供系统匹配企业用，每行写一个：条件的文字｜指标 比较 数值。例如：不超过300人｜从业人数 ≤ 300；小微企业｜企业规模 属于 小型企业、微型企业。没有就留空。",
        "",
    ),
    field(
        Field::Questions,
        "问题",
        true,
        40,
        "企业可能怎么问，每行写一个，至少4个，最好8个以上；说法要不同：正式的、口语的、说情况的、简称的。",
        "示例人才补贴怎么申领\n人才补助一年给多少\n刚来上班能领补贴吗\n补贴什么时候发",
    ),
    field(
        Field::CounterQuestions,
        "易混问题",
        false,
        36,
        "看着像本主题、其实属于别的主题的问题，每行写一个：问题｜所属主题的编号。",
        "人才卡怎么办｜talent/talent-card",
    ),
    field(
        Field::Facts,
        "数字出处",
        false,
        36,
        "文中的每个文号、比例、金额都要在这里写明，每行写一个：数字｜出处。",
        "示人社〔2026〕1号｜示例人才补贴办法",
    ),
];

/// The column that a file of failed rows has in addition.
pub(crate) const REASON: &str = "不通过的原因";

/// Rows whose first cell begins like this explain or show, and are no topics.
pub(crate) const NOT_A_TOPIC: [&str; 2] = ["说明", "示例"];
