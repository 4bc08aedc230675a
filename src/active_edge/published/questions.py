"""Plain words for the evidence page: the question of each section, what its picture says, short row names."""

from __future__ import annotations

from active_edge.published.funds import QUALITY, SCREEN, YARDSTICK
from active_edge.published.real import ERAS, WHEN, WITHIN
from active_edge.published.tilts import SIZE, TILTS

PROFITABLE, NO_JUNK = (section for section, _, _ in TILTS.values())

QUESTIONS: dict[str, str] = {
    YARDSTICK: "Is the index that active managers are held against a fair one?",
    SCREEN: "Does the cheapest quality screen there is beat the index, and by more than its tilt?",
    QUALITY: "Did funds that buy small-cap quality beat the index?",
    PROFITABLE: "Did the most profitable small caps beat all small caps?",
    NO_JUNK: "Is it enough to leave out the least profitable?",
    SIZE: "Is there a small-cap premium once junk is held fixed?",
    ERAS: "Were small companies ever paid for being small, and are they still?",
    WITHIN: "Does it matter which small companies one holds?",
    WHEN: "When did small companies pay?",
}

MEANING: dict[str, str] = {
    YARDSTICK: (
        "An index fund that lags its own factors hands an edge to everything measured against it. Before a screen is "
        "called skilful it should beat a second benchmark that carries no such handicap."
    ),
    SCREEN: (
        "What is left after the factors is what a manager could claim as skill; the rest is a tilt to profitable "
        "companies that a passive fund sells for a few hundredths of a percent."
    ),
    QUALITY: (
        "Live money, after fees and costs. Most of these funds are young: read the width of the intervals "
        "before the dots."
    ),
    PROFITABLE: (
        "Where the mean lies above zero and the five-factor alpha does not, the factors pay for the same exposure: "
        "a tilt anyone can buy, not skill."
    ),
    NO_JUNK: (
        "Hold it beside the section above: the nearer the two means, the more of the premium of profitable small caps "
        "is merely the absence of the worst fifth."
    ),
    SIZE: "Holding junk fixed needs a short position in it. A fund that only buys gets the first line, not the third.",
    ERAS: (
        "Nine decades are not enough to tell a premium of two percent a year from none: a small-cap tilt by itself is "
        "no edge one can count on."
    ),
    WITHIN: (
        "What a fund picks inside small caps has mattered more than that they are small. These sorts cost nothing "
        "here; trading them would."
    ),
    WHEN: "One dates a recession years later; the volatility was known on the day.",
}

SHORT: dict[str, str] = {
    "iwm_factor_alpha": "IWM, five factors",
    "ijr_minus_iwm": "IJR − IWM",
    "ijr_minus_iwm_factor_alpha": "five-factor alpha",
    "ijr_minus_iwm_before_2014": "before 2014",
    "ijr_minus_iwm_from_2014": "from 2014",
    "ijr_minus_iwm_change": "after − before",
    "quality_mix_minus_iwm": "mix − IWM",
    "quality_mix_minus_ijr": "mix − IJR",
    "quality_mix_factor_alpha": "mix, five factors",
    "smb_mean": "SMB",
    "smb_without_quality": "junk left in",
    "smb_with_quality": "junk held fixed",
    "smb_with_quality_from_2014": "held fixed, from 2014",
    "real_smb": "SMB, 1926 to 2018",
    "real_smb_before_1981": "to 1981-03",
    "real_smb_since_1981": "from 1981-04",
    "real_smb_change_1981": "after − before",
    "real_small_value": "cheap − all small",
    "real_small_value_factor_alpha": "cheap, four factors",
    "real_small_winners": "winners − all small",
    "real_small_winners_factor_alpha": "winners, four factors",
    "real_smb_in_recessions": "recession − rest",
    "real_smb_after_volatile_months": "volatile − calm",
} | {
    f"{test}{suffix}": words
    for test in TILTS
    for suffix, words in (
        ("", "tilt − all"),
        ("_factor_alpha", "five-factor alpha"),
        ("_before_2014", "before 2014"),
        ("_from_2014", "from 2014"),
        ("_change", "after − before"),
        ("_factor_alpha_from_2014", "alpha from 2014"),
        ("_factor_alpha_change", "alpha, after − before"),
    )
}
