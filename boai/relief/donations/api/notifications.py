"""``/api/v1/notify/``: where the payment platforms tell what was paid and what went back."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from ninja import Router

from boai.ground.core import clock
from boai.relief.donations.channels.alipay import receiving as alipay_receiving
from boai.relief.donations.channels.wechatpay.reading import LARGEST_BODY
from boai.relief.donations.channels.wechatpay.receiving import take_notification

router = Router(tags=["donations"])


@router.post("/wechatpay/", auth=None, summary="微信支付结果通知")
def wechatpay(request: HttpRequest) -> HttpResponse:
    """204 once it is on the disk, 4xx for anything that is not genuine (WeChat Pay v3)."""
    body = _body(request)
    if body is None:
        return JsonResponse({"code": "FAIL", "message": "请求体过大"}, status=413)
    answer = take_notification(request.headers, body, at=clock.now())
    if answer.body is None:
        return HttpResponse(status=answer.http)
    return JsonResponse(answer.body, status=answer.http, json_dumps_params={"ensure_ascii": False})


@router.post("/alipay/", auth=None, summary="支付宝异步通知")
def alipay(request: HttpRequest) -> HttpResponse:
    """Exactly ``success`` once it is on the disk, ``fail`` for anything that is not genuine."""
    body = _body(request)
    if body is None:
        return HttpResponse(b"fail", status=413, content_type="text/plain")
    answer = alipay_receiving.take_notification(body, at=clock.now())
    return HttpResponse(answer.text, status=answer.http, content_type="text/plain")


def _body(request: HttpRequest) -> bytes | None:
    """The raw body; nothing where it is larger than any notification."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
        body = None if length > LARGEST_BODY else request.body
    except (ValueError, RequestDataTooBig, RawPostDataException):
        return None
    return body
