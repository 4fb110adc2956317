"""Planted faults of what comes back and what is made anew; G1 watches them too."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from tests.campaigns.frame import Plan, planted


@planted("more-back-than-delivered", caught_by="G1")
def more_back(plan: Plan) -> None:
    """A hospital may send back what it has sent back already."""
    from boai.relief.dispatch.services import returning

    plain = returning.still_there

    def everything(waybill: Any) -> dict[int, int]:
        return dict.fromkeys(plain(waybill), 10**6)

    returning.still_there = everything


@planted("freshest-part-counts", caught_by="G1")
def freshest_part(plan: Plan) -> None:
    """A kit is said to last as long as its freshest part."""
    from boai.relief.warehouse.services import packing

    def latest(lots: Any) -> date | None:
        return max((lot.expires_on for lot in lots if lot.expires_on), default=None)

    packing.earliest_end = latest


@planted("kit-list-unheeded", caught_by="G1")
def kit_list_unheeded(plan: Plan) -> None:
    """Whatever lies on the packing bench makes a kit."""
    from boai.foundations.catalogue import queries as catalogue
    from boai.relief.warehouse.services import packing

    plain = packing._check_contents

    def unheeding(item_id: int, lots: Any, wanted: Mapping[int, int], made: Any) -> Any:
        try:
            return plain(item_id, lots, wanted, made)
        except packing.errors.KitListNotMet:
            assert catalogue.kit_parts(item_id)
            return packing.RepackingKind.KIT

    packing._check_contents = unheeding


@planted("refund-asked-twice", caught_by="G1")
def refund_asked_twice(plan: Plan) -> None:
    """What somebody has asked for already is promised again."""
    from boai.foundations.ledger import queries as ledger
    from boai.relief.donations.services import refunding
    from boai.relief.donations.values import gift_ref

    def forgetful(gift: Any, wanted: int) -> None:
        if wanted > ledger.unspent_at_home(gift_ref(gift.number)):
            raise refunding.errors.RefundIsTooMuch(field="amount_fen", free="0", wanted="0")

    refunding._refuse_more_than_free = forgetful
