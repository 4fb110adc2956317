"""How approvals says no."""

from boai.ground.core.errors import Refusal
from boai.ground.core.text import gettext_noop as _


class TooFewMayDecide(Refusal):
    """After exclusions fewer persons are left than the quorum."""

    text = _("可以参加决策的委员只有 {left} 人，少于法定人数 {quorum} 人。")
    mend = _("请增补委员后再提交。")


class PolicyIsImpossible(Refusal):
    """A quorum of nobody, a share above one, a clock that runs backwards."""

    text = _("决策规则不成立：人数、比例或提醒时间有误。")
    mend = _("请核对法定人数、通过比例与三个提醒时间的先后。")


class SubjectHasAnOpenCase(Refusal):
    """The same matter is before a committee already."""

    text = _("同一事项已在决策中。")
    mend = _("请等待决策结果，或先作废原提请。")


class ContentHasChanged(Refusal):
    """The vote answers to other content than the case holds (I-23)."""

    text = _("您看到的内容已经变更，本次表态未生效。")
    mend = _("请刷新页面，看过新内容后再表态。")


class CaseIsDecided(Refusal):
    """The case is no longer open."""

    text = _("该事项已经决策完毕或已作废。")
    mend = _("无需再表态。")


class NotOnTheCommittee(Refusal):
    """The person is not on this case's committee."""

    text = _("您不在本事项的决策委员名单中。")
    mend = _("请由名单内的委员表态。")


class CaseIsYourOwn(Refusal):
    """The person asked for it or is excluded for another reason."""

    text = _("此事由您提出或与您有关，您不能参加决策。")
    mend = _("请由其他委员决策。")


class YouHaveVoted(Refusal):
    """The person has voted, perhaps through another account (I-21)."""

    text = _("您已经表态，一人只计一票，换账号也不能重复表态。")
    mend = _("如需更正，请联系提请人作废后重新提请。")


class YouHaveStoodAside(Refusal):
    """The person has declared an interest."""

    text = _("您已声明回避，不能再表态。")
    mend = _("请由其他委员决策。")


class ReasonIsMissing(Refusal):
    """A refusal, a recusal or a voiding without a reason."""

    text = _("请写明理由。")
    mend = _("理由将随决策记录长期保存，最多 500 字。")
