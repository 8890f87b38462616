import dataclasses
import inspect

from mentorbot.programme import notices
from mentorbot.programme.ids import MessageId
from mentorbot.programme.notices import Notice, Privacy

KINDS = [kind for kind in vars(notices).values() if inspect.isclass(kind) and issubclass(kind, Notice)]


def test_every_notice_is_a_frozen_record_that_says_what_it_says() -> None:
    assert len(KINDS) > 20
    for kind in KINDS:
        settings = vars(kind)["__dataclass_params__"]
        assert settings.frozen, kind
        assert all(field.kw_only for field in dataclasses.fields(kind)), kind
        assert kind.__doc__
        assert not kind.__doc__.startswith(f"{kind.__name__}("), kind  # the one that dataclass makes up


def test_a_notice_takes_no_messages_place_unless_it_says_so() -> None:
    assert Privacy().replaces is None
    assert Privacy(replaces=MessageId(7)) == Privacy(replaces=MessageId(7)) != Privacy()
