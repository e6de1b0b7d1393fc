"""Importing an organization: what is read, what is guessed and said, and what is refused."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputProblem
from sim.scenario.people import People, import_people, load_people, parse_mapping
from sim.scenario.people.guesses import order_levels
from sim.scenario.people.tables import weeks

PEOPLE = """person,level,location,tenure_months
ann,director,Oslo,61+
bo,team lead,Oslo,13-36
cy,analyst,Rome,1-12
di,analyst,Rome,6
"""
ADVICE = """from,to,weight
bo,ann,4
cy,bo,2
cy,di,0
di,cy,1
"""
MONTH = 365.25 / 12 / 7

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Write files, text or bytes, into a folder; a keyword is a name without ``.csv``."""

    def write(**files: str | bytes) -> Path:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (tmp_path / f"{name}.csv").write_bytes(data)
        return tmp_path

    return write


def problems(folder: Path, **mapping: str) -> list[str]:
    with pytest.raises(InputProblem) as caught:
        import_people(folder, mapping, None)
    return [str(problem) for problem in caught.value.problems]


def ties(people: People) -> dict[tuple[str, str], float]:
    ends = zip(people.source, people.target, people.strength, strict=True)
    return {(people.ids[a], people.ids[b]): float(strength) for a, b, strength in ends}


# What is read


def test_people_levels_homes_and_tenure_are_read(folder: Folder) -> None:
    people, _ = import_people(folder(people=PEOPLE, advice=ADVICE), {}, None)
    assert people.ids == ("ann", "bo", "cy", "di")
    assert people.rank_names == ("analyst", "team lead", "director")
    assert people.rank.tolist() == [2, 1, 0, 0]
    assert people.home_names == ("Oslo", "Rome")
    assert people.home.tolist() == [0, 0, 1, 1]
    # Rounded to a tenth of a week.
    assert people.tenure == pytest.approx(MONTH * np.array([61, 24.5, 6.5, 6]), abs=0.05)


def test_a_tie_points_to_who_gives_information_and_no_weight_is_no_tie(folder: Folder) -> None:
    people, _ = import_people(folder(people=PEOPLE, advice=ADVICE), {}, None)
    assert ties(people) == {("bo", "ann"): 1.0, ("cy", "bo"): 0.5, ("di", "cy"): 0.25}
    assert people.source.dtype == people.target.dtype == people.rank.dtype == np.int32
    assert people.strength.dtype == np.float32


def test_the_report_says_what_was_read_and_what_was_guessed(folder: Folder) -> None:
    _, report = import_people(
        folder(people=PEOPLE, advice=ADVICE, awareness=ADVICE, notes="week,text\n1,calm\n"),
        {},
        None,
    )
    said = "\n".join(report)
    for part in (
        "4 people; ids from column person",
        "analyst (2), team lead (1), director (1). Order guessed from the words",
        "column location: Oslo (2), Rome (2)",
        "bands such as 13-36 count as their midpoint, open ones such as 61+ as their bound",
        "advice.csv, 3 ties; from gets information from to; strength is weight / 4",
        "Rows of weight 0 are no ties: 1",
        "Not used: awareness.csv, another edge list",
        "Not used: notes.csv, which is no edge list",
    ):
        assert part in said


@pytest.mark.parametrize(
    ("encode", "said"),
    [
        (lambda text: b"\xef\xbb\xbf" + text.encode(), None),
        (lambda text: text.replace(",", ";").encode(), "separated by semicolons"),
        (lambda text: text.replace(",", "\t").encode(), "separated by tabs"),
        (lambda text: text.encode("latin-1"), "Latin-1"),
        (lambda text: text.encode("utf-16"), "UTF-16"),
        (lambda text: text.replace("\n", "\r\n").encode(), None),
        (lambda text: text.replace("\n", ",,\n\n,,,,,\n").encode(), None),
        (lambda text: text.replace("é", "e\u0301").encode(), None),
    ],
    ids=["BOM", "semicolons", "tabs", "Latin-1", "UTF-16", "Windows", "padded", "decomposed"],
)
def test_whatever_program_wrote_the_tables_they_read_the_same(
    folder: Folder, encode: Callable[[str], bytes], said: str | None
) -> None:
    roster, edges = PEOPLE.replace("bo", "Zoé"), ADVICE.replace("bo", "Zoé")
    people, report = import_people(folder(people=encode(roster), advice=encode(edges)), {}, None)
    assert people.ids == ("ann", "Zoé", "cy", "di")
    assert ties(people) == {("Zoé", "ann"): 1.0, ("cy", "Zoé"): 0.5, ("di", "cy"): 0.25}
    assert said is None or said in report[0]


