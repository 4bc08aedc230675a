"""Every benchmark whose ratios are committed, run one after the other; fails where one is worse than its noise allows.

    python benchmarks/all.py [--only engine] [--write]

A ratio is a line ``name number`` at the end of a script's output. benchmarks/committed.json holds, by script and name,
the number of the last committed run, which way is better, and the share by which quiet runs differ. Seconds are held to
twice that share: they belong to a machine. --write puts the numbers of this run there; look at the difference before
committing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMMITTED = HERE / "committed.json"
ARGUMENTS = {"engine": ("--main-job",)}


def measured(script: str) -> dict[str, float]:
    """Return the lines ``name number`` a script prints."""
    command = [sys.executable, str(HERE / f"{script}.py"), *ARGUMENTS.get(script, ())]
    said = subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout
    print(said, end="")
    pairs = (line.split() for line in said.splitlines())
    return {one[0]: float(one[1]) for one in pairs if len(one) == 2 and one[1].replace(".", "", 1).isdigit()}


def worse(now: float, before: float, *, better: str, noise: float) -> bool:
    """Return whether a number is worse than one before by more than its noise."""
    return now < before * (1.0 - noise) if better == "higher" else now > before * (1.0 + noise)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help="one script, by its name")
    parser.add_argument("--write", action="store_true", help="put the numbers of this run into committed.json")
    options = parser.parse_args()
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    fallen = []
    for script in [options.only] if options.only else committed:
        print(f"--- {script}, load {os.getloadavg()[0]:.1f}", flush=True)
        now = measured(script)
        for name, known in committed[script].items():
            noise = known["noise"] * (2.0 if known["unit"] == "seconds" else 1.0)
            if name not in now:
                fallen.append(f"{script}: {name} was not told")
            elif worse(now[name], known["value"], better=known["better"], noise=noise):
                fallen.append(f"{script}: {name} {now[name]:g}, {known['value']:g} is committed")
            if options.write and name in now:
                known["value"] = now[name]
    if options.write:
        COMMITTED.write_text(json.dumps(committed, indent=1) + "\n", encoding="utf-8")
    print("\n".join(fallen) or "nothing fell")
    return 1 if fallen and not options.write else 0


if __name__ == "__main__":
    sys.exit(main())
