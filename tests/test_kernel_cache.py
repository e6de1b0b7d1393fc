"""A long kernel is compiled once, and whoever holds its name finds it, however it was loaded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

#: Grows a tree of learning officers; ``grow`` calls ``group_neighbours``, which is long.
GROWING = """
import json
import llvmlite.binding as llvm
import numpy as np
from sim.kernels import watch_compilation
from sim.places import learning_tree
from sim.kernel_cache import Named

def numbers(count):
    return np.arange(count, dtype=np.int32)

compiled = []
with watch_compilation(compiled.append):
    tenure = numbers(12)[::-1].copy()
    tree = learning_tree.grown_tree(numbers(12), numbers(12) // 4, tenure, 2, True)
grown = [part.tolist() for part in tree if isinstance(part, np.ndarray)]
caller, = learning_tree.grow.overloads.values()
module = caller.library._final_module
print(json.dumps({
    "compiled": compiled,
    "grown": grown,
    "defined": sorted(one.name for one in module.functions if not one.is_declaration),
    "named": sorted(one.symbol for one in caller.reload_init if isinstance(one, Named)),
    "under other names": [
        one.symbol
        for one in caller.reload_init
        if isinstance(one, Named) and llvm.address_of_symbol(one.symbol)
    ],
}))
"""


def grow_keeping_kernels_in(folder: Path) -> dict[str, list]:
    """What ``GROWING`` prints in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", GROWING],
        env={**os.environ, "LEARNING_ORG_CACHE": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder in which a process has kept its kernels, and what it printed."""
    folder = tmp_path_factory.mktemp("kept")
    return folder, grow_keeping_kernels_in(folder)


names_kernels = pytest.mark.skipif(
    numba.version_info.short < (0, 63), reason="Numba before 0.63 makes all part of their callers"
)


@names_kernels
def test_a_long_kernel_is_named_by_its_callers_and_not_compiled_again(kept):
    seen = kept[1]
    assert "group_neighbours" in seen["compiled"]
    assert any("group_neighbours" in name for name in seen["named"])
    assert not any("group_neighbours" in name for name in seen["defined"])


def test_a_kernel_from_disk_finds_what_it_names(kept):
    folder, first = kept
    again = grow_keeping_kernels_in(folder)
    assert again["compiled"] == []
    assert again["grown"] == first["grown"]


@names_kernels
def test_a_kernel_from_disk_finds_what_was_compiled_again_since(kept, tmp_path):
    """Each process numbers what it compiles, so the name that the caller holds is out of use."""
    folder, first = kept
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    lost = list(tmp_path.rglob("learning_tree.group_neighbours-*"))
    assert lost
    for file in lost:
        file.unlink()
    again = grow_keeping_kernels_in(tmp_path)
    assert set(again["compiled"]) == {"group_neighbours"}
    assert again["under other names"] == again["named"]
    assert again["grown"] == first["grown"]


def test_without_a_place_to_keep_them_kernels_do_the_same(kept, tmp_path):
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    again = grow_keeping_kernels_in(no_folder)
    assert {"grow", "group_neighbours"} <= set(again["compiled"])
    assert again["grown"] == kept[1]["grown"]
