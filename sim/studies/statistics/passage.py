"""First-passage times: when a measure first passes a mark, and what of runs that never do.

A run that has not passed the mark by its end is censored there: its time is not missing, it is
longer than the run. Leaving such runs out makes every scenario look fast. The share of runs that
have not passed yet is estimated by Kaplan and Meier's product, quantiles are read off it, and the
restricted mean is the mean time within the run, counted as the run's length where the mark was not
passed.

- Kaplan, E. L., & Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal
  of the American Statistical Association, 53, 457-481.
- Brookmeyer, R., & Crowley, J. (1982). A confidence interval for the median survival time.
  Biometrics, 38, 29-41. (Intervals of quantiles, here on the complementary log-log scale.)
- Royston, P., & Parmar, M. K. B. (2013). Restricted mean survival time. BMC Medical Research
  Methodology, 13, 152.
"""

from __future__ import annotations

import warnings
from math import inf, log, nan, sqrt
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri, stdtrit

from sim.studies.statistics.effects import units
from sim.studies.statistics.paired import LEVEL, Interval, _floats
from sim.studies.statistics.runs_table import (
    DONE,
    check_names,
    points_table,
    scenario_names,
)

#: Shares are products of fractions; a half is a half up to their rounding.
CLOSE = 1e-12


def first_passage(
    at: ArrayLike,
    values: ArrayLike,
    *,
    above: float | None = None,
    below: float | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """When each run first is above (or below) a mark.

    Parameters
    ----------
    at : shape (times,), ascending; the periods at which was measured.
    values : shape (runs, times), or (times,) for one run; NaN where there is no value.
    above, below : the mark, one of the two; a value equal to it has not passed it.

    Returns
    -------
    Two arrays of shape (runs,): the time of passing, or of the last value where it was not passed
    (NaN without any value), and whether it was passed. Times are those measured at: with a measure
    every 13 periods, passing is seen up to 12 periods late.

    Raises ValueError unless one mark is given, times ascend and shapes fit.
    """
    when = _floats(at)
    series = np.atleast_2d(_floats(values))
    if (above is None) == (below is None):
        raise ValueError("name one mark: above or below")
    if when.ndim != 1 or series.ndim != 2 or series.shape[1] != when.size:
        raise ValueError(f"values of shape {series.shape} do not fit times of shape {when.shape}")
    if np.any(np.diff(when) <= 0):
        raise ValueError("the times must ascend")
    if when.size == 0:
        return np.full(len(series), nan), np.zeros(len(series), dtype=bool)
    has_value = ~np.isnan(series)
    with np.errstate(invalid="ignore"):
        passed = series > above if above is not None else series < (nan if below is None else below)
    reached = np.asarray(passed.any(axis=1))
    last = when.size - 1 - has_value[:, ::-1].argmax(axis=1)
    times = np.where(reached, when[passed.argmax(axis=1)], when[last])
    times[~has_value.any(axis=1)] = nan
    return times, reached


def passage_curve(times: ArrayLike, reached: ArrayLike, level: float = LEVEL) -> pd.DataFrame:
    """The share of runs that have passed by each time, by Kaplan and Meier.

    Returns columns ``time`` (those at which a run passed), ``at_risk``, ``share``, ``low``,
    ``high`` (complementary log-log interval; NaN once all have passed). Runs whose time is NaN are
    left out. Raises ValueError for lengths that differ.
    """
    time, passed = _observed(times, reached)
    columns = ["time", "at_risk", "share", "low", "high"]
    if not passed.any():
        return pd.DataFrame({name: np.empty(0) for name in columns})
    fit = _kaplan_meier(time, passed)
    left = np.asarray(fit.surv_prob)
    z = float(ndtri((1 + level) / 2))
    low, high = (1 - left ** np.exp(sign * z * _loglog_error(fit)) for sign in (-1, 1))
    numbers = (np.asarray(fit.surv_times), np.asarray(fit.n_risk), 1 - left, low, high)
    return pd.DataFrame(dict(zip(columns, numbers, strict=True)))


def passage_quantile(
    times: ArrayLike, reached: ArrayLike, share: float = 0.5, level: float = LEVEL
) -> Interval:
    """The time by which that share of runs has passed, with its interval; the median unless said.

    ``mean`` of the interval is the quantile, NaN where fewer have passed by the end. ``high`` is
    infinite where the runs are too short, or too few, to bound it; ``low`` is 0 where they are too
    few. NaN ends without runs. Raises ValueError unless ``0 < share < 1``.
    """
    if not 0 < share < 1:
        raise ValueError(f"a quantile is of a share between 0 and 1, not {share}")
    time, passed = _observed(times, reached)
    n = time.size
    if n == 0:
        return Interval(nan, nan, nan, 0)
    tail = (1 - level) / 2
    if not passed.any():
        return Interval(nan, _first_possible(time, share, tail), inf, n)
    fit = _kaplan_meier(time, passed)
    when, left = np.asarray(fit.surv_times), np.asarray(fit.surv_prob)
    by = np.flatnonzero(left <= 1 - share + CLOSE)
    quantile = float(when[by[0]]) if by.size else nan
    with np.errstate(divide="ignore", invalid="ignore"):
        off = (np.log(-np.log(left)) - log(-log(1 - share))) / _loglog_error(fit)
    z = float(ndtri((1 + level) / 2))
    # Where all have passed the error is unknown; chance alone does that with share**n.
    all_passed = left < CLOSE
    off[all_passed] = inf if share ** int(passed.sum()) <= tail else 0.0
    maybe = np.flatnonzero(off >= -z)
    low = float(when[maybe[0]]) if maybe.size else float(when[-1])
    if (1 - share) ** n > tail:
        low = 0.0
    beyond = np.flatnonzero(off > z)
    return Interval(quantile, low, float(when[beyond[0]]) if beyond.size else inf, n)


def restricted_mean(
    times: ArrayLike,
    reached: ArrayLike,
    horizon: float | None = None,
    level: float = LEVEL,
) -> Interval:
    """Mean time to the mark within ``horizon``, counting the horizon where it was not passed.

    The horizon is the longest time observed unless said, and must not lie beyond that. The area
    under Kaplan and Meier's curve, with Greenwood's variance and t on n - 1 degrees of freedom, cut
    at 0 and the horizon; where no run was censored before it, the t interval of the mean. NaN with
    fewer than two runs. To compare scenarios on the same seeds, take the paired difference of times
    cut at the horizon instead (``paired_difference``). Raises ValueError for a horizon beyond.
    """
    time, passed = _observed(times, reached)
    n = time.size
    if n == 0:
        return Interval(nan, nan, nan, 0)
    end = float(time.max()) if horizon is None else float(horizon)
    if end > time.max() and not passed[time == time.max()].all():
        raise ValueError(f"no run was watched until {end:g}, only until {time.max():g}")
    passed = passed & (time <= end)
    time = np.minimum(time, end)
    if not passed.any():
        return Interval(end, nan if n < 2 else end, nan if n < 2 else end, n)
    fit = _kaplan_meier(time, passed)
    when, left = np.asarray(fit.surv_times), np.asarray(fit.surv_prob)
    at_risk, events = np.asarray(fit.n_risk, float), np.asarray(fit.n_events, float)
    steps = np.diff(np.concatenate([[0.0], when, [end]]))
    areas = steps * np.concatenate([[1.0], left])
    mean = float(areas.sum())
    if n < 2:
        return Interval(mean, nan, nan, n)
    after = areas[::-1].cumsum()[::-1][1:]
    rest = at_risk - events
    greenwood = np.divide(
        after**2 * events, at_risk * rest, out=np.zeros_like(after), where=rest > 0
    )
    half = float(stdtrit(n - 1, (1 + level) / 2)) * sqrt(greenwood.sum() * n / (n - 1))
    return Interval(mean, max(0.0, mean - half), min(end, mean + half), n)


def log_rank(
    times: ArrayLike,
    reached: ArrayLike,
    groups: ArrayLike,
    seeds: ArrayLike | None = None,
) -> float:
    """p of "the mark is passed equally fast in all groups" (two or more), by statsmodels.

    Groups that share seeds are no independent samples, and the plain test then finds differences
    too rarely. Given ``seeds``, it is stratified by them: who of the runs of one seed passed first
    (for pairs, a sign test), valid under pairing and often no stronger. NaN where there is only one
    group, no run passed, or nothing can be compared. Raises ValueError for lengths that differ.
    """
    from statsmodels.duration.survfunc import survdiff

    names = np.asarray(groups)
    given = _floats(times)
    if names.shape != given.shape or (seeds is not None and np.shape(seeds) != given.shape):
        raise ValueError("times, groups and seeds need the same length")
    keep = ~np.isnan(given)
    time, passed = _observed(times, reached)
    codes = np.unique(names[keep], return_inverse=True)[1]
    if time.size == 0 or codes.max() == 0 or not passed.any():
        return nan
    strata = None if seeds is None else np.unique(np.asarray(seeds)[keep], return_inverse=True)[1]
    try:
        statistic, _ = survdiff(time, passed.astype(int), codes, strata=strata)
    except np.linalg.LinAlgError:
        return nan
    return float(chdtrc(codes.max(), statistic))


def passages(runs: pd.DataFrame, column: str, horizon: float, level: float = LEVEL) -> pd.DataFrame:
    """First-passage times of each cell of a study, from a column in which NaN says "never".

    Parameters
    ----------
    column : a time of the table of runs, as `also: {first: …}` of a study makes it.
    horizon : the last period at which was measured; runs without a time are censored there.

    Returns
    -------
    One row a point and scenario: ``point``, the factors, ``scenario``, ``n`` runs done, ``reached``
    (how many passed), ``median``, ``median_low``, ``median_high``, ``restricted_mean``,
    ``restricted_low``, ``restricted_high`` (periods), ``failed`` runs.

    Raises ValueError for an unknown column or a time beyond the horizon.
    """
    check_names(runs, [], [column])
    points = points_table(runs)
    if (runs[column] > horizon).any():
        raise ValueError(f"{column!r} has times beyond the horizon of {horizon:g}")
    scenario = runs["scenario"].astype(str)
    grouped = dict(iter(runs.groupby(["point", scenario])))
    rows = []
    for point in points.index:
        for name in scenario_names(runs):
            if (point, name) not in grouped:
                continue
            here = grouped[(point, name)]
            done = here.loc[here["status"].astype(str) == DONE, column].astype(float)
            reached, times = done.notna(), done.fillna(horizon)
            median = passage_quantile(times, reached, level=level)
            mean = restricted_mean(times, reached, horizon if len(done) else None, level)
            row: dict[str, Any] = {"point": point, **dict.fromkeys(points.columns)}
            row |= {"scenario": name, "n": len(done), "reached": int(reached.sum())}
            row |= _named("median", "median", median) | _named(
                "restricted_mean", "restricted", mean
            )
            rows.append({**row, "failed": len(here) - len(done)})
    table = pd.DataFrame(rows)
    for factor in points.columns:
        table[factor] = points[factor].reindex(table["point"]).to_numpy()
    named = [name for name in table.columns if name.startswith(("median", "restricted"))]
    table.attrs["units"] = units(runs, column, named)
    return table


def _named(mean: str, ends: str, interval: Interval) -> dict[str, float]:
    return {mean: interval.mean, f"{ends}_low": interval.low, f"{ends}_high": interval.high}


def _observed(
    times: ArrayLike, reached: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    time, passed = _floats(times), np.asarray(reached, dtype=bool)
    if time.shape != passed.shape or time.ndim != 1:
        raise ValueError(f"as many times as marks reached: {time.shape} and {passed.shape}")
    known = ~np.isnan(time)
    return time[known], passed[known]


def _kaplan_meier(time: NDArray[np.float64], passed: NDArray[np.bool_]) -> Any:
    from statsmodels.duration.survfunc import SurvfuncRight

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return SurvfuncRight(time, passed.astype(int))


def _loglog_error(fit: Any) -> NDArray[np.float64]:
    """The standard error of log(-log(share left)); NaN where none are left."""
    left, error = np.asarray(fit.surv_prob), np.asarray(fit.surv_prob_se)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.abs(error / (left * np.log(left)))


def _first_possible(time: NDArray[np.float64], share: float, tail: float) -> float:
    """The lower end of a quantile that no run of these has reached: the end, with runs enough."""
    return float(np.median(time)) if (1 - share) ** time.size <= tail else 0.0
