"""Plug-in files and folders of YAML to try them in."""

from __future__ import annotations

from pathlib import Path

HEAD = "import numpy as np\nimport active_edge as ae\n\n"
WORDS = 'unit="fraction", good="high", source="own idea"'
CASH_SHARE = f'''{HEAD}@ae.factor({WORDS})
def cash_share(panel):
    """Cash over total assets."""
    assets = panel.latest("total_assets")
    return np.where(assets > 0, panel.latest("cash") / assets, np.nan)
'''
SCREEN = """name: mine
description: a test
universe: {{min_price: 1}}
require:
  {factor}: {{min: 0.05}}
rank: {{{factor}: 1}}
select: {{top: 10}}
"""
STRATEGY = "name: mine\nscreen: mine\nrebalance: quarterly\ncapital_usd: 1000000\n"


def working_folder(folder: Path, *, factor: str = "cash_share", **plugins: str) -> Path:
    """A folder with a screen of one factor, a strategy on it, and the plug-ins given as name=text."""
    for kind, text in (("screens", SCREEN.format(factor=factor)), ("strategies", STRATEGY)):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        (folder / kind / "mine.yaml").write_text(text)
    for name, text in plugins.items():
        add_plugin(folder, name, text)
    return folder


def add_plugin(folder: Path, name: str, text: str) -> Path:
    path = folder / "plugins" / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return path


def own_factor(body: str, *, name: str = "cash_share", words: str = WORDS, top: str = "") -> str:
    """A plug-in whose factor does `body`: the function on line 5, the body from line 7 on where `top` is empty."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f'{top}{HEAD}@ae.factor({words})\ndef {name}(panel):\n    """A test."""\n{lines}'
