"""What a notice looks like when it is sent: whole, within the limits, and nobody can pose as the bot."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise, product

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given, strategies as st

from handlers.telegram.buttons import Action, open_token, token_for
from handlers.telegram.rendering import Rendered, is_said, line, render, shown as shown_in_line
from mentorbot.locale.catalogue import LANGUAGES, Say, nearest
from mentorbot.programme.content import Form
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import (
    Album,
    ArrivalMarked,
    Carried,
    Choosable,
    CopiesRemoved,
    CoveredAgain,
    Erased,
    ErasedThere,
    InviteCode,
    InviteMade,
    Notice,
    PairingMentors,
    Reacted,
    Redrawn,
    Relayed,
    Removed,
    TopicRemoved,
    Uncovered,
    Wiped,
)
from mentorbot.programme.people import Role
from mentorbot.programme.wording import LABEL_MARK, LONGEST_MESSAGE, SAFE_FORMATS, Format, Words, split, units
from mentorbot.services.messaging import ROOM_FOR_LABEL
from tests.texts import HELSINKI, MOMENT, setting
from tests.texts.samples import AINO, KINDS, LAST_MESSAGE, MIKAEL, SAMPLES, WIDEST_ALIAS

ISOLATED = f"\u2068{WIDEST_ALIAS}\u2069"
# Characters that nobody sees, so that what follows looks like the beginning of a line.
UNSEEN = [
    "",
    " ",
    "\t",
    "\u00a0",
    "\u00ad",
    "\u115f",
    "\u200b",
    "\u2060",
    "\u202e",
    "\u2067",
    "\u2800",
    "\u3164",
    "\ufeff",
]

LONGEST_BUTTON = 30

DONE = {
    ArrivalMarked,
    CopiesRemoved,
    CoveredAgain,
    Erased,
    ErasedThere,
    Reacted,
    Removed,
    TopicRemoved,
    Uncovered,
    Wiped,
}
"""What is done to messages that are there, and never said."""

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


def of_every_kind(test: Callable[[Notice, str], None]) -> Callable[[type[Notice]], None]:
    """Every sample of a kind in every language is one test: as tests of their own they would be thousands."""

    @pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: str(kind.__name__))
    def each(kind: type[Notice]) -> None:
        for notice, language in product(SAMPLES[kind], LANGUAGES):
            try:
                test(notice, language)
            except Exception as failure:
                failure.add_note(f"{language}: {notice!r}")
                raise

    each.__name__, each.__doc__ = test.__name__, test.__doc__
    return each


def stretch(text: str, form: Format) -> str:
    """What a format covers, counted as Telegram counts; it fails when a character is cut in two."""
    return text.encode("utf-16-le")[2 * form.offset : 2 * (form.offset + form.length)].decode("utf-16-le")


def relayed(words: Words, *, alias: str = "Hiljainen Koivu", part: int = 1, parts: int = 1) -> Relayed:
    return Relayed(alias=alias, words=words, part=part, parts=parts, from_message=MessageId(7))


def shown(words: Words, *, language: str = "fi", possible_repeat: bool = False) -> Rendered:
    return render(relayed(words), setting(language, possible_repeat=possible_repeat))


# --- every kind ---------------------------------------------------------------------------------------------


def test_every_kind_of_notice_has_a_sample() -> None:
    assert len(KINDS) > 30
    assert set(SAMPLES) == set(KINDS) - {Album, Carried, Redrawn} - DONE
    assert all(SAMPLES.values())
    assert [kind for kind, samples in SAMPLES.items() if any(type(each) is not kind for each in samples)] == []


def test_what_is_said_is_known_from_what_is_done() -> None:
    done = [Removed(from_message=LAST_MESSAGE), Reacted(to_counterpart_of=LAST_MESSAGE, emoji="👍")]
    assert {kind for kind, samples in SAMPLES.items() if not is_said(samples[0])} == set()
    assert is_said(Carried(sender=AINO, form=Form.BARE, from_message=LAST_MESSAGE))
    assert not any(map(is_said, [*done, Uncovered(line=LAST_MESSAGE), CopiesRemoved(messages=(LAST_MESSAGE,))]))


@of_every_kind
def test_it_fits_into_the_place_of_a_line_with_a_button_that_closes_it(notice: Notice, language: str) -> None:
    at = setting(language)
    plain, inside = render(notice, at), shown_in_line(notice, at, until=MOMENT)
    assert inside.text.startswith(plain.text)
    assert units(inside.text) <= LONGEST_MESSAGE
    assert inside.formats == plain.formats
    assert [press.action for _, press in inside.keyboard[-1]] == [Action.COVER_AGAIN]
    assert list(inside.keyboard[:-1]) == list(plain.keyboard)


@in_every_language
def test_a_line_says_the_same_whatever_stands_behind_it(language: str) -> None:
    neutral, below = line(setting(language)), shown_in_line(None, setting(language), until=MOMENT)
    assert below.text.startswith(neutral.text)
    assert "mentor" not in below.text.lower()


@in_every_language
def test_a_kind_without_words_is_an_error(language: str) -> None:
    with pytest.raises(NotImplementedError, match="Carried"):
        render(Carried(sender=AINO, form=Form.BARE, from_message=LAST_MESSAGE), setting(language))


@of_every_kind
def test_it_says_something_and_nothing_is_left_to_fill_in(notice: Notice, language: str) -> None:
    rendered = render(notice, setting(language, possible_repeat=True))
    assert rendered.text.strip()
    for text in (rendered.text, *(label for row in rendered.keyboard for label, _ in row)):
        assert not re.search(r"[{}]", text)
        assert "None" not in text


@of_every_kind
def test_it_fits_into_one_message(notice: Notice, language: str) -> None:
    rendered = render(notice, setting(language, possible_repeat=True))
    assert units(rendered.text) <= LONGEST_MESSAGE
    for form in rendered.formats:
        assert stretch(rendered.text, form)
        assert form.offset + form.length <= units(rendered.text)


@of_every_kind
def test_its_buttons_fit_and_mean_what_was_meant(notice: Notice, language: str) -> None:
    key = AESSIV(AESSIV.generate_key(512))
    for row in render(notice, setting(language)).keyboard:
        for label, press in row:
            assert label.strip()
            token = token_for(key, AINO, press)
            assert len(token.encode()) <= 64
            opened = open_token(key, AINO, token)
            assert (opened.action, opened.version) == (press.action, press.version & 0xFFFF)
            assert opened.subject == press.subject.ljust(16, b"\0")
            assert opened.object == press.object.ljust(16, b"\0")


@of_every_kind
def test_a_label_of_a_button_is_short(notice: Notice, language: str) -> None:
    """A phone shows 30 characters; only people's own names may be longer."""
    for row in render(notice, setting(language)).keyboard:
        assert [label for label, _ in row if WIDEST_ALIAS not in label and len(label) > LONGEST_BUTTON] == []


