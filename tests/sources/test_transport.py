"""The client's manners, and what it does when a source misbehaves."""

import io
import multiprocessing
import threading
import time
import zipfile
from pathlib import Path

import pytest

from active_edge.errors import ConfigError, SourceBusy, SourceError, SourceFormatError, SourceRefused
from active_edge.sources.web.archive import Archive
from active_edge.sources.web.pacing import Pacer
from active_edge.sources.web.request import Request
from active_edge.sources.web.transport import Client, require_identity

from .conftest import IDENTITY
from .replay import Answer

URL = "https://data.sec.gov/thing.json"
RATE_PAGE = b"<!DOCTYPE html><html><head><title>SEC.gov | Request Rate Threshold Exceeded</title></head></html>"
UNDECLARED = b"<!DOCTYPE html><html><title>Your Request Originates from an Undeclared Automated Tool</title></html>"


def request(**more: object) -> Request:
    return Request(**{"source": "sec", "key": "sec/thing", "url": URL, "kind": "json", **more})


def a_zip(text: bytes = b"a,b\n1,2\n" * 1000) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.csv", text)
    return file.getvalue()


def nothing_kept(archive: Archive) -> bool:
    return not archive.keys() and not list((archive.path / "incoming").iterdir())


@pytest.mark.parametrize("identity", ["", "Jane Doe", "jane@example.com", "Jänë jane@example.com", "A\n b@c.de"])
def test_without_a_name_and_an_address_nothing_starts(tmp_path: Path, identity: str) -> None:
    with pytest.raises(ConfigError, match="identity"):
        Client(Archive(tmp_path), identity)


def test_identity_is_sent_to_the_sec_word_for_word(make_client, replay) -> None:
    replay.serve(URL, b"{}", "application/json")
    make_client().fetch(request())
    assert replay.agents == [IDENTITY]
    assert require_identity(IDENTITY) == IDENTITY


def test_a_body_is_archived_with_url_time_and_hash(make_client, replay) -> None:
    replay.serve(URL, b'{"a": 1}', "application/json", packed=True)
    client = make_client()
    entry = client.fetch(request())
    assert client.archive.read(entry) == b'{"a": 1}'
    assert entry.url == URL
    assert entry.time == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize(
    "fault",
    [
        Answer(b"slow down", status=429, headers={"Retry-After": "7"}),
        Answer(b"", status=503),
        Answer(RATE_PAGE, status=403, media="text/html"),
        Answer(RATE_PAGE, status=200, media="text/html"),
        Answer(b'{"a": 1}', cut=3),
        Answer(b""),
    ],
    ids=["429", "503", "block page 403", "block page 200", "half body", "empty body"],
)
def test_a_passing_fault_is_waited_out(make_client, replay, fault: Answer) -> None:
    replay.serve(URL, b'{"a": 1}', "application/json")
    replay.fail(URL, fault)
    client = make_client()
    assert client.archive.read(client.fetch(request())) == b'{"a": 1}'
    assert replay.asked.total() == 2


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (Answer(b"", status=429), SourceBusy, "429"),
        (Answer(b"", status=503), SourceBusy, "503"),
        (Answer(RATE_PAGE, status=403), SourceBusy, "rate was exceeded"),
        (Answer(UNDECLARED, status=403), SourceRefused, "undeclared automated tool"),
        (Answer(UNDECLARED, status=200), SourceRefused, "undeclared automated tool"),
        (Answer(b"no", status=403), SourceRefused, "403"),
        (Answer(b"", status=404), SourceRefused, "no such thing"),
        (Answer(b'{"a": 1, "b"', cut=5), SourceFormatError, "ended early|announced"),
        (Answer(b"<html><title>Moved</title></html>", media="text/html"), SourceFormatError, "Moved"),
        (Answer(b"\n\n<!-- x --><!DOCTYPE html><html></html>"), SourceFormatError, "HTML"),
        (Answer(b"x" * 2000), SourceFormatError, "more than 1000 bytes"),
    ],
)
def test_a_lasting_fault_ends_in_a_named_error_and_keeps_nothing(make_client, replay, fault, error, words) -> None:
    replay.fail(URL, *[fault] * 30)
    client = make_client(most_attempts=3)
    with pytest.raises(error, match=words):
        client.fetch(request(max_bytes=1000))
    assert nothing_kept(client.archive)
    replay.faults.clear()
    replay.serve(URL, b"{}")
    assert client.fetch(request()).bytes == 2


def test_a_source_that_never_answers_is_busy(make_client, replay) -> None:
    replay.fail(URL, *[Answer(stall=True)] * 3)
    client = make_client(timeout_seconds=0.2, most_attempts=2)
    with pytest.raises(SourceBusy, match=r"no answer within 0\.2 s"):
        client.fetch(request())


def test_an_unreachable_source_is_busy(tmp_path: Path, make_client) -> None:
    client = make_client(most_attempts=2)
    client.base_urls = {"data.sec.gov": "http://127.0.0.1:9"}
    with pytest.raises(SourceBusy, match="cannot be reached"):
        client.fetch(request())


def test_retry_after_is_obeyed_and_holds_everybody_off(make_client, replay, clock) -> None:
    replay.serve(URL, b"{}")
    replay.fail(URL, Answer(b"", status=429, headers={"Retry-After": "77"}))
    client = make_client()
    start = clock.now()
    client.fetch(request())
    assert 77 <= clock.now() - start < 90


