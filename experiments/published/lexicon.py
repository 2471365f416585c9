"""Words of claims that say which way a comparison goes, as patterns: of English sentences, whole words, any case.

A word of size speaks of the quantity itself, one of quality of how good it is, which is the other way where lower is
better. A comparison has two sides, of which the first may be named before or after it; a change has none.
"""

import re

_GOOD = (
    "accurate|precise|reliable|robust|effective|successful|correct|capable|competitive|powerful|performant|competent|"
    "skilled|proficient|useful|helpful|convincing|consistent|truthful|favou?rable|satisfactory|impressive|efficient"
)
_BAD = "inaccurate|imprecise|unreliable|error-prone|incorrect|wrong|fragile|brittle"
_PASSIVE = (
    "beaten|outperformed|surpassed|outdone|outclassed|defeated|overtaken|outscored|eclipsed|dominated|bested|topped|"
    "dwarfed|left behind"
)
_TIED = (
    r"(?:match(?:es|ed|ing)?|reach(?:es|ed|ing)?|equals?|attain(?:s|ed)?|achieves?|rivals?|keep(?:s|ing)? (?:up|pace)|"
    r"comes? (?:close|near)|"
    r"compete)"
)
_MORE = "more|less|higher|lower|better|worse|larger|smaller|greater|bigger|fewer|faster|slower|longer|shorter"

