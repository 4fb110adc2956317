"""A refusal as people and programs read it."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext

from boai.ground.core.errors import NotFound, NotPermitted, Refusal


@dataclass(frozen=True, slots=True)
class Explained:
    """The words of a refusal in the reader's language."""

    reason: str
    mend: str
    code: str
    field: str

    @property
    def sentence(self) -> str:
        """Reason and mend in one line."""
        return f"{self.reason}{self.mend}"


def explain(refusal: Refusal) -> Explained:
    """Translate reason and mend, then fill in the context."""
    return Explained(
        _filled(refusal.text, refusal),
        _filled(refusal.mend, refusal) if refusal.mend else "",
        refusal.code,
        refusal.field,
    )


def _filled(source: str, refusal: Refusal) -> str:
    context = {name: _in_words(value) for name, value in refusal.context.items()}
    try:
        return gettext(source).format(**context)
    except (KeyError, IndexError, ValueError):
        # A translation with another place holder must not turn a refusal into a crash.
        return source.format_map(_Lenient(context))


def _in_words(value: object) -> object:
    """A marked label (the word of a state, say) in the reader's language; all else as it is."""
    return translation.gettext(value) if isinstance(value, str) and 0 < len(value) <= 40 else value


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"


def status_of(refusal: Refusal) -> int:
    """404 for what is not there, 403 for what is not permitted, else 422."""
    if isinstance(refusal, NotFound):
        return 404
    return 403 if isinstance(refusal, NotPermitted) else 422


def problem(refusal: Refusal, *, instance: str = "") -> dict[str, object]:
    """The refusal as an RFC 9457 problem document."""
    words = explain(refusal)
    answer: dict[str, object] = {
        "type": f"urn:boai:refusal:{words.code}",
        "title": words.reason,
        "status": status_of(refusal),
        "detail": words.mend or words.reason,
        "code": words.code,
    }
    if words.field:
        answer["field"] = words.field
    if instance:
        answer["instance"] = instance
    return answer


def refusal_response(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A page, or under ``/api/`` a problem document, with the right status."""
    status = status_of(refusal)
    if request.path.startswith("/api/"):
        return JsonResponse(
            problem(refusal, instance=request.path),
            status=status,
            content_type="application/problem+json",
            json_dumps_params={"ensure_ascii": False},
        )
    signed_in = getattr(getattr(request, "actor", None), "user_id", None) is not None
    desk = signed_in and request.path.startswith("/desk/")
    return render(
        request,
        "kit/refusal.html",
        {
            "words": explain(refusal),
            "status": status,
            "frame_template": "kit/desk.html" if desk else "kit/public.html",
        },
        status=status,
    )
