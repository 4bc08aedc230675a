"""What the lab's command offers to choose from."""

from active_edge.cli.lab import _screens
from active_edge.shipped import shipped_names

SCREEN = "name: {}\ndescription: a test\nrank: {{cash_to_assets: 1}}\nselect: {{top: {}}}\n"


def test_every_screen_that_can_be_read_is_offered_and_the_rest_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for file, text in {
        "screens/here.yaml": SCREEN.format("here", 3),
        "screens/mine.yaml": SCREEN.format("mine", 4),
        "screens/broken.yaml": "name: broken\nno_such_key: 1\n",
        "apart/screens/mine.yaml": SCREEN.format("mine", 5),
        "apart/strategies/mine.yaml": "name: mine\nscreen: mine\n",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text)
    found = _screens((tmp_path / "apart" / "strategies" / "mine.yaml",), None, None)
    assert list(found)[:3] == ["mine", "here", "mine (screens/mine.yaml)"]
    assert [found[name].select.top for name in list(found)[:3]] == [5, 3, 4]
    assert set(found) - set(list(found)[:3]) == set(shipped_names("screens"))
    said = capsys.readouterr().err
    assert "Left out: " in said
    assert "broken.yaml" in said
