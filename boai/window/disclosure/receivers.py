"""News from below: each public act leaves one leaf in its own transaction."""

from boai.foundations.approvals.events import CaseDecided
from boai.foundations.certificates.events import PaperCancelled, PaperIssued, PapersIssued
from boai.foundations.certificates.services.proving import gives_proofs
from boai.ground.core.events import listens_to
from boai.relief.allocation.events import ListFrozen
from boai.relief.dispatch.events import GoodsDelivered, GoodsReturned
from boai.relief.donations.events import (
    AppealOpened,
    AppealSuspended,
    GiftsConfirmed,
    MoneyGivenBack,
)
from boai.relief.finance.events import DisbursementPaid
from boai.relief.warehouse.events import (
    GoodsIssued,
    GoodsReceived,
    GoodsRepacked,
    LotRejected,
    LotReleased,
    StockAdjusted,
)
from boai.window.disclosure.queries import proofs
from boai.window.disclosure.services import leaving, leaving_back

gives_proofs(proofs)

listens_to(GiftsConfirmed)(leaving.leave_gifts)
listens_to(GoodsRepacked)(leaving_back.leave_goods_repacked)
listens_to(GoodsReturned)(leaving_back.leave_goods_returned)
listens_to(MoneyGivenBack)(leaving_back.leave_money_given_back)
listens_to(AppealOpened)(leaving.leave_appeal_opened)
listens_to(AppealSuspended)(leaving.leave_appeal_suspended)
listens_to(GoodsReceived)(leaving.leave_goods_received)
listens_to(LotReleased)(leaving.leave_inspection)
listens_to(LotRejected)(leaving.leave_inspection)
listens_to(GoodsIssued)(leaving.leave_goods_issued)
listens_to(StockAdjusted)(leaving.leave_stock_adjusted)
listens_to(GoodsDelivered)(leaving.leave_goods_delivered)
listens_to(CaseDecided)(leaving.leave_case_decided)
listens_to(ListFrozen)(leaving.leave_list_frozen)
listens_to(DisbursementPaid)(leaving.leave_disbursement_paid)
listens_to(PaperCancelled)(leaving.leave_paper_cancelled)


@listens_to(PaperIssued)
def one_paper(fact: PaperIssued) -> None:
    """A single paper is a set of one."""
    leaving.leave_papers([fact.paper], fact.at)


@listens_to(PapersIssued)
def many_papers(fact: PapersIssued) -> None:
    """Many papers of one act."""
    leaving.leave_papers(fact.papers, fact.at)
