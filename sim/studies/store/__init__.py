"""The results folder of a study: every run that was done is kept, whatever happens."""

from sim.studies.store.columns import Columns, Row
from sim.studies.store.loading import load_results, load_series
from sim.studies.store.store import Counts, Store, set_aside

__all__ = ["Columns", "Counts", "Row", "Store", "load_results", "load_series", "set_aside"]
