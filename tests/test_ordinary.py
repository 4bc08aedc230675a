"""Only files that end are opened."""

import os

import pytest

import active_edge as ae
from active_edge.config import read_yaml
from active_edge.errors import ActiveEdgeError
from active_edge.filings.documents import open_filing
from active_edge.ledger import REAL, Ledger
from active_edge.market.dated import dated_frame
from active_edge.market.name_lists import read_names
from active_edge.ordinary import ordinary, ordinary_bytes
from active_edge.plugins import load_plugins
from active_edge.sealing.files import read_file
from active_edge.sealing.tokens import read_token

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no pipes with names")


@pytest.fixture(params=["pipe", "device"])
def endless(request, tmp_path):
    """Makes a path with an ending that is a pipe nobody writes into, or zeros without end."""

    def made(name):
        path = tmp_path / name
        if request.param == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to("/dev/zero")
        return path

    return made


READERS = {
    "a screen": ("s.yaml", read_yaml),
    "a filing": ("f.htm", open_filing),
    "returns as text": ("r.csv", lambda path: dated_frame(path, "returns")),
    "returns as parquet": ("r.parquet", lambda path: dated_frame(path, "returns")),
    "holdings": ("h.csv", lambda path: read_names(path, "holdings", {"ticker": ("ticker",)}, ("ticker",))),
    "a plug-in": ("p.py", load_plugins),
    "a seal": ("s.seal", read_file),
    "a token": ("t.ots", lambda path: read_token(path, path, "0")),
    "a ledger": ("l.jsonl", lambda path: Ledger(path).tally(REAL)),
    "a table": ("prices.csv", lambda path: ae.import_folder({"prices": path, "securities": path}, path.parent / "m")),
    "a folder of tables": ("prices.csv", lambda path: ae.import_folder(path.parent, path.parent / "m")),
}


@pytest.mark.parametrize("what", READERS)
def test_a_pipe_or_a_device_is_refused_by_name_and_not_waited_for(what, endless):
    name, read = READERS[what]
    path = endless(name)
    with pytest.raises(ActiveEdgeError, match="not an ordinary file") as refused:
        read(path)
    assert name in str(refused.value) or "/dev/zero" in str(refused.value)


def test_a_file_past_its_bound_is_refused_with_both_numbers(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"12345")
    assert ordinary_bytes(path, most=5) == b"12345"
    with pytest.raises(OSError, match="it has 5 bytes; at most 4 are read"):
        ordinary(path, most=4)


def test_what_is_not_there_is_left_to_whoever_opens_it(tmp_path):
    assert ordinary(tmp_path / "none") == tmp_path / "none"
