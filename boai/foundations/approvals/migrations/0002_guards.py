from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses

OPEN = "(SELECT state FROM approvals_case WHERE id = NEW.case_id) <> 'open'"
NOT_MEMBER = """NOT EXISTS (SELECT 1 FROM approvals_member m
  WHERE m.case_id = NEW.case_id AND m.person_id = NEW.person_id)"""
EXCLUDED = """EXISTS (SELECT 1 FROM approvals_member m
  WHERE m.case_id = NEW.case_id AND m.person_id = NEW.person_id AND m.excluded)"""
RECUSED = """EXISTS (SELECT 1 FROM approvals_recusal r
  WHERE r.case_id = NEW.case_id AND r.person_id = NEW.person_id)"""
VOTED = """EXISTS (SELECT 1 FROM approvals_vote v
  WHERE v.case_id = NEW.case_id AND v.person_id = NEW.person_id)"""
OTHER_CONTENT = "NEW.digest <> (SELECT digest FROM approvals_case WHERE id = NEW.case_id)"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [
        AppendOnly(
            "case", but=("state", "decided_at", "minutes", "late", "void_reason", "warned")
        ),
        AppendOnly("member"),
        AppendOnly("vote"),
        AppendOnly("recusal"),
        AppendOnly("approvalpolicy"),
        Refuses(
            "case",
            "decided_once",
            on="update",
            when="OLD.state <> 'open'",
            message="a case is decided once",
        ),
        Refuses("vote", "open_case", on="insert", when=OPEN, message="the case is not open"),
        Refuses("vote", "member", on="insert", when=NOT_MEMBER, message="not on the committee"),
        Refuses("vote", "excluded", on="insert", when=EXCLUDED, message="excluded from the case"),
        Refuses("vote", "recused", on="insert", when=RECUSED, message="has stood aside"),
        Refuses("vote", "content", on="insert", when=OTHER_CONTENT, message="other content"),
        Refuses("recusal", "open_case", on="insert", when=OPEN, message="the case is not open"),
        Refuses("recusal", "member", on="insert", when=NOT_MEMBER, message="not on the committee"),
        Refuses("recusal", "voted", on="insert", when=VOTED, message="has voted"),
    ]
