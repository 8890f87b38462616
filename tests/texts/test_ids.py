"""Every text that the code asks for exists, and every text that exists is asked for.

The ids are read out of the syntax trees: whole ones, and families such as `joining.as_{role}`, for which a
table here says what stands in the braces. A family that is not in the table is a fault, and so is an id that
cannot be read.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from handlers.telegram.routes import COMMANDS
from mentorbot.locale.catalogue import LANGUAGES
from mentorbot.programme.changing import Removal
from mentorbot.programme.content import CONTENTS, Concern, Kind, Treatment
from mentorbot.programme.invite import InviteState
from mentorbot.programme.people import Role
from tests.guards import ROOT, plant
from tests.texts import messages, said, texts
from tests.texts.samples import ALARMS, NEVER_TRIED_IN_VAIN

# The demo names texts to recognise them; it says none.
SPEAKING = [
    file
    for package in ("mentorbot", "handlers")
    for file in sorted((ROOT / package).rglob("*.py"))
    if ROOT / "mentorbot" / "demo" not in file.parents
]

FAMILIES: dict[str, Iterable[str]] = {
    "alarm.{}": ALARMS,
    "changing.removal_{}": Removal,
    "channel.concern_{}": Concern,
    "content.{}": [kind for kind in Kind if CONTENTS[kind].treatment is Treatment.REFUSED],
    "help_{}": Role,
    "invites.alarm_{}": set(InviteState) - {NEVER_TRIED_IN_VAIN},
    "invites.alarm_for_{}": Role,
    "invites.code_{}": (Role.PARTICIPANT, Role.MENTOR),
    "joining.as_{}": Role,
    "joining.joined_{}": Role,
    "joining.welcome_{}": Role,
    "safety.discreet_{}": ("on", "off"),
    "safety.only_line_{}": ("on", "off"),
    "channel.delivered_{}": ("today", "another_day"),
    "code_word.mentor_{}": ("new", "gone"),
    "safety.code_word_{}": ("on", "off"),
    "safety.hours_{}": ("daytime", "overnight"),
    "safety.protect_{}": ("on", "off"),
    "safety.protected_{}": ("on", "off"),
    "safety.wipe_ask_{}": ("on", "off"),
    "safety.wipe_asks_{}": ("on", "off"),
    "topics.are_{}": ("on", "off"),
    "topics.turn_{}": ("on", "off"),
}


@dataclass(kw_only=True)
class Ids:
    """What was found in the code. `named`: whole ids; `families`: with {} for what is filled in."""

    named: set[str] = field(default_factory=set)
    families: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)  # any string at all
    unreadable: list[str] = field(default_factory=list)


def ids_in(files: Iterable[Path], spaces: set[str]) -> Ids:
    """Ids in the code: what is said, and every string that begins with one of the catalogue's name spaces."""
    ids = Ids()
    looked_at = 0
    for file in files:
        looked_at += 1
        nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        pieces = {piece for node in nodes if isinstance(node, ast.JoinedStr) for piece in node.values}
        for node in nodes:
            if isinstance(node, ast.Call) and _says(node):
                _take(node.args[0], ids, f"{file.name}:{node.lineno}")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in pieces:
                ids.mentioned.add(node.value)
                space, dot, rest = node.value.partition(".")
                if dot and space in spaces and rest.isidentifier():
                    ids.named.add(node.value)
    assert looked_at, "not one file was looked at"
    return ids


def _says(call: ast.Call) -> bool:
    """say(…), x.say(…), say.count(…), x.say.count(…), Say(…)(…)."""
    called = call.func
    if isinstance(called, ast.Attribute) and called.attr == "count":
        called = called.value
    if isinstance(called, ast.Call):
        return isinstance(called.func, ast.Name) and called.func.id == "Say"
    return _name(called) == "say"


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _take(id_: ast.expr, ids: Ids, place: str) -> None:
    match id_:
        case ast.Constant(value=str(value)):
            ids.named.add(value)
        case ast.JoinedStr(values=parts):
            ids.families.add("".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts))
        case ast.Name(id="id_"):
            pass  # given to it somewhere as a whole id, which is found there
        case _:
            ids.unreadable.append(f"{place}: {ast.unparse(id_)}")


def faults(files: Iterable[Path], existing: set[str], families: Mapping[str, Iterable[str]]) -> Iterator[str]:
    ids = ids_in(files, {id_.partition(".")[0] for id_ in existing if "." in id_})
    yield from (f"cannot be read: {place}" for place in ids.unreadable)
    yield from (f"a family not in the table: {family}" for family in sorted(ids.families - set(families)))
    yield from (f"in the table, not in the code: {family}" for family in sorted(set(families) - ids.families))
    members = {family.replace("{}", value) for family, values in families.items() for value in values}
    yield from (f"asked for, not there: {id_}" for id_ in sorted((ids.named | members) - existing))
    yield from (f"there, not asked for: {id_}" for id_ in sorted(existing - ids.named - ids.mentioned - members))


def test_the_code_and_the_catalogue_have_the_same_ids() -> None:
    assert list(faults(SPEAKING, set(messages("en")), FAMILIES)) == []


def test_what_is_wrong_with_ids_is_found(tmp_path: Path) -> None:
    code = """
        def render(at, who, id_):
            at.say("a.right"), at.say("a.misspelt"), at.say.count("a.things", 2), at.say(f"b.{who}")
            Say("fi", zone)(f"c.{who}"), at.say(who.id), at.say(id_)
            return "a.elsewhere" if who else "bare"
    """
    plant(tmp_path, {"rendering.py": "if True:\n" + code})
    existing = {"a.right", "a.things", "a.forgotten", "b.x", "b.z", "bare"}
    families = {"b.{}": ("x", "y"), "d.{}": ("x",)}
    assert list(faults(tmp_path.glob("*.py"), existing, families)) == [
        "cannot be read: rendering.py:5: who.id",
        "a family not in the table: c.{}",
        "in the table, not in the code: d.{}",
        "asked for, not there: a.elsewhere",
        "asked for, not there: a.misspelt",
        "asked for, not there: b.y",
        "asked for, not there: d.x",
        "there, not asked for: a.forgotten",
        "there, not asked for: b.z",
    ]


def test_a_look_at_no_code_fails() -> None:
    with pytest.raises(AssertionError, match="not one file"):
        list(faults([], {"a.right"}, {}))


def alarms_in(files: Iterable[Path]) -> set[str]:
    """What the code sounds an alarm about."""
    return {
        ast.unparse(node.args[0])
        for file in files
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "sound"
    }


def test_every_alarm_has_its_words_and_is_sounded_somewhere() -> None:
    assert alarms_in(SPEAKING) == {repr(what) for what in ALARMS}


def commands(text: str) -> set[str]:
    return set(re.findall(r"(?<!\S)/([a-z]+)", text))


def test_every_command_that_a_text_names_exists() -> None:
    named = {command for _, _, text in texts() for command in commands(text)}
    assert named
    assert named <= set(COMMANDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_command_is_in_the_help_of_somebody(language: str) -> None:
    helped = {command for role in Role for command in commands(said(language, f"help_{role}")[0])}
    assert helped == set(COMMANDS) - {"start", "help"}


def test_telegram_is_given_the_privacy_policy_it_asks_for() -> None:
    assert "privacy" in COMMANDS
    assert all("privacy" in commands(said(language, "joining.limits")[0]) for language in LANGUAGES)