def test_the_deadline_bounds_the_waiting(make_client, replay, clock) -> None:
    replay.fail(URL, *[Answer(b"", status=503)] * 100)
    client = make_client(deadline_seconds=100.0, most_attempts=1000)
    start = clock.now()
    with pytest.raises(SourceBusy, match="run the same command again"):
        client.fetch(request())
    assert clock.now() - start <= 100.0


def test_pauses_grow_and_are_never_the_same(make_client, replay, clock) -> None:
    replay.fail(URL, *[Answer(b"", status=503)] * 6)
    replay.serve(URL, b"{}")
    make_client().fetch(request())
    pauses = [s for s in clock.slept if s >= 0.5]
    assert len(set(pauses)) == len(pauses) == 6
    assert pauses[-1] > pauses[0]


def test_a_404_is_noted_where_it_is_an_answer(make_client, replay) -> None:
    client = make_client()
    entry = client.fetch(request(missing_is_answer=True))
    assert entry.status == 404
    assert list(client.archive.bodies("sec/")) == []


def test_what_has_not_changed_is_not_sent_again(make_client, replay) -> None:
    replay.serve(URL, b"{}", headers={"ETag": '"v1"'})
    client = make_client()
    first = client.fetch(request())
    client.clock.moment += 86_400
    second = client.fetch(request())
    assert second.sha256 == first.sha256
    assert second.day > first.day
    assert client.archive.verify().entries == 2


def test_a_truncated_zip_is_fetched_again_and_then_refused(make_client, replay) -> None:
    whole = a_zip()
    replay.serve(URL, whole)
    replay.fail(URL, Answer(whole[: len(whole) // 2]))
    client = make_client()
    assert client.archive.read(client.fetch(request(kind="zip"))) == whole
    replay.fail(URL, *[Answer(whole[:-10])] * 9)
    with pytest.raises(SourceFormatError, match="not a whole zip"):
        client.fetch(request(kind="zip", key="other"))


def test_a_zip_bomb_never_enters_the_archive(make_client, replay) -> None:
    bomb = a_zip(b"\0" * 50_000_000)
    assert len(bomb) < 100_000
    replay.serve(URL, bomb)
    client = make_client()
    with pytest.raises(SourceFormatError, match="would grow"):
        client.fetch(request(kind="zip"))
    assert nothing_kept(client.archive)


def test_a_body_its_parser_refuses_never_enters_the_archive(make_client, replay) -> None:
    def check(body: bytes) -> None:
        raise SourceFormatError("columns have changed")

    replay.serve(URL, b"{}")
    client = make_client()
    with pytest.raises(SourceFormatError, match="columns"):
        client.fetch(request(check=check))
    assert nothing_kept(client.archive)


def test_a_full_disk_while_fetching_is_named(make_client, replay, monkeypatch) -> None:
    from active_edge.sources.web import archive as archive_module

    replay.serve(URL, b"x" * 100_000)
    client = make_client()
    true_init = archive_module.Incoming.__init__

    def on_full_disk(self, path, file) -> None:
        file.close()
        true_init(self, path, open("/dev/full", "wb"))  # noqa: SIM115

    monkeypatch.setattr(archive_module.Incoming, "__init__", on_full_disk)
    with pytest.raises(SourceError, match="disk is full"):
        client.fetch(request(kind="text"))
    assert nothing_kept(client.archive)


def test_turns_are_spaced_over_threads(tmp_path: Path, clock) -> None:
    pacer = Pacer(tmp_path, clock=clock)
    clock.sleep = clock.slept.append  # time stands still: every turn waits longer than the one before
    threads = [threading.Thread(target=pacer.take_turn, args=("sec",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(clock.slept) == pytest.approx([i / 8 for i in range(16)], abs=1e-5)


def _turns(folder: str, n: int, out) -> None:
    pacer = Pacer(Path(folder), rates={"sec": 40.0})
    for _ in range(n):
        pacer.take_turn("sec")
        out.put(time.time())


@pytest.mark.slow
def test_turns_are_spaced_over_processes(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    workers = [context.Process(target=_turns, args=(str(tmp_path), 20, out)) for _ in range(2)]
    for worker in workers:
        worker.start()
    moments = sorted(out.get(timeout=30) for _ in range(40))
    for worker in workers:
        worker.join()
    assert moments[-1] - moments[0] >= 39 / 40 - 0.05


def test_a_schedule_from_a_clock_set_back_does_not_block_for_ever(tmp_path: Path, clock) -> None:
    (tmp_path / "sec").write_text(repr(clock.now() + 10_000_000))
    assert Pacer(tmp_path, clock=clock).take_turn("sec") == 0.0


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("page", "status", "error"),
    [
        ("sec_rate_exceeded.html", 403, SourceBusy),
        ("sec_rate_exceeded.html", 429, SourceBusy),
        ("sec_undeclared_automated_tool.html", 403, SourceRefused),
        ("sec_submissions_404.xml", 404, SourceRefused),
        ("sec_submissions_404.xml", 403, SourceRefused),
        ("nasdaqtrader_404_page_saved_as_nasdaqlisted.txt", 200, SourceFormatError),
    ],
)
def test_recorded_refusals_are_understood(make_client, replay, recorded: Path, page, status, error) -> None:
    body = (recorded / "negative" / page).read_bytes()
    replay.fail(URL, *[Answer(body, status=status, media="text/html")] * 9)
    client = make_client(most_attempts=2)
    with pytest.raises(error):
        client.fetch(request())
    assert nothing_kept(client.archive)
