"""Every error the program raises on purpose.

ActiveEdgeError
├── ConfigError (ValueError)        a YAML file, an argument or an option is wrong
├── DataError (ValueError)          a market folder, table or body says something impossible
│   ├── ImportRefused               an import would have had to invent or lose data
│   └── SnapshotError               a stored snapshot is missing, truncated or altered
├── MissingInput (LookupError)      what was asked for is not in this market, or not at this date
├── BacktestError (RuntimeError)    targets or prices cannot be simulated as asked
├── InferenceError (ValueError)     a sample cannot support the number asked for
├── PluginError (RuntimeError)      a user's own file cannot be used
├── LedgerError (RuntimeError)      the record of trials cannot be read or written
└── SourceError (OSError)           a live source failed
    ├── SourceRefused               it answered, and the answer is no (401, 403, 404)
    │   └── SourceBlocked           it lets nobody in who asks like this (a block page)
    ├── SourceBusy                  it asked us to slow down and the deadline passed (429, 503, time-outs)
    └── SourceFormatError           it answered with something that is not what it promised

A message says where, what value, which bound, and what to do about it.
"""


class ActiveEdgeError(Exception):
    """Base of all errors raised on purpose; the command line prints it without a traceback."""


class ConfigError(ActiveEdgeError, ValueError):
    """A YAML file, an argument or an option is wrong."""


class DataError(ActiveEdgeError, ValueError):
    """A table, folder or body says something impossible."""


class ImportRefused(DataError):
    """An import would have had to invent or lose data."""


class SnapshotError(DataError):
    """A stored snapshot is missing, truncated or altered."""


class SealError(DataError):
    """A seal is no seal, was cut off, or was changed after it was made."""


class MissingInput(ActiveEdgeError, LookupError):
    """What was asked for is not in this market, or not at this date."""


class OlderFormat(MissingInput):
    """Something stored by an older program, whose numbers cannot stand beside those of today."""


class BacktestError(ActiveEdgeError, RuntimeError):
    """Targets or prices cannot be simulated as asked."""


class InferenceError(ActiveEdgeError, ValueError):
    """A sample cannot support the number asked for."""


class PluginError(ActiveEdgeError, RuntimeError):
    """A user's own file cannot be used; the message names it, what it defines and the line."""


class LedgerError(ActiveEdgeError, RuntimeError):
    """The record of trials cannot be read or written."""


class SourceError(ActiveEdgeError, OSError):
    """A live source failed."""


class SourceRefused(SourceError):
    """The source answered, and the answer is no."""


class SourceBlocked(SourceRefused):
    """The source lets in nobody who asks as this machine does: a block page."""


class SourceBusy(SourceError):
    """The source asked us to slow down and the deadline passed."""


class SourceFormatError(SourceError):
    """The source answered with something that is not what it promised."""
