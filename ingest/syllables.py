"""Vietnamese syllables: which words can be one, and what share of a text is.

A text whose words are hardly ever syllables was read wrongly: in another encoding, from scrambled glyphs, or from a
bad scan. The rules are those of the orthography, so that no word list has to be kept.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TONES = dict.fromkeys(map(ord, "\u0300\u0301\u0303\u0309\u0323"))
_STOP_TONES = {"\u0301", "\u0323"}  # a syllable that ends in a stop has sắc or nặng
_ONSETS = "ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x"
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây
e ec em en eng eo ep et ê êch êm ên ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu y yêm yên yêng yêt yêu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot
ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uyn uynh uyp
uyt uyu ư ưa ưc ưi ươc ươi ươm ươn ương ươp ươt ươu ưm ưn ưng ưt ưu
"""
_AFTER_Q = ("y", "yên", "yêt", "ynh", "yt", "ych", "yp", "yu", "ôc", "ơ")  # the u of `qu` is the rime's: quyết, quốc
_AFTER_GI = ("êc", "êm", "ên", "êng", "êt", "êu")  # and so is the i of `gi`: giếng
_SYLLABLE = re.compile(
    rf"gi|gi(?:{'|'.join(_AFTER_GI)})|qu(?:{'|'.join(_AFTER_Q)})|(?:{_ONSETS})?(?:{'|'.join(_RIMES.split())})"
)
# Ê Đê, Gia Rai, Ba Na and H'Mông names, as maps and papers spell them.
_HIGHLAND_VOWEL = "(?:[aăâeêioôơuưáắấéếíóốớúứ]|iê|uô|ươ)"
_HIGHLANDS = re.compile(
    rf"[bđhklmnprst]?{_HIGHLAND_VOWEL}k|(?:[bkp][lr]|hm|hr|mn|xt){_HIGHLAND_VOWEL}(?:k|n[gh]?|[mp])?"
)
_CONSONANTS = "bcdđghklmnpqrstvx"  # what a syllable begins with when it is written after another one
_MISSPELT = re.compile(r"(?:c|g|ng)[eêy]|(?:c|ng)i|n?gh[^eêi]")  # `c` is written `k` before e, ê, i and y
_ON_CONSONANT = re.compile("[b-df-hj-np-tvwxzđ][\u0300\u0301\u0303\u0309\u0323]")
_STOP = re.compile(r"(?:c|ch|p|t)$")
_WORD = re.compile(r"[^\W\d_]+")
_LONGEST = 24  # seven letters, with their marks apart; ordering the marks of a long word takes their square
_ABBREVIATION = 6  # TTHC, HĐND, TTPVCC: capitals only, and not a syllable


@lru_cache(maxsize=20_000)
def is_syllable(word: str) -> bool:
    """Whether `word`, in any case and composition, is written as a Vietnamese syllable can be."""
    if len(word) > _LONGEST:
        return False
    letters = unicodedata.normalize("NFD", word.lower())
    tones = [letter for letter in letters if ord(letter) in _TONES]
    base = unicodedata.normalize("NFC", letters.translate(_TONES))
    if len(tones) > 1 or _ON_CONSONANT.search(letters) or not _SYLLABLE.fullmatch(base) or _MISSPELT.match(base):
        return False
    return not _STOP.search(base) or bool(_STOP_TONES & set(tones))


@lru_cache(maxsize=20_000)
def is_native(word: str) -> bool:
    """Whether `word` is a syllable, several written together (`ôxít`, `kilôgam`), or a Highlands name (`Đắk`, `Krông`).

    Such words have marks that a reader puts in by heart; the marks of `Napoléon` and `Köln` are another language's.
    """
    letters = unicodedata.normalize("NFC", word.lower())
    if len(letters) > _LONGEST:
        return False
    if is_syllable(letters) or _HIGHLANDS.fullmatch(letters):
        return True
    later = (at for at in range(1, len(letters)) if letters[at] in _CONSONANTS)
    return any(is_syllable(letters[:at]) and is_native(letters[at:]) for at in later)


def count_syllables(text: str) -> tuple[int, int]:
    """How many of the words in NFC `text` are Vietnamese syllables, and how many words count.

    Abbreviations don't count: `UBND` says nothing about how well a text was read.
    """
    words = [word for word in _WORD.findall(text) if len(word) > 1 or word.lower() not in "bcdđghklmnpqrstvxfjwz"]
    good = 0
    counted = 0
    for word in words:
        if is_syllable(word):
            good += 1
        elif word.isupper() and word.replace("Đ", "D").isascii() and len(word) <= _ABBREVIATION:
            continue
        counted += 1
    return good, counted
