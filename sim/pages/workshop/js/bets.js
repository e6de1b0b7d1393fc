/* Placing a bet, or counting the room's hands; locked once the clock has run. */

const placed = new Map(); // question number -> choice id
const hands = new Map(); // question number -> {choice: count}
const buttons = new Map(); // choice id -> what shows it
let counting = false;
let room = null; // counts from the live room, instead of hands

const choices = () => (lab.question().bet ? lab.question().bet.choices : []);
const letter = (n) => "abcdefgh"[n];

lab.bet = () => placed.get(lab.state.question) ?? null;
lab.choiceLabel = (id) => (choices().find((choice) => choice.id === id) || { label: id }).label;

lab.placeBet = (id) => {
  if (!id || lab.betsClosed() || !choices().some((choice) => choice.id === id)) return;
  placed.set(lab.state.question, id);
  lab.state.bet = id;
  showBets();
  lab.emit("bet", id);
  if (!lab.state.playing) lab.find("play").focus({ preventScroll: true });
};

/** Set or take away the bet of the present question without telling anybody. */
lab.keepBet = (id) => {
  if (id === null) placed.delete(lab.state.question);
  else placed.set(lab.state.question, id);
  lab.state.bet = id;
  showBets();
};

lab.betByLetter = (key) => lab.placeBet((choices()["abcdefgh".indexOf(key)] || {}).id);

/** Bets are closed while and after the question was played. */
lab.betsClosed = () => lab.state.playing || lab.state.revealed;

const handsNow = () => {
  if (!hands.has(lab.state.question)) hands.set(lab.state.question, {});
  return hands.get(lab.state.question);
};

/** Hands (or phones) counted for the present question: {choice: count}, or null. */
lab.counts = () => {
  const counted = room || handsNow();
  return Object.values(counted).some((count) => count > 0) ? counted : null;
};

/** Counts from the live room take the place of hands. */
lab.showCounts = (counts) => {
  room = counts;
  showBets();
};

function count(id, step) {
  const now = handsNow();
  now[id] = Math.max(0, (now[id] || 0) + step);
  showBets();
  lab.emit("hands", { ...now });
}

function choiceButton(choice, n) {
  const number = lab.make("output", { class: "hands-count" });
  const label = choice.label;
  const step = (sign, key) => lab.make("button", {
    type: "button", class: "step", text: sign < 0 ? "−" : "+", "aria-label": lab.text(key, { choice: label }),
    click: () => count(choice.id, sign),
  });
  const button = lab.make("button", { type: "button", class: "bet", "data-choice": choice.id, click: () => lab.placeBet(choice.id) },
    lab.make("span", { text: label }), lab.make("kbd", { text: letter(n) }));
  const hand = lab.make("span", { class: "hands" }, step(-1, "bet.fewer"), number, step(1, "bet.more"));
  buttons.set(choice.id, { button, number, hand });
  return lab.make("li", { class: choice.id === "A" || choice.id === "B" ? `side-${choice.id}` : null }, button, number, hand);
}

function showBets() {
  const counts = room || handsNow();
  for (const [id, { button, number, hand }] of buttons) {
    button.setAttribute("aria-pressed", String(lab.bet() === id));
    button.toggleAttribute("aria-disabled", lab.betsClosed());
    number.textContent = counting || counts[id] ? String(counts[id] || 0) : "";
    lab.show(number, Boolean(room) || counting || Boolean(counts[id]));
    lab.show(hand, counting && !room);
  }
  const counter = lab.find("count-hands");
  counter.setAttribute("aria-pressed", String(counting));
  lab.show(counter, choices().length > 0 && !room);
}

lab.buildBets = () => {
  buttons.clear();
  room = null;
  lab.state.bet = lab.bet();
  lab.find("bets").replaceChildren(...choices().map(choiceButton));
  showBets();
};

lab.startBets = () => {
  lab.find("count-hands").addEventListener("click", () => {
    counting = !counting;
    showBets();
  });
  lab.on("play", showBets);
  lab.on("stop", showBets);
};
