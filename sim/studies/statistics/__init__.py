"""What may be concluded from runs."""

from sim.studies.statistics.paired import (
    CONSTANT,
    IDENTICAL,
    LEVEL,
    NO_RUNS,
    ONE_RUN,
    Interval,
    Paired,
    bands,
    compare_table,
    detectable_difference,
    equivalent,
    holm,
    mean_interval,
    measures_document,
    paired_difference,
)

__all__ = [
    "CONSTANT",
    "IDENTICAL",
    "LEVEL",
    "NO_RUNS",
    "ONE_RUN",
    "Interval",
    "Paired",
    "bands",
    "compare_table",
    "detectable_difference",
    "equivalent",
    "holm",
    "mean_interval",
    "measures_document",
    "paired_difference",
]
