"""Refusals: the house says no in a sentence that names place, reason and mend."""

from typing import Any, ClassVar

from boai.ground.core.text import gettext_noop as _


class Refusal(Exception):
    """An act that is refused. Nothing has changed; the caller's transaction rolls back.

    Subclasses are sentences (``LotHasExpired``). ``text`` says what is wrong and ``mend`` what to
    do, both in Chinese source text with ``{named}`` places that the context fills. ``field`` names
    the input field at fault, where there is one, so that a form can show the words beside it.
    Context values are shown to the user: never put personal data into them.
    """

    text: ClassVar[str] = _("此操作不能进行。")
    mend: ClassVar[str] = ""

    def __init__(self, *, field: str = "", **context: Any) -> None:
        self.field = field
        self.context = context
        super().__init__(self.sentence())

    @property
    def code(self) -> str:
        """The stable machine name: the class name."""
        return type(self).__name__

    def sentence(self) -> str:
        """Reason and mend in the source language, for logs, the command line and tests."""
        return (self.text + self.mend).format(**self.context)


class NotPermitted(Refusal):
    """The actor may not do this here (authorisation matrix)."""

    text = _("您没有办理此事的权限。")
    mend = _("请由有相应岗位的同事办理，或请管理员核对您的岗位。")


class NotFound(Refusal):
    """There is no such thing, or none that this actor may see: the two look the same."""

    text = _("没有找到所要的记录。")
    mend = _("请核对编号后再试。")


class SameKeyOtherInputs(Refusal):
    """An idempotency key came back with other contents (Stripe's rule, kept for ever)."""

    text = _("同一请求号已用于另一内容的办理。")
    mend = _("请刷新页面后重新提交。")
