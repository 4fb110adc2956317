"""A society with gifts in its books, taken in by the same way as a file from a bank."""

import csv
from pathlib import Path

from boai.ground.core.imports import FileReport, ImportOrder, importers
from boai.site.bench.spending import office, spend

DONORS = ("张三", "李四", "王小明", "欧阳娜", "江州市第一建筑有限公司", "某某")


def society() -> int:
    """Register one society with a fund-raising place in the tree; its id."""
    from boai.foundations.organisations.services import registering
    from boai.ground.core.actors import SYSTEM
    from boai.ground.core.clock import now

    return registering.register(
        SYSTEM,
        code="BENCH",
        name="量测市红十字会",
        kind="society",
        level="city",
        at=now(),
    )


def listed(path: Path, first: int, count: int) -> Path:
    """A list of gifts as a channel gives it: number, day, donor, amount, remark."""
    with path.open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file)
        write.writerow(["交易单号", "捐赠日期", "捐赠人", "捐赠金额", "附言"])
        write.writerows(
            [
                f"W{n:010d}",
                f"2020-{1 + n % 2:02d}-{1 + n % 28:02d}",
                DONORS[n % len(DONORS)],
                f"{n % 997 + 1}.{n % 100:02d}",
                "加油",
            ]
            for n in range(first, first + count)
        )
    return path


def take_in(path: Path, organisation_id: int) -> FileReport:
    """Take the list in, number its entries and give its money its places in the fund."""
    from boai.foundations.ledger.services import numbering
    from boai.ground.core.actors import SYSTEM
    from boai.ground.core.clock import now

    order = ImportOrder(SYSTEM, path, organisation_id, now())
    report = importers()["gifts"](order)
    numbering.number_all()
    return report


def furnish(size: int, folder: Path) -> int:
    """A society with so many gifts and an expense for every thousand of them, decided and paid by
    its people, so that every law holds; its id."""
    from boai.foundations.ledger.queries import funds_of
    from boai.relief.donations.services.funding import bank_for

    organisation_id = society()
    report = take_in(listed(folder / "gifts.csv", 0, size), organisation_id)
    if report.accepted != size:
        raise SystemExit(f"{report.accepted} of {size} gifts were accepted: {report.problems[:3]}")
    bank = str(bank_for(organisation_id, "bank"))
    fund = max(funds_of(organisation_id), key=lambda one: one.balance)
    expenses = max(size // 1000, 10)
    part = fund.balance * 8 // 10 // expenses
    spend(office(organisation_id), fund.id, bank, expenses, part)
    return organisation_id
