"""Sentences of 21 published reports that nobody had looked at while the rules of the text were written, measured once.

Names are replaced. ``CLAIMS`` say what a table says: (sub-heading, sentence, year, figures that agree, figures that
contradict, the rule that must find it); ``OTHERS`` claim nothing that a table holds. Once a rule is written for one of
them it belongs to tests/narratives.py, and another report's sentence in its place.
"""

from __future__ import annotations

from tests.test_published_sentences import R, a_return, r
from toolkit.answers import Number
from toolkit.checking.text import check_text

Figures = dict[str, Number | str]
APPLY, OPEN, WATCH, MANAGE = "（二）依申请公开", "（一）主动公开", "（五）监督保障", "（三）政府信息管理"
SUITS: Figures = {"t4.review.upheld": 1, "t4.suit_direct.upheld": 1}
NONE: Figures = {}
CLAIMS: tuple[tuple[str, str, int, Figures, Figures, str], ...] = (
    (APPLY, "2023年,我局未收到政府信息公开申请。", 2023, NONE, r(3), "N1"),
    (
        APPLY,
        "2023年度,甲市累计办理公民、法人或其他组织通过市政府门户网站、邮寄等途径依申请公开信息合计12件,已全部按期限答复办结,办结率100%。",
        2023,
        r(12),
        r(15),
        "N1",
    ),
    (APPLY, "未发生因政府信息公开申请行政复议、提起行政诉讼情况。", 2023, NONE, SUITS, "N3"),
    (APPLY, "本单位2022年度共受理信息公开申请1件。", 2022, r(1), r(2), "N1"),
    (APPLY, "全年共受理政府信息公开申请8件,全部依法依规按时办结。", 2022, r(8), r(6), "N1"),
    (APPLY, "2024年,甲街道受理依申请信息公开0件。", 2024, NONE, r(4), "N1"),
    (APPLY, "2024年,甲街道无因政府信息公开工作被申请行政复议 、提起行政诉讼方面的情况。", 2024, NONE, SUITS, "N3"),
    (
        APPLY,
        "2024年,我街道累计收到依申请信息公开件6件,未因信息公开收取公民、法人和其他组织等任何费用。",
        2024,
        r(6),
        r(7),
        "N1",
    ),
    (APPLY, "2024年度我街道共收到政府信息公开申请15件。", 2024, r(15), r(14), "N1"),
    (APPLY, "2024年,我单位收到群众依申请公开1件,均已按要求进行答复。", 2024, r(1), r(5), "N1"),
    (APPLY, "收到申请政府信息公开事项3件,已进行行政答复。", 2024, r(3), r(8), "N1"),
    (APPLY, "收到针对我街道信息公开事务的行政复议0件。", 2024, NONE, SUITS, "N3"),
    (APPLY, "收到针对我街道信息公开事务的行政诉讼0件。", 2024, NONE, SUITS, "N3"),
    (APPLY, "2021年,我局未发生依申请公开政府信息方面的行政复议和行政诉讼。", 2021, NONE, SUITS, "N3"),
    (APPLY, "2021年,我局收到政府信息依申请公开办理事项1件,已在规定时间内办结答复。", 2021, r(1), r(3), "N1"),
    (APPLY, "本年度,市乙局共受理政府信息公开申请8件,申请内容属于咨询并在法定期限内予以答复。", 2025, r(8), r(9), "N1"),
    (
        APPLY,
        "2025年区乙局未收到政府信息公开申请,也未发生因政府信息公开而产生的行政复议和提起行政诉讼的案件。",
        2025,
        NONE,
        r(2),
        "N1",
    ),
    (
        APPLY,
        "2025年区乙局未收到政府信息公开申请,也未发生因政府信息公开而产生的行政复议和提起行政诉讼的案件。",
        2025,
        NONE,
        SUITS,
        "N3",
    ),
    (
        APPLY,
        "2025年度市乙局接收到申请书55份,申请公开的政府信息主要涉及征地信息、规划信息等方面。",
        2025,
        r(55),
        r(50),
        "N1",
    ),
    (
        APPLY,
        "全年共新收到政府信息公开申请12件,上年结转2件,均已依法按期办结。",
        2025,
        {R: 12, "t3.r2.natural": 2, "t3.r3_1.natural": 14},
        {R: 13, "t3.r2.natural": 2, "t3.r3_1.natural": 15},
        "N1",
    ),
    (
        APPLY,
        "全年共新收到政府信息公开申请12件,上年结转2件,均已依法按期办结。",
        2025,
        {R: 12, "t3.r2.natural": 2, "t3.r3_1.natural": 14},
        {R: 12, "t3.r2.natural": 3, "t3.r3_1.natural": 15},
        "N1",
    ),
    (APPLY, "全年共收到政府信息公开申请12件,其中网络申请11件,信函申请1件。", 2025, r(12), r(11), "N1"),
    (
        APPLY,
        "所有申请均按规定时限、法定程序予以答复,其中予以公开3件,部分公开1件(因涉及个人隐私,经作区分处理)。",
        2025,
        {R: 4, "t3.r3_1.natural": 3, "t3.r3_2.natural": 1},
        {R: 4, "t3.r3_1.natural": 2, "t3.r3_2.natural": 1, "t3.r3_6_3.natural": 1},
        "N2",
    ),
    (
        OPEN,
        "主动公开市政府规章13件(含新制定5件,修改4件,废止4件),主动公开市政府和市政府办公厅行政规范性文件42件,人事任免文件106件。",
        2022,
        {"t2.rules.issued": 5, "t2.rules.repealed": 4, "t2.normative.issued": 42},
        {"t2.rules.issued": 5, "t2.rules.repealed": 4, "t2.normative.issued": 40},
        "N4",
    ),
    (
        OPEN,
        "主动公开规章12件,行政规范性文件43件,市政府其他文件93件。",
        2020,
        {"t2.rules.issued": 12, "t2.normative.issued": 43},
        {"t2.rules.issued": 12, "t2.normative.issued": 41},
        "N4",
    ),
)
OTHERS: tuple[tuple[str, str, int], ...] = (
    (OPEN, "截止2023年12月31日我局通过官方网站发布政务类信息34条,概况类信息150条。", 2023),
    (OPEN, "全年上海市人民政府网站共发布各类信息46106条。", 2022),
    (OPEN, "全年共举办191场市政府新闻发布活动,市政府领导出席新闻发布会共计25人次。", 2022),
    (OPEN, "其中,疫情防控新闻发布会累计举行151场,及时对外发布最新动态。", 2022),
    (
        OPEN,
        "2023年,我局主动在门户网站公开政府信息50条。在主动公开的信息中,政策法规类的信息4条,业务工作类的信息10条,信息公开30条,统计数据信息6条。",
        2023,
    ),
    (OPEN, "全年更新工作动态、养老服务和社会救助信息162条。", 2023),
    (MANAGE, "2023年,共办理政府12345热线47件,已全部办结,回复率和满意率均达100%。", 2023),
    (OPEN, "各栏目共刊发文稿、通知、公告、公示等44篇。", 2023),
    (OPEN, "“甲发布”微信公众号发布信息576条,“甲发布”微博账号发布信息168条。", 2023),
    (MANAGE, "2023年,市政府网站发布了72条权威准确的解读。", 2023),
    (
        OPEN,
        "累计主动公开政府信息12条(均在政府网站我单位专栏中公开)。在主动公开的信息中,政务信息公开指南1条,占8%;其他公文5条,占41%;决算预算2条,占17%,采购目录及收费标准2条,占17%,公示公告及其他类信息2条,占17%。",
        2022,
    ),
    (
        OPEN,
        "2022年,政府网站主动公开政府信息173769条。市政府及其部门主动公开政府信息75656条,县(区)政府及其部门主动公开政府信息98113条。",
        2022,
    ),
    (
        OPEN,
        "二是通过编发政府公报公开政府信息1200册。三是通过微博、微信公开政府信息53536条。四是通过新闻媒体发布政府信息53157条。",
        2022,
    ),
    (OPEN, "主动在政务公开网上公开政府信息累计49条,其中政务信息公开14条,基层政务6条,工作动态27条,通知公告2条。", 2024),
    (
        OPEN,
        "今年,我街道通过区政府信息公开网站公开政府信息20条内容涉及公告公示、组织机构、政策文件、政府公开年报及重点领域信息公开7大类。",
        2024,
    ),
    (OPEN, "全面公开组织机构、政策61条。", 2024),
    (OPEN, "通过市人民政府信息公开网站主动公开规划信息、统计信息、许可服务、处罚强制、财政资金等共计80余条。", 2024),
    (
        OPEN,
        "截至2024年12月31日,甲镇政府通过多种渠道累计主动公开政府信息424条,具体包括:政府网站:发布信息42条,微信公众号:发布信息212条。",
        2024,
    ),
    (
        OPEN,
        "2024年,甲街道在政府网站上发布主动公开政府信息共68条,其中重大决策执行信息6条,基层重点领域信息17条,其他信息45条。在新媒体上,更新160次,共计公开378条。",
        2024,
    ),
    (OPEN, "通过信息公开平台公开政府信息25条;通过掌上APP发布信息716条。", 2024),
    (OPEN, "全年通过局门户网站主动公开信息共计1103条,涵盖信息公开目录103条、概况类信息34条、政务动态323条。", 2025),
    (OPEN, "发布公告公示25条,信息“双公示”67条。", 2025),
    (OPEN, "通过局门户网站发布各类信息2960条。主动公开类文件全部实行档案化管理,2025年主动公开文件数量为0。", 2025),
    (OPEN, "公开农业领域行政许可事项清单、办事指南、流程及结果信息383条;依法公示行政处罚40条。", 2025),
    (WATCH, "未发生因政府信息公开申请引发的行政复议被纠错或行政诉讼败诉情况。", 2025),
    (OPEN, "及时公开局机关机构设置、职能、负责人信息,以及涉农法律法规、规章、规范性文件及解读信息3条。", 2025),
)

