"""``/api/v1/notify/wechatpay/``: where the payment platform tells what was paid."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from ninja import Router

from boai.ground.core import clock
from boai.relief.donations.channels.wechatpay.reading import LARGEST_BODY
from boai.relief.donations.channels.wechatpay.receiving import take_notification

router = Router(tags=["donations"])


@router.post("/wechatpay/", auth=None, summary="微信支付结果通知")
def wechatpay(request: HttpRequest) -> HttpResponse:
    """204 once it is on the disk, 4xx for anything that is not genuine (WeChat Pay v3)."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
        body = b"" if length > LARGEST_BODY else request.body
    except (ValueError, RequestDataTooBig, RawPostDataException):
        body, length = b"", LARGEST_BODY + 1
    if length > LARGEST_BODY:
        return JsonResponse({"code": "FAIL", "message": "请求体过大"}, status=413)
    answer = take_notification(request.headers, body, at=clock.now())
    if answer.body is None:
        return HttpResponse(status=answer.http)
    return JsonResponse(answer.body, status=answer.http, json_dumps_params={"ensure_ascii": False})
