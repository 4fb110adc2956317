"""The tree of societies as the divisions have it."""

from collections import Counter
from datetime import datetime

from boai.foundations.organisations.services.registering import register_many
from boai.foundations.organisations.values import NATIONAL_CODE, RegisterOrder
from boai.foundations.places import queries as places
from boai.foundations.places.values import DivisionRow
from boai.ground.core.actors import Actor


def seed_societies(actor: Actor, *, at: datetime) -> int:
    """Register the national society and one for each province, city and county; set-based.

    Twice changes nothing. Answers how many are new. Codes are ``RC`` and the division's code.
    A district's society carries its city's name, since many districts share one name; the short
    form is an alias.
    """
    divisions = places.all_of_levels(("province", "city", "county"))
    names = {one.code: one.name for one in divisions}
    plain = Counter(_name(one, names) for one in divisions)
    orders = [
        RegisterOrder(
            code=NATIONAL_CODE,
            name="中国红十字会总会",
            kind="society",
            level="national",
            aliases=("中国红十字会",),
        )
    ]
    ranks = {"province": 0, "city": 1, "county": 2}
    for one in sorted(divisions, key=lambda d: (ranks[d.level], d.code)):
        orders.append(_order(one, names, plain))
    return len(register_many(actor, orders, at=at))


def _name(one: DivisionRow, names: dict[str, str]) -> str:
    above = names.get(one.parent_code, "")
    if one.level == "county" and one.name.endswith("区") and not one.name.startswith(above):
        return f"{above}{one.name}红十字会"
    return f"{one.name}红十字会"


def _order(one: DivisionRow, names: dict[str, str], plain: Counter[str]) -> RegisterOrder:
    name = _name(one, names)
    if plain[name] > 1:
        name = names.get(one.parent_code, "") + name
    short = f"{one.name}红十字会"
    return RegisterOrder(
        code=f"RC{one.code}",
        name=name,
        short_name=short,
        kind="society",
        level=one.level,
        parent_code=f"RC{one.parent_code}" if one.parent_code else NATIONAL_CODE,
        division_code=one.code,
        aliases=(short,) if short != name else (),
    )
