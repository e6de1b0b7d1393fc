"""A seat seen as a person, and people who do something that no mechanism does."""

import textwrap

import numpy as np
import pytest

from sim.agents import Worker
from sim.arrays import ARRAYS
from sim.errors import InputProblem
from sim.models import LearningOrganization
from sim.models.learning_organization import after_work_hook
from sim.models.run import run
from sim.scenario.plugins import load_worker, worker_of
from sim.scenario.settings import Settings
from sim.tallies import ACTIVITIES

SMALL = {"people": 30, "dimensions": 12, "periods": 6}


class Curious(Worker):
    """Asks cell mates about what one knows nothing of; keeps to the rule."""

    def step(self):
        for colleague in self.cell_mates:
            seen = colleague.opening.beliefs
            for d in np.flatnonzero(seen):
                if self.beliefs[d] == 0 and self.draw("asks", int(d)) < 0.5:
                    self.adopt(int(d), int(seen[d]))
                    self.self_efficacy += 0.01


class Copycat(Worker):
    """Reads what others have just become: breaks the rule."""

    def step(self):
        for colleague in self.cell_mates:
            self.beliefs = colleague.beliefs


class Shuffled(LearningOrganization):
    def let_workers_act(self, organization=None):
        self.agents.shuffle_do("step")


def small(worker=None, model=LearningOrganization, **changes):
    return model("post_bureaucratic", seed=5, worker=worker, **{**SMALL, **changes})


def differing(one, other):
    pairs = ((getattr(one, name), getattr(other, name)) for name in ARRAYS)
    return [name for name, pair in zip(ARRAYS, pairs, strict=True) if not np.array_equal(*pair)]


# A seat seen as a person


@pytest.mark.parametrize("name", ["self_efficacy", "fear", "belonging", "mindset", "sociability"])
def test_a_state_reads_and_writes_its_row_and_stays_within_its_range(name):
    model = small()
    before = getattr(model.organization, name).copy()
    person = model.workers[7]
    assert getattr(person, name) == before[7]
    for value, kept in ((0.25, 0.25), (-3.0, 0.0), (1.5, 1.0)):
        setattr(person, name, value)
        assert getattr(model.organization, name)[7] == kept
    assert np.array_equal(np.delete(getattr(model.organization, name), 7), np.delete(before, 7))
    with pytest.raises(ValueError, match="not a number"):
        setattr(person, name, float("nan"))


def test_rows_are_views_into_the_arrays():
    model = small()
    person, organization = model.workers[3], model.organization
    person.beliefs[4] = -1
    person.practice = 0.5
    assert organization.beliefs[3, 4] == -1
    assert np.all(organization.practice[3] == 0.5)
    assert not np.all(organization.practice[2] == 0.5)


def test_knowledge_is_tacit_or_explicit_or_absent():
    person = small().workers[3]
    person.beliefs = [1, -1, 1, 0] * 3
    person.articulated = [True, True, False, False] * 3
    assert list(person.explicit_knowledge[:4]) == [True, True, False, False]
    assert list(person.tacit_knowledge[:4]) == [False, False, True, False]
    person.tacit_knowledge = [True, False, False, False] * 3
    assert list(person.articulated[:4]) == [False, True, True, False]
    person.explicit_knowledge = [True, False, False, False] * 3
    assert list(person.articulated[:4]) == [True, False, False, False]
    with pytest.raises(ValueError, match="no belief"):
        person.explicit_knowledge = [False, False, False, True] * 3
    with pytest.raises(ValueError, match="read-only"):
        person.tacit_knowledge[0] = True


def test_adopting_keeps_beliefs_and_words_together():
    person = small().workers[3]
    person.adopt(2, -1)
    person.adopt(3, 1, articulated=False)
    person.adopt(4, 0)
    assert list(person.beliefs[2:5]) == [-1, 1, 0]
    assert list(person.articulated[2:5]) == [True, False, False]
    with pytest.raises(ValueError, match="-1, 0 or"):
        person.adopt(2, 5)


def test_places_agree_with_each_other_and_cannot_be_written():
    model = small()
    organization = model.organization
    for person in model.workers:
        assert person.cell == organization.cell[person.seat]
        assert all(mate.cell == person.cell and mate is not person for mate in person.cell_mates)
        assert len(person.cell_mates) + 1 == np.sum(organization.cell == person.cell)
        assert all(mate.unit == person.unit and mate is not person for mate in person.unit_mates)
        assert person.communities == (person.community,)
        boss = person.manager
        assert (boss is None) == (organization.manager[person.seat] == -1)
        assert boss is None or boss.level == person.level + 1
    officers = {person.seat for person in model.workers if person.is_officer}
    assert officers == set(organization.officer[: organization.cells].tolist())
    with pytest.raises(AttributeError, match="mechanisms and events"):
        model.workers[0].cell = 1


def test_a_week_of_forty_hours_and_the_people_met():
    model = small()
    model.step()
    person = model.workers[4]
    assert tuple(person.hours) == ACTIVITIES
    # float32 columns: twelve numbers up to 40 add up to within a few units in the last place.
    assert sum(person.hours.values()) == pytest.approx(40, abs=1e-4)
    week = model.organization.period
    known_to = np.flatnonzero(model.organization.contact[4] >= 0)
    assert len(known_to) == len(person.contacts)
    for place, other in zip(known_to, person.contacts, strict=True):
        assert other.seat == model.organization.contact[4, place]
        faded = 0.5 ** ((week - model.organization.last_met[4, place]) / 40)
        known = model.organization.familiarity[4, place] * faded
        assert person.familiarity_with(other) == pytest.approx(known, rel=1e-6)
        assert person.trust_in(other) == model.organization.trust[4, place]
    stranger = next(w for w in model.workers if w not in person.contacts and w is not person)
    assert person.familiarity_with(stranger) == 0.0
    assert person.trust_in(stranger) == 0.5


