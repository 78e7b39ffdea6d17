"""Names made comparable: without accents, case, punctuation and the words that say only what kind of company it is."""

import re
import unicodedata

# Legal forms and words that half of all trading companies bear; a name of nothing else keeps them.
_COMMON = frozenset(
    "co company corp corporation inc incorporated llc llp ltd limited plc pvt private pte pty sdn bhd gmbh ag kg oy ab "  # noqa: SIM905 - words read best as text
    "as sa sas sarl srl spa bv nv de cv rl ltda eireli lda ou oao ooo zao fze fzco fzc tic ve san sti ltdsti the and y "
    "& e et und".split()
)
_NO_WORD = re.compile(r"[^\w&]+")


def comparable(name: str) -> str:
    """Give a name as it is compared.

    >>> comparable("Importadora Só-Ly é Hijos, S.A. de C.V.")
    'importadora so ly hijos'
    """
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(each for each in plain if not unicodedata.combining(each)).casefold()
    words = _NO_WORD.sub(" ", plain.replace(".", "")).split()
    return " ".join([word for word in words if word not in _COMMON] or words)
