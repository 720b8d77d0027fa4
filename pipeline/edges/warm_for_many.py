"""Loaded by the fork server last, unless it serves a few pages only: what some pages need, once for all children."""

from pipeline.edges.warm import SELDOM, warm_all

warm_all(SELDOM)