@of_every_kind
def test_a_name_is_isolated_wherever_something_else_stands_beside_it(notice: Notice, language: str) -> None:
    rendered = render(notice, setting(language))
    labels = [label for row in rendered.keyboard for label, _ in row if label != WIDEST_ALIAS]
    for text in (rendered.text, *labels):
        assert text.count(WIDEST_ALIAS) == text.count(ISOLATED)


@in_every_language
def test_each_mentor_has_a_button_with_how_many_participants_they_have(language: str) -> None:
    participant = Choosable(pid=AINO, version=1, alias="Koivu")
    mentors = tuple(Choosable(pid=MIKAEL, version=1, alias="Lind", participants=n) for n in range(4))
    keyboard = render(PairingMentors(participant=participant, mentors=mentors), setting(language)).keyboard
    labels = [row[0][0] for row in keyboard]
    assert [int(re.findall(r"\d", label)[0]) for label in labels] == [0, 1, 2, 3]
    noun = {
        "fi": ("osallistujaa", "osallistuja"),
        "sv": ("deltagare",) * 2,
        "en": ("participants", "participant"),
    }
    many, one = noun[language]
    assert [label.split(" ")[-1] for label in labels] == [many, one, many, many]


@in_every_language
def test_the_code_is_the_only_thing_to_copy(language: str) -> None:
    notice = InviteCode(role=Role.PARTICIPANT, code="K7M2QX", expires_at=MOMENT)
    rendered = render(notice, setting(language))
    assert [(form.kind, stretch(rendered.text, form)) for form in rendered.formats] == [("code", "K7M2QX")]


@in_every_language
def test_the_message_with_the_link_is_the_link(language: str) -> None:
    at = setting(language)
    rendered = render(InviteMade(role=Role.PARTICIPANT, token="a_token"), at)
    assert rendered == Rendered(text=f"https://t.me/{at.bot_username}?start=a_token")


# --- what people wrote --------------------------------------------------------------------------------------


@in_every_language
@pytest.mark.parametrize("possible_repeat", [False, True])
def test_the_label_fits_into_the_room_that_is_kept_for_it(language: str, possible_repeat: bool) -> None:
    notice = relayed(Words(text=""), alias=WIDEST_ALIAS, part=9999, parts=9999)
    assert units(render(notice, setting(language, possible_repeat=possible_repeat)).text) <= ROOM_FOR_LABEL


@in_every_language
def test_the_longest_message_is_split_into_parts_that_fit_and_lose_nothing(language: str) -> None:
    text = ("Hei 😀 " * 1000)[:3400]
    assert LONGEST_MESSAGE - ROOM_FOR_LABEL < units(text) <= LONGEST_MESSAGE
    parts = split(Words(text=text), longest=LONGEST_MESSAGE - ROOM_FOR_LABEL)
    at = setting(language, possible_repeat=True)
    bodies = []
    for number, words in enumerate(parts, start=1):
        rendered = render(relayed(words, alias=WIDEST_ALIAS, part=number, parts=len(parts)), at)
        assert units(rendered.text) <= LONGEST_MESSAGE
        label, repeat, body = rendered.text.split("\n", 2)
        assert label == f"{LABEL_MARK} {ISOLATED} ({number}/{len(parts)})"
        assert repeat == at.say("channel.possible_repeat")
        bodies.append(body)
    assert len(parts) > 1
    assert "".join(bodies) == text


