"""The project's papers say what the code says: tables, examples, sources and names."""

from __future__ import annotations

import ast
import doctest
import importlib
import re
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
import typer
import yaml

import sim
from sim import docs
from sim.arrays import ARRAYS
from sim.cli import app
from sim.measures import MEASURES, EffectClass
from sim.mechanisms import PERIOD
from sim.scenario.finding import known_scenarios
from sim.scenario.schema import parameter_table
from sim.scenario.settings import SECTIONS
from sim.studies import statistics
from sim.studies.study import form, study_schema
from sim.tallies import ACTIVITIES, TALLIES

ROOT = Path(__file__).parents[1]
PAPERS = ("README.md", "MODEL.md", "STUDIES.md", "GLOSSARY.md", "CONTRIBUTING.md", "CHANGELOG.md")

#: Author and year (March1991), authors (TatelAckerman), documents, evidence by number, notes.
KEY = re.compile(
    r"\b(?:[A-Z][a-z]+)+(?:19|20)\d\d\b|\b[A-Z][a-z]+[A-Z][a-z]+\b|\bV\d+s?\b"
    r"|\bMECHANISMS\b|\bDESIGN\b|\bMEM\b|\bJOLTS\b"
)
DOCUMENTS = re.compile(r"\bdocuments? (\d{3}(?:(?:, | and )\d{3})*)")
#: "March (1991)" and "Box and Muller 1958", as prose cites.
PROSE = re.compile(r"\b([A-Z][a-z]+)(?:,? (?:&|and|[A-Z][a-z]+))* \(?((?:19|20)\d\d)\b")
#: A bracket that is neither an index nor inside a literal.
CITATION = re.compile(r"(?<!\w)\[([A-Za-z][^\[\]]*)\]")
STUDY = re.compile(r"```yaml (\w+\.yaml)\n(.*?)```", re.DOTALL)
LITERAL = re.compile(r"``.*?``|`.*?`", re.DOTALL)


def paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def workshop_questions() -> str:
    return (Path(sim.__file__).parent / "workshop" / "questions.yaml").read_text(encoding="utf-8")


@cache
def listed() -> dict[str, str]:
    """What MODEL.md says of each source, by its key."""
    _, _, sources = paper("MODEL.md").partition("\n## Sources\n")
    entries = re.findall(r"^- \*\*([^*]+)\*\*((?:.*\n)(?:  .*\n)*)", sources, re.MULTILINE)
    assert len({key for key, _ in entries}) == len(entries)
    return dict(entries)


def keys_in(text: str) -> set[str]:
    """Source keys that a text names, whether or not MODEL.md lists them."""
    numbers = (number for run in DOCUMENTS.findall(text) for number in re.findall(r"\d+", run))
    named = {key for key in listed() if re.search(rf"(?<!\w){re.escape(key)}(?!\w)", text)}
    return set(KEY.findall(text)) | {f"document {number}" for number in numbers} | named


