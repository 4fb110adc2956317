"""``boai audit``: every law of the house, checked by full reads."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext

from boai.ground.core.laws import Law, all_laws, verdict
from boai.ground.kit.commands import DOES_NOT_HOLD, HouseCommand

SHOWN_BREACHES = 50


class Command(HouseCommand):
    """Prints each law, what it checked and every breach; exit 1 on any."""

    help = "逐条核对账目法则"

    def own_arguments(self, parser: CommandParser) -> None:
        """All laws, or some."""
        parser.add_argument("--law", action="append", default=[], metavar="ID")

    def run_command(self, **options: Any) -> int | None:
        """Check."""
        known = {law.id: law for law in all_laws()}
        unknown = [id for id in options["law"] if id not in known]
        if unknown:
            raise self.wrong_usage(f"没有编号为 {', '.join(unknown)} 的法则。")
        chosen = [known[id] for id in options["law"]] or list(known.values())
        found = [self.check_law(law) for law in chosen]
        ok = all(not law["breaches"] for law in found)
        self.answer({"ok": ok, "laws": found}, self.told(found))
        return None if ok else DOES_NOT_HOLD

    def check_law(self, law: Law) -> dict[str, Any]:
        """One law and what its check saw. A row so damaged that the check itself fails is a breach
        of that law, too; the other laws are still checked."""
        if not self.as_json:
            self.say(f"{law.id} …")
        try:
            seen = law.check()
        except Exception as failure:
            found = gettext("无法核对：%(why)s") % {
                "why": f"{type(failure).__name__} {failure}"[:200]
            }
            seen = verdict(0, [(law.id, found)])
        breaches = [{"subject": b.subject, "found": b.found} for b in seen.breaches]
        return {
            "id": law.id,
            "text": gettext(law.text),
            "checked": seen.checked,
            "breaches": breaches,
        }

    def told(self, found: list[dict[str, Any]]) -> str:
        """The result in words."""
        lines = []
        for law in found:
            bad = law["breaches"]
            mark = f"✗ {len(bad)} 处不符" if bad else "✓"
            lines.append(f"{law['id']:<16} {mark}  {law['text']}（已核 {law['checked']:,}）")
            lines.extend(f"    {b['subject']}：{b['found']}" for b in bad[:SHOWN_BREACHES])
            if len(bad) > SHOWN_BREACHES:
                lines.append(f"    另有 {len(bad) - SHOWN_BREACHES} 处，用 --json 看全部")
        broken = sum(bool(law["breaches"]) for law in found)
        lines.append(
            f"共 {len(found)} 条法则，{broken} 条不符。"
            if broken
            else f"共 {len(found)} 条法则，全部相符。"
        )
        return "\n".join(lines)