_BESIDE = r"(?= (?:(?!(?:and|but|is|are)\b)\w+ ){0,3}than\b|\W*$)"
"""Words that speak of anything ("with more data") tell a direction beside a "than", or where nothing follows."""
_AMOUNT_THAN = (
    r" than (?:half|halv|twice|thrice|doubl|tripl|"
    r"[\w.,]+[ -](?:percentage |percent |absolute )?(?:points?|pp)\b)"
)
BIGGER = (
    rf"(?!exceeded by)(?:higher|greater|above|exceed(?:s|ed|ing)?|(?:larger|bigger|longer){_BESIDE}|"
    rf"(?<!by )more(?! (?:or less|{_GOOD}|{_BAD})\b|{_AMOUNT_THAN}){_BESIDE})"
)
SMALLER = (
    rf"exceeded by|lower|fewer|below|undercuts?|(?:smaller|shorter){_BESIDE}|"
    rf"(?:scores?|scored|performs?|stays?|remains?|is|are|was|well|far) under|"
    rf"(?<!by )less(?! (?:{_GOOD}|{_BAD})\b|{_AMOUNT_THAN}){_BESIDE}"
)
BETTER = (
    rf"(?!(?:{_PASSIVE}) by (?!\d)|(?:{_PASSIVE}) by \d[^,;]* by\b)(?:better|superior|stronger|"
    r"out(?:perform|class|score|rank|pace|strip|shine|match|do)(?:e?s|ed|ing)?|"
    rf"surpass(?:es|ed|ing)?|beats?|beating|bests|defeats?|dominates?|trumps?|eclipses?|overtakes?|tops|wins?|won|"
    rf"prevails?|excels?|ahead of|(?:leads|led)(?! to\b)|in the lead|(?<!dis)advantage|the edge|the upper hand|"
    rf"more (?:{_GOOD})|less (?:{_BAD}))"
)
WORSE = (
    rf"worse|inferior|poorer|weaker|underperform(?:s|ed|ing)?|trail(?:s|ed|ing)?|lag(?:s|ged|ging)?|"
    rf"loses|losing|lost|"
    rf"lose (?:to|against|out)|(?:falls?|fell|fallen|falling|comes?|came) (?:behind|short|second|last)|"
    rf"(?:is|are|was|stays?|remains?|far|well|points) behind|"
    rf"nowhere near(?! as\b)|(?:is|are|stays?) short of|runner-up|second to(?! none\b)|second[- ]best|"
    rf"succumbs?|yields to|disadvantage|(?:no|not a) match for|"
    rf"(?:{_PASSIVE}) by(?! (?:\d|no\b|none\b|nobody\b|nothing\b))|(?:{_PASSIVE}) by \d[^,;]* by\b|"
    rf"less (?:{_GOOD})|more (?:{_BAD})"
)
BEST = (
    rf"best|strongest|top-performing|most (?:{_GOOD})|least (?:{_BAD})|(?:ranks?|comes?) first|second to none|"
    rf"(?:comes?|came) out on top|unbeaten|unmatched"
)
WORST = rf"worst|weakest|poorest|least (?:{_GOOD})|most (?:{_BAD})|(?:ranks?|comes?) last"
MOST = r"highest|largest|greatest|biggest"
LEAST = r"lowest|smallest|fewest"
RISES = (
    r"ris(?:es?|en|ing)|rose|rais(?:es?|ed|ing)|gr(?:ows?|ew|own|owing)|increas(?:es?|ed|ing)|climb(?:s|ed|ing)?|"
    r"boost(?:s|ed|ing)?|lift(?:s|ed|ing)|soar(?:s|ed|ing)?|surg(?:es?|ed|ing)|jump(?:s|ed|ing)?|go(?:es)? up|went up"
)
FALLS = (
    r"(?:falls?|fell|fallen|falling)(?! (?:behind|short)\b)|lower(?:s|ed|ing)|drop(?:s|ped|ping)?|"
    r"decreas(?:es?|ed|ing)|declin(?:es?|ed|ing)|reduc(?:es?|ed|ing|tion)|shr(?:inks?|ank|unk)|diminish(?:es|ed|ing)?|"
    r"plummet(?:s|ed)?|collaps(?:es?|ed)|s(?:inks?|ank)|plung(?:es?|ed)|go(?:es)? down|went down"
)
IMPROVES = (
    r"improv(?:es?|ed|ing|ements?)|enhanc(?:es?|ed|ing)|(?<!the )help(?:s|ed)?|benefits|strengthen(?:s|ed)?|"
    r"gains?|gained|pays off"
)
WORSENS = (
    r"worsen(?:s|ed|ing)?|degrad(?:es?|ed|ing|ation)|hurts?|harm(?:s|ed|ing)?|impair(?:s|ed)?|damag(?:es?|ed)|"
    r"deteriorat(?:es?|ed|ion)|weaken(?:s|ed)?|suffer(?:s|ed)?|(?:a|one) step back(?:wards)?|"
    r"(?:costs?|gives? up|sacrific(?:es?|ed)|forfeits?|miss(?:es|ed)) (?!(?:no|little)\b)"
    r"(?:\w+ ){0,2}(?:accuracy|quality|performance|points|cases)"
)
FASTER = r"faster|quicker|cheaper|lighter|fastest|quickest|cheapest"
NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
    "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "twice": 2, "thrice": 3, "double": 2, "doubles": 2,
    "doubled": 2, "doubling": 2, "triples": 3, "tripled": 3, "halves": 0.5, "halved": 0.5, "half": 0.5,
}  # fmt: skip
_NUMBER = rf"\d+(?:[.,]\d+)?|{'|'.join(list(NUMBERS)[:14])}"
TIMES = (
    rf"(?<!to )(?P<times>{_NUMBER})(?: times|x|×)(?= (?:as|{_MORE}|that of|the)\b)|"
    rf"(?<!to )(?P<fold>{_NUMBER})[- ]?fold|"
    rf"(?P<twice>twice|thrice|half|double)(?= (?:as|that of|the)\b)|"
    r"(?P<doubles>doubles|doubled|doubling(?= of\b)|triples|tripled|halves|halved)|"
    rf"by (?:\w+ ){{0,2}}a factor (?:of )?(?:\w+ ){{0,2}}(?P<factor>{_NUMBER})"
)
POINTS = (
    rf"(?<!to )(?P<points>{_NUMBER})[ -]?(?:percentage |percent |absolute )?(?:points?|pp)"
    r"(?! (?:scales?|likert|ratings?|in time|of (?:the|a) |short of|on average)\b)"
)
PERCENT = rf"(?<!to )(?P<percent>{_NUMBER}) ?(?:%|percent|per cent)(?= (?:{_MORE})\b)"
OF_FACTOR = re.compile(r"a factor (?:of )?$", re.I)
BY_PERCENT = rf"by (?:\w+ ){{0,2}}(?P<by>{_NUMBER}) ?(?:%|percent\b|per cent\b)"
_SCORE = r"(?:\w+ )?(?:accuracy|scores?|performance|precision|recall|f1|errors?|mistakes|error rate)\b"
SEVERAL_TIMES = (
    rf"(?:twice|thrice|(?:{_NUMBER}|several|many)(?: times|x|×)) the(?= {_SCORE})|"
    rf"at least(?= as\b)|(?:twice|thrice|double|(?:{_NUMBER}|several|many)(?: times|x|×)) as"
    r"(?= \w+\W*$| (?:\w+ ){1,3}as\b)|"
    rf"(?:{_NUMBER}|several|many)[- ]?fold(?! cross)|"
    r"doubles?|doubled|triples?|tripled"
)
HALF = (
    r"at most(?= as\b)|"
    rf"(?:half|a (?:third|quarter|fifth|tenth)) (?:as|(?:of )?that of|(?:of )?the(?= {_SCORE}))|halves|halved"
)
ABOUT = re.compile(r"\b(about|approximately|roughly|nearly|almost|around|some|close to)\b", re.I)
MORE_THAN = re.compile(
    r"\b(?:(?<!no )(?<!not )more than|not? less than|over|above|at least|exceed(?:s|ed|ing)|upwards of)\W*$", re.I
)
LESS_THAN = re.compile(
    r"\b(?:(?<!no )(?<!not )less than|not? more than|under|below|at most|within|up to|only up to|not even)\W*$", re.I
)
SLOWER = r"slower|costlier|heavier|slowest|costliest"
_POOR = "(?:bad|poor|weak|inaccurate|low|small|few|little|slow|wrong)"
NOT_AS = rf"(?:as|so) (?!well as\b)(?:\w+ )?(?!{_POOR}\b)\w+ as|{_TIED}"
NOT_AS_BAD = rf"(?:as|so) (?:\w+ )?{_POOR} as"
"""What says "smaller" or "worse" behind a "not", and the last one "better"; nothing without one."""