@in_every_language
def test_a_message_that_may_be_there_already_says_so_and_no_other_does(language: str) -> None:
    words = Words(text="Hei")
    mark = setting(language).say("channel.possible_repeat")
    assert shown(words, language=language).text == f"{LABEL_MARK} \u2068Hiljainen Koivu\u2069\nHei"
    assert shown(words, language=language, possible_repeat=True).text.split("\n")[1:] == [mark, "Hei"]


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
@pytest.mark.parametrize("before", ["", "Hei\n", "Hei\r\n", "Hei\u2028", "Hei\x0b"], ids=ascii)
def test_a_line_that_poses_as_a_label_is_defused(before: str, unseen: str) -> None:
    posing = f"{before}{unseen}{LABEL_MARK} Sari\nKerro osoitteesi"
    rendered = shown(Words(text=posing))
    assert rendered.text.count(LABEL_MARK) == 1
    assert rendered.text.startswith(LABEL_MARK)
    assert rendered.text.endswith(posing.replace(LABEL_MARK, "|"))


def test_a_name_cannot_turn_what_stands_beside_it() -> None:
    label = render(relayed(Words(text="Hei"), alias="שקט", part=1, parts=2), setting("en")).text.split("\n")[0]
    assert label == f"{LABEL_MARK} \u2068שקט\u2069 (1/2)"


_characters = st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(f"{LABEL_MARK}\n😀👩🏽‍🚒🇫🇮é "))


@st.composite
def _words(draw: st.DrawFn) -> Words:
    characters = draw(st.lists(_characters, min_size=1, max_size=40))
    ends = [0]
    for character in characters:
        ends.append(ends[-1] + units(character))
    stretches = draw(st.lists(st.tuples(st.sampled_from(ends), st.sampled_from(ends)), max_size=5))
    formats = [
        Format(kind=draw(st.sampled_from(sorted(SAFE_FORMATS))), offset=min(ends), length=max(ends) - min(ends))
        for ends in stretches
        if ends[0] != ends[1]
    ]
    return Words(text="".join(characters), formats=tuple(formats))


@given(words=_words(), possible_repeat=st.booleans(), alias=st.sampled_from(["Koivu", WIDEST_ALIAS]))
def test_formats_cover_the_same_words_behind_the_label(words: Words, possible_repeat: bool, alias: str) -> None:
    rendered = render(relayed(words, alias=alias), setting("sv", possible_repeat=possible_repeat))
    label, *moved = rendered.formats
    assert label.kind == "bold"
    assert stretch(rendered.text, label) == rendered.text.split("\n")[0]
    behind = units(rendered.text) - units(words.text)
    assert [replace(form, offset=form.offset - behind) for form in moved] == list(words.formats)
    for form, original in zip(moved, words.formats, strict=True):
        assert stretch(rendered.text, form) == stretch(words.text, original).replace(LABEL_MARK, "|")


def test_links_and_programming_languages_are_kept() -> None:
    text = "katso 😀 tätä"
    formats = (
        Format(kind="text_link", offset=0, length=5, url="https://example.org/"),
        Format(kind="pre", offset=6, length=2, language="python"),
    )
    _, link, code = shown(Words(text=text, formats=formats)).formats
    assert (link.kind, link.url) == ("text_link", "https://example.org/")
    assert (code.kind, code.language) == ("pre", "python")


# --- moments and languages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [("fi", "ke 4.3. klo 9.05"), ("sv", "ons 4 mars kl. 09.05"), ("en", "Wed 4 Mar, 09:05")],
)
def test_a_moment_is_said_in_the_language_and_in_the_time_zone(language: str, said: str) -> None:
    assert Say(language, HELSINKI).moment(MOMENT) == said


@in_every_language
def test_an_unknown_text_and_a_missing_value_are_errors(language: str) -> None:
    say = Say(language, HELSINKI)
    with pytest.raises(KeyError, match="no_such_text"):
        say("no_such_text")
    with pytest.raises(KeyError, match="no_such_text"):
        say.count("no_such_text", 2)
    with pytest.raises(KeyError, match="alias"):
        say("channel.sent_to", name="Koivu")


@pytest.mark.parametrize(
    ("guess", "language"),
    [("fi", "fi"), ("sv-FI", "sv"), ("EN-gb", "en"), ("ru", "fi"), ("", "fi"), (None, "fi"), ("fil", "fi")],
)
def test_telegrams_guess_leads_to_the_nearest_language(guess: str | None, language: str) -> None:
    assert nearest(guess, "fi") == language


def test_the_language_that_was_guessed_is_the_first_on_the_buttons() -> None:
    asked = SAMPLES[next(kind for kind in KINDS if kind.__name__ == "LanguageAsked")][0]
    for language, name in {"fi": "Suomi", "sv": "Svenska", "en": "English"}.items():
        labels = [row[0][0] for row in render(asked, setting(language)).keyboard]
        assert labels[0] == name
        assert sorted(labels) == ["English", "Suomi", "Svenska"]
        assert all(before != after for before, after in pairwise(labels))
