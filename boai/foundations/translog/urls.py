"""Addresses of the log. Paths below ``/log/`` are those of C2SP tlog-tiles."""

from django.urls import path

from boai.foundations.translog.web import public_pages

public = [
    path("log/", public_pages.about, name="translog-about"),
    path("log/checkpoint", public_pages.checkpoint, name="translog-checkpoint"),
    path("log/vkey", public_pages.vkey, name="translog-vkey"),
    path("log/policy", public_pages.policy, name="translog-policy"),
    path("log/boai-verify.py", public_pages.verifier, name="translog-verifier"),
    path("log/proof/<path:ref>", public_pages.proof, name="translog-proof"),
    path("log/leaf/<path:ref>", public_pages.leaf, name="translog-leaf"),
    path("log/tile/<path:rest>", public_pages.tile, name="translog-tile"),
]
staff: list[object] = []
