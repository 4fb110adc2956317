"""Whose attempts are counted together."""

from ipaddress import IPv6Address, ip_address, ip_network

from django.http import HttpRequest


def client_of(request: HttpRequest) -> str:
    """The address a request comes from, only ever kept as a keyed digest.

    Of IPv6 the first 64 bits: a household has all the rest to itself and could be wrong for ever.
    """
    given = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ip_address(given)
    except ValueError:
        return given
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return given
