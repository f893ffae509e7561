"""A stranger's text, made fit for a ledger."""

from __future__ import annotations

import time
import unicodedata

import pytest
from beancoop_importers.model.identifiers import account_key, iban_holds, ogm
from beancoop_importers.model.sanitizing import clean, mask_cards
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\tc", "a b c"),
        ("a\x00b\x1b[31mc\x85d", "a b [31mc d"),
        ("pay\u202etxt\u2066x\u2069", "paytxtx"),
        ("a\u200bb\ufeffc\u00add\u2060e", "abcde"),
        ("a\u2028b\u2029c", "a b c"),
        ("<img src=x onerror=alert(1)>", "\u2039img src=x onerror=alert(1)>"),
        ("A<B", "A\u2039B"),
        ('dit "oui" \\ non', 'dit "oui" \\ non'),
        ("Café 100 %  œuvre", "Café 100 % œuvre"),
    ],
)
def test_clean(text, shown):
    assert clean(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CARTE 4111111111111111 le 02/03", "CARTE ****1111 le 02/03"),
        ("CARTE 4111 1111 1111 1111 260302", "CARTE ****1111 260302"),
        ("2026 4111-1111-1111-1111", "2026 ****1111"),
        ("4111111111111111EUR", "****1111EUR"),
        ("Amex 3782 822463 10005", "Amex ****0005"),
        ("Bancontact 6703 0000 0000 0000 3", "Bancontact ****0003"),
        ("6703 04XX XXXX X123 4", "****1234"),
        ("516812******1234 et 5299********1234", "****1234 et ****1234"),
    ],
)
def test_cards_are_hidden(text, shown):
    assert mask_cards(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "BE68 5390 0754 7034",
        "BE68539007547034",
        "BE68 5390 0754 7034 2026",
        "FR76 3000 6000 0112 3456 7890 189",
        "4111111111111112",  # no card: the Luhn digit is wrong
        "+++090/9337/55493+++",
        "XXXXXXXXXXXXXXXX",
        "Facture 2026/0012",
    ],
)
def test_what_is_no_card_stays(text):
    assert mask_cards(text) == text


@given(st.integers(10**11, 10**18 - 1), st.sampled_from(["", "Achat ", "12 ", "("]), st.sampled_from(["", " EUR", ")"]))
def test_every_luhn_valid_number_is_hidden(body, before, after):
    digits = str(body)
    card = digits + luhn.calc_check_digit(digits)
    shown = mask_cards(f"{before}{card}{after}")
    assert (card in shown) is (len(card) < 13)


@given(st.text())
def test_clean_leaves_one_visible_harmless_line(text):
    shown = clean(text)
    assert "<" not in shown
    assert not {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} & {unicodedata.category(one) for one in shown}
    assert len(shown) <= 2000
    assert clean(shown) == shown


@pytest.mark.parametrize("part", ["1 ", "4111 ", "BE68 5390 ", "1111X", "A1", "\u202e", "0-"])
def test_no_text_makes_it_slow(part):
    start = time.process_time()
    clean(part * (200_000 // len(part)))
    assert time.process_time() - start < 1


@given(st.integers(0, 10**12 - 1))
def test_a_belgian_number_alone_becomes_an_iban_that_holds(number):
    own = f"{number // 100:010}{(number // 100) % 97 or 97:02}"
    assert iban_holds(account_key(own))
    digits = f"{number:012}"
    assert account_key(digits) == (account_key(own) if digits == own else digits)
    written = account_key(f"{digits[:3]}-{digits[3:10]}-{digits[10:]}")
    assert iban_holds(written)
    assert written.endswith(digits)


@given(st.integers(0, 10**10 - 1))
def test_ogm_check_digits(base):
    check = base % 97 or 97
    digits = f"{base:010}{check:02}"
    assert ogm(digits) == f"+++{digits[:3]}/{digits[3:7]}/{digits[7:]}+++"
    assert ogm(f"{base:010}{check % 97 + 1:02}") is None
