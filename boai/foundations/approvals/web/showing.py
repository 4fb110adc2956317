"""A case as pages show it: the frozen content in facts and tables, who has spoken."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from boai.foundations.approvals.values import CaseRow
from boai.foundations.identity import queries as identity
from boai.ground.kit.templatetags.kit import money


@dataclass(frozen=True, slots=True)
class Table:
    """A list of dictionaries under one heading."""

    heading: str
    columns: list[str]
    rows: list[list[Any]]

    def labelled(self) -> list[list[tuple[str, Any]]]:
        """Each cell with its column's name: on a phone a row is a card and has no head."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class Shown:
    """Content in the order in which it was handed in."""

    facts: list[tuple[str, Any]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


def shown(content: dict[str, Any]) -> Shown:
    """Every part of the content: nothing that was digested stays hidden."""
    answer = Shown()
    for label, value in content.items():
        if isinstance(value, list) and value and all(isinstance(line, dict) for line in value):
            columns = list(dict.fromkeys(key for line in value for key in line))
            rows = [[_cell(key, line.get(key)) for key in columns] for line in value]
            answer.tables.append(Table(_label(label), [_label(c) for c in columns], rows))
        else:
            answer.facts.append((_label(label), _cell(label, value)))
    return answer


def _label(key: str) -> str:
    # Word for word as it was put: a translated label would be another text than the digest's.
    return key.removesuffix("_fen")


def _cell(key: str, value: Any) -> Any:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if key.endswith("_fen") and isinstance(value, int):
        return money(value)
    if isinstance(value, dict):
        return "；".join(f"{_label(k)} {_cell(k, v)}" for k, v in value.items())
    if isinstance(value, list):
        return "；".join(str(_cell(key, one)) for one in value)
    return value


def voices(case: CaseRow) -> list[dict[str, Any]]:
    """Each member and what became of them, for the time line of the case page."""
    names = identity.person_names(case.committee)
    votes = {v.person_id: v for v in case.votes}
    answer = []
    for person in case.committee:
        line: dict[str, Any] = {"title": names.get(person, ""), "tone": "wait", "icon": "clock"}
        if person in votes:
            vote = votes[person]
            line |= {
                "at": vote.cast_at,
                "tone": "good" if vote.approve else "bad",
                "icon": "check-lg" if vote.approve else "x-lg",
                "title": f"{names.get(person, '')}　{_('同意') if vote.approve else _('不同意')}",
                "detail": vote.reason,
            }
        elif person in case.recused:
            line |= {"tone": "plain", "icon": "dash", "detail": _("已声明回避")}
        elif person in case.excluded:
            line |= {"tone": "plain", "icon": "slash-circle", "detail": _("与本事项有关，不参加")}
        else:
            waiting = case.state == "open"
            line |= {"detail": _("尚未表态") if waiting else _("未表态"), "icon": "clock"}
        answer.append(line)
    return answer
