// Ask the accountant what the server asks, and tell her what it wrote; the words are the server's.

const CONFIRMED = "Beancoop-Confirmed";
const QUESTION = "Beancoop-Question";
const WRITTEN = "Beancoop-Written";
const SECONDS = 8;

const ask = window.fetch.bind(window);

async function askUntilAnswered(address, how = {}, confirmed = []) {
  const headers = new Headers(how.headers);
  if (confirmed.length > 0) {
    headers.set(CONFIRMED, confirmed.join(","));
  }
  const answer = await ask(address, { ...how, headers });
  const question = answer.headers.get(QUESTION);
  if (question !== null) {
    const { error } = await answer.clone().json();
    return window.confirm(error) ? askUntilAnswered(address, how, [...confirmed, question]) : answer;
  }
  const written = answer.headers.get(WRITTEN);
  if (written !== null) {
    tell(decodeURIComponent(written));
  }
  return answer;
}

function tell(words) {
  const notice = document.createElement("output");
  notice.className = "beancoop-written";
  notice.style.cssText =
    "position: fixed; right: 10px; bottom: 10px; z-index: 10; padding: 10px; color: #fff; background: #1b5e20";
  notice.textContent = words;
  document.body.append(notice);
  setTimeout(() => notice.remove(), SECONDS * 1000);
}

export default {
  init() {
    window.fetch = askUntilAnswered;
  },
};
