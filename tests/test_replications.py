"""The published models come out: all cells and all statements of `experiments/classics`."""

from __future__ import annotations

import pytest

from sim.studies.pool import Pool
from sim.studies.replication.outcome import replicate
from sim.studies.replication.running import plan, try_out
from sim.studies.replication.targets import find_model, known_models, load_model
from sim.verbs.replication_tables import closing_sentence


@pytest.mark.long
@pytest.mark.parametrize("name", known_models())
def test_a_published_model_comes_out(name):
    """Each number within the joint 99.9 % interval, but for as many as fail by chance.

    More than that would happen to a right model once in a thousand times, for other seeds.
    """
    model = load_model(find_model(name))
    planned = plan([request for target in model.targets for request in target.requests])
    try_out(planned, lambda kernel: None)
    outcome = replicate(model, planned, Pool())
    failing = [f"{one.of}: ours {one.ours.mean}" for one in outcome.judgements if one.fails]
    assert outcome.agrees, (closing_sentence(outcome), failing)
