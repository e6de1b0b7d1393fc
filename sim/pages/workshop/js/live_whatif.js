/* What-ifs: values that the page has no run for, computed by the room and shown in the sandbox. */

const { live } = lab;
const MOST_SETS = 4;
let waiting = null; // {message, side}: what was asked for
let asked = 0;
const origins = new Map(); // run id -> {run, set}: what it was made from

const originOf = (id) => origins.get(id) || { run: id, set: {} };
const runAt = (side) => (side === "A" ? lab.state.left : lab.state.right);
const offeredAt = (side) => {
  const { run, set } = originOf(runAt(side));
  return { ...((live.offer && live.offer.values[run]) || {}), ...set };
};

live.tellWhatIf = () => {
  const dialog = lab.find("live-what-if");
  const here = lab.question().screen === "sandbox" && live.offer !== null;
  if (!here) {
    dialog.close();
    return;
  }
  const link = lab.find("copy-link");
  if (!lab.find("live-other") && link) {
    link.before(lab.make("button", { type: "button", id: "live-other", "aria-haspopup": "dialog", click: () => dialog.showModal() }));
  }
  tellOther();
  const side = lab.find("live-side");
  const names = lab.sideNames();
  [...side.options].forEach((option, n) => lab.write(option, names[n]));
  const values = offeredAt(side.value);
  const keys = live.offer.keys.filter(({ key }) => key in values);
  const select = lab.find("live-key");
  const chosen = select.value;
  if ([...select.options].map(({ value }) => value).join() !== keys.map(({ key }) => key).join()) {
    select.replaceChildren(...keys.map(({ key }) => lab.make("option", { value: key, text: lab.text(`live.key.${key}`) })));
    if (keys.some(({ key }) => key === chosen)) select.value = chosen;
  }
  const setting = keys.find(({ key }) => key === select.value);
  lab.find("live-run").disabled = !setting || !live.connected();
  if (!setting) return;
  const { key, low, high, decimals, zero } = setting;
  const label = lab.text("live.what_if.value", { low: lab.number(zero ? 0 : low, 0), high: String(high) });
  lab.write(lab.find("live-value-label"), zero ? `${label} ${lab.text("live.what_if.never")}` : label);
  lab.dress(lab.find("live-value"), { min: zero ? 0 : low, max: high, step: 10 ** -decimals });
  lab.write(lab.find("live-now"), lab.text("live.what_if.now", { value: String(values[key]) }));
};

/** The button that opens the window says how far it is, while the window is closed. */
function tellOther() {
  const button = lab.find("live-other");
  const words = waiting && !lab.find("live-what-if").open ? lab.find("live-asked").textContent : "";
  if (button) lab.write(button, words || lab.text("live.what_if.title"));
}

function ask(event) {
  event.preventDefault();
  const side = lab.find("live-side").value;
  const value = lab.find("live-value").valueAsNumber;
  const { key, low, high, zero } = live.offer.keys.find((one) => one.key === lab.find("live-key").value);
  if (!(value >= low && value <= high) && !(zero && value === 0)) {
    tellAsked(lab.text("live.what_if.range", { low: zero ? 0 : low, high }));
    return;
  }
  const { run, set } = originOf(runAt(side));
  const sets = Object.entries({ ...set, [key]: value }).slice(-MOST_SETS);
  asked += 1;
  waiting = { side, message: { request: asked, run, against: runAt(side === "A" ? "B" : "A"), set: Object.fromEntries(sets) } };
  live.say("what_if", waiting.message);
  tellAsked(lab.text("live.what_if.next"));
  lab.show(lab.find("live-cancel"), true);
}

function endWaiting(words) {
  waiting = null;
  lab.show(lab.find("live-cancel"), false);
  lab.show(lab.find("live-progress"), false);
  tellAsked(words);
}

function tellAsked(words) {
  lab.write(lab.find("live-asked"), words);
  tellOther();
}

