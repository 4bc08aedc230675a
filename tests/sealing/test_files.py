"""A seal's file proves itself, and whatever is changed in it is named."""

import hashlib

import pytest
import yaml

from active_edge.cli.main import main
from active_edge.errors import SealError
from active_edge.sealing.files import read_file
from active_edge.sealing.make import seal
from active_edge.sealing.verify import verify_seal
from tests.sealing.worlds import strategy_of, world

ON = "2004-12-31"


@pytest.fixture(scope="module")
def sealed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sealed")
    made = seal(
        [strategy_of("held"), strategy_of("half", more="max_weight: 0.5\nreinvest: hold_cash\n")],
        world(folder),
        out=folder / "seals",
        on=ON,
        runs=folder / "results",
    )
    return made


@pytest.fixture
def copy(sealed, tmp_path):
    path = tmp_path / sealed.path.name
    path.write_bytes(sealed.path.read_bytes())
    return path


def edited(path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_seal_is_genuine_and_its_line_names_what_was_sealed(sealed):
    found = verify_seal(sealed.path, line=sealed.line)
    assert found.genuine
    assert found.compared
    assert sealed.hash in sealed.line
    assert "held, half" in sealed.line
    assert "last month seen 2004-12" in sealed.line


def test_the_hash_is_that_of_all_lines_but_the_last_so_any_tool_can_check_it(sealed):
    body, last = sealed.path.read_bytes().removesuffix(b"\n").rsplit(b"\n", 1)
    digest = hashlib.sha256(body + b"\n").hexdigest()
    assert last.decode() == f"hash: {digest}" == f"hash: {sealed.hash}"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("max_weight: 1.0", "max_weight: 0.9", "strategies.held.strategy.max_weight is not what was sealed"),
        ("kill: 0.04", "kill: 0.08", "test.kill is not what was sealed"),
        ("phi: 48.0", "phi: 24.0", "test.phi is not what was sealed"),
        ("sealed: '2004-12-31'", "sealed: '2003-12-31'", "sealed is not what was sealed"),
        ("first_month: 2005-01", "first_month: 2004-01", "first_month is not what was sealed"),
        ("  - IJR\n", "", "strategies.held.benchmarks is not what was sealed"),
        ("kind: seal of active-edge\n", "kind: seal of active-edge\nmore: 1\n", "more was added"),
        ("previous: null\n", "", "previous was taken out"),
        ("format: 2\n", "format: 2\n# a remark\n", "line 4: spacing, a comment or the order"),
        ("batch: 1\n", "batch:  1\n", "spacing, a comment or the order"),
    ],
)
def test_what_was_changed_is_named_by_its_key(copy, old, new, named):
    edited(copy, old, new)
    found = verify_seal(copy)
    assert not found.genuine
    assert any(named in one for one in found.changed), found.changed
    with pytest.raises(SealError, match="was changed after it was sealed"):
        read_file(copy).seal()


@pytest.mark.parametrize(("name", "new"), [("held", "hold"), ("half", "hold"), ("held", "half")])
def test_an_edited_name_of_a_strategy_is_the_one_thing_that_changed(copy, name, new):
    edited(copy, f"- name: {name}\n", f"- name: {new}\n")
    assert verify_seal(copy).changed == (f"strategies.{name}.name is not what was sealed",)


def test_an_edited_name_hides_no_other_change(copy):
    edited(copy, "- name: held\n", "- name: hold\n")
    edited(copy, "max_weight: 1.0", "max_weight: 0.9")
    assert set(verify_seal(copy).changed) == {
        "strategies.held.name is not what was sealed",
        "strategies.held.strategy.max_weight is not what was sealed",
    }


def test_a_long_list_of_changes_ends_with_how_many_more(copy):
    text = copy.read_text(encoding="utf-8")
    first, second = text.index("- name: held\n"), text.index("- name: half\n")
    copy.write_text(text[:first] + text[second:], encoding="utf-8")
    found = verify_seal(copy)
    assert all(one.startswith("strategies.held.") and one.endswith("was taken out") for one in found.changed)
    lines = found.lines()
    assert len(lines) == 12
    assert lines[-1] == f"  and {len(found.changed) - 10} more"
    with pytest.raises(SealError, match=f"and {len(found.changed) - 10} more; restore"):
        read_file(copy).seal()


