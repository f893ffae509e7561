"""The pages on a telephone and from the keyboard, in a real Chromium: one server and one browser for all."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from beancoop.storage.atomic import write_text
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.fava.conftest import make_coop, serving, waiting
from tests.fava.test_pages import OWN, PAGES, STRUCTURE, desk, look, show, speak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

    from tests.fava.conftest import Server

__all__ = ["desk"]  # a fixture, which each test begins with

LANGUAGES = ("fr", "nl", "de", "en")
PHONE, DESK = 390, 1280
MANY = 40
"""Activities: more than a screen holds."""
SOUND = {"wide": False, "beyond": [], "cut": [], "small": []}
LAID_OUT = """
const width = document.documentElement.clientWidth, article = document.querySelector("article");
const box = each => each.getBoundingClientRect();
const told = each => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 40)}`;
const hides = each => each && getComputedStyle(each).overflowX !== "visible";
const scrolls = each => hides(each.closest(".wide"));
const seen = [...article.querySelectorAll(".beancoop *")].filter(each => box(each).width > 1 && box(each).height > 1);
const texts = seen.filter(each => each.matches("td, th, a, button, h2, h3, p, li, summary, label, output"));
const targets = seen.filter(each => each.matches("a, button, input, summary") && !each.closest("p, svg"));
return {
  wide: article.scrollWidth > article.clientWidth || document.documentElement.scrollWidth > width,
  beyond: seen.filter(each => !scrolls(each) && box(each).right > width + 1).map(told),
  cut: texts.filter(each => each.scrollWidth > each.clientWidth + 1 && hides(each)).map(told),
  small: targets.filter(each => box(each).width < 24 || box(each).height < 24).map(told),
};
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = make_coop(tmp_path_factory.mktemp("phone") / "ledgers")
    more = "".join(
        f'2026-01-05 custom "activity" "B{number:03}"\n  trade: "Restauration d’ameublement {number}"\n'  # noqa: RUF001
        for number in range(MANY)
    )
    write_text(made.main, made.main.read_text(encoding="utf-8") + STRUCTURE + more)
    made.add("A001", OWN)
    with serving() as start:
        yield start(made.main)


def laid_out(browser: Chrome) -> Any:
    """Say what is wrong with how a page is laid out, once Fava's side bar has come to rest."""
    found = browser.execute_script(LAID_OUT)
    for _ in range(60):
        if found == SOUND:
            break
        time.sleep(0.05)
        found = browser.execute_script(LAID_OUT)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_cut_nor_too_small_to_touch(browser: Chrome, site: Server, language: str) -> None:
    speak(browser, language)
    for name in PAGES:
        show(browser, site, name)
        for width in (PHONE, DESK):
            look(browser, width, "light")
            assert laid_out(browser) == SOUND, (name, width)


def test_what_is_cut_would_be_found(browser: Chrome, site: Server) -> None:
    """So that nothing cut means that nothing is."""
    look(browser, PHONE, "light")
    show(browser, site, "Suivi")
    bad = (
        '<p style="width: 600px; overflow: hidden">x</p><p style="width: 30px; overflow: hidden; white-space: nowrap">'
        'much too long</p><ul><li><a href="" style="font-size: 5px">y</a></li></ul>'
    )
    browser.execute_script("document.querySelector('.beancoop').insertAdjacentHTML('beforeend', arguments[0])", bad)
    found: Any = browser.execute_script(LAID_OUT)
    assert found["wide"]
    assert found["beyond"] == ["P. x"]
    assert found["cut"] == ["P. much too long"]
    assert found["small"] == ["A. y"]


def test_a_row_is_a_card_on_a_telephone(browser: Chrome, site: Server) -> None:
    look(browser, PHONE, "light")
    article = show(browser, site, "Activites")
    cells = article.find_elements(By.CSS_SELECTOR, "tbody tr:first-child td")
    assert len(cells) == 12
    assert all(cell.is_displayed() for cell in cells if cell.text)
    label = "return getComputedStyle(arguments[0], '::before').content"
    assert browser.execute_script(label, cells[3]) == '"Trésorerie"'
    assert cells[3].rect["y"] > cells[0].rect["y"]
    heading = article.find_element(By.CSS_SELECTOR, "thead button")
    assert heading.is_displayed()  # it still sorts
    look(browser, DESK, "light")
    waiting(browser, 15).until(lambda _: cells[3].rect["y"] == cells[0].rect["y"])
    assert browser.execute_script(label, cells[3]) == "none"


def test_the_headings_and_the_first_column_stay_in_sight(browser: Chrome, site: Server) -> None:
    article = show(browser, site, "Activites")
    wide = article.find_element(By.CSS_SELECTOR, "#activities .wide")
    heading, first = (article.find_element(By.CSS_SELECTOR, each) for each in ("thead th", "tbody tr:nth-child(30) td"))
    browser.execute_script("arguments[0].style.width = '500px'; arguments[0].scrollTo(300, 500)", wide)
    top, left = (
        browser.execute_script(f"return arguments[0].getBoundingClientRect().{each}", wide) for each in ("top", "left")
    )
    place = "const box = arguments[0].getBoundingClientRect(); return [box.top, box.left]"
    assert browser.execute_script("return [arguments[0].scrollLeft > 0, arguments[0].scrollTop]", wide) == [True, 500]
    assert browser.execute_script(place, heading) == pytest.approx([top, left], abs=2)
    assert browser.execute_script(place, first)[1] == pytest.approx(left, abs=2)


def test_the_first_tab_leads_past_the_menu(browser: Chrome, site: Server) -> None:
    show(browser, site, "Activites")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    link = browser.switch_to.active_element
    assert link.text == "Aller au contenu"
    assert link.rect["y"] >= 0  # it is in sight while it has the focus
    link.send_keys(Keys.ENTER)
    waiting(browser, 15).until(lambda chrome: chrome.switch_to.active_element.tag_name == "article")
    browser.switch_to.active_element.send_keys(Keys.TAB)
    focused = browser.switch_to.active_element
    assert focused.find_elements(By.XPATH, "ancestor::article")
    assert browser.execute_script("return getComputedStyle(arguments[0]).outlineStyle", focused) != "none"


def test_a_reader_searches_from_the_keyboard_and_without_a_script_of_ours(browser: Chrome, site: Server) -> None:
    article = show(browser, site, "Activites", "time=2026-02")
    article.find_element(By.ID, "search").send_keys("menuis", Keys.ENTER)
    waiting(browser, 15).until(lambda chrome: "search=menuis" in chrome.current_url)
    waiting(browser, 15).until(lambda chrome: len(chrome.find_elements(By.CSS_SELECTOR, "#activities tbody tr")) == 1)
    assert "time=2026-02" in browser.current_url
    assert "A001" in browser.find_element(By.CSS_SELECTOR, "#activities tbody").text


SCROLLED = """
const found = [document.scrollingElement, document.querySelector("article"), document.querySelector(".beancoop .wide")];
return Math.max(...found.map(each => each?.scrollTop ?? 0));
"""


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_way_back_leads_to_the_same_place(browser: Chrome, site: Server, width: int) -> None:
    look(browser, width, "light")
    show(browser, site, "Activites")
    wait = waiting(browser, 15)
    link = browser.find_element(By.LINK_TEXT, "B030")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", link)
    before = browser.execute_script(SCROLLED)
    assert before > 100
    link.click()
    wait.until(lambda chrome: "unit=B030" in chrome.current_url)
    wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "#now"))
    assert browser.execute_script(SCROLLED) < before  # another page begins at its top
    browser.back()
    wait.until(lambda chrome: chrome.find_elements(By.LINK_TEXT, "B030"))
    wait.until(lambda chrome: abs(chrome.execute_script(SCROLLED) - before) < 2)
    assert browser.switch_to.active_element.text == "B030"
    browser.find_element(By.LINK_TEXT, "B030").click()
    wait.until(lambda chrome: chrome.find_elements(By.CSS_SELECTOR, "#now"))
