"""What finance announces. Ids and public values only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DisbursementPaid:
    """Money left a fund: to a unit, for a purchase, or to another society."""

    disbursement_id: int
    number: str
    organisation_id: int
    fund_id: int
    kind: str
    payee_organisation_id: int
    amount_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class DisbursementDecided:
    """A meeting (or the giver's direction, countersigned) has decided on a disbursement."""

    disbursement_id: int
    number: str
    organisation_id: int
    approved: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DisbursementConfirmed:
    """The payee says that the money has arrived."""

    disbursement_id: int
    number: str
    organisation_id: int
    payee_organisation_id: int
    at: datetime
