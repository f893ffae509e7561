"""The rubrics of the National Bank: what its models print, in their order, and how they add up."""

from __future__ import annotations

import datetime

import pytest
from beancoop.statements import nbb
from beancoop.statements.nbb import MODELS, OURS, rubrics

PRINTED = {
    "assets": "20 21/28 21 22/27 22 23 24 25 26 27 28 29/58 29 290 291 3 30/36 37 40/41 40 41 50/53 54/58 490/1 20/58",
    "liabilities": "10/15 10/11 110 111 12 13 130/1 1311 1312 1313 1319 132 133 14 15 19 16 160/5 160 161 162 163 "
    "164/5 168 17/49 17 170/4 172/3 174/0 175 176 178/9 42/48 42 43 430/8 439 44 440/4 441 46 45 450/3 454/9 47/48 "
    "492/3 10/49",
    "result": "9900 76A 70 60/61 62 630 631/4 635/8 640/8 649 66A 9901 75/76B 75 753 76B 65/66B 65 66B 9903 780 680 "
    "67/77 9904 789 689 9905",
    "appropriation": "9906 (9905) 14P 791/2 691/2 691 6920 6921 (14) 794 694/7 694 695 696 697",
}
"""The codes of m81-f and m87-f in the National Bank's taxonomy, in the order of its forms."""

SUMS = {
    "assets": ["20/58 = 20 21/28 29/58", "29/58 = 29 3 40/41 50/53 54/58 490/1", "22/27 = 22 23 24 25 26 27"],
    "liabilities": [
        *("10/15 = 10/11 12 13 14 15 -19", "10/49 = 10/15 16 17/49", "17/49 = 17 42/48 492/3", "43 = 430/8 439"),
        *("130/1 = 1311 1312 1313 1319", "42/48 = 42 43 44 46 45 47/48", "160/5 = 160 161 162 163 164/5"),
    ],
    "result": [
        *("9901 = 9900 -62 -630 -631/4 -635/8 -640/8 -649 -66A", "75/76B = 75 76B", "65/66B = 65 66B"),
        *("9903 = 9901 75/76B -65/66B", "9904 = 9903 780 -680 -67/77", "9905 = 9904 789 -689"),
    ],
    "appropriation": ["9906 = (9905) 14P", "691/2 = 691 6920 6921", "694/7 = 694 695 696 697"],
}
"""What its calculations add up."""

OUR_OWN = {"9905", "95", "960"}
"""What we add to a balance sheet: the result not appropriated yet, and class 9 of a unit."""


@pytest.mark.parametrize("part", PRINTED)
@pytest.mark.parametrize("model", MODELS)
def test_each_model_prints_the_rubrics_of_the_national_bank(model, part):
    rows = rubrics(datetime.date(2026, 1, 1)).parts[part].values()
    assert [row.code for row in rows if model in row.models] == PRINTED[part].split()
    assert {row.code for row in rows if OURS in row.models} <= OUR_OWN
    assert {row.code for row in rows if not row.models} == ({"71/74"} if part == "result" else set())


@pytest.mark.parametrize("part", SUMS)
def test_the_rubrics_add_up_as_those_of_the_national_bank(part):
    rows = rubrics(datetime.date(2026, 1, 1)).parts[part]
    for line in SUMS[part]:
        code, _, parts = line.partition(" = ")
        ours = OUR_OWN if part != "result" else set()
        assert [each for each in rows[code].sum if each not in ours] == parts.split()
    below = {each.removeprefix("-") for row in rows.values() for each in row.sum}
    assert below <= set(rows)


def test_each_rubric_has_its_name_in_four_languages():
    for part in rubrics(datetime.date(2026, 1, 1)).parts.values():
        for row in part.values():
            names = [row.name(language) for language in ("fr", "nl", "de", "en")]
            assert all(names)
            assert len(set(names)) > 1, names


def test_a_rubric_is_of_the_years_it_is_dated(tmp_path, monkeypatch):
    lines = nbb.FILE.read_text(encoding="utf-8").splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("assets\t20\t"))
    ended = lines[place].replace("2020-01-01\t\t", "2020-01-01\t2026-06-30\t")
    begun = lines[place].replace("2020-01-01\t\t", "2026-07-01\t\t").replace("\t20\t1\t", "\t20A\t1\t")
    path = tmp_path / "nbb.tsv"
    path.write_text("\n".join([*lines[:place], ended, begun, *lines[place + 1 :]]))
    monkeypatch.setattr(nbb, "FILE", path)
    nbb._rows.cache_clear()
    try:
        for day, code in (("2026-06-30", "20"), ("2026-07-01", "20A"), ("2019-01-01", "20")):
            found = rubrics(datetime.date.fromisoformat(day))
            assert found.of("200").code == code
            assert found is rubrics(datetime.date.fromisoformat(day))
    finally:
        nbb._rows.cache_clear()