NEGATION = re.compile(
    r"\b(?:not(?! (?:only|just|merely|surprisingly|unexpectedly)\b)|never|no(?! (?:doubt|wonder|surprise|matter)\b)|"
    r"cannot|neither|nor|none|nothing|nobody|hardly|barely|scarcely|fail(?:s|ed|ing)? (?:to|at|in)|far from|"
    r"unable to|nowhere near|by no means|refus(?:es|ed) to)\b|n['’]t\b",
    re.I,
)
REACH = 8
"""A negation turns a word round that stands at most so many words behind it, in the same part of the sentence."""
_ANYTHING = (
    r"(?:(?!fine)\w+ )?(?:accurac(?:y|ies)|scores?|performance|quality|results?|metrics?|tasks?|data ?sets?|"
    r"benchmarks?|models?|methods?|cases?|ways?|respects?|points?|layers?|depths?|splits?|settings?|circumstances|"
    r"errors?|mistakes?|one)"
)
NEGATION_BEHIND = re.compile(
    rf"(?: (?:on |in |by )?(?:nothing|none|nobody|neither|nowhere|not at all|hardly|barely|scarcely|no {_ANYTHING})|"
    rf"(?: (?!(?:and|but|while|whereas)\b)[\w-]+){{1,4}}? (?:(?:in|on|at|under) no {_ANYTHING}|nowhere|not at all|"
    r"hardly at all))\b(?! (?:but|except|save|other than|apart from|less than)\b)",
    re.I,
)
LITTLE = re.compile(r"(?<!\ba )\blittle (?:to |(?:real|further|additional|or no) )?$|^\W*little (?:is|was) $", re.I)
LITTLE_BEHIND = re.compile(r" (?:very )?little\b(?! by little\b)", re.I)
"""Negations that stand behind a word ("improves nothing"), and a "little" beside what would be a gain."""

