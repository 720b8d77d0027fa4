"""Loaded by a fork server that was started before the settings were read: the stages of the topology that they name."""

from contextlib import suppress

from pipeline.edges.fork_server import functions_of
from pipeline.handle import load
from pipeline.settings import read_settings
from pipeline.topology import load_topology

with suppress(Exception):  # who started it meets what is wrong with them, and can tell the person
    load(functions_of(load_topology(read_settings().topology).stages))
