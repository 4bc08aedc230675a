"""Who may do what: the libraries, the words that read and write files, and the places that may use them, each with why.

A place is a module, a function or class in one, or a room; whatever is not named here is refused by scripts/fences.py.
Take a place off when nothing needs it any more: a test says so.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path

Places = Mapping[str, str]

ANYWHERE = frozenset(
    """
    __future__ bisect collections collections.abc contextlib copy csv dataclasses datetime decimal difflib enum
    fractions functools hashlib heapq html.entities inspect itertools json math numba numpy pandas pathlib pydantic
    pydantic_core random re scipy.fft scipy.optimize scipy.special scipy.stats shlex statistics string textwrap time
    types typing warnings weakref zlib
    """.split()  # noqa: SIM905 - a list of names is read more easily as text
)
"""Libraries every room may import, by their exact name: they compute, or their names are held to a list below."""

LIBRARIES: Mapping[str, Places] = {
    "arch": {
        "inference.bootstrap": "the length of a block",
        "published.shipped_returns": "real returns that come with it",
    },
    "ast": {"digest": "reads imports", "plugins.declared": "reads decorators without running them"},
    "atexit": {"whole": "a folder goes with its process"},
    "base64": {"report.document": "the charts' library inside the page"},
    "click": {"cli": "parses and prints"},
    "codecs": {"cli.main": "signs that an output lacks are printed as those like them"},
    "concurrent.futures": {
        "engine.arena": "trades side by side",
        "inference.bootstrap": "draws side by side",
        "lab.markets": "opens one market while others are looked at",
        "panel.statements": "assembles halves of the assets side by side",
        "simulated": "draws companies side by side",
        "sweeping.groups": "variants side by side",
        "sources": "asks hosts side by side",
    },
    "ctypes": {"whole._exchanged": "two folders change places at one stroke, which Python has no name for"},
    "curl_cffi": {"sources.vendors": "Yahoo answers its own client alone; bodies still go to the archive"},
    "duckdb": {
        "market": "keeps and reads tables",
        "published.return_files": "reads published returns, no market",
        "simulated": "makes the tables",
        "sources": "makes the tables",
        "sweeping.parts": "keeps and reads the tables of a sweep",
    },
    "email": {"sources.web.refusals": "dates of answers"},
    "errno": {
        "cli.main": "a full disk is told from others",
        "ordinary": "says what is wrong with a file as the system would",
        "whole": "a name that is taken is told from other failures",
        "sources.web.archive": "a full disk is told from others",
    },
    "exchange_calendars": {"sessions": "the calendar"},
    "filelock": {
        "calibration.campaign": "one campaign at a time",
        "ledger": "one writer at a time",
        "market.snapshot": "one writer at a time",
        "sealing.make": "one batch at a time",
        "sealing.told": "one look at a time",
        "sources": "one pull at a time, one pace for all",
    },
    "gc": {"placebo.parallel": "a world before the next", "sources.sec.companyfacts": "large bodies"},
    "gzip": {
        "sources.web.transport": "answers that are gzip files, as form.gz",
        "market.intake.headers": "a packed table",
        "market.intake.mapping.raw": "a packed table",
        "report.document": "the charts' library",
        "sources.web.archive": "bodies are kept packed",
    },
    "httpcore": {"sources.web.answering": "an answer has a deadline from its first byte, which httpx has no name for"},
    "httpx": {"sources.web": "one transport with pace, size and archive"},
    "importlib.import_module": {"": "names of the package are imported when first used, from a fixed table"},
    "importlib.metadata": {
        "__getattr__": "the version",
        "plugins": "installed plug-ins",
        "results.records": "versions of a run",
    },
    "importlib.resources": {
        "article.null_rates": "a table inside the wheel",
        "inference.false_alarms": "a table inside the wheel",
        "report.document": "a template",
    },
    "io": {
        "filings": "bodies that are there already",
        "results.workbook": "a workbook in memory",
        "sources.agreement": "a text that is there already",
        "sources.vendors": "bodies that are there already",
    },
    "jinja2": {"report.document": "the page"},
    "joblib": {
        "calibration.campaign": "markets side by side",
        "calibration.series": "kinds of months side by side",
        "placebo.parallel": "paths side by side",
        "sweeping.executors": "variants side by side",
    },
    "dis": {"plugins.turn": "whether a user's file raised it"},
    "distributed": {"sweeping.executors": "a cluster that stands already"},
    "linearmodels": {
        "inference.asset_pricing": "an estimator",
        "published.shipped_returns": "real returns that come with it",
    },
    "linecache": {"plugins.origin": "the line of a notebook's cell"},
    "lxml": {"filings": "reads bodies", "sources.sec.xml_bodies": "reads bodies"},
    "markupsafe": {
        "cards": "escapes text",
        "report.document": "text that is escaped already",
        "report.leading": "tickers of a page that is written already",
        "results.index": "titles of pages",
        "results.letter": "escapes text for XML",
        "results.workbook": "escapes text for XML",
    },
    "multiprocessing": {
        "cli.interrupts": "the workers that go with the command",
        "sources.sec.companyfacts": "how its readers start",
    },
    "orjson": {"sources": "reads bodies"},
    "os": {
        "choice": "a variable of the environment",
        "cli": "how wide a terminal is, who owns a file",
        "ledger": "a line is on the disk before its result",
        "market": "a snapshot appears whole",
        "plugins": "a variable of the environment; the working folder as before a user's file",
        "sealing.files": "a seal appears whole",
        "sealing.folder": "a seal appears whole",
        "sources": "a body appears whole",
        "whole": "files and folders appear whole",
    },
    "platformdirs": {
        "calibration.campaign": "the user's cache",
        "choice": "the user's cache",
        "ledger.place": "the user's data folder",
        "sources.web.pacing": "the user's cache",
    },
    "plotly": {
        "report.document": "the charts' library",
        "report.notebook": "a chart in a notebook",
        "run.backtest": "the type of a chart",
    },
    "pydantic.json_schema": {"yaml_schema": "the schema of YAML"},
    "python_calamine": {"market.intake.workbooks": "reads workbooks"},
    "resource": {"cli.room": "what memory a process may have", "market.machine": "what memory a process may have"},
    "rich": {"cli.output": "how far work is"},
    "secrets": {"lab.server": "the token that opens a lab"},
    "shutil": {
        "cli.output": "how wide a terminal is",
        "market.snapshot": "a snapshot appears whole",
        "sources": "folders for a while",
        "whole": "a folder appears whole",
    },
    "signal": {"cli.interrupts": "Ctrl-C"},
    "starlette": {"lab.server": "answers a page on this machine"},
    "sys": {
        "cli": "ends with a number",
        "plugins": "the modules a user's file brings",
    },
    "tempfile": {
        "sources.web.archive": "a body that is moved when whole",
        "whole": "a folder for a while",
    },
    "threading": {
        "cli.interrupts": "only the main thread hears Ctrl-C",
        "lab.desk": "one evaluation at a time",
        "lab.markets": "what is open, told to several who ask at once",
        "plugins.threads": "which of them are a user's file's",
        "plugins.turn": "what ended a thread of a user's file",
        "sources": "hosts side by side",
        "sweeping.tasks": "one task of a sweep at a time in a process",
    },
    "traceback": {"plugins.origin": "the line of a user's file that raised"},
    "urllib.parse": {"sources": "reads addresses; opens none"},
    "uuid": {"cli.lab": "the name of a sitting"},
    "uvicorn": {"lab.serve": "answers a page on this machine"},
    "vectorbt": {"engine": "drives it and tests it against its own plain run"},
    "webbrowser": {"cli.lab": "opens the page of the lab"},
    "yaml": {
        "config": "reads YAML",
        "results": "a run's record",
        "sealing.files": "a seal",
        "run_record": "a run's record",
        "yaml_scalars": "reads YAML",
    },
    "yfinance": {"sources.vendors": "Yahoo answers its own client alone; bodies still go to the archive"},
    "zipfile": {
        "filings": "bodies are packed",
        "results.workbook": "a workbook is a zip",
        "sources": "bodies are packed",
    },
}
"""Library, with all inside it -> places that may import it. What stands in neither list nobody may import."""

KNOWN_NAMES: Mapping[str, frozenset[str]] = {
    library: frozenset(names.split())
    for library, names in {
        "contextlib": "ExitStack closing contextmanager nullcontext redirect_stdout suppress",
        "inspect": "Parameter Signature cleandoc iscoroutinefunction signature unwrap",
        "io": "BytesIO StringIO",
        "json": "JSONDecodeError dumps loads",
        "os": """
            O_RDONLY SEEK_END _exit chdir close environ fdopen fsync getpid getuid kill listdir name open rename replace
            truncate uname urandom
            """,
        "pandas": """
            Categorical CategoricalIndex DataFrame DateOffset DatetimeIndex Index IndexSlice Interval MultiIndex
            NA NaT Period PeriodIndex RangeIndex Series StringDtype Timedelta Timestamp api concat crosstab cut
            date_range factorize isna merge notna offsets period_range qcut to_datetime to_numeric to_timedelta unique
            """,
        "pathlib": "Path PurePath PurePosixPath",
        "shutil": "copyfileobj get_terminal_size rmtree",
        "sys": "_current_frames exit modules path stderr stdout",
        "tempfile": "gettempdir mkstemp",
        "zipfile": "BadZipFile LargeZipFile ZIP_DEFLATED ZipFile ZipInfo is_zipfile",
    }.items()
}
"""Library -> the names of it that are used at all; none of them reads a table or an address."""

NETWORK = frozenset(
    """
    aiohttp asyncio create_connection create_server ftplib getaddrinfo httpcore httpx imaplib open_connection
    open_unix_connection poplib pycurl smtplib socket socketserver ssl start_server telnetlib tornado urllib
    urllib3 urlopen urlretrieve websocket websockets xmlrpc
    """.split()  # noqa: SIM905
)
"""Words of the network, read off whatever object."""
ORDINARY = frozenset(
    "array calendar copy datetime decimal errno glob random select signal stat time types warnings".split()  # noqa: SIM905
)
"""Modules of Python whose names are also ordinary names of fields and functions."""
STARTS_PROGRAMS = frozenset(
    """
    Popen check_call check_output execl execle execlp execv execve execvp execvpe fork forkpty popen posix_spawn
    posix_spawnp spawnl spawnle spawnlp spawnv spawnve spawnvp startfile system
    """.split()  # noqa: SIM905
)
"""Names by which another program starts, whatever the module is called."""

OF_A_MARKET = frozenset("Prices Facts FactRows".split())  # noqa: SIM905
"""Classes that hold what a market knows of prices and facts, whatever module they are asked of."""
READS_TEXT_AS_CODE = frozenset(
    """
    Formatter ForwardRef _evaluate eval eval_type evaluate_forward_ref exec format_map get_field get_type_hints
    get_value query vformat
    """.split()  # noqa: SIM905
)
"""Names that read the names in a text: ``frame.query("@panel.market.prices > 0")``."""

_PURE_PATH = frozenset(
    """
    absolute anchor as_posix as_uri cwd drive exists expanduser from_uri full_match group home info is_absolute
    is_block_device is_char_device is_dir is_fifo is_file is_junction is_mount is_relative_to is_reserved is_socket
    is_symlink joinpath lstat match name owner parent parents parser parts relative_to resolve root samefile stat stem
    suffix suffixes with_name with_segments with_stem with_suffix
    """.split()  # noqa: SIM905
)
_SHARED_WITH_FRAMES = frozenset("copy open rename replace".split())  # noqa: SIM905
_PATH_READS = frozenset("glob iterdir read_bytes read_text readlink rglob walk".split())  # noqa: SIM905
_PATH_WRITES = (
    frozenset(name for name in dir(Path) if not name.startswith("_")) - _PURE_PATH - _SHARED_WITH_FRAMES - _PATH_READS
)
_OTHER_READS = frozenset(
    """
    DataSource ExcelFile FileIO HDFStore fdopen files fromfile fromregex genfromtxt getline getlines iglob listdir
    load_workbook loadmat loadtxt memmap open_code open_memmap scandir
    """.split()  # noqa: SIM905
)
_OTHER_WRITES = frozenset(
    """
    NamedTemporaryFile SpooledTemporaryFile TemporaryDirectory TemporaryFile copy2 copy_into copyfile copyfileobj
    copytree extractall link link_to makedirs mkdtemp mkstemp move move_into open_memmap removedirs rename_to renames
    rmtree savemat savetxt symlink to_file tofile truncate writestr
    """.split()  # noqa: SIM905
)
_TO_MEMORY = frozenset(
    """
    to_datetime to_dict to_flat_index to_frame to_list to_numeric to_numpy to_offset to_period to_python to_records
    to_series to_timedelta to_timestamp to_xarray
    """.split()  # noqa: SIM905
)


def reads_files(word: str, own: frozenset[str]) -> bool:
    """Whether a name read off an object reads a file or lists a folder: by default all that begin so do."""
    begins = re.match(r"(read|scan|load)(_|$)", word) is not None and word not in own
    return word in _PATH_READS | _OTHER_READS or begins


def writes_files(word: str, own: frozenset[str]) -> bool:
    """Whether a name read off an object writes a file or makes a folder: by default all that begin so do."""
    begins = re.match(r"(write|sink|save|dump|savez)(_|$)", word) is not None and word not in own | {"write"}
    return word in _PATH_WRITES | _OTHER_WRITES or begins


def writes_where_told(word: str) -> bool:
    """Whether a name writes when it is given a place: all that begin with ``to_``, but those that stay in memory."""
    return word.startswith("to_") and word not in _TO_MEMORY


def names_a_module(word: str) -> bool:
    """Whether a name read off an object is a module of Python or a library, reached through another."""
    libraries = {name.split(".")[0] for name in (*ANYWHERE, *LIBRARIES)}
    return word in sys.stdlib_module_names | libraries and word.removeprefix("_") not in ORDINARY


SQL: Places = {
    **LIBRARIES["duckdb"],
    "calibration.windows": "reads published factor returns, no market",
    "results.folders": "keeps and reads the frames of a run",
    "run.leaks": "writes a market whose future is scrambled",
}
READS: Places = {
    "cli.interrupts._stop": "the standard error, to write its last sentence",
    "cli.options.RunName": "the names of runs, for a shell to complete",
    "calibration.campaign": "what a stopped campaign has finished",
    "cli.lab._screens": "screens of folders, to choose among",
    "cli.lab.lab_command": "opens a browser, no file",
    "cli.files.check_command": "YAML files of a folder, to be checked",
    "config.read_yaml": "names of files beside one that is not there",
    "digest.code_digest": "the package's own source",
    "digest._passed_on": "the package's own source",
    "digest._loaded": "the package's own source",
    "digest.imports": "walks a tree of Python, no folder",
    "digest._inside": "walks a tree of Python, no folder",
    "filings.scores": "truths, and the filings they are about",
    "article.null_rates": "a table inside the wheel",
    "inference.false_alarms": "a table inside the wheel",
    "lab.markets.places_for": "market folders, to choose among",
    "ledger.head.read_head": "how far the ledger had come",
    "ledger.ledger.Ledger": "its own lines",
    "ledger.older": "ledgers and records that earlier versions left in a results folder",
    "market": "snapshots, and what is imported",
    "ordinary.ordinary_bytes": "a file somebody names",
    "plugins": "a user's plug-ins",
    "published.return_files": "published returns",
    "published.shipped_returns.shipped_returns": "returns that come with libraries",
    "report.document": "a template",
    "results": "results",
    "sealing.folder": "a folder of seals",
    "sealing.told.Told": "its own lines",
    "sealing.tokens": "a token",
    "sealing.track._chosen": "the files of a folder, by name",
    "shipped.__init__": "files inside the wheel",
    "sources": "bodies",
    "strategy.load_strategy": "a user's YAML",
    "sweeping.parts": "parts of a sweep",
    "sweeping.take.write_strategy": "whether the screen that is there is the one to be written",
    "whole.put_right": "what killed writers left behind",
    "working_folder.working_files": "files inside the wheel",
    "working_folder._read": "files inside the wheel",
    "working_folder._holds": "what an earlier call left half-way",
    "yaml_scalars.written_content": "text, no file",
}
WRITES: Places = {
    "calibration.after_sweep.write_after_sweep": "docs/after_sweep.md",
    "calibration.sweep_worlds.write_sweep_worlds": "docs/sweep_worlds.md",
    "calibration.campaign": "markets it has finished",
    "calibration.daily": "markets it has finished",
    "calibration.run.calibrate": "the table of rates",
    "config.to_yaml": "text, no file",
    "filings.zips": "opens a zip to read",
    "ledger.ledger.Ledger": "its own lines",
    "market.manifest.retell_missing": "a snapshot",
    "market.manifest.write_json": "a snapshot",
    "market.intake.mapping.template.write_template": "import.yaml beside a user's files, never over one that is there",
    "market.passages": "a snapshot",
    "market.snapshot": "a snapshot",
    "results.entry.write_entry": "a results folder",
    "results.folders": "a results folder",
    "results.workbook": "a results folder",
    "plugins.kept": "the kept source of a plug-in, for a while",
    "sealing.files": "a seal",
    "sealing.folder.SealFolder.keep": "a seal that was written takes its own name",
    "sealing.make.seal": "the folder of seals",
    "sources": "bodies, and the folder of a market",
    "sweeping.parts": "parts of a sweep, and the folder of one",
    "working_folder.write_schemas": "a new working folder",
    "whole._remove": "what was begun and not put in place",
    "whole._settle": "a folder that was moved aside gets its name again",
    "whole.append_whole": "lines behind others, all of them or none",
    "whole._passing": "a folder for a while",
    "whole.whole_folder": "a folder that stands there whole or not at all",
    "whole.write_whole": "a file that stands there whole or not at all",
    "whole._moved_aside": "the folder that is replaced",
    "whole.put_in_place": "the folder that replaces it",
}
MADE_UP_NAMES: Places = {
    "__getattr__": "names of the package are imported when first used, from a fixed table",
    "calibration.measure._sample": "the parts of a judgement, from a table",
    "cli.diff": "the fields of a difference",
    "cli.screens._changes": "the columns of a table",
    "config.check_fields": "the fields of a model, and their types",
    "config._as_model": "the types of a model's fields",
    "config._fields_of": "the types of a model's fields",
    "explaining.changes._changed": "the fields of a filing",
    "factors.__init__": "the factors a module defines",
    "filings.filing.read_filing": "the figures of a filing",
    "filings.reading.Reading": "the figures of a filing",
    "filings.scores": "a leg of a reading; the columns of a table",
    "market.audit.unlike_exits._seen": "the columns of the price table",
    "market.facts": "rows as a frame",
    "market.intake.mixed_returns._converted": "a sum from a fixed table",
    "market.prices.Prices": "its own columns",
    "panel.hidden": "a panel with parts hidden",
    "plugins.handed": "every attribute of what a user's file was handed",
    "plugins.registry": "runs a user's own file",
    "report.palette.style_variables": "the colours of a table",
    "report.sections.edge.cost_measures": "the rows of a table",
    "report.sections.performance": "the rows of a table",
    "screen.Bound": "its own fields",
    "simulated.build._stacked": "the columns of what was drawn",
    "simulated.moments._filing_moments": "the columns of what was drawn",
    "size_band.SizeRules": "its own fields",
    "sources.company_tables._write": "the columns of a table",
    "sources.own_rows.OwnTables": "its own tables",
    "sources.sec.filings.read": "the figures of a filing",
    "stored.plain_json": "the fields of what is stored",
}
PRIVATE_NAMES: Places = {
    "cli.interrupts._stop": "the end itself",
    "cli.interrupts.leave": "the end itself, though a thread of a user's file runs on",
    "cli.main._chain": "what is behind a failure, as Python itself names it",
    "config._model_in": "the type inside an optional one",
    "factors.own.OwnFactor": "where a user's function is written",
    "filings": "lxml has no other name for the type of an element",
    "market.frames": "the name every frame of the Arrow stream kind has",
    "panel.hidden.HiddenPanel": "a panel with parts hidden",
    "panel.prices.PricePanel.keep_all_of": "what another panel of its own kind keeps",
    "plugins.handed": "every attribute of what a user's file was handed",
    "plugins.origin": "where a user's function is written",
    "plugins.registry": "one registry of several",
    "plugins.threads": "the step a thread is at, and what it is to do",
    "plugins.turn": "the step of a user's file that raised",
    "results.stats": "the fields of a dataclass",
    "verdicts.Word": "how an enumeration is made",
    "weightings.OwnWeighting": "where a user's function is written",
    "sources.web.answering.watch_reads": "httpx has no other name for where it reads from the network",
}
MARKET_TABLES: Places = {
    "cli.diff": "says which table changed",
    "engine": "fills orders at the prices after a decision",
    "judging.robustness": "a table of legs",
    "lab.markets": "verifies each before a market may be chosen",
    "market": "keeps them",
    "panel": "the door: nothing known after the decision date passes it",
    "results.stats": "a table of legs",
    "run.leaks": "writes a market whose future is scrambled",
    "simulated.planted": "writes the market again, with what was held earning more",
    "sources": "makes the tables",
}
