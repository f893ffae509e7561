// Fava's router begins each page at its top, also on the way back. This keeps the place instead: what was unfolded and
// scrolled and which link had the focus, by address, for as long as the tab is open. Fava loads it on every page.

const KEY = "beancoop-place ";
let shown = location.href;
let isReturning = performance.getEntriesByType("navigation")[0]?.type === "back_forward";

const scrolled = () => {
  const article = document.querySelector("article");
  return [document.scrollingElement, article, ...article.querySelectorAll(".beancoop .wide")];
};

const folds = () => [...document.querySelectorAll("article details")];

const keep = () => {
  const focus = document.activeElement?.closest("article a")?.getAttribute("href") ?? null;
  const places = scrolled().map((each) => [each.scrollLeft, each.scrollTop]);
  const open = folds().map((each) => each.open);
  sessionStorage.setItem(KEY + shown, JSON.stringify({ focus, open, places }));
};

const keepHere = () => {
  shown = location.href;
  keep();
};

const restore = () => {
  const kept = sessionStorage.getItem(KEY + location.href);
  if (!kept) return;
  const { focus, open, places } = JSON.parse(kept);
  folds().forEach((each, position) => (each.open = open[position] ?? each.open));
  if (focus !== null) document.querySelector(`article a[href="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  scrolled().forEach((each, position) => each.scrollTo(...(places[position] ?? [0, 0])));
};

export default {
  init() {
    history.scrollRestoration = "manual";
    document.addEventListener("click", keepHere, { capture: true });
    window.addEventListener("pagehide", keepHere);
    window.addEventListener("popstate", () => {
      keep();
      isReturning = location.href.split("#")[0] !== shown.split("#")[0];
    });
  },
  onPageLoad() {
    if (isReturning) requestAnimationFrame(restore);
    // On a telephone it is the document that scrolls, which the router leaves where it was.
    else if (location.href !== shown && !location.hash) document.scrollingElement.scrollTo(0, 0);
    isReturning = false;
    shown = location.href;
  },
};
