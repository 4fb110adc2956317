"""The collector rests for a part of a set, and is on again after it, however it ended."""

import gc

import pytest

from boai.ground.core.garbage import collected_later


def test_the_collector_is_on_again_whatever_happened() -> None:
    assert gc.isenabled()
    with collected_later():
        assert not gc.isenabled()
        with collected_later():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(ZeroDivisionError), collected_later():
        raise ZeroDivisionError
    assert gc.isenabled()
