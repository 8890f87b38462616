import inspect

import pytest

from mentorbot.programme import errors
from mentorbot.programme.errors import CannotStart, MentorbotError, RootKeyWrong

ALL = [
    kind
    for kind in vars(errors).values()
    if inspect.isclass(kind) and issubclass(kind, Exception) and kind.__module__ == errors.__name__
]


@pytest.mark.parametrize("kind", ALL)
def test_every_error_is_in_the_one_tree_and_says_one_line(kind: type[MentorbotError]) -> None:
    assert issubclass(kind, MentorbotError)
    assert str(kind()) == (kind.__doc__ or "").strip().splitlines()[0]
    assert kind.__name__ in (errors.__doc__ or "")


def test_an_error_may_say_what_it_was_given() -> None:
    assert str(RootKeyWrong("restore the right file")) == "restore the right file"
    assert issubclass(RootKeyWrong, CannotStart)
    assert len(ALL) > 10
