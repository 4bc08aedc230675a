"""What the button of the lab saves: two files, of which neither is ever without what it needs."""

import pytest

from active_edge.errors import ConfigError
from active_edge.lab.variant import save_variant
from active_edge.strategy import load_strategy
from active_edge.sweeping import take
from active_edge.whole import write_whole

SCREEN = "name: s\ndescription: d\nrank: {cash_to_assets: 1}\nselect: {top: 2}\n"
STRATEGY = "name: s\nscreen: s\nrebalance: annual\nbenchmarks: [IWM]\n"


@pytest.fixture
def strategy(tmp_path):
    for kind, text in (("screens", SCREEN), ("strategies", STRATEGY)):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "s.yaml").write_text(text)
    return load_strategy(tmp_path / "strategies" / "s.yaml")


@pytest.mark.parametrize("last", [1, 2])
def test_a_save_stopped_before_either_file_leaves_no_strategy_and_can_be_made_again(
    strategy, tmp_path, monkeypatch, last
):
    written, real = [], write_whole

    def stopping(path, content):
        written.append(path)
        if len(written) == last:
            raise OSError(28, "No space left on device", str(path))
        return real(path, content)

    monkeypatch.setattr(take, "write_whole", stopping)
    with pytest.raises(OSError, match="No space left"):
        save_variant(strategy, "mine", "d", tmp_path)
    assert not (tmp_path / "strategies" / "mine.yaml").exists()
    monkeypatch.setattr(take, "write_whole", real)
    saved, _ = save_variant(strategy, "mine", "d", tmp_path)
    assert load_strategy(saved).screen.name == "mine"


def test_a_screen_of_other_content_is_not_overwritten(strategy, tmp_path):
    save_variant(strategy, "mine", "d", tmp_path)
    with pytest.raises(ConfigError, match=r"strategies/mine\.yaml: is there already; choose another name"):
        save_variant(strategy, "mine", "d", tmp_path)
    (tmp_path / "strategies" / "mine.yaml").unlink()
    with pytest.raises(ConfigError, match=r"screens/mine\.yaml: is there already"):
        save_variant(strategy, "mine", "other", tmp_path)
