import pytest

from active_edge.market import open_market
from active_edge.market.intake.importer import import_folder


@pytest.fixture(scope="session")
def real_import(shared_data, tmp_path_factory):
    """The import report of the real folder and the market made from it."""
    target = tmp_path_factory.mktemp("real") / "market"
    report = import_folder(shared_data / "us_2015_2017", target)
    return report, open_market(target)
