"""The lab answers whoever was sent to its address, however early."""

import socket
from urllib.parse import urlparse

from active_edge.lab.serve import listen
from tests.lab.desks import lab_in, make_folder


def test_who_comes_before_the_server_has_started_waits_and_is_not_refused(tmp_path):
    listening = listen(lab_in(make_folder(tmp_path)), 0)
    address = urlparse(listening.address)
    socket.create_connection((address.hostname, address.port), timeout=10).close()
    assert address.hostname == "127.0.0.1"
    listening.bound.close()
