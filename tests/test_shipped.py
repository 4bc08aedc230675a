"""A bare name finds the user's own file first, then the one that is shipped; a path is always itself."""

import pytest

import active_edge as ae
from active_edge.cli.main import main
from active_edge.errors import ConfigError
from active_edge.shipped import KINDS, find_file, shipped_folder, shipped_names

OWN = "name: avoid_junk\ndescription: mine\nuniverse: {min_price: 7}\n"


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_every_kind_has_shipped_files_and_each_loads_by_its_name(elsewhere):
    assert all(shipped_names(kind) for kind in KINDS)
    assert [ae.load_screen(name).name for name in shipped_names("screens")] == shipped_names("screens")
    assert [ae.load_strategy(name).name for name in shipped_names("strategies")] == shipped_names("strategies")


def test_a_bare_name_is_the_users_own_file_before_the_shipped_one(elsewhere):
    assert ae.load_screen("avoid_junk").description != "mine"
    (elsewhere / "screens").mkdir()
    (elsewhere / "screens" / "avoid_junk.yaml").write_text(OWN)
    assert ae.load_screen("avoid_junk").description == "mine"


def test_a_file_of_that_very_path_comes_before_either(elsewhere):
    (elsewhere / "avoid_junk").write_text(OWN)
    assert find_file("avoid_junk", "screens").resolve() == elsewhere / "avoid_junk"


@pytest.mark.parametrize("given", ["screens/avoid_junk.yaml", "avoid_junk.yaml", "../avoid_junk"])
def test_a_path_never_becomes_a_shipped_file(elsewhere, given):
    with pytest.raises(ConfigError, match="no such file"):
        ae.load_screen(given)


def test_a_misspelt_name_is_told_the_nearest_one(elsewhere):
    with pytest.raises(ConfigError, match="did you mean avoid_junk"):
        ae.load_strategy("avoid_jnk")


def test_a_strategy_of_ones_own_can_name_a_shipped_screen(elsewhere):
    (elsewhere / "mine.yaml").write_text("name: mine\nscreen: avoid_junk\n")
    assert ae.load_strategy("mine.yaml").screen == ae.load_screen("avoid_junk")
    (elsewhere / "screens").mkdir()
    with pytest.raises(ConfigError, match=r"there is no avoid_junk\.yaml in screens"):
        ae.load_strategy("mine.yaml", screens="screens")


def test_a_shipped_strategy_takes_the_shipped_screen_whatever_lies_in_the_current_folder(elsewhere):
    (elsewhere / "screens").mkdir()
    (elsewhere / "screens" / "avoid_junk.yaml").write_text(OWN)
    assert ae.load_strategy("avoid_junk").screen.description != "mine"


def test_check_reads_claims_beside_screens_and_strategies(capsys):
    assert main(["check", *(str(shipped_folder(kind)) for kind in KINDS)]) == 0
    assert "article.yaml: ok" in capsys.readouterr().out
