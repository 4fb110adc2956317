"""The appeal: rules adopted, drafted, decided by the command, approved, opened (H29)."""

from datetime import datetime, time
from functools import partial

from boai.foundations.approvals import queries as approvals
from boai.foundations.approvals.services import deciding, opening
from boai.relief.donations.services import appeals
from boai.relief.warehouse.services.stores import open_store
from boai.site.demo.stage import Stage, minutes

SLUG = "fangkong"
TITLE = "疫情防控专项募捐"
PURPOSE = (
    "用于江州市疫情防控：采购医用防护物资，支持定点医院、发热门诊和基层防控；"
    "不提取管理费用；每一笔收支逐日公示，可逐笔查询去向。"
)
RULES = (
    "一、本次募捐所得款物全部用于募捐公告所列用途。\n"
    "二、定向捐赠按捐赠人意愿使用；非定向款物由指挥部统筹、集体决策分配。\n"
    "三、自开放次日起每日公示款物收支。\n"
    "四、捐赠人凭捐赠编号和查询码随时查询去向。"
)


def write(stage: Stage) -> None:
    """Day 0: the appeal. The stores are opened the day before anything arrives."""
    stage.diary.on(0, time(8, 0), partial(_open_stores, stage))
    stage.diary.on(0, time(8, 30), partial(_draft, stage))


def _open_stores(stage: Stage, at: datetime) -> None:
    stage.store_id = open_store(
        stage.people["keeper1"],
        organisation_id=stage.society,
        name="江州国际博览中心仓库",
        address="江州市临江区博览路 1 号",
        at=at,
    )


def _draft(stage: Stage, at: datetime) -> None:
    author = stage.people["programme"]
    rule = appeals.adopt_rule_version(
        author,
        organisation_id=stage.society,
        version="2020-01",
        title="募捐承诺",
        text=RULES,
        at=at,
    )
    stage.appeal_id = appeals.draft_appeal(
        author,
        organisation_id=stage.society,
        slug=SLUG,
        title=TITLE,
        summary="为江州抗疫筹集款物，每一分钱、每一只口罩都查得到去向。",
        purpose=PURPOSE,
        rule_version_id=rule,
        emergency=True,
        target_fen=500_000_000,
        at=at,
    )
    case_id = opening.open_case(
        author,
        kind="donations.appeal",
        subject=f"donations.appeal:{SLUG}",
        organisation_id=stage.society,
        title=f"批准募捐项目：{TITLE}",
        content={"项目": TITLE, "用途": PURPOSE, "规则版本": "2020-01", "紧急": True},
        committee=[member.person_id or 0 for member in stage.committee],
        at=at,
    )
    stage.diary.at(at + minutes(8), partial(_decide, stage, case_id))


def _decide(stage: Stage, case_id: int, at: datetime) -> None:
    case = approvals.case(case_id)
    for offset, member in enumerate(stage.committee):
        if approvals.case(case_id).state != "open":
            break
        deciding.vote(
            member,
            case_id=case_id,
            digest=case.digest,
            approve=True,
            at=at + minutes(offset * 0.3),
        )
    appeals.approve_appeal(
        stage.people["app1"],
        appeal_id=stage.appeal_id,
        basis=f"江州市疫情防控指挥部集体决策（决策事项第 {case_id} 号）",
        at=at + minutes(2),
    )
    stage.diary.at(at + minutes(20), partial(_open, stage))


def _open(stage: Stage, at: datetime) -> None:
    stage.fund_id = appeals.open_appeal(stage.people["programme"], appeal_id=stage.appeal_id, at=at)
