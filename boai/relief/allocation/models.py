"""Tables of needs, lists and requests."""

from typing import Any

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from boai.ground.kit.db.people import two_people

NEED_STATES = ("open", "met", "closed", "withdrawn")
URGENCIES = ("normal", "urgent", "critical")
MARKS = ("carried", "arrived", "expected")
REQUEST_STATES = ("submitted", "proposed", "approved", "refused", "returned", "withdrawn")


def _down(to: str, **options: Any) -> "models.ForeignKey[Any, Any]":
    return models.ForeignKey(to, on_delete=models.PROTECT, related_name="+", **options)


class Need(models.Model):
    """What a unit needs. PII: none; contacts that lists carry are never stored.

    ``quantity`` empty means needed, no number given: it is never counted as one and never summed.
    """

    society = _down("organisations.Organisation")
    organisation = _down("organisations.Organisation")
    item = _down("catalogue.Item", null=True)
    goods = models.CharField(max_length=120)
    standard = models.CharField(max_length=120, blank=True, default="")
    quantity = models.BigIntegerField(null=True)
    allotted = models.BigIntegerField(default=0)
    urgency = models.CharField(max_length=10, default="normal")
    state = models.CharField(max_length=10, default="open")
    posted_at = models.DateTimeField()
    posted_by_person_id = models.BigIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=("society", "state"), name="allocation_needs_open"),
            models.Index(fields=("organisation", "state"), name="allocation_needs_of"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(quantity=None) | Q(quantity__gte=1), name="allocation_need_is_some"
            ),
            CheckConstraint(condition=Q(allotted__gte=0), name="allocation_allotted_counts_up"),
            CheckConstraint(
                condition=Q(state__in=NEED_STATES), name="allocation_need_state_is_known"
            ),
            CheckConstraint(condition=Q(urgency__in=URGENCIES), name="allocation_urgency_is_known"),
        ]


class ImportedCell(models.Model):
    """A cell of a needs list that was taken in, so that it is never taken in again. PII: none."""

    digest = models.CharField(max_length=64, unique=True)
    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="cells")


class AvailableList(models.Model):
    """List 1: what can be allotted on a day, frozen. PII: none."""

    society = _down("organisations.Organisation")
    for_day = models.DateField()
    frozen_at = models.DateTimeField()
    arrived_since = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            UniqueConstraint(fields=("society", "for_day"), name="allocation_one_list_a_day")
        ]


class ListLine(models.Model):
    """A line of list 1, marked carried over, arrived, or expected (A05). PII: none."""

    list = models.ForeignKey(AvailableList, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    item = _down("catalogue.Item")
    lot_id = models.BigIntegerField(null=True)
    consignment_line_id = models.BigIntegerField(null=True)
    quantity = models.BigIntegerField()
    spec = models.CharField(max_length=200, blank=True, default="")
    mark = models.CharField(max_length=10)
    directed_to = _down("organisations.Organisation", null=True)
    arrived_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            UniqueConstraint(fields=("list", "position"), name="allocation_list_position"),
            CheckConstraint(condition=Q(quantity__gte=1), name="allocation_list_line_is_some"),
            CheckConstraint(condition=Q(mark__in=MARKS), name="allocation_mark_is_known"),
            CheckConstraint(
                condition=Q(mark="expected", lot_id=None) | (~Q(mark="expected") & ~Q(lot_id=None)),
                name="allocation_lot_unless_expected",
            ),
        ]


class Request(models.Model):
    """List 2: a request for a unit, drawn on list 1. PII: person ids only.

    submitted -> proposed -> approved | refused; a submitted one may be returned, a returned one
    submitted anew. Nothing leads from submitted to approved directly (H07).
    """

    number = models.CharField(max_length=40, unique=True)
    society = _down("organisations.Organisation")
    receiver = _down("organisations.Organisation")
    list = models.ForeignKey(AvailableList, on_delete=models.PROTECT, related_name="requests")
    state = models.CharField(max_length=10, default="submitted")
    reason = models.CharField(max_length=500)
    emergency = models.BooleanField(default=False)
    submitted_at = models.DateTimeField()
    submitted_by_person_id = models.BigIntegerField()
    proposed_at = models.DateTimeField(null=True)
    proposed_by_person_id = models.BigIntegerField(null=True)
    case_id = models.BigIntegerField(null=True, unique=True)
    content_digest = models.CharField(max_length=64, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    seconds = models.BigIntegerField(null=True)
    late = models.BooleanField(default=False)
    warned = models.PositiveSmallIntegerField(default=0)
    waybill_id = models.BigIntegerField(null=True)
    returned_reason = models.CharField(max_length=300, blank=True, default="")
    papers_complete_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=("society", "state"), name="allocation_requests_open")]
        constraints = [
            CheckConstraint(
                condition=Q(state__in=REQUEST_STATES), name="allocation_request_state_is_known"
            ),
            two_people(
                "submitted_by_person_id",
                "proposed_by_person_id",
                name="allocation_proposer_is_another",
            ),
            CheckConstraint(
                condition=~Q(state__in=("approved", "refused"))
                | (Q(case_id__isnull=False) & Q(decided_at__isnull=False) & ~Q(content_digest="")),
                name="allocation_decided_by_a_case",
            ),
        ]

    @property
    def ref(self) -> str:
        """The reference under which other rooms know the request."""
        return f"allocation.request:{self.number}"


class RequestLine(models.Model):
    """So much of one line of list 1 is asked for. PII: none."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="lines")
    list_line = models.ForeignKey(ListLine, on_delete=models.PROTECT, related_name="+")
    quantity = models.BigIntegerField()
    need = models.ForeignKey(Need, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=("request", "list_line"), name="allocation_line_once"),
            CheckConstraint(condition=Q(quantity__gte=1), name="allocation_asks_for_some"),
        ]


class Proposal(models.Model):
    """What the task force proposes for a request. PII: person id only.

    Live while the request is proposed or approved; what is refused or replaced no longer counts
    against the list.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="proposals")
    made_at = models.DateTimeField()
    made_by_person_id = models.BigIntegerField()
    is_live = models.BooleanField(default=True)
    note = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=("request",), condition=Q(is_live=True), name="allocation_one_live_proposal"
            )
        ]


class ProposalLine(models.Model):
    """So much of one lot, counted against one line of list 1. PII: none."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="lines")
    list_line = models.ForeignKey(ListLine, on_delete=models.PROTECT, related_name="+")
    lot_id = models.BigIntegerField()
    quantity = models.BigIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=("proposal", "list_line", "lot_id"), name="allocation_lot_once"
            ),
            CheckConstraint(condition=Q(quantity__gte=1), name="allocation_proposes_some"),
        ]
