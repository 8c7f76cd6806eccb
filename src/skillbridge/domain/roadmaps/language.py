"""Which language a text is in, as far as its script or its small words tell; else nobody knows.

A plain rule, since the libraries for this bring megabytes of tables: a script that one language
writes names that language; in Latin letters the words count that a language cannot do without,
and what people write of learning. Two must be found, and twice as many as of any other language.
Where that does not decide, nothing is claimed, and nobody is corrected.
"""

import re
import unicodedata
from collections import Counter

LEAST, LEAD = 2, 2
SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh", "HANGUL": "ko", "ARABIC": "ar", "HEBREW": "he",
    "CYRILLIC": "ru", "GREEK": "el", "DEVANAGARI": "hi", "BENGALI": "bn", "GURMUKHI": "pa",
    "GUJARATI": "gu", "TAMIL": "ta", "TELUGU": "te", "KANNADA": "kn", "MALAYALAM": "ml",
    "SINHALA": "si", "THAI": "th", "LAO": "lo", "KHMER": "km", "MYANMAR": "my", "GEORGIAN": "ka",
    "ARMENIAN": "hy", "ETHIOPIC": "am", "LATIN": "",
}  # fmt: skip
"""By the first word of a letter's name. Where several languages share a script it stands for all:
a goal in Persian is answered in Arabic letters, which is as far as this can look."""
WORDS = {
    "en": "the and of to a an in for with how i want become learn build write my your is are from "
    "you will what this that on as it be first can",
    "fr": "le la les des du de un une et à pour avec je veux devenir apprendre mon ma mes vous est "
    "dans sur en comment créer votre vos ce qui",
    "es": "el la los las de del un una y para con quiero ser aprender mi mis tu su es en cómo crear "
    "que por como más datos",
    "pt": "o os as de do da dos das um uma e para com quero ser aprender meu minha em como criar "
    "que por você seu sua é no na dados",
    "de": "der die das und ein eine einen für mit ich will möchte werden lernen mein meine ist im "
    "zu von wie den auf sie du dein deine",
    "it": "il lo la gli le di del della un una e per con voglio diventare imparare mio mia come è "
    "che nel tuo tua sono",
    "nl": "de het een en voor met ik wil worden leren mijn is van hoe op je jouw in te zijn",
    "sw": "na ya wa kwa ni katika nataka kujifunza kuwa jinsi yangu yako za la cha kama",
    "id": "dan yang di untuk dengan saya ingin menjadi belajar cara dari ini pada anda adalah",
    "tr": "ve bir için ile istiyorum olmak öğrenmek bu benim da de çok olarak",
    "pl": "i w na z do się jak chcę zostać nauczyć dla moje jest nie to oraz",
    "vi": "và của cho với tôi muốn trở thành học cách là một các trong bạn để",
}
_SMALL = {language: frozenset(words.split()) for language, words in WORDS.items()}
_WORD = re.compile(r"[^\W\d_]+")
LOOKED_AT = 4_000
"""Letters are enough to tell."""


def language_of(text: str) -> str | None:
    """A code of ISO 639; None when it cannot be told."""
    seen = text[:LOOKED_AT]
    scripts = Counter(filter(None, map(_script, seen)))
    if not scripts:
        return None
    script = (
        "HIRAGANA" if scripts["HIRAGANA"] + scripts["KATAKANA"] else scripts.most_common(1)[0][0]
    )
    return SCRIPTS[script] or _by_words(seen.lower())


def in_another_language(answer: str, question: str) -> str | None:
    """The language of the question, where both are known and differ.

    What is written in Chinese signs alone may be Japanese.
    """
    asked, answered = language_of(question), language_of(answer)
    if asked is None or answered in {None, asked} or (asked, answered) == ("zh", "ja"):
        return None
    return asked


def _script(sign: str) -> str | None:
    name = unicodedata.name(sign, "").partition(" ")[0].partition("-")[0]
    return name if name in SCRIPTS and sign.isalpha() else None


def _by_words(text: str) -> str | None:
    words = _WORD.findall(text)
    found = Counter({lang: sum(word in small for word in words) for lang, small in _SMALL.items()})
    (first, most), (_, next_most) = found.most_common(2)
    return first if most >= LEAST and most >= LEAD * next_most else None
