"""Kernels give back what they take, and are compiled again when what they depend on changes."""

from __future__ import annotations

import pickle
import sys

import pytest
from numba.core.dispatcher import Dispatcher
from numba.core.runtime import _nrt_python, rtsys
from organizations import lively, weeks

import sim.mechanisms
from sim import kernel_sources, kernels


def test_kernels_free_the_arrays_they_make():
    """A kernel ``in_place`` that is given an array by another kernel would keep it for ever."""
    _nrt_python.memsys_enable_stats()
    try:
        organization = weeks(lively(), 8)
        before = held()
        weeks(organization, 10)
        # What stands for a week takes the place of last week's; one lost a week would show.
        assert held() - before < 10
    finally:
        _nrt_python.memsys_disable_stats()


def held() -> int:
    """Arrays made by kernels that stand at this moment."""
    counts = rtsys.get_allocation_stats()
    return counts.mi_alloc - counts.mi_free


@pytest.fixture
def edited(monkeypatch):
    """A function that edits a module's source as the hashes see it."""
    functions = (kernel_sources.imported_by, kernel_sources.vocabulary, kernel_sources.module_hash)

    def edit(module: str, old: bytes, new: bytes) -> None:
        texts = dict(kernel_sources.sources())
        assert old in texts[module]
        texts[module] = texts[module].replace(old, new)
        monkeypatch.setattr(kernel_sources, "sources", lambda: texts)
        forget()

    def forget() -> None:
        for function in functions:
            function.cache_clear()

    yield edit
    monkeypatch.undo()
    forget()


def test_an_edit_compiles_again_what_calls_it_and_nothing_else(edited):
    modules = ("sim.learning.groups", "sim.learning.floor", "sim.mechanisms.pdsa")
    before = {module: kernel_sources.module_hash(module) for module in modules}
    edited("sim.learning.floor", b"QUARREL_HURT = 0.1", b"QUARREL_HURT = 0.2")
    changed = {module for module in modules if kernel_sources.module_hash(module) != before[module]}
    assert changed == {"sim.learning.groups", "sim.learning.floor"}


def test_fields_that_change_places_compile_everything_again(edited):
    """A kernel takes named tuples by place, also of classes its module does not import."""
    before = kernel_sources.module_hash("sim.mechanisms.pdsa")
    edited("sim.learning.floor", b"    loafing: float\n", b"    loafing : float\n")
    assert kernel_sources.module_hash("sim.mechanisms.pdsa") != before


@kernels.kernel
def doubled(number):
    return 2 * number


def test_a_kernel_is_compiled_for_kernels_and_for_python_as_each_calls_it(monkeypatch):
    # Nothing is kept on disk, where a second run would find both ready made.
    monkeypatch.setattr(kernels, "cache_folder", lambda module: None)

    @kernels.kernel
    def tripled(number):
        return 3 * number

    @kernels.kernel
    def one_more(number):
        return tripled(number) + 1

    assert one_more(4) == 13
    assert not tripled.overloads
    assert len(tripled.within_kernels.overloads) == 1
    assert tripled(4) == 12  # one without a way in from Python would end the process
    assert len(tripled.overloads) == 1
    assert not one_more.within_kernels.overloads


def test_a_kernel_that_was_sent_away_as_it_stands_does_the_same():
    again = pickle.loads(pickle.dumps(doubled))
    assert again(5) == 10


def test_a_kernel_of_a_plug_in_depends_on_all_of_ours():
    assert kernel_sources.module_hash("somebody.elses") == kernel_sources.source_hash()


def test_whatever_a_kernel_reads_is_among_what_its_module_is_known_to_depend_on():
    assert sim.mechanisms.PERIOD
    seen = 0
    for name, module in list(sys.modules.items()):
        if name not in kernel_sources.sources():
            continue
        known = kernel_sources.reached_from(name)
        for held_there in vars(module).values():
            if isinstance(held_there, Dispatcher) and held_there.py_func.__module__ == name:
                for other in kernels_read_by(held_there):
                    seen += 1
                    assert other in known, (name, held_there.py_func.__name__, other)
    assert seen > 100


def kernels_read_by(dispatcher: Dispatcher) -> set[str]:
    """Modules of the kernels and classes that the names within a kernel stand for."""
    function = dispatcher.py_func
    meant = (function.__globals__.get(name) for name in function.__code__.co_names)
    objects = (getattr(one, "py_func", one) for one in meant)
    modules = {getattr(one, "__module__", None) for one in objects if callable(one)}
    return {module for module in modules if module and module.startswith("sim.")}


def test_what_was_made_ready_once_is_not_cold(tmp_path, monkeypatch):
    monkeypatch.setenv("LEARNING_ORG_CACHE", str(tmp_path))
    assert kernels.is_cold()
    kernels.note_warm()
    assert not kernels.is_cold()
    monkeypatch.setattr(kernels, "source_hash", lambda: "of other sources")
    assert kernels.is_cold()