def citations() -> list[tuple[str, str]]:
    """Every ``[...]`` of a docstring in ``sim``, with where it stands."""
    found = []
    for path in sorted(Path(sim.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                text = ast.get_docstring(node) or ""
                place = f"{path.name}: {getattr(node, 'name', 'module')}"
                cited = CITATION.findall(LITERAL.sub("", text))
                found += [(place, " ".join(each.split())) for each in cited]
    return found


def test_the_generated_tables_are_up_to_date():
    texts = [paper(name) for name in docs.PAPERS]
    for text in texts:
        assert docs.rewritten(text) == text, "run: python -m sim.docs"
    marks = [mark for text in texts for mark in re.findall(r"<!-- table: ([\w ]+) -->", text)]
    assert sorted(marks) == sorted(docs.TABLES)


def test_a_mark_without_a_table_is_named():
    with pytest.raises(ValueError, match="no table 'weather'"):
        docs.rewritten("<!-- table: weather -->\n<!-- end of table -->")


def test_a_cell_cannot_break_its_table():
    assert docs.table(("a",), [("x | y\nz",)]).splitlines()[-1] == r"| x \| y z |"


def test_truth_is_written_as_in_yaml():
    assert (docs.plain(True), docs.plain(False), docs.plain(1)) == ("true", "false", "1")


def test_every_key_of_a_study_file_stands_in_studies_md():
    _, _, tables = paper("STUDIES.md").partition("<!-- table: study keys -->")
    schema = study_schema()
    parts = [schema["$defs"][name] for name in ("DesignForm", "Sequential", "DerivedForm")]
    for part in [schema, *parts]:
        for key in part["properties"]:
            assert f"| `{key}` |" in tables, key


def test_every_parameter_stands_in_model_md():
    _, _, tables = paper("MODEL.md").partition("<!-- table: parameters -->")
    for row in parameter_table():
        assert f"| `{row.path.split('.')[-1]}`" in tables, row.path


@pytest.mark.parametrize("name", ["MODEL.md", "README.md", "GLOSSARY.md"])
def test_examples_come_out_as_written(name):
    result = doctest.testfile(str(ROOT / name), module_relative=False, encoding="utf-8")
    assert result.failed == 0
    assert result.attempted >= (20 if name == "MODEL.md" else 0)


@pytest.fixture
def written_study(tmp_path, monkeypatch):
    """The study of STUDIES.md as a file in a folder of its own, where the test then stands."""
    [(name, text)] = STUDY.findall(paper("STUDIES.md"))
    (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path / name


def test_examples_of_studies_md_come_out_as_written(written_study):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    file = str(ROOT / "STUDIES.md")
    result = doctest.testfile(file, module_relative=False, encoding="utf-8", optionflags=flags)
    assert (result.failed, result.attempted > 20) == (0, True)


def test_the_study_of_studies_md_is_what_the_text_says_of_it(written_study):
    study = sim.load_study(written_study)
    assert (len(study.points), len(study.scenarios), study.replications.fixed) == (9, 2, 10)
    assert study.expectation and study.series == 13 and study.notes == ()
    assert "points, 2 scenarios, 10 seeds: 180 runs" in paper("STUDIES.md")


def test_the_factors_of_studies_md_can_be_read(written_study):
    """All forms at once, in a design that samples, and without the two of the study itself."""
    [factors] = re.findall(r"```yaml\n(factors:\n.*?)```", paper("STUDIES.md"), re.DOTALL)
    head = "title: All\nquestion: Which?\nscenarios: [post_bureaucratic]\nmeasures: [output]\n"
    design = "design: {kind: latin_hypercube, points: 12}\n"
    written_study.write_text(head + design + factors, encoding="utf-8")
    kinds = {factor.name: factor for factor in sim.load_study(written_study).factors}
    assert list(kinds) == ["cells.size", "pdsa.rate", "environment.turbulence", "world", "effort"]
    assert kinds["effort"].levels == (0.0, 0.5, 1.0)
    assert [name for name, factor in kinds.items() if factor.is_joint] == ["world", "effort"]


def test_the_sequential_rule_of_studies_md_can_be_read(written_study):
    [rule] = re.findall(r"```yaml\n(replications:\n.*?)```", paper("STUDIES.md"), re.DOTALL)
    fixed = "replications: 10 "
    text = written_study.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(fixed)]
    written_study.write_text("\n".join([*lines, rule]), encoding="utf-8")
    replications = sim.load_study(written_study).replications
    assert (replications.fixed, replications.of, replications.at_most) == (None, "difference", 400)


def test_the_study_and_the_python_of_the_readme_run(tmp_path, monkeypatch, capsys):
    """With two replications in place of ten; main effects of three levels and two scenarios."""
    text = paper("README.md").partition("\n### Studies\n")[2].partition("\n### ")[0]
    [(name, study)] = STUDY.findall(text)
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(study.replace("replications: 10", "replications: 2"), encoding="utf-8")
    [lines] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, object] = {}
    exec(lines, names)
    assert len(names["runs"]) == 3 * 3 * 2 * 2
    assert (tmp_path / "results" / "my_study" / "runs").is_dir()
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1 + 3 * 2 and printed[-1].endswith("per person and week")


def test_every_design_stands_in_studies_md():
    rows = re.findall(r"^\| `([^`]+)`[^|]*\|", paper("STUDIES.md"), re.MULTILINE)
    named = {word for row in rows for word in re.findall(r"\w+", row)}
    assert set(get_args(form.Kind)) <= named


def test_every_function_of_statistics_that_studies_md_names_exists():
    _, _, rest = paper("STUDIES.md").partition("\n## Statistics\n")
    table = [line.split("|") for line in rest.partition("```")[0].splitlines() if line[:2] == "| "]
    named = [name for row in table for name in re.findall(r"`(\w+)`", row[2])]
    assert len(named) > 20
    assert set(named) <= set(statistics.__all__)


@pytest.mark.parametrize("name", ["README.md", "STUDIES.md", "WORKSHOPS.md", "CONTRIBUTING.md"])
def test_every_command_line_has_a_verb_and_options_that_there_are(name):
    verbs = typer.main.get_command(app).commands
    # Each ends with its line in a block of commands, or with the backtick after it.
    commands = re.findall(r"python run\.py ([a-z-]+)([^`\n]*)", paper(name))
    assert commands
    for verb, words in commands:
        assert verb in verbs, verb
        options = {option for one in verbs[verb].params for option in one.opts}
        assert set(re.findall(r"(?<= )--[a-z-]+", words)) <= options, f"{verb}{words}"


def test_what_a_docstring_cites_is_in_the_list_of_sources():
    assert len(citations()) > 20
    for place, citation in citations():
        assert keys_in(citation), f"{place} cites [{citation}], which names no source"
        assert keys_in(citation) <= set(listed()), f"{place}: [{citation}]"


def test_what_the_workshop_cites_is_in_the_list_of_sources():
    cited = keys_in(workshop_questions())
    assert len(cited) > 10
    assert cited <= set(listed())


def test_what_studies_md_cites_is_in_the_list_of_sources():
    cited = set(re.findall(r"\b(?:[A-Z][a-z]+)+(?:19|20)\d\d\b", paper("STUDIES.md")))
    assert len(cited) > 15
    assert cited <= set(listed())


def test_every_parameter_leans_on_a_listed_source_or_says_how_it_came():
    paths = {row.path for row in parameter_table() if "." in row.path}
    for row in parameter_table():
        derived = any(path in row.source for path in paths)
        assert row.source == "-" or derived or keys_in(row.source), f"{row.path}: {row.source}"
        assert keys_in(row.source) <= set(listed()), f"{row.path}: {row.source}"


def test_what_prose_cites_by_name_and_year_is_in_the_list_of_sources():
    scenarios = [path.read_text(encoding="utf-8") for path in known_scenarios().values()]
    modules = [path.read_text(encoding="utf-8") for path in Path(sim.__file__).parent.rglob("*.py")]
    for text in [*scenarios, *modules]:
        for author, year in PROSE.findall(text):
            assert any(author in entry and year in entry for entry in listed().values()) or any(
                author in key and year in key for key in listed()
            ), f"{author} {year}"


def test_the_list_of_sources_holds_nothing_that_nobody_uses():
    texts = [row.source for row in parameter_table()]
    texts += [text for _, text in citations()]
    body, _, sources = paper("MODEL.md").partition("\n## Sources\n")
    used = keys_in(" ".join([*texts, body.split("<!-- table: parameters -->")[0]]))
    used |= keys_in(paper("STUDIES.md")) | keys_in(workshop_questions())
    # Pages are used by what they are evidence for, too; Box and Muller are cited in prose.
    used |= set(re.findall(r"V\d+s?", sources)) | {"BoxMuller1958"}
    assert set(listed()) <= used


def test_every_measure_says_what_class_its_effects_are_of():
    classes = get_args(EffectClass)
    assert all(measure.label_class in classes for measure in MEASURES.values())
    # What a rule says outright must not pass for a finding.
    inputs = {name for name, measure in MEASURES.items() if measure.label_class == classes[0]}
    assert {"act_share", "externalization_flow", "approval_time", "learning_time"} <= inputs


def existing_names() -> set[str]:
    verbs = {
        each.name or each.callback.__name__
        for each in app.registered_commands
        if each.callback is not None
    }
    return {
        *ARRAYS,
        *(row.path for row in parameter_table()),
        *SECTIONS,
        *(mechanism.name for mechanism in PERIOD),
        *MEASURES,
        *TALLIES,
        *ACTIVITIES,
        *known_scenarios(),
        *verbs,
        *(key for model in (form.Form, form.Sequential) for key in model.model_fields),
    }


def exists_in_code(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    try:
        return hasattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError:
        return False


def test_every_name_of_the_glossary_exists():
    rows = [line for line in paper("GLOSSARY.md").splitlines() if line.startswith("| ")]
    named = {name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[-2])}
    unknown = {
        name
        for name in named - existing_names()
        if not (name.startswith("sim.") and exists_in_code(name))
    }
    assert len(named) > 100
    assert not unknown


def test_every_term_of_the_glossary_is_explained_once_and_named():
    rows = re.findall(
        r"^\| ([^|]+) \| ([^|]+) \| (`[^|]+`) \|$", paper("GLOSSARY.md"), re.MULTILINE
    )
    terms = [term for term, _, _ in rows]
    assert len(set(terms)) == len(terms)
    lines = [line for line in paper("GLOSSARY.md").splitlines() if line.startswith("| ")]
    heads = [line for line in lines if line.startswith("| Term |")]
    assert len(rows) == len(lines) - len(heads)


@pytest.mark.parametrize("name", PAPERS)
def test_every_local_link_leads_somewhere(name):
    text = paper(name)
    heads = {
        re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-")
        for head in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" not in target:
            file, _, anchor = target.partition("#")
            assert not file or (ROOT / file).exists(), target
            assert file or anchor in heads, target


def test_the_citation_file_is_of_this_version_under_the_license():
    citation = yaml.safe_load(paper("CITATION.cff"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == sim.__version__
    assert citation["license"] == "MIT" and paper("LICENSE").startswith("MIT License")
    assert {"message", "title", "authors"} <= set(citation)


def test_each_release_opens_with_what_it_changes_in_results():
    releases = re.split(r"^## ", paper("CHANGELOG.md"), flags=re.MULTILINE)[1:]
    assert releases[0].startswith(f"{sim.__version__}\n")
    for release in releases:
        assert release.split("\n", 1)[1].strip().startswith("**Results change**")
