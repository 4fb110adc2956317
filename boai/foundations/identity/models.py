"""Persons, accounts, posts."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from boai.ground.kit.db.people import two_people
from boai.ground.kit.db.sealed import SealedText


class Person(models.Model):
    """One natural person, however many accounts (I-21).

    PII: name, identity number and phone, sealed; found again by blind index only.
    """

    name = SealedText()
    identity_number = SealedText()
    identity_index = models.CharField(max_length=64, unique=True)
    phone = SealedText(null=True)
    registered_at = models.DateTimeField()


class UserManager(BaseUserManager["User"]):
    """Finds users the way Django's sign-in asks for them; accounts are opened by services."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """By user name, in the one spelling that is stored."""
        return self.get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A staff account: a user name with which one person signs in, opened by one organisation.

    PII: the user name, where it is made from a name. The password is kept as an Argon2 digest.
    """

    username = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    is_active = models.BooleanField(default=True)
    opened_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            # Two accounts in one society would let one person sign twice (I-21).
            models.UniqueConstraint(
                fields=["person", "organisation"],
                condition=Q(is_active=True),
                name="identity_one_account_per_person",
            )
        ]

    def __str__(self) -> str:
        return self.username


class Post(models.Model):
    """An account holds a role in an organisation, from a moment until it is ended.

    ``person`` repeats the account's person so that the database itself can compare who appoints
    with who is appointed; a trigger keeps it honest. PII: none of its own.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=8)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    appointed_by_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True
    )
    ended_by_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(valid_to__isnull=True),
                name="identity_post_held_once",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=models.F("valid_from")),
                name="identity_post_ends_after_it_begins",
            ),
            two_people("person", "appointed_by_person", name="identity_nobody_appoints_himself"),
        ]
        indexes = [models.Index(fields=["organisation", "role"])]
