"""Which language a text is in, where that can be told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skillbridge.domain.roadmaps.language import WORDS, in_another_language, language_of

pytestmark = pytest.mark.row("E1")

TOLD = {
    "Become a data analyst": "en",
    "Write small tools for my job": "en",
    "Devenir analyste de données": "fr",
    "Je veux apprendre à créer des sites web": "fr",
    "Quiero ser analista de datos": "es",
    "Quero aprender a programar em Python": "pt",
    "Ich möchte Softwareentwicklerin werden": "de",
    "Voglio diventare programmatore": "it",
    "Ik wil programmeur worden": "nl",
    "Nataka kujifunza programu": "sw",
    "Saya ingin belajar Python": "id",
    "Veri analisti olmak istiyorum": "tr",
    "Chcę zostać programistą": "pl",
    "Tôi muốn học lập trình": "vi",
    "أريد أن أصبح محلل بيانات": "ar",
    "データ分析を学びたい": "ja",
    "成为数据分析师": "zh",
    "데이터 분석가": "ko",
    "Хочу стать аналитиком": "ru",
    "मैं प्रोग्रामिंग सीखना चाहता हूँ": "hi",
    "ዳታ ተንታኝ መሆን እፈልጋለሁ": "am",
}
UNKNOWN = (
    "SQL",
    "Learn Python",
    "Apprendre Python",
    "12345",
    "",
    "👩‍💻",
    "Jag vill bli programmerare",
)


@pytest.mark.parametrize("text", TOLD)
def test_a_goal_tells_its_language(text: str) -> None:
    assert language_of(text) == TOLD[text]


@pytest.mark.parametrize("text", UNKNOWN)
def test_where_nothing_tells_nothing_is_claimed(text: str) -> None:
    assert language_of(text) is None
    assert in_another_language(text, "Devenir analyste de données") is None
    assert in_another_language("Devenir analyste de données", text) is None


def test_an_answer_is_held_against_the_question() -> None:
    french, english = "Devenir analyste de données", "Become a data analyst"
    assert in_another_language(english, french) == "fr"
    assert in_another_language(french, english) == "en"
    assert in_another_language(french, french) is None
    assert in_another_language("データ分析を学びたい", "数据分析") is None
    assert in_another_language("数据分析", "データ分析を学びたい") == "ja"


@given(st.text(max_size=200))
def test_whatever_is_typed_is_in_one_language_at_most(text: str) -> None:
    assert in_another_language(text, text) is None


def test_each_language_knows_itself() -> None:
    assert {language: language_of(words) for language, words in WORDS.items()} == {
        language: language for language in WORDS
    }
