"""The frame of the programming interface: one document, problem details for every refusal."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from boai import __version__
from boai.ground.core.errors import Refusal
from boai.ground.kit.web.doors import door
from boai.ground.kit.web.refusals import refusal_response
from boai.site.rooms import rooms_urls

PROBLEM = "application/problem+json"
READABLE = {"ensure_ascii": False}
PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "urn:boai:refusal:<code> or about:blank"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string", "description": "stable name of the refusal"},
        "field": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}

api = NinjaAPI(
    title="Boai 博爱",
    version=__version__,
    description=(
        "红十字会公开平台接口。金额以分为单位的整数；时间为 ISO 8601。"
        "Amounts are whole fen; moments are ISO 8601; errors are RFC 9457 problem documents."
    ),
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)


def problem(
    request: HttpRequest, status: int, title: str, detail: str = "", **more: Any
) -> HttpResponse:
    """An RFC 9457 answer."""
    document = {"type": "about:blank", "title": title, "status": status, "instance": request.path}
    if detail:
        document["detail"] = detail
    return JsonResponse(
        {**document, **more},
        status=status,
        content_type=PROBLEM,
        json_dumps_params=READABLE,
    )


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal | type[Refusal]) -> HttpResponse:
    """The house's own no."""
    known = refusal if isinstance(refusal, Refusal) else refusal()
    return refusal_response(request, known)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    """Input of the wrong shape: where, and what was expected. The input is not repeated."""
    found = getattr(error, "errors", [])
    places = [
        {"pointer": "/" + "/".join(str(p) for p in item.get("loc", ())), "detail": item.get("msg")}
        for item in found
    ]
    return problem(request, 422, _("请求内容不符合接口要求。"), errors=places)


@api.exception_handler(AuthenticationError)
def unauthenticated(
    request: HttpRequest, error: AuthenticationError | type[AuthenticationError]
) -> HttpResponse:
    """No key, or a wrong one."""
    answer = problem(request, 401, _("请先提供有效的接口密钥。"))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(Throttled)
def too_often(request: HttpRequest, error: Throttled | type[Throttled]) -> HttpResponse:
    """Too many requests."""
    return problem(request, 429, _("请求过于频繁，请稍后再试。"))


@api.exception_handler(HttpError)
def failed(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    """What an operation says by status."""
    status = int(getattr(error, "status_code", 400))
    return problem(request, status, str(error) or _("请求无法办理。"))


@api.get("/version", tags=["site"], summary="平台版本", auth=None)
def version(request: HttpRequest) -> dict[str, str]:
    """Name and version of the platform."""
    return {"name": "boai", "version": __version__}


@door("public")
def described(request: HttpRequest) -> HttpResponse:
    """``/api/v1/openapi.json``: the interface described by itself."""
    return JsonResponse(with_problems(api.get_openapi_schema()), json_dumps_params=READABLE)


def with_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Declare the problem document as every operation's answer to what it refuses."""
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    answer = {
        "description": "Refused (RFC 9457)",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"] = {**operation["responses"], "default": answer}
    return document


for _label, _urls in rooms_urls():
    for _prefix, _router in getattr(_urls, "api", []):
        api.add_router(_prefix, _router)
