/* The last question: any two stored runs, any look, and a link to exactly that. */

const look = {};
lab.freeLook = () => look;

const runChoices = () => lab.question().choices
  || Object.entries(lab.data.runs).map(([id, run]) => ({ id, label: run.title || id, group: "" }));

function runSelect(side) {
  const key = side === "A" ? "sandbox.left" : "sandbox.right";
  const id = `choose-${side}`;
  const select = lab.make("select", { id, change: (event) => {
    const { left, right, week } = lab.state;
    lab.hintDone("sandbox");
    lab.showRuns(side === "A" ? event.target.value : left, side === "B" ? event.target.value : right, { week });
  } });
  const groups = new Map();
  for (const { id: run, label, group } of runChoices()) {
    if (!(run in lab.data.runs)) continue;
    const option = lab.make("option", { value: run, text: label });
    if (!group) select.append(option);
    else {
      if (!groups.has(group)) groups.set(group, select.appendChild(lab.make("optgroup", { label: group })));
      groups.get(group).append(option);
    }
  }
  return lab.make("label", { for: id, class: `side-${side}` }, lab.make("span", { text: lab.text(key) }), select);
}

function colourSelect() {
  const select = lab.make("select", { id: "choose-colour", change: (event) => {
    look.colour = event.target.value;
    lab.buildKey();
    lab.redraw();
  } });
  const known = lab.data.attributes.filter(({ id }) => lab.films.length && lab.films.every((film) => film.has(id)));
  select.append(...known.map(({ id, label }) => lab.make("option", { value: id, text: label })));
  select.value = look.colour ?? lab.question().colour ?? "";
  return lab.make("label", { for: "choose-colour" }, lab.make("span", { text: lab.text("sandbox.colour") }), select);
}

function tiesBox() {
  const box = lab.make("input", { type: "checkbox", id: "choose-ties", change: (event) => {
    look.ties = event.target.checked;
    lab.buildKey();
    lab.redraw();
  } });
  box.checked = Boolean(look.ties ?? lab.question().ties);
  return lab.make("label", { for: "choose-ties", class: "check" }, box, lab.make("span", { text: lab.text("sandbox.ties") }));
}

lab.buildSandbox = () => {
  const box = lab.find("sandbox");
  const here = lab.question().screen === "sandbox";
  lab.show(box, here);
  if (!here) {
    box.replaceChildren();
    return;
  }
  box.replaceChildren(runSelect("A"), runSelect("B"), colourSelect(), tiesBox(),
    lab.make("button", { type: "button", id: "copy-link", text: lab.text("sandbox.copy"), click: copyLink }),
    lab.hint("sandbox", lab.text("hint.sandbox")));
  showChosen();
};

function showChosen() {
  for (const [id, run] of [["choose-A", lab.state.left], ["choose-B", lab.state.right]]) {
    const select = lab.find(id);
    if (select && run) select.value = run;
  }
}

/** Copy the page's address with its state; where that is not allowed, show it to be copied. */
async function copyLink() {
  lab.writeHash();
  try {
    await navigator.clipboard.writeText(location.href);
    lab.find("copy-link").textContent = lab.text("sandbox.copied");
    lab.say(lab.text("sandbox.copied"));
  } catch {
    window.prompt(lab.text("sandbox.copy"), location.href);
  }
}

lab.startSandbox = () => {
  lab.on("runs shown", () => {
    showChosen();
    const old = lab.find("choose-colour");
    if (old && !old.options.length) old.parentElement.replaceWith(colourSelect());
  });
};
