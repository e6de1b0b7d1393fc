/* One question at a time: opening it, its one control, and the way from bet to reveal. */

const told = new Set(); // numbers of questions whose end was shown
const chosen = new Map(); // question number -> option
let opening = 0;
let visiting = null; // two runs from the policy map, shown instead of the question's own

lab.question = () => lab.data.questions.find((question) => question.number === lab.state.question);
lab.option = () => (lab.question().control ? lab.question().control.options.find((o) => o.id === lab.state.option) : null);
lab.free = () => lab.question().screen === "sandbox" || visiting !== null;
lab.visiting = () => visiting !== null;

/** What colour, size and shape mean, and whether ties are drawn. */
lab.look = () => {
  const { colour, size, shape, ties } = lab.question();
  const chosenLook = lab.free() ? lab.freeLook() : {};
  const known = (name) => (name && lab.films.every((film) => film.has(name)) ? name : null);
  return { colour: known(chosenLook.colour ?? colour), size: known(size), shape: known(shape), ties: chosenLook.ties ?? ties };
};

/** Names of the two panels; told apart by place where they are the same. */
lab.sideNames = () => {
  const question = lab.question();
  const own = lab.free() ? [null, null] : [question.left_title, question.right_title];
  const names = [lab.state.left, lab.state.right].map((id, n) => own[n] || nameOfRun(id) || lab.data.sides[n].name);
  if (names[0] !== names[1]) return names;
  return names.map((name, n) => lab.text(n ? "side.right" : "side.left", { name }));
};

const nameOfRun = (id) => {
  const choice = (lab.question().choices || []).find((one) => one.id === id);
  return choice ? choice.label : (lab.data.runs[id] || {}).title;
};

const runsOf = (question, option) => (option ? [option.left, option.right] : [question.left, question.right]);

/** Open a question: at its beginning, or at the week and option a link names. */
lab.openQuestion = async (number, { option = null, week = 0, left = null, right = null, stay = false } = {}) => {
  const question = lab.data.questions.find((one) => one.number === number) || lab.data.questions[0];
  if (lab.state.playing) lab.pause();
  visiting = null;
  lab.state.question = question.number;
  const ids = question.control ? question.control.options.map((one) => one.id) : [];
  lab.state.option = [option, chosen.get(number), question.control?.start, ids[0]].find((id) => ids.includes(id)) ?? null;
  lab.state.goal = question.goal;
  lab.state.revealed = told.has(question.number);
  lab.state.screen = "panels";
  lab.showAllRuns(false);
  if (question.follow !== null && question.follow !== undefined) lab.state.picked = question.follow;
  const own = runsOf(question, lab.option());
  const stored = (id, else_) => (question.screen === "sandbox" && id in lab.data.runs ? id : else_);
  buildQuestion(question);
  await present(stored(left, own[0]), stored(right, own[1]), week);
  lab.emit("question", question.number);
  if (!stay) lab.find("question").focus({ preventScroll: true });
};

/** Put two runs on the panels, at a week. */
async function present(left, right, week) {
  const turn = ++opening;
  const films = await Promise.all([lab.film(left), lab.film(right)]);
  if (turn !== opening) return;
  lab.state.left = left;
  lab.state.right = right;
  lab.films = films;
  films.forEach((film, n) => lab.panels[n].setFilm(film));
  lab.buildKey();
  lab.showScreen();
  lab.drawChart();
  lab.rewind();
  lab.find("week").max = String(lab.weeks());
  if (week > 0) lab.seek(week, false);
  lab.emit("runs shown");
  lab.tell();
}

lab.choose = async (option) => {
  const question = lab.question();
  if (!question.control || lab.state.option === option) return;
  if (lab.state.playing) lab.pause();
  lab.state.option = option;
  chosen.set(question.number, option);
  lab.hintDone(`control ${question.control.id}`);
  for (const radio of lab.find("control").querySelectorAll("input")) radio.checked = radio.value === option;
  const week = lab.state.week;
  await present(...runsOf(question, lab.option()), 0);
  if (lab.seen(lab.state.left, lab.state.right)) lab.seek(week, false);
  lab.emit("option", option);
};

/** Two runs side by side, freely: for the sandbox, and for tiles of the policy map. */
lab.showRuns = async (left, right, { fromMap = false, week = 0 } = {}) => {
  if (fromMap) visiting = { left, right };
  lab.state.screen = "panels";
  await present(left, right, week);
  lab.emit("option", lab.state.option);
};

lab.openMap = () => {
  if (!lab.data.map) return;
  if (lab.state.playing) lab.pause();
  visiting = null;
  lab.state.screen = "map";
  lab.showScreen();
  lab.emit("map");
};

/** From the map back to the question's own pictures. */
lab.closeMap = async () => {
  visiting = null;
  lab.state.screen = "panels";
  await present(...runsOf(lab.question(), lab.option()), 0);
};

lab.showScreen = () => {
  const map = lab.state.screen === "map";
  lab.show(lab.find("screen-panels"), !map);
  lab.show(lab.find("screen-map"), map);
  lab.show(lab.find("back-to-map"), visiting !== null);
  lab.show(lab.find("control"), visiting === null && Boolean(lab.question().control));
};

function buildQuestion(question) {
  lab.write(lab.find("question"), question.title);
  lab.write(lab.find("say"), question.say || "");
  document.title = `${question.title} – ${lab.data.title}`;
  for (const dot of lab.find("dots").querySelectorAll("button")) {
    if (Number(dot.value) === question.number) dot.setAttribute("aria-current", "step");
    else dot.removeAttribute("aria-current");
  }
  lab.buildBets();
  buildControl(question);
  lab.buildSandbox();
  const page = lab.find("page");
  page.dataset.screen = question.screen || "panels";
  page.toggleAttribute("data-first", question === lab.data.questions[0]);
}

function buildControl(question) {
  const box = lab.find("control");
  lab.show(box, Boolean(question.control));
  box.replaceChildren();
  if (!question.control) return;
  const { id, label, hint, options } = question.control;
  const radios = options.map((option) => {
    const radio = lab.make("input", {
      type: "radio", name: "control", value: option.id, checked: option.id === lab.state.option,
      change: () => lab.choose(option.id),
    });
    return lab.make("label", {}, radio, lab.make("span", { text: option.label }));
  });
  box.append(
    lab.make("legend", { text: label }), lab.make("div", { class: "segments" }, ...radios),
    lab.hint(`control ${id}`, hint));
}

function dot(question) {
  return lab.make("li", {}, lab.make("button", {
    type: "button", value: question.number, click: () => lab.openQuestion(question.number),
    "aria-label": lab.text("dots.name", { number: question.number, title: question.title }),
  }, lab.make("span", { text: question.number }), lab.make("span", { class: "name", "aria-hidden": "true", text: question.title })));
}

lab.nextQuestion = () => {
  const numbers = lab.data.questions.map((question) => question.number);
  return numbers[numbers.indexOf(lab.state.question) + 1] ?? null;
};

lab.startQuestions = () => {
  lab.find("dots").append(...lab.data.questions.map(dot));
  lab.find("back-to-map").addEventListener("click", lab.openMap);
  lab.on("end", () => {
    if (lab.free()) return;
    const first = !told.has(lab.state.question);
    told.add(lab.state.question);
    lab.state.revealed = true;
    if (lab.question().control) lab.hintDone(`control ${lab.question().control.id}`);
    lab.tell();
    if (first) lab.emit("reveal", lab.state.question);
  });
};