REMOVES = (
    r"(?:removing|omitting|ablating|disabling|skipping|excluding|eliminating|abandoning|forgoing|"
    r"dropping(?! (?:from|to|by|off|below|under|in|sharply|further)\b)|leaving(?= out\b|[^,;]* out\b)|"
    r"taking(?=[^,;]* (?:away|out)\b)|(?:the |an? )?(?:removal|absence|omission|lack|ablation) of|"
    r"[\w-]+['’]s (?:removal|absence|omission))"
)
WHERE_REMOVED = (
    r"\b(?:when|if|once|after|as soon as) (?=[^,;]*\b(?:removed|left out|taken (?:away|out)|omitted|dropped|ablated|"
    r"disabled|skipped|excluded|switched off)\b)"
)
REMOVAL = re.compile(rf"\b{REMOVES}\b|\breplacing\b|{WHERE_REMOVED}", re.I)
"""What says that something is taken away, and the beginning of a clause that says it."""

MISTAKES = re.compile(
    r"\b(?:errors?|errs?|mistakes?|failures?|loss(?:es)?|misclassifications?|perplexity|wrong|hallucinations?|"
    r"miss(?:es|ed))\b",
    re.I,
)
SAME = re.compile(
    r"\b(same(?! (?:\w+ )?(?:data|set|sets|split|test|prompts?|model|examples|questions|seeds?|settings?)\b)|"
    r"equal(?:s|ly|led)?|identical(?:ly)?|unchanged|constant|agrees?|match(es)?|similar(?:ly)?|comparabl[ey]|"
    r"indistinguishable|equivalent|on (?:a )?par|level with|tied? with|ties with|tie|rivals|keeps (?:up|pace) with|"
    r"as (?!well as\b|far as\b|long as\b|soon as\b)\w+ as|(?:perform|do|work|score)s? as well as|"
    r"as (many|much|high|good|large))\b|\b(?:no|not any) (difference|change|effect|gain)\b|"
    r"\b(?:does|do|did|is|are) ?(?:not|n['’]t) (?:differ|different|change)\b"
    r"|\bis (exactly )?the (number|total|sum|count|size)\b",
    re.I,
)  # fmt: skip
DIFFERENT = re.compile(r"\b(?:differs?(?! (?:by|only|little|slightly)\b)|different from|unequal)\b", re.I)


CHANGES = re.compile(
    rf"\b(?:{RISES}|{FALLS}|{IMPROVES}|{WORSENS}|lower|moves?|goes|went|comes?|came|chang(?:es?|ed|ing)|takes?|took|"
    r"brings?|brought|push(?:es|ed)|up|down)\b",
    re.I,
)
"""What may lead to "from 10% to 20%", where that is no range."""
OF_OTHERS = re.compile(
    r"\b(?:memory|time|latency|cost|energy|throughput|speed|parameters|weights|size|data|tokens|examples|batch|rank|"
    r"epochs|steps|layers|dropout|rate|ratio|share|threshold|temperature|chance|scales?|ranges?|sizes?|years?|levels?)\b",
    re.I,
)
"""Words of an amount that need not be the one that is tested."""


def compares_in(quantities: str, *, speed: bool) -> re.Pattern[str]:
    """What stands behind an amount that is one of these quantities (a pattern of words), not of another."""
    of = rf"(?:(?!(?:and|at|but|for|than|with|without)\b)[\w-]+ ){{0,2}}(?:{quantities})\b"
    open_ends = r"(?= than\b| (?:on|for|in|with|at|and)\b|\W*$|[.,;])"
    good = rf"(?:{_GOOD}|{_BAD}|good|bad|high|low|great)\b"
    forms = [
        rf" (?:as|more|less) {good}",
        rf" (?:as (?:many|much|few|large|small)|more|less|fewer|higher|lower|larger|smaller|greater|better) {of}",
        rf" (?:higher|lower|better|worse|greater){open_ends}",
        rf" (?:increase|improvement|gain|rise|reduction|drop) in {of}",
        rf" {of}",
        rf" (?:of )?the {of}",
        rf" of {of}",
    ]
    forms += [r" (?:faster|slower|longer|shorter|cheaper)\b", r" as (?:fast|slow|long|short|cheap)\b"] if speed else []
    return re.compile("|".join(forms), re.I)
