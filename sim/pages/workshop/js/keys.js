/* All shortcuts stand in one list: it fires them, and it writes the help. */

const shortcuts = [];
let single = true; // single-key shortcuts can be switched off

/** `keys` as KeyboardEvent.key names them; `single` ones are characters, which can be switched off. */
lab.addKey = ({ keys, shown, text, run, single: character = true, when = () => true }) => {
  shortcuts.push({ keys, shown: shown || keys.join(" "), text, run, single: character, when });
};

lab.keyList = () => lab.make("dl", { class: "keys" }, ...shortcuts.flatMap(({ shown, text }) =>
  [lab.make("dt", {}, lab.make("kbd", { text: shown })), lab.make("dd", { text: lab.text(text) })]));

const typing = (target) => target.closest("input:not([type=radio], [type=checkbox], [type=range]), textarea, [contenteditable]");
const usesArrows = (target) => target.closest("input, select, textarea, [role=grid], [role=tablist], .arrows");
const usesSpace = (target) => target.closest("button, a, summary, input, select, textarea");

function onKey(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const target = event.target instanceof Element ? event.target : document.body;
  if (typing(target) || document.querySelector("dialog:modal")) return;
  if (target.closest("select") && event.key.length === 1) return; // letters choose in a list
  for (const shortcut of shortcuts) {
    if (!shortcut.keys.includes(event.key) || !shortcut.when()) continue;
    if (shortcut.single && !single) continue;
    if (!shortcut.single && event.key === " " && usesSpace(target)) continue;
    if (!shortcut.single && event.key !== " " && usesArrows(target)) continue;
    event.preventDefault();
    shortcut.run(event.key);
    return;
  }
}

const onPanels = () => lab.state.screen === "panels";

function addOurs() {
  const weeks = (step) => () => {
    lab.seek(lab.state.week + step);
    lab.say(lab.sentence(lab.state.week));
  };
  const add = lab.addKey;
  const betLetters = () => [..."abcdefgh"];
  add({ keys: betLetters(), shown: "a b c …", text: "keys.bet", run: lab.betByLetter, when: () => onPanels() && !lab.betsClosed() });
  add({ keys: [" "], shown: lab.text("keys.space"), text: "keys.play", single: false, when: onPanels, run: () => (lab.state.playing ? lab.pause() : lab.play()) });
  add({ keys: ["ArrowRight"], shown: "→", text: "keys.forward", single: false, when: onPanels, run: weeks(1) });
  add({ keys: ["ArrowLeft"], shown: "←", text: "keys.back", single: false, when: onPanels, run: weeks(-1) });
  add({ keys: ["End"], shown: "End", text: "keys.end", single: false, when: onPanels, run: () => lab.seek(lab.weeks()) });
  add({ keys: ["Home"], shown: "Home", text: "keys.home", single: false, when: onPanels, run: () => lab.seek(0) });
  const numbers = lab.data.questions.map((question) => String(question.number));
  add({ keys: numbers, shown: `${numbers[0]} … ${numbers[numbers.length - 1]}`, text: "keys.question", run: (key) => lab.openQuestion(Number(key)) });
  add({ keys: ["n"], text: "keys.notes", run: lab.showNotes });
  add({ keys: ["r"], text: "keys.runs", when: () => onPanels() && !lab.find("told").hidden, run: () => lab.find("see-runs").click() });
  if (lab.data.map) add({ keys: ["m"], text: "keys.map", run: lab.openMap });
  add({ keys: ["?"], text: "keys.help", run: lab.showKeys });
}

lab.startKeys = () => {
  addOurs();
  document.addEventListener("keydown", onKey);
  lab.find("single-keys").addEventListener("change", (event) => {
    single = event.target.checked;
    document.documentElement.classList.toggle("no-shortcuts", !single);
  });
};
