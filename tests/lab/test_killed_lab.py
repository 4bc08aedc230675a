"""A lab that is killed loses nothing that was saved, and nothing that was counted."""

import os
import signal
import subprocess
import sys

import httpx
import pytest

from active_edge.cli.main import main
from active_edge.lab.server import TOKEN
from active_edge.ledger import Ledger
from tests.lab.desks import lab_in, make_folder, variant_with


@pytest.mark.slow
def test_what_was_saved_before_a_kill_passes_check_and_every_look_is_counted(tmp_path):
    folder = make_folder(tmp_path)
    variant = variant_with(lab_in(folder), strategy__max_weight=0.07)
    strategy, market = str(folder / "strategies" / "small.yaml"), str(folder / "market")
    command = [sys.executable, "-m", "active_edge", "lab", strategy, "--data", market, "--no-browser"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as lab:
        address = httpx.URL(lab.stdout.readline().strip())
        headers = {TOKEN: address.params["token"]}
        with httpx.Client(base_url=f"http://{address.host}:{address.port}", headers=headers, timeout=120) as client:
            saved = client.post("/save", json={"variant": variant, "name": "kept"}).json()["files"]
            looked = client.post("/evaluate", json={"tab": "a", "number": 1, "variant": variant}).json()
        lab.send_signal(signal.SIGKILL)
        lab.wait()
    assert len(saved) == 2
    assert main(["check", *[str(folder / file) for file in saved]]) == 0
    assert looked["price"]["sitting"] == 1
    assert [lineage["trials"] for lineage in Ledger().summary()["lineages"]] == [1]
