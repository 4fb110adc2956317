"""Django's own check list knows the house's reasons against starting, too."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from boai.site.startup import reasons_against_starting


@register(Tags.security)
def safe_to_start(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Each unsafe value as an error."""
    return [
        Error(text, id=f"boai.E{n:03d}") for n, text in enumerate(reasons_against_starting(), 1)
    ]
