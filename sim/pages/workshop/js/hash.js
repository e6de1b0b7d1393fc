/* The state in the address: #q=4&option=12&t=60&pick=17; in the sandbox also left and right. */

let written = "";

function stateOf() {
  const { question, option, week, picked, left, right, screen } = lab.state;
  const parts = { q: question };
  if (option !== null) parts.option = option;
  if (week > 0) parts.t = week;
  if (picked !== null) parts.pick = picked;
  if (lab.question().screen === "sandbox") Object.assign(parts, { left, right });
  if (screen === "map") parts.screen = "map";
  return `#${new URLSearchParams(parts)}`;
}

lab.writeHash = () => {
  if (lab.state.playing || lab.visiting()) return;
  const next = stateOf();
  if (next === location.hash) return;
  written = next;
  try {
    history.replaceState(null, "", next);
  } catch {
    written = location.hash; // some browsers forbid it for files; the link button still tells
  }
};

const whole = (words, low, high) => {
  const number = Number.parseInt(words, 10);
  return Number.isFinite(number) ? Math.min(high, Math.max(low, number)) : null;
};

lab.readHash = async () => {
  const asked = new URLSearchParams(location.hash.slice(1));
  const numbers = lab.data.questions.map((question) => question.number);
  const number = whole(asked.get("q"), -Infinity, Infinity);
  lab.state.picked = asked.has("pick") ? whole(asked.get("pick"), 0, 1e6) : null;
  await lab.openQuestion(numbers.includes(number) ? number : numbers[0], {
    option: asked.get("option"), week: whole(asked.get("t"), 0, 1e6) ?? 0,
    left: asked.get("left"), right: asked.get("right"), stay: true,
  });
  if (asked.has("pick")) lab.pick(whole(asked.get("pick"), 0, Math.min(...lab.films.map((film) => film.people)) - 1));
  if (asked.get("screen") === "map") lab.openMap();
};

lab.startHash = () => {
  for (const event of ["question", "option", "stop", "pick", "map", "runs shown"]) lab.on(event, lab.writeHash);
  let waiting = 0;
  lab.on("week", () => {
    clearTimeout(waiting);
    waiting = setTimeout(lab.writeHash, 300);
  });
  window.addEventListener("hashchange", () => {
    if (location.hash !== written) lab.readHash();
  });
};
