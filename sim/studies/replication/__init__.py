"""Published figures and tables, run again: what was expected, what came out, whether they agree."""