def test_a_draw_belongs_to_decision_person_period_and_index():
    model = small()
    one, other = model.workers[:2]
    same = {one.draw("asks"), one.draw("asks", 0), small().workers[0].draw("asks")}
    assert len(same) == 1
    distinct = {one.draw("asks"), other.draw("asks"), one.draw("tells"), one.draw("asks", 1)}
    model.step()
    distinct.add(one.draw("asks"))
    assert len(distinct) == 5
    assert all(0 <= number < 1 for number in distinct)


def test_the_opening_shows_the_week_as_it_began_and_cannot_be_written():
    class Witness(Worker):
        def step(self):
            cases = self.organization.record_cases[self.seat]
            changed[self.seat] = bool(np.any(self.opening.record_cases != cases))
            with pytest.raises(ValueError, match="read-only"):
                self.opening.beliefs[0] = 1

    changed = {}
    small(Witness).step()
    assert len(changed) == 30
    assert any(changed.values()), "somebody ought to have handled a request"


def test_an_opening_that_somebody_remembers_stays_that_of_its_week():
    class Rememberer(Worker):
        def step(self):
            remembered.setdefault(self.seat, []).append(self.opening.record_cases)

    remembered = {}
    model = small(Rememberer)
    for _ in range(3):
        model.step()
    assert any((first != third).any() for first, _, third in remembered.values())


# People with steps of their own


def test_a_subclass_takes_part():
    curious, plain = small(Curious), small()
    curious.step()
    plain.step()
    held = [np.count_nonzero(model.organization.beliefs) for model in (curious, plain)]
    assert held[0] > held[1]
    assert "self_efficacy" in differing(curious.organization, plain.organization)


def test_the_order_of_people_does_not_matter_to_who_keeps_the_rule():
    ordered, shuffled = small(Curious), small(Curious, Shuffled)
    for _ in range(4):
        ordered.step()
        shuffled.step()
    assert differing(ordered.organization, shuffled.organization) == []


def test_the_order_of_people_would_be_seen():
    ordered, shuffled = small(Copycat), small(Copycat, Shuffled)
    ordered.step()
    shuffled.step()
    assert "beliefs" in differing(ordered.organization, shuffled.organization)


def test_steps_that_nobody_overrides_are_never_called(monkeypatch):
    def called(self, organization=None):
        raise AssertionError("steps of workers were called")

    monkeypatch.setattr(LearningOrganization, "let_workers_act", called)
    small().step()
    assert after_work_hook(Worker) is None
    with pytest.raises(AssertionError, match="were called"):
        small(Curious).step()


def test_a_bare_run_with_steps_equals_the_mesa_model():
    model = small(Curious, measures=("mean_knowledge",))
    model.run_model()
    result = run(model.settings, seed=5, after_work=after_work_hook(Curious))
    noted = model.datacollector.get_model_vars_dataframe()["mean_knowledge"]
    assert result.finals["mean_knowledge"] == noted.iloc[-1]
    assert result.finals != run(model.settings, seed=5).finals


# Naming a class in a scenario


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A module `curious_study` in a folder of its own, with right and wrong classes."""
    (tmp_path / "curious_study.py").write_text(
        textwrap.dedent(
            """
            from sim.agents import Worker

            class Bold(Worker):
                def step(self):
                    self.fear = 0.0

            class Other:
                pass
            """
        )
    )
    (tmp_path / "broken_study.py").write_text("1 / 0\n")
    monkeypatch.syspath_prepend(tmp_path)


def test_a_named_class_takes_part_only_where_it_is_allowed(study):
    named = {"worker": "curious_study:Bold"}
    with pytest.raises(InputProblem, match="allow-plugins"):
        small(**named)
    model = small(**named, allow_plugins=True)
    assert model.settings.worker == "curious_study:Bold"
    seen = []
    act = model.let_workers_act
    model.let_workers_act = lambda organization: (act(), seen.append(organization.fear.max()))
    model.step()
    assert seen == [0.0]


def test_an_unnamed_class_needs_no_permission():
    assert worker_of(Settings()) is None


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("curious_study", "is not the name of a class"),
        ("curious_study:", "is not the name of a class"),
        ("../curious_study:Bold", "is not the name of a class"),
        ("no_such_study:Bold", "no module `no_such_study`"),
        ("curious_study:Shy", "has no `Shy`"),
        ("curious_study:Other", "not a subclass of Worker"),
        ("broken_study:Bold", "ZeroDivisionError"),
    ],
)
def test_a_wrong_name_is_explained(study, name, message):
    with pytest.raises(InputProblem, match=message) as raised:
        load_worker(name)
    assert raised.value.problems[0].key == "worker"
    assert raised.value.problems[0].remedy


def test_nothing_is_imported_without_permission(study):
    with pytest.raises(InputProblem, match="allow-plugins"):
        worker_of(Settings(worker="broken_study:Bold"))