def test_where_semicolons_end_cells_a_comma_is_a_decimal_point(folder: Folder) -> None:
    edges = "from;to;weight\nann;bo;0,5\nbo;ann;2\n"
    people, _ = import_people(folder(people=PEOPLE, advice=edges), {}, None)
    assert ties(people) == {("ann", "bo"): 0.25, ("bo", "ann"): 1.0}


def test_an_organization_may_say_nothing_but_who_is_there(folder: Folder) -> None:
    people, report = import_people(folder(people="id\na\nb\n"), {}, None)
    assert people.ids == ("a", "b")
    assert people.rank.tolist() == people.home.tolist() == [0, 0]
    assert np.isnan(people.tenure).all()
    assert len(people.source) == 0
    assert any("nobody knows anybody" in sentence for sentence in report)


def test_without_weights_every_tie_is_as_strong(folder: Folder) -> None:
    people, _ = import_people(folder(people=PEOPLE, t="source,target\nann,bo\n"), {}, None)
    assert ties(people) == {("ann", "bo"): 1.0}


def test_spelling_in_capitals_makes_no_new_level_or_home(folder: Folder) -> None:
    text = "id,level,site\na,Manager,Oslo\nb,manager,OSLO\nc,clerk,Oslo\n"
    people, _ = import_people(folder(people=text), {}, None)
    assert people.rank_names == ("clerk", "Manager")
    assert people.home_names == ("Oslo",)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("13-36", "month", 24.5 * MONTH),
        ("13 – 36", "month", 24.5 * MONTH),  # noqa: RUF001
        ("1 to 3 years", None, 24 * MONTH),
        ("61+", "month", 61 * MONTH),
        ("5+ years", None, 60 * MONTH),
        (">= 2", "year", 24 * MONTH),
        ("<12", "month", 6 * MONTH),
        ("1.5", "year", 18 * MONTH),
        ("1,5 yrs", "week", 18 * MONTH),
        ("8", "week", 8),
    ],
)
def test_a_tenure_is_read_in_weeks(text: str, unit: str | None, expected: float) -> None:
    assert weeks(text, unit)[0] == pytest.approx(expected, abs=0.05)  # a tenth of a week


# What is guessed


@pytest.mark.parametrize(
    ("sizes", "lowest_first"),
    [
        ({"senior": 5, "director": 1, "researcher": 9, "manager": 5}, "researcher senior manager"),
        ({"junior clerk": 1, "clerk": 1, "senior clerk": 9}, "junior clerk,clerk,senior clerk"),
        ({"Deputy Director": 1, "directors": 1, "interns": 1}, "interns,Deputy Director,directors"),
        ({"assistant manager": 1, "assistant": 2, "manager": 1}, "assistant,assistant manager"),
        ({"alpha": 3, "beta": 20, "gamma": 1}, "beta alpha gamma"),
        ({"manager": 4, "staff": 30, "wizard": 8}, "staff wizard manager"),
        ({"3": 40, "1": 2, "2": 9}, "3 2 1"),
        ({"L1": 40, "L10": 1, "L2": 9}, "L1 L2 L10"),
    ],
)
def test_levels_are_ordered_by_words_then_sizes(sizes: dict[str, int], lowest_first: str) -> None:
    guessed = order_levels(sizes)
    assert guessed is not None
    expected = lowest_first.split("," if "," in lowest_first else None)
    assert guessed[0][: len(expected)] == expected
    assert sorted(guessed[0]) == sorted(sizes)


@given(st.dictionaries(st.text("abcmanager L12", min_size=1), st.integers(1, 9), min_size=1))
def test_guessing_an_order_loses_no_level(sizes: dict[str, int]) -> None:
    guessed = order_levels(sizes)
    assert guessed is None or sorted(guessed[0]) == sorted(sizes)


def test_a_year_of_birth_and_a_managers_id_are_not_taken_for_something_else(
    folder: Folder,
) -> None:
    text = "manager_id,employee,grade,dept,year_of_birth,joined_year,seniority_months\n"
    text += "b,a,1,X,1980,2015,100\nb,b,2,X,1970,2011,120\nb,c,1,Y,1990,2020,7\n"
    people, report = import_people(folder(people=text), {}, None)
    assert people.ids == ("a", "b", "c")
    assert people.rank.tolist() == [0, 1, 0]
    assert people.tenure == pytest.approx(MONTH * np.array([100, 120, 7]), abs=0.05)
    assert "Not used of people.csv: manager_id, year_of_birth, joined_year." in report


