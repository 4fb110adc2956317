"""RSA2: SHA256withRSA over the parameters, sorted by name and joined as they are, unescaped.

Of what is told to us ``sign`` and ``sign_type`` stay out, of what we ask only ``sign``. An answer to a
question is signed differently: over the exact text of its one object.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

TOLD = ("sign", "sign_type")
ASKED = ("sign",)
TYPE = "RSA2"


def content(parameters: Mapping[str, str], *, but: Sequence[str] = TOLD) -> bytes:
    """What is signed of a notification (``but=ASKED``: of a question)."""
    names = sorted(name for name in parameters if name not in but)
    return "&".join(f"{name}={parameters[name]}" for name in names).encode()


def sign(text: bytes, key: RSAPrivateKey) -> str:
    """The signature of a text."""
    return base64.b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def is_signed(text: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Whether a signature is that of this key over this very text."""
    try:
        key.verify(base64.b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
