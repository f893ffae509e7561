"""What an import tells, in the language of who reads it: whole sentences, their codes, figures as written there."""

from __future__ import annotations

import pytest
from beancoop.words.language import LANGUAGES, speaking
from beancoop.words.messages import Text
from beancoop_importers.model.statement import Refused
from beancoop_importers.readers import coda, einvoice
from beancoop_importers.rules.rulebook import read_rules
from coda_writer import Line, Paper
from ubl_writer import Bill, ubl

WRONG = Paper((Line(1_234_560),), old=0, new=1_234_550)
FIGURES = {"en": "1,234.560", "fr": "1\u202f234,560", "nl": "1.234,560", "de": "1.234,560"}


def refusal(read, data):
    with pytest.raises(Refused) as refused:
        read(data)
    return refused.value.message


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_speaks_the_language_in_force(language):
    with speaking(language):
        said = refusal(coda.read, "\n".join(WRONG.records()).encode())
    assert said.endswith(" [BC718]")
    assert FIGURES[language] in said
    others = {said.inside(other) for other in LANGUAGES}
    assert said in others
    assert len(others) == len(LANGUAGES)


def test_what_another_sentence_quotes_keeps_its_code():
    said = refusal(einvoice.read, ubl(Bill(says={"BT-115": "1.00"})))
    assert isinstance(said, Text)
    assert said.code == "BC835"


def test_a_pattern_is_refused_under_the_code_of_what_is_wrong_in_it(tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text('[[movement]]\nname = "x"\nwhen = { pattern = "(a+)+" }\nthen = { unit = "COOP" }\n')
    said = refusal(read_rules, rules)
    assert said.code == "BC1286"
    assert "{4}" in said.inside("fr")
