"""Erasing: what a commitment hides stays hidden for ever, and the tree stays as it is (I-38)."""

from collections.abc import Sequence

from django.db import transaction

from boai.foundations.translog.models import LeafSalt


def forget_salts(refs: Sequence[str], *, names: Sequence[str] = ()) -> int:
    """Delete the salts under the commitments of these leaves; answers how many.

    ``names`` limits it to some commitments. Afterwards nobody, the society included, can show that
    a value belongs to a leaf; every proof and root stays valid.
    """
    with transaction.atomic():
        salts = LeafSalt.objects.filter(ref__in=list(refs))
        if names:
            salts = salts.filter(name__in=list(names))
        return salts.delete()[0]
