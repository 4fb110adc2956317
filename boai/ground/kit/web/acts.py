"""A page for one act: a form, ONE service call, a message."""

from __future__ import annotations  # Django's formsets take no type argument at run time

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views import View

from boai.ground.core import clock
from boai.ground.core.actors import PUBLIC, Actor
from boai.ground.core.errors import NotFound, NotPermitted, Refusal
from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.refusals import explain

FRAMES = {"desk": "kit/desk.html", "public": "kit/public.html", "focus": "kit/focus.html"}

_KEY = re.compile(r"[0-9a-f]{32}")


def actor_of(request: HttpRequest) -> Actor:
    """The actor that identity's middleware found, else the public."""
    found = getattr(request, "actor", None)
    return found if isinstance(found, Actor) else PUBLIC


def submission_of(request: HttpRequest) -> str:
    """The key that makes a repeated sending of one form harmless; a new one where none is sent."""
    given = request.POST.get("_key", "") if request.method == "POST" else ""
    return given if _KEY.fullmatch(given) else uuid.uuid4().hex


class ActPage(View):
    """Shows a form; on sending it calls ``act`` once and goes on to ``done_url``.

    A refusal of the service stands beside its field, or on top; the input is kept; status 422.
    """

    title: ClassVar[str] = ""
    intro: ClassVar[str] = ""
    frame: ClassVar[str] = "desk"
    template_name: ClassVar[str] = "kit/act.html"
    form_class: type[forms.Form] = forms.Form
    lines_class: ClassVar[type[BaseFormSet[Any]] | None] = None
    submit_label: ClassVar[str] = _("提交")
    confirm: ClassVar[str] = ""
    confirm_word: ClassVar[str] = ""
    danger: ClassVar[bool] = False
    draft: ClassVar[bool] = False
    success: ClassVar[str] = _("办理成功。")

    request: HttpRequest
    actor: Actor
    at: datetime
    submission: str
    lines: BaseFormSet[Any] | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Who, when, and the key that makes a repeated sending harmless."""
        super().setup(request, *args, **kwargs)
        self.actor = actor_of(request)
        self.at = clock.now()
        self.submission = submission_of(request)

    # What a page says about itself.

    def act(self, form: Any) -> Any:
        """The one service call."""
        raise NotImplementedError

    def done_url(self, outcome: Any) -> str:
        """Where to go afterwards; this page again unless given."""
        return self.request.get_full_path()

    def message(self, outcome: Any) -> str:
        """What to tell on the next page; empty tells nothing."""
        return gettext(self.success)

    def context(self) -> Mapping[str, Any]:
        """More for the template: ``facts`` (pairs) are shown above the form."""
        return {}

    def initial(self) -> dict[str, Any]:
        """Values to begin with."""
        return {}

    def form_kwargs(self) -> dict[str, Any]:
        """More arguments for the form, such as choices."""
        return {}

    def make_form(self, data: Any = None, files: Any = None) -> forms.Form:
        """The form, empty or filled."""
        return self.form_class(data, files, initial=self.initial(), **self.form_kwargs())

    def lines_initial(self) -> list[dict[str, Any]]:
        """Rows the lines begin with."""
        return []

    def make_lines(self, data: Any = None, files: Any = None) -> BaseFormSet[Any] | None:
        """The formset of lines, where the page has one."""
        if self.lines_class is None:
            return None
        return self.lines_class(data, files, initial=self.lines_initial(), prefix="lines")

    # The two ways in.

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form."""
        self.lines = self.make_lines()
        return self.show(self.make_form())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do the act, or show what is wrong."""
        form = self.make_form(request.POST, request.FILES)
        self.lines = self.make_lines(request.POST, request.FILES)
        fine = form.is_valid()
        if self.lines is not None:
            fine = self.lines.is_valid() and fine
        if not fine:
            return self.show(form, status=422)
        try:
            outcome = self.act(form)
        except (NotPermitted, NotFound):
            raise
        except Refusal as refusal:
            self.put(refusal, form)
            return self.show(form, status=422)
        if isinstance(outcome, HttpResponse):
            return outcome
        told = self.message(outcome)
        if told:
            messages.success(request, told)
        return HttpResponseRedirect(self.done_url(outcome))

    def put(self, refusal: Refusal, form: forms.Form) -> None:
        """Set the words of a refusal beside the field it names, else on top."""
        words = explain(refusal)
        form.add_error(words.field if words.field in form.fields else None, words.sentence)

    def show(self, form: forms.Form, status: int = 200) -> HttpResponse:
        """The page."""
        context = {
            "form": form,
            "lines": self.lines,
            "title": gettext(str(self.title)) if self.title else "",
            "intro": gettext(str(self.intro)) if self.intro else "",
            "frame_template": FRAMES[self.frame],
            "submit_label": gettext(str(self.submit_label)),
            "confirm": gettext(str(self.confirm)) if self.confirm else "",
            "confirm_word": gettext(str(self.confirm_word)) if self.confirm_word else "",
            "danger": self.danger,
            "draft_key": self.request.path if self.draft else "",
            "submission": self.submission,
            "large": self.frame == "focus",
            "page": self,
            **self.context(),
        }
        return TemplateResponse(self.request, self.template_name, context, status=status)
