"""Fixtures for every test: a moment, a small world, browsers signed in as its people."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, settings

from boai.foundations.identity.web.middleware import SEAT
from boai.ground.core.actors import Actor
from boai.ground.core.clock import CHINA
from tests.factories.books import altered_books, whole_books  # noqa: F401
from tests.factories.world import World, make_world

# No test fails for being slow: machines are shared.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def own_home(settings: Any, tmp_path: Path) -> Path:
    """Files of each test stand in a folder of their own: the log's seal outlives a rollback."""
    settings.BOAI_HOME = tmp_path / "home"
    return tmp_path / "home"


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Rate limits and other cached things start anew with each test."""
    cache.clear()


@pytest.fixture
def at() -> datetime:
    """The moment at which tests act."""
    return datetime(2020, 1, 29, 10, 0, tzinfo=CHINA)


@pytest.fixture
def world(db: None, at: datetime) -> World:
    """Places and cast."""
    return make_world(at)


@pytest.fixture
def client_for(db: None) -> Callable[[Actor | None], Client]:
    """A browser signed in as an actor, in the actor's post; ``None`` is a visitor."""

    def make(actor: Actor | None) -> Client:
        client = Client()
        if actor is not None:
            user = get_user_model().objects.get(pk=actor.user_id)
            client.force_login(user, backend=BACKEND)
            session = client.session
            session[SEAT] = actor.organisation_id
            session.save()
        return client

    return make
