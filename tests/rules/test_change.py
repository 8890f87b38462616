import pytest

from mentorbot.programme.change import LONGEST_NOTE, note_from
from mentorbot.programme.content import Concern, Kind, Written
from mentorbot.programme.ids import MessageId
from mentorbot.programme.wording import Words

MESSAGE = MessageId(5)


def test_a_plain_text_is_a_note() -> None:
    words = Words(text="Take care. " + "y" * (LONGEST_NOTE - 11))
    assert note_from(Written(message=MESSAGE, words=words)) == words


@pytest.mark.parametrize(
    "written",
    [
        Written(message=MESSAGE, kind=Kind.PHOTO, words=Words(text="Take care")),
        Written(message=MESSAGE, words=Words(text="Take care"), concerns=(Concern.ACCOUNT,)),
        Written(message=MESSAGE, words=Words(text="y" * (LONGEST_NOTE + 1))),
    ],
    ids=["a photo", "names an account", "too long"],
)
def test_what_is_more_than_a_plain_text_is_none(written: Written) -> None:
    assert note_from(written) is None
