"""What a folder holds, held against the study that is to go on in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from sim.errors import InputProblem
from sim.studies.store import recovery
from sim.studies.store.chunks import Format
from sim.studies.store.columns import Columns, canonical
from sim.studies.store.ledger import FORMAT, Ledger, check_format
from sim.studies.store.planning import differences


def compare(ledger: Ledger, signature: Mapping[str, Any], columns: Columns) -> None:
    """Refuse a folder whose runs have another signature or other columns.

    Raises
    ------
    InputProblem
        With one problem for each thing that differs, or for a newer format.
    """
    old = ledger.get("study")
    if old is None:
        old = recovery.noted_in_chunks(ledger.folder)
        check_format(old.get("format", FORMAT), ledger.folder)
    if not old:
        return
    new = _comparable(signature, columns)
    problems = differences(ledger.folder, old["signature"], new["signature"])
    problems += differences(ledger.folder, old["columns"], new["columns"], "columns")
    if problems:
        raise InputProblem(problems)


def recover(
    ledger: Ledger,
    layout: Format,
    trouble: str,
    study: Mapping[str, Mapping[str, Any]],
    tell: Callable[[str], object],
) -> None:
    """Bring a folder into order, and note the ``signature`` and ``about`` of its study.

    ``trouble`` says what was wrong with the ledger: "", "missing" or "damaged".
    """
    is_new = ledger.get("study") is None
    recovery.tidy(ledger, is_new)
    recovery.check_chunks(ledger, layout, tell)
    with ledger.transaction():
        ledger.note("study", _comparable(study["signature"], layout.columns))
        about = json.loads(canonical(study["about"]))
        ledger.note("about", {"name": ledger.folder.resolve().name, **about})
    (again,) = ledger.db.execute("SELECT count(*) FROM runs WHERE status != 0").fetchone()
    if is_new and (again or trouble == "damaged"):
        tell(
            f"The ledger of {ledger.folder} was {trouble or 'empty'} and was made again from "
            f"the chunks: {again:,} runs were found in them. Their seconds and hosts are lost, "
            "and runs that were in no chunk yet will be done again."
        )


def _comparable(signature: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """What decides on rows, as it is read back from the folder."""
    document = {"signature": signature, "columns": columns.document()}
    return dict(json.loads(canonical(document)))
