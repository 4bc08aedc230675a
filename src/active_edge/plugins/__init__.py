"""What users add without editing the package: factors, weightings, sources and statistics from files of their own.

A plug-in is one Python file; the functions it decorates register under their own names. It is found in three places: a
folder ``plugins`` beside the screens, a file that is named, an installed package's entry point. What a file registers
is told by looking at its text, and it is run only when one of its names is needed.
"""

from active_edge.plugins.declared import Declared
from active_edge.plugins.origin import Plugin, reported
from active_edge.plugins.registry import Registry, load_plugins, origin, plugin_folders, read_beside, scope

__all__ = [
    "Declared",
    "Plugin",
    "Registry",
    "load_plugins",
    "origin",
    "plugin_folders",
    "read_beside",
    "reported",
    "scope",
]
