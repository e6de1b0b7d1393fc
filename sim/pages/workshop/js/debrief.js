/* The card above the pictures: bet first; after the end what came of it, then talk, why, puzzle. */

let step = "talk";
let timer = null;
let left = 0;

/** Bring the card in line with the state. */
lab.tell = async () => {
  const told = lab.state.revealed || lab.free();
  lab.show(lab.find("ask"), !told);
  lab.show(lab.find("told"), told);
  lab.find("page").classList.toggle("told", told);
  tellPlay();
  const single = lab.films.some((film) => film.series[lab.state.goal] && film.series[lab.state.goal].runs.length > 1);
  lab.show(lab.find("see-runs"), told && single && (lab.free() || lab.seen(lab.state.left, lab.state.right)));
  if (told) await tellReveal();
  tellGoals();
  tellSteps();
  lab.tellTable();
};

async function tellReveal() {
  const question = lab.question();
  const options = Boolean(question.bet && question.bet.kind === "options" && !lab.free());
  const seen = lab.free() || lab.seen(lab.state.left, lab.state.right);
  let said = { lines: [{ numbers: lab.text("reveal.unseen"), runs: "" }], bet: "", more: "" };
  if (seen || options) said = options ? await lab.revealOptions() : lab.revealSides();
  lab.find("reveal-numbers").replaceChildren(...said.lines.map(({ numbers, runs }) => lab.make("p", {},
    lab.make("b", { text: numbers }), " ", lab.make("span", { class: "quiet", text: runs }))));
  lab.write(lab.find("reveal-bet"), said.bet);
  lab.write(lab.find("reveal-more"), said.more);
  lab.show(lab.find("see-options"), Boolean(said.open));
}

function tellPlay() {
  const { playing, week } = lab.state;
  const key = playing ? "play.pause" : week >= lab.weeks() ? "play.again" : week > 0 ? "play.on" : "play.start";
  lab.write(lab.find("play-label"), lab.text(key, { weeks: lab.weeks(), seconds: 10 }));
  lab.find("play").classList.toggle("playing", playing);
}

/** The goals of the question; more than one only after the reveal, or in the sandbox. */
function tellGoals() {
  const question = lab.question();
  const told = lab.state.revealed || lab.free();
  const wanted = told ? [question.goal, ...(question.more_goals || [])] : [question.goal];
  const there = [...new Set(lab.free() ? lab.data.goals.map((goal) => goal.id) : wanted)]
    .filter((id) => lab.goal(id) && lab.films.some((film) => film.series[id]));
  const select = lab.find("goal");
  const ids = [...select.options].map((option) => option.value);
  if (ids.join() !== there.join()) {
    select.replaceChildren(...there.map((id) => lab.make("option", { value: id, text: lab.goal(id).label })));
  }
  if (!there.includes(lab.state.goal) && there.length) lab.state.goal = there[0];
  select.value = lab.state.goal;
  lab.show(lab.find("goal-choice"), there.length > 1);
  lab.show(lab.find("chart-title"), there.length <= 1);
  lab.write(lab.find("chart-title"), lab.goal(lab.state.goal).label);
  lab.write(lab.find("chart-note"), lab.text("chart.note", { runs: runsCounted() }));
}

/** How many runs a line is the mean of; single ones are not stored for every goal. */
function runsCounted() {
  const series = lab.films[0].series[lab.state.goal];
  return series && series.runs.length > 1 ? series.runs.length : lab.data.program.seeds.length;
}

/* --- talk, why, puzzle ----------------------------------------------------------------------------- */

const stepsOf = (question) => ["talk", "why", "puzzle"].filter((name) => question[name]);

function tellSteps() {
  const question = lab.question();
  const steps = lab.visiting() ? [] : stepsOf(question);
  if (!steps.includes(step)) step = steps[0] ?? null;
  const next = lab.nextQuestion();
  lab.find("steps").replaceChildren(
    ...steps.map((name) => lab.make("button", {
      type: "button", "aria-pressed": String(name === step), "data-step": name,
      text: lab.text(`step.${name}`), click: () => openStep(name),
    })),
    step === "talk" && steps.length
      ? lab.make("button", { type: "button", id: "timer", click: toggleTimer, text: timerText() }) : "",
    lab.data.map && question.screen === "map" && !lab.visiting()
      ? lab.make("button", { type: "button", class: "primary", text: lab.text("step.map"), click: lab.openMap }) : "",
    next ? lab.make("button", { type: "button", class: "primary", id: "next", text: lab.text("step.next"), click: () => lab.openQuestion(next) }) : "",
  );
  tellStep(question);
}

