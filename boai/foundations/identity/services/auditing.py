"""The laws of identity, checked by full reads."""

from django.db.models import Count, F

from boai.foundations.identity.models import Post, User
from boai.foundations.identity.values import ADMINISTRATORS
from boai.ground.core.laws import Verdict, law, verdict
from boai.ground.core.text import gettext_noop as _


@law("identity-01", _("一人在一个单位至多有一个在用账号，并只通过一个账号任职"))
def one_account_per_person() -> Verdict:
    """I-21: two accounts in one place would let one person sign twice."""
    accounts = (
        User.objects.filter(is_active=True)
        .values("person_id", "organisation_id")
        .annotate(n=Count("id"))
        .filter(n__gt=1)
    )
    posts = (
        Post.objects.filter(valid_to__isnull=True, user__is_active=True)
        .values("person_id", "organisation_id")
        .annotate(n=Count("user_id", distinct=True))
        .filter(n__gt=1)
    )
    found = [
        (f"identity.person:{row['person_id']}", f"{row['n']} @ {row['organisation_id']}")
        for row in [*accounts, *posts]
    ]
    return verdict(User.objects.count(), found)


@law("identity-02", _("任何人不得给自己授予岗位"))
def nobody_appoints_himself() -> Verdict:
    """I-26."""
    own = Post.objects.filter(appointed_by_person_id=F("person_id")).values_list("id", flat=True)
    return verdict(Post.objects.count(), [(f"identity.post:{i}", "self-appointed") for i in own])


@law("identity-03", _("系统、安全、审计三类管理员由不同的人担任"))
def three_administrators() -> Verdict:
    """I-26."""
    held = Post.objects.filter(role__in=ADMINISTRATORS, valid_to__isnull=True)
    several = held.values("person_id").annotate(n=Count("role", distinct=True)).filter(n__gt=1)
    return verdict(
        held.count(),
        [(f"identity.person:{row['person_id']}", f"{row['n']} roles") for row in several],
    )
