"""Numbers as people type them and as Python prints them."""

import re
import unicodedata
from fractions import Fraction

MAX_ANSWER = 500  # characters
NUMBER = r"[+-]?(?:\d[\d,_]*\.?\d*|[.,]\d+)(?:e[+-]?\d{1,3})?"
LEAD = r"(?:.*[=\u2248]|[a-z ]+:|~|about|approximately|approx\.?|ca\.?)?"
BESIDE = r"\s*(?:\((?:[^()\d]|[a-z]\d+)*\))?[^\d]*"
SUPERSCRIPT = re.compile("[\u00b2\u00b3\u00b9\u2070-\u207b]+")
STRIPPED_AROUND = " \t\n*`<>'\""
REWRITTEN = (  # in lower case: what is typed, and how it is read
    (r"(?:[-\u2010-\u2015\u2212\ufe63]|\bminus)\s*(?=[\d.,])", "-"),
    (r"[$\u20ac\u00a3\u00a5]\s*|\s*[$\u20ac\u00a3\u00a5]", ""),
    (r"\s*(?:[x*\u00d7\u00b7]|\\times)\s*10\s*(?:\^|\*\*)\s*[({]?([+-]?\d{1,2})[)}]?", r"e\1"),
    ("\u2044", "/"),
    (r"(?<=\d)[ '\u2019](?=\d{3}(?:\D|$))", ""),
    (r"\s*(?:\u00b1|\+-|\+/-)\s*[\d.,]+$", ""),
)
TYPE_NAMES = r"(?:float|int|uint|complex)\d*|double|number|scalar|array|tensor|parameter|decimal|fraction"
WRAPPED = re.compile(  # not sqrt(2): what is computed is not what is in the brackets
    rf"(?:(?:[a-z]\w*\.)*(?:{TYPE_NAMES}))?\s*[(\[{{]\s*(.*?)\s*[)\]}}](?:\s*\.item\(\))?\.?", re.DOTALL
)
TIMES = r"(?!\s*(?:k|thousand|million|billion)\b)"
EXTRA = re.compile(r",\s*(?:dtype|device|requires_grad|grad_fn)\s*=.*", re.DOTALL)


def read_numbers(said: str) -> list[float]:
    """Return what a typed number may mean: [] if it is none, two values for 1,250.

    Takes 0.7, .70, "0,7", 7e-1, 7/10, 70 %, $0.7, (0.7), "about 0.7 points", "1 - 0.3 = 0.7", a
    typographic minus, 7 x 10^-1, and what Python prints: np.float64(0.7), tensor([0.7], dtype=...).
    """
    raised = SUPERSCRIPT.sub(lambda found: f"^{found[0]}", said[:MAX_ANSWER])
    text = unwrapped(unicodedata.normalize("NFKC", raised).lower().strip(STRIPPED_AROUND))
    for pattern, plainly in REWRITTEN:
        text = re.sub(pattern, plainly, text)
    text = re.sub(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d+", lambda found: found[0].replace(".", ""), text)
    match = re.fullmatch(rf"{LEAD}\s*({NUMBER})(?:\s*/\s*({NUMBER}))?{TIMES}\s*(%?){BESIDE}", text)
    if not match:
        return []
    above, below, percent = match.groups()
    found = []
    for top in commas(above):
        for bottom in commas(below or "1"):
            if bottom:
                found.append(float(top / bottom / (100 if percent else 1)))
    return found


def unwrapped(text: str) -> str:
    """Return the number in np.float64(0.7), tensor([[0.7]], dtype=...), array(0.7) or (0.7)."""
    for _ in range(4):
        found = WRAPPED.fullmatch(text)
        if not found:
            break
        text = EXTRA.sub("", found[1]).strip(STRIPPED_AROUND + ",")
    return text


def commas(number: str) -> list[Fraction]:
    """Return the readings of a number in which commas may mark decimals or thousands."""
    number = number.replace("_", "")
    forms = {number.replace(",", "")} if re.match(r"[+-]?[1-9]\d{0,2}(,\d{3})+(?!\d)", number) else set()
    if number.count(",") == 1 and "." not in number:
        forms.add(number.replace(",", "."))
    if "," not in number:
        forms.add(number)
    readings = [Fraction(form) for form in sorted(forms)]
    return [reading for reading in readings if abs(reading) < 10**15]
