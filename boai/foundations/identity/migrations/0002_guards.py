from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses

SAME_PERSON_ELSEWHERE = """EXISTS (
  SELECT 1 FROM identity_post p JOIN identity_user u ON u.id = p.user_id
  WHERE u.person_id = NEW.person_id AND p.user_id <> NEW.user_id
    AND p.organisation_id = NEW.organisation_id AND p.valid_to IS NULL)"""

OTHER_ADMINISTRATOR = """NEW.role IN ('SYS', 'SEC', 'AUD') AND EXISTS (
  SELECT 1 FROM identity_post p WHERE p.person_id = NEW.person_id
    AND p.role IN ('SYS', 'SEC', 'AUD') AND p.role <> NEW.role AND p.valid_to IS NULL)"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        AppendOnly("post", but=("valid_to", "ended_by_person_id")),
        Refuses(
            "post",
            "ends_once",
            on="update",
            when="OLD.valid_to IS NOT NULL",
            message="a post that has ended does not change",
        ),
        Refuses(
            "post",
            "person_of_user",
            on="insert",
            when="NEW.person_id <> (SELECT person_id FROM identity_user WHERE id = NEW.user_id)",
            message="the post names another person than its account",
        ),
        Refuses(
            "post",
            "one_account_here",
            on="insert",
            when=SAME_PERSON_ELSEWHERE,
            message="this person already holds a post here through another account",
        ),
        Refuses(
            "post",
            "three_administrators",
            on="insert",
            when=OTHER_ADMINISTRATOR,
            message="system, security and audit administrator are three persons",
        ),
        Refuses(
            "user",
            "person_is_fixed",
            on="update",
            when="NEW.person_id <> OLD.person_id",
            message="an account never passes to another person",
        ),
    ]
