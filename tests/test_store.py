"""The store: what goes in comes out, in the order of the plan, however the study grew."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_studies import (
    CHUNK,
    MEASURES,
    columns,
    do,
    files,
    finals,
    open_store,
    series,
    study,
)

from sim.errors import InputProblem
from sim.studies.store import Columns, Row, Store, load_results, load_series


def whole(folder: Path, plan, **options) -> dict[str, bytes]:
    """The files of a study that was run in one go."""
    with open_store(folder, plan, **options) as store:
        do(store)
        store.finish()
    return files(folder)


def test_a_table_has_the_rows_of_the_plan_with_what_was_added(tmp_path):
    plan = study(points=3, seeds=9)
    whole(tmp_path / "s", plan)
    table = load_results(tmp_path / "s")
    rows = list(plan())
    assert table["run"].tolist() == [row.run for row in rows]
    assert table["seed"].tolist() == [row.seed for row in rows]
    assert table["point"].tolist() == [row.point for row in rows]
    assert table["scenario"].tolist() == [row.scenario for row in rows]
    for name in columns().factors:
        assert table[name].tolist() == [row.values[name] for row in rows]
    failed = [row.seed == 7 for row in rows]
    assert (table["status"] == "failed").tolist() == failed
    assert set(table["error"][failed]) == {"ValueError: no more cases"}
    assert set(table["error"][~np.array(failed)]) == {""}
    expected = np.array([np.full(3, np.nan) if row.seed == 7 else finals(row) for row in rows])
    assert np.array_equal(table[[*MEASURES, "weeks"]].to_numpy(), expected, equal_nan=True)
    assert table.attrs["units"] == {"output": "cases a week"}
    assert table.attrs["unfinished"] == ""


def test_columns_come_in_the_stated_order_and_with_their_kinds(tmp_path):
    whole(tmp_path / "s", study())
    kinds = load_results(tmp_path / "s").dtypes
    assert list(kinds.index) == [
        *("run", "scenario", "point", "turbulence", "size", "world", "open"),
        *("seed", "status", "error", "output", "quality", "weeks"),
    ]
    assert [str(kinds[name]) for name in ("point", "size", "seed")] == ["int64"] * 3
    assert [str(kinds[name]) for name in ("turbulence", "output", "weeks")] == ["float64"] * 3
    assert str(kinds["open"]) == "bool"
    assert str(kinds["scenario"]) == "category"


def test_pandas_reads_the_folder_as_it_is(tmp_path):
    whole(tmp_path / "s", study(points=4, seeds=9))
    plain = pd.read_parquet(tmp_path / "s" / "runs")
    pd.testing.assert_frame_equal(plain, load_results(tmp_path / "s"), check_categorical=False)
    assert plain.attrs == {"units": {"output": "cases a week"}}


def test_series_stand_beside_the_runs(tmp_path):
    plan = study(points=3, seeds=9)
    whole(tmp_path / "s", plan, columns=columns(series=True))
    table = load_series(tmp_path / "s")
    expected = [
        (row.run, period, *values)
        for row in plan()
        if row.seed != 7
        for period, values in zip(*series(row), strict=True)
    ]
    found = table[["run", "period", *MEASURES]].itertuples(index=False, name=None)
    assert list(found) == expected
    assert list(table.columns[-3:]) == ["period", *MEASURES]
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "s" / "series"), table, check_categorical=False
    )


@given(order=st.integers(0, 2**32), cuts=st.lists(st.integers(0, 54), max_size=4))
def test_neither_order_nor_pauses_change_a_byte(tmp_path_factory, order, cuts):
    plan = study(points=3, seeds=9)
    once = whole(tmp_path_factory.mktemp("once") / "s", plan, columns=columns(series=True))
    folder = tmp_path_factory.mktemp("paused") / "s"
    for cut in [*cuts, 54]:
        with open_store(folder, plan, columns=columns(series=True)) as store:
            rows = list(store.missing())[:cut]
            random.Random(order).shuffle(rows)
            do(store, rows)
    with open_store(folder, plan, columns=columns(series=True)) as store:
        assert not any(store.missing())
        store.finish()
    assert files(folder) == once


SMALL, SEEDS, POINTS = study(2, 5), study(2, 9), study(4, 9)


@pytest.mark.parametrize(
    "steps",
    [
        (SMALL, SEEDS),
        (SMALL, POINTS),
        (SMALL, SEEDS, POINTS),
        (study(4, 9, first=2), POINTS),
        (study(4, 9, scenarios=("post_bureaucratic",)), POINTS),
    ],
    ids=["seeds", "points", "both", "points before", "scenario before"],
)
@pytest.mark.parametrize("with_series", [False, True])
def test_a_study_that_grew_is_the_same_as_one_that_was_large(tmp_path, steps, with_series):
    old: set[str] = set()
    for plan in steps:
        with open_store(tmp_path / "grown", plan, columns=columns(with_series)) as store:
            missing = [row.run for row in store.missing()]
            assert missing == [row.run for row in plan() if row.run not in old]
            do(store)
            store.finish()
        old |= set(missing)
    large = whole(tmp_path / "large", steps[-1], columns=columns(with_series))
    assert files(tmp_path / "grown") == large


def test_rounds_of_one_session_grow_the_plan_and_keep_what_is_done(tmp_path):
    with open_store(tmp_path / "s", study(3, 2), more_seeds=True) as store:
        do(store)
        for before, seeds in ((2, 4), (4, 6), (6, 9)):
            store.plan(study(3, seeds), more_seeds=True)
            assert store.counts().missing == 6 * (seeds - before)
            do(store)
        store.finish()
    assert files(tmp_path / "s") == whole(tmp_path / "large", study(3, 9))


def test_runs_of_later_rounds_wait_until_they_are_asked_for(tmp_path):
    with open_store(tmp_path / "s", study(3, 8)) as store:
        do(store)
    with open_store(tmp_path / "s", study(3, 2), more_seeds=True) as store:
        assert store.counts() == (12, 0, 0)
        store.plan(study(3, 8), more_seeds=True)
        assert store.counts() == (42, 6, 0)
        store.finish()
    assert files(tmp_path / "s") == whole(tmp_path / "large", study(3, 8))


def test_runs_of_later_rounds_that_nobody_asked_for_are_not_dropped(tmp_path):
    with open_store(tmp_path / "s", study(3, 8)) as store:
        do(store)
    store = open_store(tmp_path / "s", study(3, 2), more_seeds=True)
    with store, pytest.raises(InputProblem, match="36 of its 48 runs do not belong"):
        store.finish()


def test_cells_that_say_the_same_are_run_once_and_reported_each(tmp_path):
    def plan():
        for point, name in itertools.product(range(3), ("a", "b")):
            for seed in range(5):
                values = {"turbulence": 0.0, "size": 1, "world": "calm", "open": False}
                yield Row(f"{point:012x}", seed, name, point, values)

    with open_store(tmp_path / "s", plan, columns=columns(series=True)) as store:
        assert store.counts().missing == 15
        assert {row.scenario for row in store.missing()} == {"a"}
        do(store)
        store.finish()
    table = load_results(tmp_path / "s")
    assert table["run"].tolist() == [row.run for row in plan()]
    one, other = (table[table["scenario"] == name] for name in ("a", "b"))
    assert np.array_equal(one["output"], other["output"])
    steps = load_series(tmp_path / "s")
    assert (steps["scenario"] == "a").sum() == (steps["scenario"] == "b").sum() > 0
    with open_store(tmp_path / "s", plan, columns=columns(series=True)) as store:
        assert store.counts() == (15, 0, 0)


def test_values_come_from_the_ledger_and_from_chunks(tmp_path):
    plan = study(points=2, seeds=9)
    rows = [row for row in plan() if row.point == 0 and row.scenario == "bureaucratic"]
    with open_store(tmp_path / "s", plan) as store:
        do(store, rows[:4])
        expected = [finals(row)[1] for row in rows[:4]]
        assert store.values(rows[0].settings, "quality", range(4)).tolist() == expected
        assert np.isnan(store.values(rows[0].settings, "quality", [5, 100])).all()
        do(store)
        store.finish()
        found = store.values(rows[0].settings, "quality", [8, 7, 0])
    assert found[[0, 2]].tolist() == [finals(rows[8])[1], finals(rows[0])[1]]
    assert np.isnan(found[1])


def test_failed_runs_are_results_unless_asked_for_again(tmp_path):
    plan = study(points=3, seeds=9)
    before = whole(tmp_path / "s", plan)
    with open_store(tmp_path / "s", plan) as store:
        assert store.counts() == (48, 6, 0)
        assert not any(store.missing())
        again = list(store.missing(retry_failed=True))
        assert {row.seed for row in again} == {7} and len(again) == 6
        store.fail(again[0], "ValueError: no more cases")
        for row in again[1:]:
            store.add(row, finals(row))
        assert store.counts() == (53, 1, 0)
        store.finish()
    table = load_results(tmp_path / "s")
    assert (table["status"] == "failed").sum() == 1
    rows = list(plan())
    assert table["output"][25] == finals(rows[25])[0]
    assert table["run"].tolist() == [row.run for row in rows]
    assert files(tmp_path / "s").keys() == before.keys()


def test_an_unfinished_study_is_read_in_the_order_of_its_plan(tmp_path):
    plan = study(points=3, seeds=9)
    rows = list(plan())
    with open_store(tmp_path / "s", plan, columns=columns(series=True)) as store:
        do(store, [*rows[30:50], *rows[:15]])
    table = load_results(tmp_path / "s")
    assert table["run"].tolist() == [row.run for row in (*rows[:15], *rows[30:50])]
    assert table.attrs["unfinished"] == "The study is unfinished: 19 of its 54 runs are missing."
    assert load_series(tmp_path / "s")["run"].unique().tolist() == [
        row.run for row in (*rows[:15], *rows[30:50]) if row.seed != 7
    ]


def test_a_running_study_can_be_read_as_far_as_its_chunks_go(tmp_path):
    plan = study(points=3, seeds=9)
    with open_store(tmp_path / "s", plan) as store:
        do(store, list(plan())[:25])
        store.flush()
        table = Store.read(tmp_path / "s")
        assert table["run"].tolist() == [row.run for row in plan()][: 2 * CHUNK]
        assert "running" in table.attrs["unfinished"]


def test_a_study_without_factors_or_runs(tmp_path):
    bare = Columns({}, ("output",))
    with open_store(tmp_path / "s", lambda: iter([]), columns=bare) as store:
        assert store.counts() == (0, 0, 0)
        store.finish()
    assert load_results(tmp_path / "s").empty
    one = Row("0" * 12, -5, "bureaucratic", 0, {})
    with open_store(tmp_path / "s", lambda: iter([one]), columns=bare) as store:
        store.add(one, {"output": 2.0})
        store.finish()
    assert load_results(tmp_path / "s").to_dict("records") == [
        {"run": "000000000000--5", "scenario": "bureaucratic", "point": 0, "seed": -5}
        | {"status": "done", "error": "", "output": 2.0}
    ]


def test_what_does_not_fit_the_columns_is_refused_and_costs_nothing_else(tmp_path):
    rows = list(study()())
    with open_store(tmp_path / "s", study()) as store:
        with pytest.raises(ValueError, match="numbers for 3 columns"):
            store.add(rows[0], [1.0])
        with pytest.raises(KeyError):
            store.add(rows[0], {"output": 1.0})
        with pytest.raises(ValueError, match="is in the plan"):
            store.add(Row("f" * 12, 0, "bureaucratic", 0, rows[0].values), [1, 2, 3])
        do(store)
        store.finish()
    assert len(load_results(tmp_path / "s")) == len(rows)


def test_an_error_of_any_text_is_kept(tmp_path):
    rows = list(study()())
    with open_store(tmp_path / "s", study()) as store:
        store.fail(rows[0], "lone \ud800, nul \0, quote ' and \u4e2d")
        do(store)
        store.finish()
    assert load_results(tmp_path / "s")["error"][0] == "lone ?, nul , quote ' and \u4e2d"


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(InputProblem, match="two columns of the results would be called 'seed'"):
        Columns({"seed": "integer"}, ("output",))


def test_finishing_early_is_refused(tmp_path):
    store = open_store(tmp_path / "s", study())
    with store, pytest.raises(ValueError, match="24 runs are missing"):
        store.finish()


def test_seconds_and_hosts_are_in_the_ledger_only(tmp_path):
    with open_store(tmp_path / "s", study()) as store:
        do(store)
        store.finish()
        found = store._ledger.db.execute("SELECT DISTINCT seconds, host FROM runs").fetchall()
    assert found == [(0.25, "here")]
    assert not {"seconds", "host"} & set(load_results(tmp_path / "s").columns)
