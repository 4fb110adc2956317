"""A refusal that no page caught still reaches the reader as a proper answer, never as a crash."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from boai.ground.core.errors import NotFound, Refusal
from boai.ground.kit.web.refusals import refusal_response


class RefusalMiddleware:
    """Turns an escaped ``Refusal`` into a page or problem document (403, 404, 422)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; views' exceptions come through ``process_exception``.

        Nothing has an address with a NUL in it, and PostgreSQL cannot even be asked for one.
        """
        if "\0" in request.path_info:
            return refusal_response(request, NotFound())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer refusals; leave everything else to Django."""
        return refusal_response(request, error) if isinstance(error, Refusal) else None
