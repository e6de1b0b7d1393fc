"""Everything on the workshop page can be done by keyboard, and the focus is never lost."""

from __future__ import annotations

import pytest

NUMBERS = range(1, 8)


def press(on, key: str, seconds: float = 0.1) -> None:
    on.page.keyboard.press(key)
    on.page.clock.run_for(int(1000 * seconds))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_question_can_be_walked_through_by_keyboard(workshop, stage, number):
    on = stage("#q=1")
    press(on, str(number))
    on.page.wait_for_function(
        "number => window.learningOrg.state().question === number", arg=number
    )
    assert on.focused != "BODY"
    question = workshop.payload["questions"][number - 1]
    if question["bet"]:
        press(on, "b")
        choice = question["bet"]["choices"][1]["id"]
        assert on.state["bet"] == choice
        assert (
            on.page.locator(f"#bets [data-choice='{choice}']").get_attribute("aria-pressed")
            == "true"
        )
    press(on, " ")
    assert on.state["playing"]
    assert on.focused != "BODY"
    press(on, " ")
    assert not on.state["playing"]
    press(on, "End", 1.5)
    assert on.state["week"] == workshop.payload["runs"]["A"]["weeks"]
    assert on.page.locator("#told").is_visible()
    assert on.focused != "BODY"


#: Notes what has the focus, and whether that can be seen; null where it was before.
WALK = """() => {
    const one = document.activeElement;
    window.walked ??= new Set();
    if (window.walked.has(one)) return null;
    window.walked.add(one);
    if (one === document.body) return {name: 'the browser itself', shown: true};
    const seen = each => each && getComputedStyle(each).outlineStyle !== 'none' &&
        parseFloat(getComputedStyle(each).outlineWidth) >= 2;
    const near = [one, one.closest('label'), one.nextElementSibling, one.closest('.tile')];
    const name = `${one.tagName}#${one.id} ${one.textContent.slice(0, 30)}`;
    return {name, shown: near.some(seen)};
}"""
#: Controls that the walk did not come by; of radio buttons only the chosen one has a turn.
MISSED = """() => [...document.querySelectorAll('button, select, input, summary, a[href]')]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.disabled &&
        one.tabIndex >= 0 && !(one.type === 'radio' && !one.checked) && !window.walked.has(one))
    .map(one => `${one.tagName}#${one.id} ${one.textContent.slice(0, 30)}`)"""


@pytest.mark.parametrize("number", NUMBERS)
def test_every_control_has_its_turn_and_a_focus_that_can_be_seen(stage, number):
    on = stage(f"#q={number}")
    on.seek(20)
    hidden = []
    for _ in range(150):
        on.page.keyboard.press("Tab")
        told = on.page.evaluate(WALK)
        if told is None:
            break
        hidden += [] if told["shown"] else [told["name"]]
    assert hidden == []
    assert on.page.evaluate(MISSED) == []


def test_shortcuts_of_one_key_can_be_switched_off(stage):
    on = stage("#q=1")
    press(on, "?")
    assert on.page.locator("#keys").is_visible()
    on.page.locator("#single-keys").uncheck(force=True)
    press(on, "Escape")
    assert not on.page.locator("#keys").is_visible()
    for key in "abc37nr?":
        press(on, key)
    assert on.state["bet"] is None and on.state["question"] == 1
    assert not on.page.locator("dialog[open]").count()
    on.page.locator("#open-keys").click()
    on.page.locator("#single-keys").check(force=True)
    press(on, "Escape")
    press(on, "b")
    assert on.state["bet"] == "B"


def test_the_help_lists_every_shortcut_that_fires(stage):
    on = stage("#q=1")
    press(on, "?")
    listed = on.page.locator("#keys dl.keys dt").all_inner_texts()
    for key in ("n", "?", "r", "End", "Home"):
        assert any(key in words for words in listed), (key, listed)


@pytest.mark.parametrize("opener, dialog", [("#open-notes", "#notes"), ("#open-keys", "#keys"),
                                            ("#badge-A", "#assumptions")])  # fmt: skip
def test_a_dialog_gives_the_focus_back(stage, opener, dialog):
    on = stage("#q=1")
    on.page.locator(opener).focus()
    press(on, "Enter")
    assert on.page.locator(dialog).is_visible()
    assert on.page.evaluate(
        f"() => document.querySelector('{dialog}').contains(document.activeElement)"
    )
    press(on, "Escape")
    assert not on.page.locator(dialog).is_visible()
    assert on.page.evaluate("sel => document.activeElement.matches(sel)", opener)


def test_shortcuts_do_not_fire_where_one_writes(stage):
    on = stage("#q=1")
    on.page.locator("#person").focus()
    press(on, "b")
    assert on.state["bet"] is None
    on.page.locator("#week").focus()
    press(on, "ArrowRight")
    assert on.state["week"] == 1  # the slider's own key, and not twice