# What is asked, or named by an option

VAGUE = "foo,bar,shade\na,1,red\nb,2,red\nc,3,blue\nd,4,blue\n"


def test_what_cannot_be_guessed_names_the_options_all_at_once(folder: Folder) -> None:
    edges = "from,to\na,b\n"
    found = problems(folder(people=VAGUE, one=edges, two=edges))
    for option in (
        "--map id=COLUMN, one of: foo, bar",
        "--map level=COLUMN, one of: shade, none",
        "--map home=COLUMN, one of: shade, none",
        "--map familiarity=FILE, one of: one.csv, two.csv, none",
    ):
        assert sum(option in problem for problem in found) == 1
    assert len(found) == 4


def test_options_settle_what_cannot_be_guessed(folder: Folder) -> None:
    edges = "giver,getter,n,m\na,b,1,8\n"
    mapping = {"id": "foo", "level": "SHADE", "home": "none", "order": "red,blue"}
    mapping |= parse_mapping(["familiarity=two", "from=getter", "to=giver", "weight = m"])
    mapping |= {"tenure": "bar", "tenure_unit": "years"}
    people, _ = import_people(folder(people=VAGUE, one=edges, two=edges), mapping, None)
    assert people.ids == ("a", "b", "c", "d")
    assert people.rank_names == ("blue", "red")
    assert people.home_names == ("everybody",)
    assert people.tenure == pytest.approx(12 * MONTH * np.arange(1, 5), abs=0.05)
    assert ties(people) == {("b", "a"): 1.0}


def test_on_a_terminal_what_cannot_be_guessed_is_asked(folder: Folder) -> None:
    asked: list[tuple[str, list[str]]] = []

    def ask(question: str, choices: list[str]) -> str:
        asked.append((question, choices))
        return next(want for want in ("foo", "shade", "blue", "two.csv") if want in choices)

    edges = "from,to\na,b\n"
    people, _ = import_people(folder(people=VAGUE, one=edges, two=edges), {}, ask)
    assert people.rank_names == ("red", "blue")
    assert [choices for _, choices in asked] == [
        ["foo", "bar"],
        ["shade", "none"],
        ["red", "blue"],
        ["one.csv", "two.csv", "none"],
    ]


def test_nothing_is_asked_where_options_say_everything(folder: Folder) -> None:
    def ask(question: str, choices: list[str]) -> str:
        raise AssertionError(question)

    mapping = {"id": "bar", "level": "none", "home": "shade"}
    people, _ = import_people(folder(people=VAGUE), mapping, ask)
    assert people.ids == ("1", "2", "3", "4")


def test_a_column_given_to_one_role_is_not_guessed_for_another(folder: Folder) -> None:
    text = "id,level\na,manager\nb,clerk\n"
    people, _ = import_people(folder(people=text), {"home": "level"}, None)
    assert people.rank_names == ("everybody",)
    assert people.home_names == ("manager", "clerk")


def test_the_order_of_levels_may_be_given(folder: Folder) -> None:
    mapping = {"order": "Analyst, team lead, director"}
    people, report = import_people(folder(people=PEOPLE), mapping, None)
    assert people.rank_names == ("director", "team lead", "analyst")
    assert not any("guessed" in sentence for sentence in report)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"id": "persn"}, "--map id=persn: there is no 'persn'. There are: person, level"),
        ({"order": "director,analyst"}, "highest to the lowest: director,team lead,analyst"),
        ({"tenure_unit": "moons"}, "there is no unit 'moons'"),
        ({"familiarity": "gossip.csv"}, "There are: advice.csv, none"),
        ({"weight": "kilos"}, "there is no 'kilos'"),
        ({"levle": "level"}, "Did you mean level?"),
    ],
)
def test_an_option_that_fits_nothing_says_what_there_is(
    folder: Folder, mapping: dict[str, str], said: str
) -> None:
    (problem,) = problems(folder(people=PEOPLE, advice=ADVICE), **mapping)
    assert said in problem


@pytest.mark.parametrize("option", ["id", "id=", "=person", "person=id", "id=a"])
def test_an_option_is_a_known_role_and_a_value_once(option: str) -> None:
    with pytest.raises(InputProblem, match="--map"):
        parse_mapping(["id=b", option])


# What is refused


