"""The tags every template may use without loading them."""

from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from boai.ground.core.clock import CHINA
from boai.ground.core.money import in_words
from boai.ground.core.money import yuan as yuan_text
from boai.ground.kit.masks import masked_name, masked_phone
from boai.ground.kit.web.doors import open_to

register = template.Library()

Whole = int | str | None
"""A whole number as templates give it: a missing variable arrives as an empty text."""

TONES = frozenset({"good", "warn", "bad", "info", "wait", "plain", "accent"})


def _unknown() -> SafeString:
    return format_html('<span class="unknown">{}</span>', gettext("未知"))


def _nothing() -> SafeString:
    return mark_safe('<span class="unknown">—</span>')


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """One picture of the sprite; decoration only, hidden from screen readers."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" icon-{size}" if size else "",
        static("kit/icons.svg"),
        name or "dot",
    )


@register.simple_tag
def money(fen: Whole, words: bool = False, sign: bool = True) -> SafeString:
    """Whole fen as yuan; unknown stays unknown, never zero."""
    if fen is None or fen == "":
        return _unknown()
    shown = format_html(
        '<span class="money{}">{}{}</span>',
        " negative" if int(fen) < 0 else "",
        "¥" if sign else "",
        yuan_text(int(fen)),
    )
    if words and int(fen) > 0:
        shown = format_html('{} <span class="in-words">{}</span>', shown, in_words(int(fen)))
    return shown


@register.simple_tag
def quantity(number: Whole, unit: str = "") -> SafeString:
    """A whole number of base units with its unit; unknown stays unknown."""
    if number is None or number == "":
        return _unknown()
    return format_html(
        '<span class="quantity">{}{}</span>',
        f"{int(number):,}",
        format_html('<span class="unit"> {}</span>', unit) if unit else "",
    )


@register.simple_tag
def moment(at: datetime | None, seconds: bool = False) -> SafeString:
    """A moment in China's time."""
    if not at:
        return _nothing()
    local = at.astimezone(CHINA)
    return format_html(
        '<time datetime="{}">{}</time>',
        local.isoformat(),
        local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M"),
    )


@register.simple_tag
def day(on: date | None) -> SafeString:
    """A day."""
    if not on:
        return _nothing()
    if isinstance(on, datetime):
        on = on.astimezone(CHINA).date()
    return format_html('<time datetime="{0}">{0}</time>', on.isoformat())


@register.simple_tag
def state(label: str, tone: str = "plain") -> SafeString:
    """A badge. The words carry the meaning, the colour only helps."""
    if not label:
        return _nothing()
    return format_html(
        '<span class="state state-{}">{}</span>',
        tone if tone in TONES else "plain",
        gettext(str(label)),
    )


@register.simple_tag
def ref(text: str, copy: bool = True) -> SafeString:
    """A number that people copy: the key of a reference, or any plain number."""
    shown = str(text or "")
    key = shown.split(":", 1)[1] if ":" in shown and "." in shown.split(":", 1)[0] else shown
    if not key:
        return _nothing()
    if not copy:
        return format_html('<span class="refno">{}</span>', key)
    return format_html(
        '<span class="refno">{0}</span><button type="button" class="copy" data-copy="{0}" '
        'aria-label="{1}" title="{1}">{2}</button>',
        key,
        gettext("复制"),
        icon("copy"),
    )


@register.simple_tag
def mask(text: str | None, kind: str = "name") -> str:
    """Personal data in masked form."""
    if not text:
        return "—"
    return masked_phone(text) if kind == "phone" else masked_name(text)


@register.inclusion_tag("kit/_stat.html")
def stat(
    label: str,
    value: Any,
    kind: str = "number",
    unit: str = "",
    hint: str = "",
    icon: str = "",
    tone: str = "",
    url: str = "",
) -> dict[str, Any]:
    """A tile with one figure."""
    return {
        "label": label,
        "value": value,
        "kind": kind,
        "unit": unit,
        "hint": hint,
        "icon": icon,
        "tone": tone,
        "url": url,
    }


@register.simple_tag
def share(part: int | None, whole: int | None) -> SafeString:
    """How much of a whole, as a bar and per cent."""
    if part is None or not whole:
        return _nothing()
    cent = max(0, part) * 100 // whole
    return format_html(
        '<span class="share"><progress max="{}" value="{}"></progress><span>{}%</span></span>',
        whole,
        min(max(part, 0), whole),
        cent,
    )


@register.simple_tag(takes_context=True)
def address(context: template.Context, name: str, *args: Any, **kwargs: Any) -> str:
    """Like ``url``, but an empty text where no such page exists or it is closed to the reader."""
    try:
        target = reverse(name, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""
    return target if open_to(context.get("request"), target) else ""


@register.simple_tag(takes_context=True)
def again(context: template.Context, name: str) -> str:
    """The contents of a block once more: the page's title is its heading, too."""
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    block = blocks.get_block(name) if blocks is not None else None
    if block is None:
        return ""
    with context.push():
        return SafeString(block.nodelist.render(context).strip())


@register.filter
def yuan(fen: Whole) -> str:
    """Whole fen as plain text in yuan."""
    return gettext("未知") if fen is None or fen == "" else yuan_text(int(fen))


@register.filter
def thousands(number: Whole) -> str:
    """A whole number with separators."""
    return gettext("未知") if number is None or number == "" else f"{int(number):,}"


@register.filter
def lookup(mapping: Any, key: Any) -> Any:
    """The value of a key, for templates."""
    try:
        return mapping[key]
    except (KeyError, IndexError, TypeError):
        return ""


def control_class(widget: forms.Widget) -> str:
    """Bootstrap's class for a widget."""
    if isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return "form-check-input"
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, (forms.Select, forms.SelectMultiple)):
        return "form-select"
    return "form-control"


@register.inclusion_tag("kit/_field.html")
def field(bound: BoundField, large: bool = False, label: bool = True) -> dict[str, Any]:
    """Label, control, help and errors of one form field."""
    return {**field_context(bound), "large": large, "show_label": label}


def field_context(bound: BoundField) -> dict[str, Any]:
    """What ``kit/_field.html`` needs to know about a field."""
    widget = bound.field.widget
    return {
        "field": bound,
        "is_check": isinstance(widget, forms.CheckboxInput),
        "is_choices": isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)),
        "is_file": isinstance(widget, forms.FileInput),
        "hidden": bound.is_hidden,
        "show_label": True,
    }


@register.simple_tag
def control(bound: BoundField, large: bool = False) -> SafeString:
    """The widget alone, in the house's looks, marked where it is wrong."""
    widget = bound.field.widget
    names = [str(widget.attrs.get("class", "")), control_class(widget)]
    if bound.errors:
        names.append("is-invalid")
    if large:
        names.append("form-control-lg")
    attrs: dict[str, Any] = {"class": " ".join(name for name in names if name)}
    if bound.errors:
        attrs["aria-invalid"] = "true"
        if bound.auto_id:
            attrs["aria-describedby"] = f"{bound.auto_id}_errors"
    return bound.as_widget(attrs=attrs)
