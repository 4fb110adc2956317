"""What the database itself refuses, whatever the program asks for."""

from django.db import migrations

from boai.ground.kit.db.guards import AppendOnly, Refuses

APPEAL_MOVES = (
    "(OLD.state = 'draft' AND NEW.state = 'approved')"
    " OR (OLD.state = 'approved' AND NEW.state = 'open')"
    " OR (OLD.state = 'open' AND NEW.state IN ('suspended', 'closed'))"
    " OR (OLD.state = 'suspended' AND NEW.state = 'closed')"
)
PAYMENT_MOVES = (
    "(OLD.state = 'placed' AND NEW.state IN ('paid', 'closed', 'refund-due'))"
    " OR (OLD.state = 'closed' AND NEW.state IN ('paid', 'refund-due'))"
)
GIFT_MOVES = (
    "(OLD.state = 'announced' AND NEW.state IN ('confirmed', 'reversed'))"
    " OR (OLD.state = 'confirmed' AND NEW.state = 'reversed')"
)
# H29: an appeal takes gifts while it is open; money given before the suspension and reported after
# it; and goods that were under way, with a reason (A22).
APPEAL_TAKES_IT = (
    "EXISTS (SELECT 1 FROM donations_appeal a WHERE a.id = NEW.appeal_id"
    " AND a.organisation_id = NEW.organisation_id AND (a.state = 'open'"
    " OR (a.state IN ('suspended', 'closed') AND NEW.kind = 'in-kind' AND NEW.late_reason <> '')"
    " OR (a.state IN ('suspended', 'closed') AND NEW.kind = 'cash'"
    " AND NEW.given_at <= a.suspended_at)))"
)


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_initial")]

    operations = [
        AppendOnly("RuleVersion"),
        Refuses(
            "Appeal",
            "moves_forward",
            on="update",
            when=f"(NEW.state <> OLD.state AND NOT ({APPEAL_MOVES}))",
            message="an appeal's state only moves forward",
        ),
        Refuses(
            "Appeal",
            "approved_text_stays",
            on="update",
            when="(OLD.state <> 'draft' AND (NEW.purpose <> OLD.purpose OR NEW.title <> OLD.title"
            " OR NEW.rule_id <> OLD.rule_id OR NEW.organisation_id <> OLD.organisation_id))",
            message="what the command approved is not changed",
        ),
        Refuses(
            "Appeal", "stays", on="delete", when="(OLD.state <> 'draft')", message="appeals stay"
        ),
        AppendOnly(
            "Gift",
            but=(
                "state",
                "confirmed_at",
                "countersigned_by",
                "entry_id",
                "consignment_id",
                "directed_order",
                "named",
                "display_name",
                "search_tokens",
            ),
        ),
        Refuses(
            "Gift",
            "appeal_takes_it",
            on="insert",
            when=f"(NEW.appeal_id IS NOT NULL AND NOT {APPEAL_TAKES_IT})",
            message="the appeal takes no gift now (H29)",
        ),
        Refuses(
            "Gift",
            "moves_forward",
            on="update",
            when=f"(NEW.state <> OLD.state AND NOT ({GIFT_MOVES}))",
            message="a gift's state only moves forward",
        ),
        Refuses(
            "Gift",
            "posted_once",
            on="update",
            when="(OLD.entry_id IS NOT NULL"
            " AND (NEW.entry_id IS NULL OR NEW.entry_id <> OLD.entry_id))",
            message="a gift is posted once",
        ),
        AppendOnly("GiftLine", but=("received_quantity",)),
        AppendOnly("NamingConsent"),
        AppendOnly(
            "PaymentOrder",
            but=(
                "state",
                "paid_at",
                "transaction",
                "gift_id",
                "donor_name",
                "phone",
                "display_name",
            ),
        ),
        Refuses(
            "PaymentOrder",
            "moves_forward",
            on="update",
            when=f"(NEW.state <> OLD.state AND NOT ({PAYMENT_MOVES}))",
            message="a payment's state only moves forward (I-13)",
        ),
        AppendOnly("PaymentNotification"),
        AppendOnly("CallbackAlarm"),
    ]