@pytest.mark.parametrize(
    ("broken", "expected"),
    [
        (PEOPLE.replace("cy,", ","), "people.csv:4: no id (column person)"),
        (PEOPLE.replace("di,", "bo,"), "people.csv:5: the id 'bo' is already on line 3"),
        (PEOPLE.replace("bo,team lead", "bo,"), "people.csv:3: no level"),
        (PEOPLE.replace("cy,analyst,Rome", "cy,analyst,"), "people.csv:4: no location"),
        (PEOPLE.replace("13-36", "36-13"), "people.csv:3: tenure_months: the band '36-13' ends"),
        (PEOPLE.replace("13-36", "long"), "people.csv:3: tenure_months: 'long' is no number"),
        (PEOPLE.replace("13-36", "-5"), "people.csv:3: tenure_months: '-5' is no number"),
        (PEOPLE.replace("Oslo,13-36", "13-36"), "people.csv:3: has 3 values where the header"),
        (PEOPLE.replace("Oslo,13-36", "Oslo,3,6"), "people.csv:3: has 5 values where the header"),
        (PEOPLE.replace("location", "person"), "people.csv:1: two columns are named 'person'"),
        (PEOPLE.replace("ann", '"ann'), "people.csv:2: cannot be read: unexpected end of data"),
        (PEOPLE.splitlines()[0], "people.csv: has a header and no rows"),
        ("", "people.csv: is empty"),
        ("\n \n,,\n", "people.csv: is empty"),
        (b"PK\x03\x04\0\0\0", "people.csv: is not a text file"),
    ],
)
def test_a_broken_list_of_people_is_refused_with_its_line(
    folder: Folder, broken: str | bytes, expected: str
) -> None:
    assert problems(folder(people=broken))[0].startswith(expected)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("ann,ann,1", "advice.csv:6: 'ann' is tied to itself"),
        ("ann,eve,1", "advice.csv:6: nobody has the id 'eve'"),
        ("ann,BO,1", "advice.csv:6: nobody has the id 'BO'. Did you mean 'bo'?"),
        (",ann,1", "advice.csv:6: no id"),
        ("bo,ann,3", "advice.csv:6: the tie from 'bo' to 'ann' is already on line 2"),
        ("ann,di,often", "advice.csv:6: the weight 'often' is not a number"),
        ("ann,di,-1", "advice.csv:6: the weight '-1' is negative"),
        ("ann,di,nan", "advice.csv:6: the weight 'nan' is not a number"),
        ("ann,di,inf", "advice.csv:6: the weight 'inf' is not a number"),
        ("ann,di,1_0", "advice.csv:6: the weight '1_0' is not a number"),
        ("ann,di,", "advice.csv:6: no weight"),
        ("ann,di", "advice.csv:6: has 2 values where the header has 3"),
        ("ann,di,1,1", "advice.csv:6: has 4 values where the header has 3"),
    ],
)
def test_a_broken_tie_is_refused_with_its_line(folder: Folder, row: str, expected: str) -> None:
    assert problems(folder(people=PEOPLE, advice=ADVICE + row + "\n")) == [expected]


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ("", "advice.csv: is empty"),
        ("from,to,weight\n", "advice.csv: has a header and no rows"),
        ("ann,bo,3\nbo,cy,1\ncy,ann,1\n", "advice.csv:1: the first line holds people"),
        ("a,b,c\nx,y,z\n", "The folder: cannot tell which is the edge list"),
        ("sender,receiver\nann,bo\nbo,cy\n", "advice.csv: cannot tell which is the column of"),
        ("from,to,size,age\nann,bo,1,2\n", "advice.csv: cannot tell which is the column of"),
    ],
)
def test_an_edge_list_that_cannot_be_understood_is_refused(
    folder: Folder, edges: str, expected: str
) -> None:
    assert problems(folder(people=PEOPLE, advice=edges))[0].startswith(expected)


def test_all_problems_of_all_files_are_told_together_in_order(folder: Folder) -> None:
    people = PEOPLE.replace("di,", "bo,").replace("13-36", "long")
    found = problems(folder(people=people, advice=ADVICE + "ann,ann,x\n"))
    places = [problem.partition(": ")[0] for problem in found]
    # Nobody is called di any more, who has ties on lines 4 and 5; line 6 has two problems.
    assert places == ["people.csv:3", "people.csv:5", "advice.csv:4"] + ["advice.csv:6"] * 2


