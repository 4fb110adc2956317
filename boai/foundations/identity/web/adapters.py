"""How sign-in behaves here: no sign-up, accounts are opened by the society."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up is closed; user names are compared in small letters."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: a staff account is opened by an administrator for a verified person."""
        return False

    def clean_username(self, username: str, shallow: bool = False) -> Any:
        """One spelling for one user name."""
        return super().clean_username(username.strip().lower(), shallow=shallow)