@pytest.mark.slow
def test_a_flip_of_any_byte_is_found(sealed, tmp_path):
    content = sealed.path.read_bytes()
    path = tmp_path / "flipped.yaml"
    for place in range(0, len(content) - 1, 37):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert main(["verify", str(path)]) == 1, place


def test_a_change_whose_last_line_was_made_anew_is_named_by_the_hash_of_its_key(copy):
    edited(copy, "kill: 0.04", "kill: 0.05")
    body = copy.read_bytes().removesuffix(b"\n").rpartition(b"\n")[0] + b"\n"
    copy.write_bytes(body + f"hash: {hashlib.sha256(body).hexdigest()}\n".encode())
    found = verify_seal(copy)
    assert not found.genuine
    assert found.changed == ("test.kill is not what was sealed",)
    with pytest.raises(SealError, match=r"test\.kill is not what was sealed"):
        read_file(copy).seal()


def test_a_hash_in_capitals_is_the_same_hash(sealed):
    assert verify_seal(sealed.path, line=sealed.hash.upper()).genuine


@pytest.mark.slow
def test_a_file_made_anew_as_a_whole_is_told_by_the_line_alone(sealed, copy):
    edited(copy, "max_weight: 1.0", "max_weight: 0.9")
    text = copy.read_text(encoding="utf-8")
    content = yaml.safe_load(text)
    from active_edge.sealing.files import _digest, keyed

    for key, value in keyed({k: v for k, v in content.items() if k != "hash"}):
        if content["hashes"][key] != _digest(value):
            text = text.replace(f"{key}: {content['hashes'][key]}", f"{key}: {_digest(value)}", 1)
    body = text[: text.rstrip("\n").rfind("\n") + 1]
    copy.write_text(f"{body}hash: {hashlib.sha256(body.encode()).hexdigest()}\n", encoding="utf-8")
    assert verify_seal(copy).genuine
    found = verify_seal(copy, line=sealed.line)
    assert not found.genuine
    assert "it is another seal" in found.changed[0]


def test_line_ends_of_another_system_change_nothing(copy):
    copy.write_bytes(copy.read_bytes().replace(b"\n", b"\r\n"))
    assert verify_seal(copy).genuine


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no seal"),
        (b"name: avoid_junk\nscreen: avoid_junk\n", "key 'kind'"),
        (b"- 1\n- 2\n", "no mapping"),
        (b"\xff\xfe\x00", "no UTF-8"),
        (b"kind: seal of active-edge\n  bad: [\n", "no seal, or was damaged"),
        (b"a: &x [1]\nb: *x\nkind: seal of active-edge\n", "an alias"),
        (b"format: 3\nkind: seal of active-edge\nhash: " + b"0" * 64 + b"\n", "newer one wrote it"),
        (b"PK\x03\x04\x00\x00", "is no seal"),
    ],
)
def test_what_is_no_seal_is_refused_in_words(tmp_path, content, says, capsys):
    path = tmp_path / "garbage.yaml"
    path.write_bytes(content)
    with pytest.raises(SealError, match=says):
        verify_seal(path)
    assert main(["verify", str(path)]) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_seal_that_was_cut_off_is_no_seal(sealed, tmp_path, share):
    content = sealed.path.read_bytes()
    path = tmp_path / "cut.yaml"
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(SealError, match=r"cut\.yaml"):
        verify_seal(path)


def test_a_missing_file_and_a_line_without_a_hash_are_told(sealed, tmp_path):
    with pytest.raises(SealError, match="no such file"):
        verify_seal(tmp_path / "none.yaml")
    with pytest.raises(SealError, match="holds no hash"):
        verify_seal(sealed.path, line="sealed on Tuesday")


def test_the_command_ends_with_one_where_something_was_changed(sealed, copy, capsys):
    assert main(["verify", str(sealed.path)]) == 0
    assert "GENUINE" in capsys.readouterr().out
    edited(copy, "kill: 0.04", "kill: 0.08")
    assert main(["verify", str(copy)]) == 1
    assert "test.kill is not what was sealed" in capsys.readouterr().out
