"""A topology of one stage, the one without a pool: the least that `newsflow run` can supervise."""

from dataclasses import replace

from pipeline.topology import TOPOLOGY as REAL

TOPOLOGY = replace(REAL, stages=(REAL.stage("relate"),))
