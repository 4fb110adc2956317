"""The sign-in form."""

from typing import Any

from allauth.account.forms import LoginForm


class StaffLoginForm(LoginForm):  # type: ignore[misc]
    """Without the way to a new password by mail: accounts here have no mail address."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""