live.tellQueue = ({ request, place, done, of }) => {
  if (!waiting || request !== waiting.message.request) return;
  const bar = lab.find("live-progress");
  lab.show(bar, of > 0);
  if (of > 0) lab.dress(bar, { value: done, max: of });
  if (place > 0) tellAsked(lab.text("live.what_if.place", { place }));
  else tellAsked(lab.text(of > 0 ? "live.what_if.running" : "live.what_if.next", { done, of }));
};

live.showWhatIf = async ({ request, id, run, pairs }) => {
  if (!waiting || request !== waiting.message.request) return;
  const { side, message } = waiting;
  if (run) lab.addRun(id, run);
  if (!(id in lab.data.runs)) return;
  origins.set(id, { run: message.run, set: message.set });
  const isNew = (pair) => !lab.pairOf(pair.left, pair.right, pair.goal, pair.week);
  lab.data.pairs.push(...pairs.filter(isNew));
  const question = lab.question();
  const changes = Object.entries(message.set).map(([key, value]) => `${lab.text(`live.key.${key}`)} ${value}`).join(", ");
  if (question.choices && !question.choices.some((choice) => choice.id === id)) {
    question.choices.push({ id, label: lab.data.runs[id].title, group: lab.text("live.what_if.title") });
  }
  const name = lab.sideNames()[side === "A" ? 0 : 1];
  endWaiting("");
  lab.find("live-what-if").close();
  lab.say(lab.text("live.what_if.shown", { side: name, changes }));
  if (question.screen !== "sandbox") return;
  lab.buildSandbox();
  const { left, right, week } = lab.state;
  await lab.showRuns(side === "A" ? id : left, side === "B" ? id : right, { week });
  live.tellWhatIf();
};

live.refuseWhatIf = (request, words) => {
  if (waiting && request === waiting.message.request) endWaiting(words);
};

/** After the connection was lost, what was asked for is asked for again. */
live.askAgain = () => waiting && live.say("what_if", waiting.message);

live.buildWhatIf = () => {
  const field = (id, words, control) => lab.make("label", { for: id }, lab.make("span", { id: `${id}-label`, text: words }), control);
  const choose = () => {
    lab.find("live-value").value = "";
    live.tellWhatIf();
  };
  const side = lab.make("select", { id: "live-side", change: choose },
    lab.make("option", { value: "A" }), lab.make("option", { value: "B" }));
  side.value = "B";
  const form = lab.make("form", { submit: ask, novalidate: true },
    lab.make("p", { text: lab.text("live.what_if.hint") }),
    field("live-side", lab.text("live.what_if.side"), side),
    field("live-key", lab.text("live.what_if.key"), lab.make("select", { id: "live-key", change: choose })),
    lab.make("p", { id: "live-now", class: "quiet" }),
    field("live-value", "", lab.make("input", { id: "live-value", type: "number", inputmode: "decimal", required: true, "aria-describedby": "live-now" })),
    lab.make("p", { id: "live-asked", role: "status" }),
    lab.make("progress", { id: "live-progress", hidden: true, "aria-labelledby": "live-asked" }),
    lab.make("div", { class: "buttons" },
      lab.make("button", { type: "submit", id: "live-run", class: "primary", text: lab.text("live.what_if.go") }),
      lab.make("button", { type: "button", id: "live-cancel", hidden: true, text: lab.text("live.what_if.cancel"), click: () => {
        if (waiting) live.say("never_mind", { request: waiting.message.request });
        endWaiting("");
      } }),
      lab.make("button", { type: "button", text: lab.text("close"), click: () => lab.find("live-what-if").close() })));
  document.body.append(lab.make("dialog", { id: "live-what-if", "aria-labelledby": "live-what-if-title", close: tellOther },
    lab.make("h2", { id: "live-what-if-title", text: lab.text("live.what_if.title") }), form));
  lab.on("runs shown", live.tellWhatIf);
};