function openStep(name) {
  step = name;
  tellSteps();
  lab.find("steps").querySelector(`[data-step="${name}"]`).focus({ preventScroll: true });
}

function tellStep(question) {
  const box = lab.find("step-text");
  lab.find("told").classList.toggle("wide", step === "why" || step === "puzzle");
  if (step === "talk") {
    box.replaceChildren(lab.make("p", { text: question.talk }));
  } else if (step === "why") {
    box.replaceChildren(
      lab.make("p", { text: question.why }, " ", lab.make("cite", { text: question.source || "" })),
      question.assumption ? lab.make("p", { class: "quiet", text: lab.text("why.assumption", { assumption: question.assumption }) }) : "");
  } else if (step === "puzzle") {
    const words = question.puzzle.possible === false ? question.puzzle.impossible : question.puzzle.text;
    box.replaceChildren(lab.make("p", { text: words }), lab.make("p", { id: "puzzle-count", class: "counter" }));
    tellPuzzle();
  } else box.replaceChildren();
}

function timerText() {
  if (!timer) return lab.text("talk.timer");
  return lab.text("talk.left", { seconds: left });
}

function toggleTimer() {
  if (timer) stopTimer();
  else {
    left = 60;
    timer = setInterval(() => {
      left -= 1;
      if (left <= 0) {
        stopTimer();
        lab.say(lab.text("talk.over"));
      }
      showTimer();
    }, 1000);
  }
  showTimer();
}

function stopTimer() {
  clearInterval(timer);
  timer = null;
}

function showTimer() {
  const button = lab.find("timer");
  if (button) button.textContent = timer === null && left === 0 ? lab.text("talk.over") : timerText();
}

/** How far the puzzle's goal and limit have come by the present week, with the option on screen. */
function tellPuzzle() {
  const box = lab.find("puzzle-count");
  const { puzzle } = lab.question();
  if (!box || !puzzle) return;
  const { week } = lab.state;
  const goal = lab.goal(puzzle.goal);
  const result = (puzzle.options || {})[lab.state.option] || {};
  const ended = week >= lab.weeks();
  const reached = ended && result.reached !== undefined ? result.reached : lab.films[1].shown(puzzle.goal, week);
  const dips = ended ? result.dips : (result.dip_weeks || []).filter((dip) => dip <= week).length;
  const done = ended && (result.ok ?? (reached >= puzzle.target && dips <= puzzle.limit));
  const parts = [lab.text("puzzle.count", {
    value: lab.number(reached, goal.decimals), target: lab.number(puzzle.target, goal.decimals), short: goal.short,
  })];
  if (dips !== undefined) parts.push(lab.text("puzzle.limit", { value: dips, limit: puzzle.limit }));
  if (ended) parts.push(lab.text(done ? "puzzle.done" : "puzzle.open"));
  if (ended && result.solved !== undefined) parts.push(lab.text("puzzle.solved", { solved: result.solved, runs: result.runs }));
  lab.write(box, parts.join(" "));
  box.classList.toggle("done", Boolean(done));
}

lab.startDebrief = () => {
  lab.find("see-runs").addEventListener("click", () => {
    lab.showAllRuns(!lab.state.allRuns);
    tellRuns();
  });
  lab.find("see-options").addEventListener("click", () => {
    lab.revealAllOptions();
    lab.find("play").focus({ preventScroll: true });
  });
  lab.find("goal").addEventListener("change", (event) => {
    lab.state.goal = event.target.value;
    lab.drawChart();
    lab.tell();
    lab.emit("goal", lab.state.goal);
  });
  lab.on("week", tellPuzzle);
  lab.on("question", () => {
    step = "talk";
    left = 0;
    stopTimer();
    tellSteps();
    tellRuns();
  });
  for (const event of ["play", "stop", "week"]) lab.on(event, tellPlay);
};

function tellRuns() {
  const button = lab.find("see-runs");
  button.setAttribute("aria-pressed", String(lab.state.allRuns));
}
