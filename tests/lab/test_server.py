"""Who may call the lab, and that nobody else is answered."""

import asyncio

import httpx
import pytest

from active_edge.lab.server import TOKEN, application
from tests.lab.desks import lab_in, make_folder, variant_with

PORT = 8642
HOST = f"http://127.0.0.1:{PORT}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_folder(tmp_path_factory.mktemp("lab"))


@pytest.fixture(scope="module")
def lab(folder):
    return lab_in(folder)


@pytest.fixture
def ask(lab):
    """One request to the application itself; its answer."""

    def asked(method, path, *, host=f"127.0.0.1:{PORT}", headers=None, **given):
        async def once():
            transport = httpx.ASGITransport(app=application(lab, PORT))
            async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
                return await client.request(method, path, headers={"host": host, **(headers or {})}, **given)

        return asyncio.run(once())

    return asked


@pytest.fixture
def call(ask, lab):
    def called(path, content, **headers):
        return ask("POST", path, json=content, headers={TOKEN: lab.key, **headers})

    return called


def test_only_the_token_opens_the_page(ask, lab):
    assert ask("GET", f"/?token={lab.key}").status_code == 200
    for path in ("/", "/?token=", "/?token=guess", "/report/x?token=é"):
        assert ask("GET", path).status_code == 403


@pytest.mark.parametrize("path", ["/market", "/evaluate", "/finish", "/save", "/run"])
def test_a_call_without_the_token_or_from_elsewhere_is_refused(ask, call, path):
    assert ask("POST", path, json={}).status_code == 403
    assert ask("POST", path, json={}, headers={TOKEN: "guess"}).status_code == 403
    assert call(path, {}, origin="http://evil.example").status_code == 403
    assert call(path, {}, origin=f"http://127.0.0.1:{PORT + 1}").status_code == 403
    assert call(path, {}, origin="null").status_code == 403
    assert call(path, {}, origin=HOST).status_code != 403


def test_a_foreign_host_is_refused_wherever_it_asks(ask, lab):
    for host in ("evil.example", f"evil.example:{PORT}", "127.0.0.1.evil.example"):
        assert ask("GET", f"/?token={lab.key}", host=host).status_code == 400
        assert ask("POST", "/evaluate", host=host, json={}, headers={TOKEN: lab.key}).status_code == 400


def test_the_policy_lets_the_page_ask_its_own_server_alone(ask, lab):
    policy = ask("GET", f"/?token={lab.key}").headers["content-security-policy"]
    sources = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
    assert sources["default-src"] == ["'none'"]
    assert sources["connect-src"] == sources["script-src"] == ["'self'"]


def test_content_that_is_no_variant_is_told_in_words(call):
    wrong: list = [{}, [], {"variant": 3}, {"variant": {"screen": {}, "strategy": {}}}, {"variant": None}]
    for content in wrong:
        answer = call("/evaluate", content)
        assert answer.status_code == 422
        assert answer.json()["error"]


def test_a_problem_of_a_variant_is_told_in_the_words_of_check(call, lab):
    wrong = variant_with(lab, screen__select={"top": 30, "keep_until": 5})
    said = call("/evaluate", {"tab": "a", "number": 1, "variant": wrong}).json()["error"]
    assert "keep_until 5 is below top 30" in said


@pytest.mark.parametrize("path", ["/market", "/evaluate", "/save", "/run"])
def test_a_market_that_the_lab_does_not_offer_is_refused_wherever_it_is_named(call, lab, folder, path):
    foreign: list = ["/etc", str(folder), f"{folder}/../{folder.name}/market", None, {}]
    for name in foreign:
        told = {"tab": "a", "number": 1, "market": name, "variant": variant_with(lab), "name": "kept"}
        answer = call(path, told)
        assert answer.status_code == 422
        assert "is none that is offered" in answer.json()["error"]
    assert not (folder / "strategies" / "kept.yaml").exists()
    assert call("/market", {"market": str(folder / "market")}).json() == {"said": ""}


@pytest.mark.slow
def test_what_a_tab_no_longer_looks_at_is_dropped_and_another_tab_is_not_disturbed(call, lab):
    one, other = (variant_with(lab, screen__select={"top": top, "keep_until": 60}) for top in (21, 22))
    assert call("/evaluate", {"tab": "a", "number": 1, "variant": one}).status_code == 200
    assert call("/evaluate", {"tab": "b", "number": 1, "variant": other}).status_code == 200
    assert call("/evaluate", {"tab": "a", "number": 2, "variant": other}).status_code == 200
    assert call("/finish", {"tab": "a", "number": 1, "stage": "twins"}).status_code == 409
    assert call("/finish", {"tab": "b", "number": 1, "stage": "twins"}).status_code == 200
