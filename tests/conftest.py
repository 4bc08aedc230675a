"""Fixtures for data that lives beside the project and is never part of it."""

from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says nothing about whether it holds.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")

BESIDE = Path(__file__).resolve().parents[2] / "shared"


def _folder(name: str) -> Path:
    folder = BESIDE / name
    if not folder.is_dir():
        pytest.skip(f"real input is not on this machine: no {name} folder beside the checkout")
    return folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    return _folder("data")


@pytest.fixture(scope="session")
def recorded() -> Path:
    return _folder("recorded")
