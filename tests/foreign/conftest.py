"""The Go verifier, compiled once for all tests that hold the two against each other."""

import os

import pytest

from tests.foreign.program import compiled, missing


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Compiled against Debian's packaged library; where CI is set it must be there."""
    if missing():
        pytest.fail(missing()) if os.environ.get("CI") else pytest.skip(missing())
    return str(compiled(tmp_path_factory.mktemp("go")))
