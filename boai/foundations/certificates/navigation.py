"""Menu entries of the room."""

from boai.ground.core.text import gettext_noop as _
from boai.ground.kit.web.navigation import Entry

entries = [
    Entry(
        label=_("证书登记簿"),
        url_name="certificates-papers",
        action="certificates.see",
        icon="award",
        group=_("捐赠"),
        order=80,
    )
]
