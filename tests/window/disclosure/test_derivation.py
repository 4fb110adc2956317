"""Whatever the log holds, in whatever order: bulletins chain and balance."""

import json
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from boai.window.disclosure.rules import reasons_against_publishing
from boai.window.disclosure.rules.derivation import Question, derive, derive_many

DAYS = [(date(2020, 1, 30) + timedelta(days=n)).isoformat() for n in range(5)]


@st.composite
def leaf(draw):
    kind = draw(
        st.sampled_from(["gift-confirmed", "goods-received", "paper-issued", "transfer-received"])
    )
    facts = {
        "organisation": draw(st.sampled_from(["A", "B"])),
        "appeal": draw(st.sampled_from(["", "x", "y"])),
        "day": draw(st.sampled_from(DAYS)),
    }
    if kind == "gift-confirmed":
        facts |= {"kind": "cash", "amount_fen": draw(st.integers(1, 10**6))}
    elif kind == "transfer-received":
        facts["amount_fen"] = draw(st.integers(1, 10**6))
    elif kind == "goods-received":
        line = {"item": draw(st.sampled_from("PQ")), "name": "物", "unit": "只"}
        quantity = draw(st.integers(1, 1000))
        facts["lines"] = [{**line, "quantity": quantity, "appeal": facts["appeal"]}]
    return kind, facts


@given(st.lists(leaf(), max_size=40), st.data(), st.sampled_from(["", "x"]))
@settings(max_examples=60, deadline=None)
def test_bulletins_chain_whatever_comes_late(found, data, appeal):
    leaves = [(index, kind, facts) for index, (kind, facts) in enumerate(found)]
    size, before, question, questions = 0, None, None, []
    for day in DAYS:
        size = data.draw(st.integers(size, len(leaves)))
        question = Question(
            "A",
            appeal,
            day,
            size,
            previous_day=question.day if question else "",
            previous_size=question.log_size if question else 0,
        )
        content = json.loads(derive(leaves, question))
        assert reasons_against_publishing(content, before) == []
        before = content
        questions.append(question)
    assert json.loads(derive_many(leaves, questions)[-1]) == before
    everything = json.loads(derive(leaves, Question("A", appeal, DAYS[-1], len(leaves))))
    seen = json.loads(derive(leaves, Question("A", appeal, DAYS[-1], size)))
    assert seen["money"]["closing_fen"] == before["money"]["closing_fen"]
    assert everything["money"]["closing_fen"] >= seen["money"]["closing_fen"]
