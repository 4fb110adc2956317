"""G7: races. Eight at once over one scarce thing: exactly the allowed number succeed (F-12)."""

from tests.campaigns.frame import Closing, Plan, amount, campaign, prepare


@campaign("G7", title="races of eight sessions", databases=("sqlite", "postgresql"))
def run(plan: Plan) -> Closing:
    """Every kind, round after round; an error that is no refusal is a break wherever it appears."""
    prepare(plan)
    from tests.campaigns.writers import races_of_deeds, races_of_value, reading, session
    from tests.campaigns.writers.ground import fresh_lot, prepare_ground
    from tests.campaigns.writers.racing import RACES, SESSIONS, Field

    assert races_of_deeds and races_of_value
    closing = Closing()
    ground = prepare_ground()
    session.warm_up(ground, [fresh_lot(ground, 10**6)])
    field = Field(ground)
    # SQLite has one writer at a time, so the sessions queue there and a round takes longer.
    on_sqlite = plan.database == "sqlite"
    rounds = amount(plan, probe=3, small=10 if on_sqlite else 40, long=50 if on_sqlite else 200)
    further = max(3, rounds // 4)
    for name, kind in RACES.items():
        told: set[str] = set()
        for turn in range(rounds if kind.first else further):
            setting = kind.arrange(ground, f"{plan.seed}-{turn}")
            answers = field.run(kind, setting)
            closing.operations += SESSIONS
            closing.acknowledged += sum(a.how == "done" for a in answers)
            closing.refused += sum(a.how == "refused" for a in answers)
            wrong = [str(a.what) for a in answers if a.how == "escaped"]
            wrong += kind.judge(ground, setting, answers)
            closing.broken += len(wrong)
            told |= {f"broken: {name}: {line}" for line in wrong}
        closing.notes += sorted(told)[:4]
    field.close()
    for wrong in reading.broken_laws():
        closing.broke(wrong)
    reader = reading.Reader(plan)
    for line in reading.wrong_in_trial_balance(reader) + reading.replay(reader)[1]:
        closing.broke(line)
    reader.close()
    first = sum(kind.first for kind in RACES.values())
    closing.notes.append(
        f"{first} kinds x {rounds} rounds, {len(RACES) - first} further kinds x {further} rounds, "
        f"{SESSIONS} sessions each"
    )
    return closing
