"""Real people: an organization imported from CSV files, and the file it is kept in."""

from sim.scenario.people.importing import import_people, parse_mapping
from sim.scenario.people.people import People, load_people

__all__ = ["People", "import_people", "load_people", "parse_mapping"]
