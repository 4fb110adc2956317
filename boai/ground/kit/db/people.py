"""Constraints about persons that several rooms need."""

from django.db.models import CheckConstraint, F, Q


def two_people(first: str, second: str, *, name: str) -> CheckConstraint:
    """Two columns that name natural persons must differ; either may still be empty (I-18, I-21).

    Columns hold person ids, never user ids: two accounts of one person are one person.
    """
    return CheckConstraint(
        condition=Q(**{f"{first}__isnull": True})
        | Q(**{f"{second}__isnull": True})
        | ~Q(**{first: F(second)}),
        name=name,
    )
