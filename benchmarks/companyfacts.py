"""How fast and in how much memory a generated companyfacts zip is read.

python benchmarks/companyfacts.py [--gigabytes 2] [--workers 2] [--keep FOLDER]

The zip has the SEC's shape: companies of very different sizes, about 450 tags each of which we want one in eight,
labels and descriptions, values repeated by later filings. Prints JSON read per second, per core and together, and
the peak resident memory of every process.
"""

import argparse
import resource
import tempfile
import time
import zipfile
from pathlib import Path

import numpy as np
import orjson

from active_edge.sources.sec import companyfacts
from active_edge.sources.sec.concepts import CONCEPTS, is_instant

YEARS = range(2010, 2025)
QUARTERS = (("03-31", "05-05"), ("06-30", "08-04"), ("09-30", "11-03"), ("12-31", "02-25"))
DESCRIPTION = "Amount of something that is explained at length, as the taxonomy does, in words nobody reads. " * 3


def wanted_tags() -> list[tuple[str, str, bool]]:
    """(tag, unit, is a balance) of every concept's tags."""
    return [(tag, concept.unit, is_instant(item)) for item, concept in CONCEPTS.items() for tag in concept.tags]


def facts_of(draw: np.random.Generator, balance: bool, years: range) -> list[dict]:
    found = []
    for year in years:
        for quarter, (end, filed) in enumerate(QUARTERS):
            value = int(draw.integers(1_000_000, 90_000_000_000))
            late = year + (quarter == 3)
            known = {"end": f"{year}-{end}", "val": value, "accn": f"0000000001-{year % 100:02d}-{quarter:06d}"}
            if not balance:
                known = {"start": f"{year}-{('01-01', '04-01', '07-01', '10-01')[quarter]}", **known}
            known |= {"fy": year, "fp": f"Q{quarter + 1}", "form": "10-Q", "filed": f"{late}-{filed}"}
            again = {**known, "accn": f"0000000001-{year % 100 + 1:02d}-{quarter:06d}", "filed": f"{late + 1}-{filed}"}
            found += [known, {**again, "frame": f"CY{year}Q{quarter + 1}"}]
    return found


def company(cik: int, seed: int) -> bytes:
    draw = np.random.default_rng(seed)
    first = int(draw.integers(2010, 2023))
    tags: dict[str, dict] = {}
    for tag, unit, balance in wanted_tags():
        if draw.random() < 0.6:
            facts = facts_of(draw, balance, range(first, 2025))
            tags[tag] = {"label": tag, "description": DESCRIPTION, "units": {unit: facts}}
    for i in range(int(draw.integers(100, 600))):
        years = range(max(first, 2025 - int(draw.integers(1, 8))), 2025)
        facts = facts_of(draw, bool(i % 2), years)
        tags[f"SomethingElse{i}"] = {
            "label": f"Something Else {i}",
            "description": DESCRIPTION,
            "units": {"USD": facts},
        }
    shares = tags.pop("EntityCommonStockSharesOutstanding", None)
    dei = {} if shares is None else {"EntityCommonStockSharesOutstanding": shares}
    return orjson.dumps({"cik": cik, "entityName": f"COMPANY {cik}", "facts": {"dei": dei, "us-gaap": tags}})


def generate(file: Path, gigabytes: float) -> tuple[int, int]:
    """Write a zip of at least so many uncompressed gigabytes; returns (companies, bytes)."""
    kinds = [company(1, seed) for seed in range(40)]
    total = count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        while total < gigabytes * 1e9:
            count += 1
            body = kinds[count % len(kinds)].replace(b'{"cik":1,', f'{{"cik":{count},'.encode(), 1)
            archive.writestr(f"CIK{count:010d}.json", body)
            total += len(body)
    return count, total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=2.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder the generated zip stays in")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        bulk = folder / "companyfacts.zip"
        if not bulk.exists():
            count, total = generate(bulk, options.gigabytes)
            print(
                f"generated {count} companies, {total / 1e9:.2f} GB of JSON, {bulk.stat().st_size / 1e6:.0f} MB zipped"
            )
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = resource.getrusage(resource.RUSAGE_SELF)
        started = time.perf_counter()
        result = companyfacts.extract(bulk, Path(temporary) / "parts", where="benchmark", workers=options.workers)
        seconds = time.perf_counter() - started
        children, after = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
        cpu = children.ru_utime + children.ru_stime - before.ru_utime - before.ru_stime
        cpu += after.ru_utime + after.ru_stime - own.ru_utime - own.ru_stime
        print(
            f"{result.companies} companies, {result.rows:,} rows, {result.json_bytes / 1e9:.2f} GB in {seconds:.1f} s"
        )
        print(f"together {result.json_bytes / 1e6 / seconds:.0f} MB/s; a core {result.json_bytes / 1e6 / cpu:.0f} MB/s")
        print(f"peak memory: {after.ru_maxrss / 1024:.0f} MB here, {children.ru_maxrss / 1024:.0f} MB in a worker")


if __name__ == "__main__":
    main()
