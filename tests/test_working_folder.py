"""A working folder holds what every command needs, fits its own schemas, and is never written over anything."""

import json
import re

import pytest
import yaml
from jsonschema import Draft7Validator

from active_edge.cli.main import main
from active_edge.errors import ConfigError
from active_edge.shipped import KINDS, shipped_names
from active_edge.working_folder import make_working_folder


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("new") / "work"
    return folder, make_working_folder(folder)


def tree(folder) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_holds_every_shipped_file_and_says_what_it_wrote(made):
    folder, written = made
    assert {str(path.relative_to(folder)) for path in written} == set(tree(folder))
    for kind in KINDS:
        assert sorted(path.stem for path in (folder / kind).glob("*.yaml")) == shipped_names(kind)
    assert {"README.md", "backtest.py", "plugins/README.md", ".gitignore", "screens/README.md"} <= set(tree(folder))


def test_every_yaml_names_in_its_first_line_a_schema_in_the_folder_that_it_fits(made):
    folder, written = made
    for path in (path for path in written if path.suffix == ".yaml"):
        first, text = path.read_text(encoding="utf-8").split("\n", 1)
        named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
        assert named is not None, path
        schema = (path.parent / named[1]).resolve()
        assert schema.is_relative_to(folder.resolve())
        Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(yaml.safe_load(text))


def test_check_passes_in_it(made, monkeypatch, capsys):
    monkeypatch.chdir(made[0])
    assert main(["check"]) == 0
    assert capsys.readouterr().out.count(": ok") == sum(len(shipped_names(kind)) for kind in KINDS)


def test_no_page_of_it_leads_out_of_it(made):
    folder, written = made
    for page in (path for path in written if path.suffix == ".md"):
        for link in re.findall(r"\]\(([^)\s#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).resolve().is_relative_to(folder.resolve()), (page, link)
            assert (page.parent / link).exists(), (page, link)


def test_everything_in_the_way_is_named_and_then_nothing_is_written(tmp_path):
    (tmp_path / "screens").mkdir()
    (tmp_path / "screens" / "junk.yaml").write_text("mine")
    (tmp_path / "plugins").write_text("a file where a folder would be")
    (tmp_path / ".gitignore").symlink_to(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("harmless")
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    with pytest.raises(ConfigError) as refused:
        make_working_folder(tmp_path)
    blocked = str(refused.value).partition("in the way: ")[2].partition(";")[0].split(", ")
    assert blocked == [str(tmp_path / name) for name in (".gitignore", "plugins", "screens/junk.yaml")]
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_folder_left_half_made_is_made_whole_by_the_same_call(tmp_path):
    whole = {path: path.read_bytes() for path in make_working_folder(tmp_path / "work")}
    for path in list(whole)[::2]:
        path.unlink()
    written = make_working_folder(tmp_path / "work")
    assert written == list(whole)[::2]
    assert {path: path.read_bytes() for path in whole} == whole


def test_a_folder_with_nothing_in_the_way_keeps_what_it_had(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    make_working_folder(tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_second_init_writes_nothing_refuses_what_was_changed_and_a_file_is_no_folder(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["init", "work", "--json"]) == 0
    assert "work/README.md" in json.loads(capsys.readouterr().out)
    before = tree(tmp_path)
    assert main(["init", "work"]) == 0
    assert capsys.readouterr().out.startswith("Every file stands already in work; begin with work/README.md")
    assert tree(tmp_path) == before
    for path in (tmp_path / "work").rglob("*.*"):
        if path.is_file():
            path.write_bytes(path.read_bytes() + b"\n")
    before = tree(tmp_path)
    assert main(["init", "work"]) == 1
    said = capsys.readouterr().err
    assert "in the way" in said
    assert re.search(r"backtest\.py, .* and \d+ more; name an empty folder", said)  # not thirty names
    assert tree(tmp_path) == before
    (tmp_path / "file").write_text("")
    assert main(["init", "file"]) == 1
    assert f"in the way: file;" in capsys.readouterr().err  # noqa: F541


def test_schemas_written_again_name_the_factors_of_plug_ins_without_running_one(tmp_path, capsys):
    make_working_folder(tmp_path / "work")
    plugin = 'import active_edge as ae\n\nraise SystemExit("run")\n\n@ae.factor(unit="u", good="high", source="s")\n'
    (tmp_path / "work" / "plugins" / "own.py").write_text(plugin + "def my_own(panel):\n    return panel.close()\n")
    content = {"name": "x", "description": "d", "require": {"my_own": {"min": 1.0}}, "rank": {"my_own": 1.0}}

    def fits() -> bool:
        schema = json.loads((tmp_path / "work" / ".active_edge" / "screens.schema.json").read_text(encoding="utf-8"))
        return Draft7Validator(schema).is_valid(content)

    assert not fits()
    assert main(["init", str(tmp_path / "work"), "--schemas"]) == 0
    assert "screens.schema.json" in capsys.readouterr().out
    assert fits()
    assert main(["init", str(tmp_path), "--schemas"]) == 1
    assert "it is no working folder" in capsys.readouterr().err