SLIPS: tuple[tuple[str, str, int, str], ...] = (
    (
        OPEN,
        "市政府门户网站公开全市各类政府信息共计3437条,包括:人事信息12条,政务动态1740条,公告公示225 条,解读及回应信息共计110条,其他类信息1827条。",
        2023,
        "N6",
    ),
    (
        OPEN,
        "主动公开各类政府信息共计363条。其中公示公告352条,工作报告1条,预算决算公开3条,政策解读3条,信息公开年报1条。",
        2025,
        "N6",
    ),
)
"""Published sentences that contradict themselves."""


def measured() -> tuple[list[str], list[str]]:
    """Return the claims and slips that are not found, and the sentences that are accused though the tables agree."""
    missed = [text for head, text, year, code in SLIPS if code not in _codes(NONE, text, year, head)]
    missed += [text for head, text, year, _, other, code in CLAIMS if code not in _codes(other, text, year, head)]
    agreeing = [(head, text, year, figures) for head, text, year, figures, _, _ in CLAIMS]
    silent = [
        (head, text, year, SUITS | {"t2.penalty.decisions": 40} if head == WATCH else {"t2.penalty.decisions": 40})
        for head, text, year in OTHERS
    ]
    return missed, [text for head, text, year, figures in [*agreeing, *silent] if _codes(figures, text, year, head)]


def _codes(figures: Figures, text: str, year: int, head: str) -> list[str]:
    got = check_text(a_return(figures, text, year=year, head=head))
    return [one.code for one in got if one.code != "N10"]