def test_somebody_missing_from_the_list_is_one_problem(folder: Folder) -> None:
    rows = "".join(f"{id},eve,1\neve,{id},1\n" for id in ("ann", "bo", "cy", "di"))
    found = problems(folder(people=PEOPLE, advice=ADVICE + rows + "ann,ann,1\n"))
    assert found == [
        "advice.csv:6: nobody has the id 'eve'; also on lines 7, 8, 9, 10, 3 more",
        "advice.csv:14: 'ann' is tied to itself",
    ]


def test_a_line_is_counted_as_an_editor_counts_it(folder: Folder) -> None:
    people = '\nid,site\na,"Oslo\nNorth"\n\nb,\n'
    assert problems(folder(people=people)) == ["people.csv:6: no site"]


def test_fifty_problems_are_shown_and_the_rest_counted(folder: Folder) -> None:
    rows = "".join(f"ann,x{k},1\n" for k in range(3000))
    found = problems(folder(people=PEOPLE, advice=ADVICE + rows))
    assert len(found) == 51
    assert found[0].startswith("advice.csv:6:")
    assert found[49].startswith("advice.csv:55:")
    assert found[50] == "and 2950 more"


def test_a_broken_edge_list_that_is_not_used_stops_nothing(folder: Folder) -> None:
    gossip = ADVICE.replace("4", "lots")
    people, _ = import_people(folder(people=PEOPLE, advice=ADVICE, gossip=gossip), {}, None)
    assert len(people.source) == 3


def test_what_is_no_folder_or_has_no_people_is_refused(tmp_path: Path) -> None:
    assert "there is no such folder" in problems(tmp_path / "nowhere")[0]
    (tmp_path / "staff.csv").write_text(PEOPLE)
    assert "is not a folder" in problems(tmp_path / "staff.csv")[0]
    (problem,) = problems(tmp_path)
    assert "there is no people.csv. The folder holds: staff.csv" in problem


CELLS = st.sampled_from(["", "a", "b", "1", "2-1", "5+", "-1", "nan", '"', "é", "\x00", "manager"])
HEADS = st.sampled_from(
    ["id", "level", "site", "tenure", "months", "from", "to", "weight", "a", ""]
)
TABLES = st.tuples(
    st.sampled_from(",;\t"),
    st.lists(HEADS, max_size=4),
    st.lists(st.lists(CELLS, max_size=4), max_size=5),
).map(lambda t: "\n".join(t[0].join(row) for row in [t[1], *t[2]]).encode())


