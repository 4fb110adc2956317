"""What the warehouse refuses, each with the mend."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class SamePersonTwice(Refusal):
    """One natural person cannot give both signatures (H01, I-18), whatever the account."""

    text = _("出入库须由两名不同人员办理，您已是第一责任人。")
    mend = _("请由另一名仓库管理员登录后复核签字。")


class NobodySigns(Refusal):
    """Systems and machines do not sign for goods."""

    text = _("此操作须由本人签字，系统账号不能代签。")
    mend = _("请由仓库管理员本人登录办理。")


class NothingCounted(Refusal):
    """A note without lines."""

    text = _("单据上没有任何物资。")
    mend = _("请至少清点一种物资。")


class QuantityIsNotWhole(Refusal):
    """Zero, negative, or beyond reason."""

    text = _("数量“{given}”不可接受。")
    mend = _("请填写大于 0 且不超过 {largest} 的整数。")


class ValueIsNotPossible(Refusal):
    """A negative value, or one beyond reason."""

    text = _("物资价值不能为负数或超过上限。")
    mend = _("不知道价值时请留空。")


class ExpiryBeforeProduction(Refusal):
    """The dates of a lot contradict each other."""

    text = _("有效期 {expires_on} 早于生产日期 {produced_on}。")
    mend = _("请核对包装上的两个日期。")


class ProducedInFuture(Refusal):
    """A production date after the day of receipt."""

    text = _("生产日期 {produced_on} 晚于今天。")
    mend = _("请核对包装上的生产日期。")


class AlreadyExpired(Refusal):
    """Goods that have expired are not taken in."""

    text = _("该批物资有效期至 {expires_on}，已过期，不能入库。")
    mend = _("请当场退回送货方，不要清点入库。")


class UnknownItem(Refusal):
    """Not in the catalogue, or no longer used."""

    text = _("物资目录中没有这种物资。")
    mend = _("请先在目录中登记，或选择已有的名称。")


class StoreNotHere(Refusal):
    """The store belongs to another organisation or is closed."""

    text = _("该仓库不属于本单位或已停用。")
    mend = _("请选择本单位在用的仓库。")


class StoreNameTaken(Refusal):
    """Two stores of one name."""

    text = _("本单位已有名为“{name}”的仓库。")
    mend = _("请换一个名称。")


class ConsignmentNotWaiting(Refusal):
    """The announced goods were received or called off already."""

    text = _("这批预到物资已经入库或已取消。")
    mend = _("请刷新预到清单；若确有新到物资，请另开验收单。")


class NoteNotWaiting(Refusal):
    """The note is not waiting for this."""

    text = _("单据 {number} 已签收或已撤回，不能再改动。")
    mend = _("若数量有误，请办理盘点调整。")


class NoteHasChanged(Refusal):
    """The second person saw something else than what is on the note."""

    text = _("您核对的内容与单据现在的内容不一致。")
    mend = _("请刷新页面，重新核对后再签字。")


class LotNotInQuarantine(Refusal):
    """Only a lot in quarantine is inspected."""

    text = _("批次 {number} 不在待检状态。")
    mend = _("请刷新待检清单。")


class InspectorCounted(Refusal):
    """Who counted a lot does not judge its quality (H14)."""

    text = _("您清点过批次 {number}，不能再由您检验。")
    mend = _("请由另一名质量监控人员检验。")


class LotNotReleased(Refusal):
    """Quarantined, rejected or recalled (H14, I-16)."""

    text = _("批次 {number} 未经检验放行，不能出库。")
    mend = _("请先完成质量检验；不合格或召回的批次只能退回或销毁。")


class LotHasExpired(Refusal):
    """Past its last day (H14, I-16)."""

    text = _("批次 {number} 已于 {expires_on} 到期，不能出库。")
    mend = _("请改用其他批次，过期批次请办理报损。")


class MoreThanIsThere(Refusal):
    """The lot, or all lots together, hold less."""

    text = _("可用数量不足：需要 {wanted}，只有 {there}。")
    mend = _("请减少数量，或改用其他批次。")


class DirectedElsewhere(Refusal):
    """The giver directed this lot to another unit."""

    text = _("批次 {number} 由捐赠人定向给其他单位。")
    mend = _("请改用非定向批次，或调拨给指定的受赠单位。")


class NotReservedHere(Refusal):
    """Nothing, or less, is set aside for this reason."""

    text = _("批次 {number} 没有为该事项预留足够的数量（预留 {there}）。")
    mend = _("请先按批准的方案预留。")


class LotNotFound(Refusal):
    """No such lot in this organisation."""

    text = _("本单位没有这个批次。")
    mend = _("请扫描垛卡二维码或核对批次号。")


class ReasonMissing(Refusal):
    """An adjustment, a rejection or a recall without a reason."""

    text = _("没有填写原因。")
    mend = _("请用一句话写明原因。")


class AdjustmentNotWaiting(Refusal):
    """Signed or refused already."""

    text = _("这项盘点调整已办结。")
    mend = _("请刷新页面。")


class LotBusy(Refusal):
    """Goods of the lot are set aside; the whole lot cannot be sent back."""

    text = _("批次 {number} 当前状态不能这样处理。")
    mend = _("请先核对批次状态和预留情况。")


class KitListNotMet(Refusal):
    """Kits use up exactly what their list says."""

    text = _("“{item}”应用 {wanted}，单上为 {given}。")
    mend = _("请按套装清单核对各种物资的数量。")


class PartIsShort(Refusal):
    """No store has enough free pieces of a part for so many kits."""

    text = _("“{item}”不够：{count} 套需要 {wanted}，同一仓库可用 {there}。")
    mend = _("请减少套数，或先补足该物资。")


class NotAKit(Refusal):
    """Only items with a kit list are put together."""

    text = _("该物资没有套装清单。")
    mend = _("请先在物资目录中登记套装清单。")


class QuantitiesDiffer(Refusal):
    """Dividing and merging neither makes nor loses anything."""

    text = _("改装前共 {used}，改装后共 {made}，须相等。")
    mend = _("请核对数量；如有损耗请先办理报损。")


class OneSideIsOneLot(Refusal):
    """Either one lot is divided or several of one item are merged, so that each knows its parents."""

    text = _("改装须是一个批次拆成几个，或同一物资的几个批次并成一个。")
    mend = _("请分次办理。")


class LotsServeDifferentUnits(Refusal):
    """Goods that were given for one unit are not mixed with others (I-6)."""

    text = _("所选批次的定向单位不同，不能合在一起。")
    mend = _("请只选同一定向单位的批次。")
