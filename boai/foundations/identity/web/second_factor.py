"""Whether somebody signs in with more than a password."""

from allauth.mfa.models import Authenticator

from boai.foundations.identity import queries
from boai.foundations.identity.rules.matrix import matrix
from boai.ground.core.actors import Actor


def has_second_factor(user_id: int) -> bool:
    """Whether an account has an authenticator app or a passkey."""
    strong = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=user_id, type__in=strong).exists())


def should_have_second_factor(actor: Actor) -> bool:
    """Whether the actor's roles sign for money, goods or decisions."""
    roles = queries.roles_of(actor)
    return any(
        grant.signs for given in matrix().values() for role, grant in given.items() if role in roles
    )
