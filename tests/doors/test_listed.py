"""The list of wrong inputs in the description of the house, and where each is shown to be refused.

Each room shows its own; here the list is held together: every case names its test, every refusal
has its words in Chinese.
"""

import re
from pathlib import Path

import pytest

from boai.ground.core.errors import Refusal

TESTS = Path(__file__).resolve().parents[1]
SHOWN = {
    "one person signs twice, also by two accounts: goods in": (
        "relief/warehouse/test_receiving.py",
        "test_one_person_cannot_sign_twice",
    ),
    "the same: goods out": ("relief/dispatch/test_refusals.py", "test_two_persons_load"),
    "the same: votes": (
        "foundations/approvals/test_deciding.py",
        "test_two_accounts_of_one_person_are_one_vote",
    ),
    "the same: cash": ("relief/donations/test_desk_pages.py", "test_cash_through_two_doors"),
    "the same: money out": ("relief/finance/test_disbursing.py", "test_three_persons"),
    "the same: bulletins": (
        "window/disclosure/test_bulletins.py",
        "test_one_person_may_not_do_both",
    ),
    "expired lot": ("relief/dispatch/test_refusals.py", "test_an_expired_lot_is_not_loaded"),
    "expired while picked": (
        "relief/warehouse/test_leaving.py",
        "test_a_lot_that_expires_while_picked_does_not_leave",
    ),
    "more than is there": ("relief/warehouse/test_rules.py", "test_never_more_than_is_there"),
    "more money than is there": (
        "relief/finance/test_disbursing.py",
        "test_no_more_than_the_fund_has",
    ),
    "self-decided request": (
        "relief/allocation/test_requests.py",
        "test_nobody_proposes_on_or_decides_their_own",
    ),
    "decision after the content changed": (
        "foundations/approvals/test_deciding.py",
        "test_a_vote_answers_to_what_was_shown",
    ),
    "suspended appeal": (
        "relief/donations/test_giving_pages.py",
        "test_a_suspended_appeal_takes_nothing",
    ),
    "amounts 0, 0.001, 1e12": (
        "relief/donations/test_giving_pages.py",
        "test_impossible_amounts_are_refused_beside_the_field",
    ),
    "a name of 10,000 characters": (
        "relief/donations/test_giving_pages.py",
        "test_wrong_input_is_refused_and_kept",
    ),
    "a workbook that inflates": (
        "ground/kit/spreadsheets/test_guard.py",
        "test_a_file_that_inflates_a_hundredfold",
    ),
    "the same through boai import": (
        "doors/test_commands.py",
        "test_unusable_files_are_refused_in_words",
    ),
    "forged callback": ("relief/donations/test_callbacks.py", "test_forgeries_are_refused"),
    "replayed callback": (
        "relief/donations/test_callbacks.py",
        "test_twenty_times_is_one_gift_and_one_answer",
    ),
    "late callback": ("relief/donations/test_callbacks.py", "test_outside_five_minutes_is_refused"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_every_case_of_the_list_is_shown(case: str) -> None:
    file, name = SHOWN[case]
    assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")


def every_refusal(of: type[Refusal] = Refusal) -> list[type[Refusal]]:
    """Every class of refusal that the house has loaded."""
    found = []
    for one in of.__subclasses__():
        found += [one, *every_refusal(one)]
    return [one for one in found if one.__module__.startswith("boai.")]


def test_every_refusal_speaks_chinese() -> None:
    silent = [
        one.__qualname__
        for one in every_refusal()
        if len(re.findall(r"[\u4e00-\u9fff]", one.text)) < 4
    ]
    assert silent == []
    assert len(every_refusal()) > 100