@given(people=st.one_of(TABLES, st.binary()), edges=st.one_of(TABLES, st.binary()))
def test_whatever_the_files_hold_they_are_read_or_refused(
    people: bytes, edges: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """And what is read holds together: it comes back from its own file."""
    folder = tmp_path_factory.mktemp("folder")
    (folder / "people.csv").write_bytes(people)
    (folder / "edges.csv").write_bytes(edges)
    try:
        organization, _ = import_people(folder, {}, None)
    except InputProblem as refusal:
        assert 1 <= len(refusal.problems) <= 51
    else:
        organization.save(folder / "org.json")
        assert_same(organization, load_people(folder / "org.json"))


# The organization file


@st.composite
def organizations(draw: st.DrawFn) -> People:
    name = st.text(min_size=1, max_size=5)
    ids = draw(st.lists(name, unique=True, min_size=1, max_size=6))
    size = len(ids)

    def groups() -> tuple[np.ndarray, tuple[str, ...]]:
        count = draw(st.integers(1, size))
        rest = draw(st.lists(st.integers(0, count - 1), min_size=size, max_size=size))
        members = draw(st.permutations([*range(count), *rest[count:]]))
        names = draw(st.lists(name, unique=True, min_size=count, max_size=count))
        return np.array(members, dtype=np.int32), tuple(names)

    (rank, rank_names), (home, home_names) = groups(), groups()
    weeks_there = st.one_of(st.just(np.nan), st.floats(0, 1e4))
    tenure = np.array(draw(st.lists(weeks_there, min_size=size, max_size=size)), dtype=np.float64)
    every = [(a, b) for a in range(size) for b in range(size) if a != b]
    pairs = draw(st.lists(st.sampled_from(every), unique=True)) if every else []
    strengths = st.floats(0, 1, exclude_min=True, width=32)
    strength = draw(st.lists(strengths, min_size=len(pairs), max_size=len(pairs)))
    ends = np.array(pairs, dtype=np.int32).reshape(-1, 2)
    return People(
        ids=tuple(ids),
        rank=rank,
        rank_names=rank_names,
        home=home,
        home_names=home_names,
        tenure=tenure,
        source=ends[:, 0],
        target=ends[:, 1],
        strength=np.array(strength, dtype=np.float32),
    )


def assert_same(one: People, other: People) -> None:
    for name, value in vars(one).items():
        if isinstance(value, tuple):
            assert value == getattr(other, name)
        else:
            np.testing.assert_array_equal(value, getattr(other, name))
            assert value.dtype == getattr(other, name).dtype


@given(people=organizations())
def test_an_organization_comes_back_from_its_file_to_the_bit(
    people: People, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("organization") / "new" / "org.json"
    people.save(path)
    assert_same(people, load_people(path))
    assert_same(people, pickle.loads(pickle.dumps(people)))
    assert [file.name for file in path.parent.iterdir()] == ["org.json"]


def test_an_organization_file_can_be_read_by_people(folder: Folder, tmp_path: Path) -> None:
    people, _ = import_people(folder(people=PEOPLE, advice=ADVICE), {}, None)
    people.save(tmp_path / "org.json")
    lines = (tmp_path / "org.json").read_text(encoding="utf-8").splitlines()
    assert '    {"id": "cy", "level": "analyst", "home": "Rome", "tenure_weeks": 28.3},' in lines
    assert '    ["cy", "bo", 0.5],' in lines


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, _ = import_people(folder(people=PEOPLE), {}, None)
    path = tmp_path / "out" / "org.json"
    people.save(path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputProblem, match="No space left on device"):
        people.save(path)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]
    with pytest.raises(InputProblem, match="is a folder"):
        people.save(tmp_path)


GOOD = {
    "format": "learning-org people",
    "version": 1,
    "levels": ["staff", "boss"],
    "homes": ["Oslo"],
    "people": [
        {"id": "a", "level": "staff", "home": "Oslo", "tenure_weeks": 3},
        {"id": "b", "level": "boss", "home": "Oslo", "tenure_weeks": None},
    ],
    "ties": [["a", "b", 0.5]],
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"levels": ["staff"]}, ["people[1].level: 'boss' is not among levels"]),
        ({"levels": ["staff", "boss", "vp"]}, ["levels: nobody is in 'vp'"]),
        ({"levels": ["staff", "boss", "boss"]}, ["levels: named twice: boss"]),
        ({"people": []}, ["people: "]),
        ({"people": [GOOD["people"][0]] * 2}, ["people[1].id: id 'a' is also", "levels: nobody"]),
        ({"people": [{"id": 3}]}, ["people[0].id: ", "people[0].level: is missing"]),
        ({"ties": [["a", "z", 1], ["a", "a", 1]]}, ["ties[0]: no person has", "ties[1]: 'a' is"]),
        ({"ties": [["a", "b", 1], ["a", "b", 1]]}, ["ties[1]: the same pair as ties[0]"]),
        ({"ties": [["a", "b", 0]]}, ["ties[0][2]: input should be greater than 0"]),
        ({"ties": [["a", "b", 1e-99]]}, ["ties[0]: the strength 1e-99 is too small"]),
        ({"ties": [["a", "b", 1.5]]}, ["ties[0][2]: input should be less than or equal to 1"]),
        ({"ties": [["a", "b", float("nan")]]}, ["ties[0][2]: input should be a finite number"]),
        ({"boss": "b"}, ["boss: is no key of this file"]),
        ({"version": 2}, ["has version 2, and this program reads version 1"]),
        ({"format": "other"}, ["is not an organization file"]),
    ],
)
def test_an_organization_file_that_contradicts_itself_is_refused(
    tmp_path: Path, change: dict[str, object], expected: list[str]
) -> None:
    path = tmp_path / "org.json"
    path.write_text(json.dumps(GOOD | change))
    with pytest.raises(InputProblem) as caught:
        load_people(path)
    found = [str(problem) for problem in caught.value.problems]
    for part in expected:
        assert any(problem.startswith(f"{path}: {part}") for problem in found), found


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe\0", b"[" * 100_000, b"3"])
def test_what_is_no_organization_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "org.json"
    path.write_bytes(content)
    with pytest.raises(InputProblem, match=r"import-org FOLDER --out FILE"):
        load_people(path)
    with pytest.raises(InputProblem, match="cannot be read"):
        load_people(tmp_path)


def test_a_file_mended_by_hand_is_read(tmp_path: Path) -> None:
    path = tmp_path / "org.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(GOOD, indent=4).encode())
    people = load_people(path)
    assert ties(people) == {("a", "b"): 0.5}
    assert people.rank.tolist() == [0, 1]
