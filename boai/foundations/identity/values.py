"""What identity shows outside: rows, roles, scopes."""

from dataclasses import dataclass
from datetime import datetime

from boai.ground.core.text import gettext_noop as _

ROLES: dict[str, str] = {
    "PUB": _("公众"),
    "DON": _("捐赠人"),
    "VOL": _("志愿者"),
    "REC": _("接收单位签收人"),
    "FAM": _("捐献者家属"),
    "INT": _("捐赠受理员"),
    "CAS": _("出纳"),
    "ACC": _("会计"),
    "PRG": _("项目专员"),
    "WH": _("仓库保管员"),
    "APP": _("决策委员"),
    "PUBL": _("信息公开专员"),
    "SUP": _("监督审计人员"),
    "EXT": _("外部审计、监管人员"),
    "DPO": _("个人信息保护负责人"),
    "SYS": _("系统管理员"),
    "SEC": _("安全管理员"),
    "AUD": _("审计管理员"),
    "API": _("机器客户端"),
    "TSK": _("物资任务组"),
    "HOS": _("医疗机构需求填报人"),
    "DRV": _("驾驶员"),
    "SYSTEM": _("系统"),
}
"""Role codes of the matrix and their names. SYSTEM, PUB and API are never posts."""

NOT_POSTS = frozenset({"SYSTEM", "PUB", "API"})
ADMINISTRATORS = frozenset({"SYS", "SEC", "AUD"})


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as holder of an account, for choosing somebody."""

    person_id: int
    user_id: int
    name: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """One post of an account."""

    post_id: int
    user_id: int
    person_id: int
    organisation_id: int
    organisation_name: str
    role: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Seat:
    """The posts that an account holds in one organisation, between which a user may change."""

    organisation_id: int
    organisation_name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UserRow:
    """One account with its present roles in the organisation that asks."""

    user_id: int
    person_id: int
    name: str
    username: str
    organisation_name: str
    is_active: bool
    opened_at: datetime
    roles: tuple[str, ...]


_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def check_character(body: str) -> str:
    """The 18th character of a resident identity number (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]
