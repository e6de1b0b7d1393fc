/* What stands round the pictures: names, counts, events, the slider, the spoken status, the table. */

const SPOKEN_DELAY = 120;

lab.say = (words) => {
  const status = lab.find("status");
  status.textContent = "";
  setTimeout(() => { status.textContent = words; }, SPOKEN_DELAY);
};

/** The sentence that stands for both pictures in one week. */
lab.sentence = (week) => {
  const goal = lab.goal(lab.state.goal);
  const names = lab.sideNames();
  const [A, B] = lab.films.map((film) => lab.counted(goal, film.shown(goal.id, week)));
  return lab.text("status", { week, weeks: lab.weeks(), left: names[0], A, right: names[1], B });
};

function tellPanels() {
  lab.sideNames().forEach((name, n) => {
    const side = "AB"[n];
    lab.write(lab.find(`name-${side}`), name);
    lab.find(`picture-${side}`).querySelector("canvas").setAttribute("aria-label", lab.text("picture", { name }));
  });
  tellWeek(lab.state.week);
}

function tellWeek(week) {
  const goal = lab.goal(lab.state.goal);
  lab.films.forEach((film, n) => {
    const side = "AB"[n];
    const value = film.shown(goal.id, week);
    lab.write(lab.find(`count-${side}`), lab.number(value, goal.decimals));
    lab.write(lab.find(`counted-${side}`), goal.short);
    const event = film.eventAt(week);
    lab.write(lab.find(`event-${side}`), event ? lab.text("event", { week: event.week, text: event.text }) : "");
  });
  const slider = lab.find("week");
  slider.value = String(week);
  const now = lab.text("week.now", { week, weeks: lab.weeks() });
  slider.setAttribute("aria-valuetext", now);
  lab.write(lab.find("week-now"), now);
}

/* --- the table of the same numbers ------------------------------------------------------------------ */

lab.tellTable = () => {
  const box = lab.find("table-box");
  if (!lab.find("numbers").open) return;
  const goal = lab.goal(lab.state.goal);
  const names = lab.sideNames();
  const cell = (words) => lab.make("td", { text: words });
  const head = lab.make("tr", {}, lab.make("th", { scope: "col", text: lab.text("table.week") }),
    ...names.flatMap((name) => [lab.make("th", { scope: "col", text: lab.text("table.shown", { name }) }),
      lab.make("th", { scope: "col", text: lab.text("table.mean", { name }) })]));
  const rows = tableWeeks().map((week) => lab.make("tr", {}, lab.make("th", { scope: "row", text: week }),
    ...lab.films.flatMap((film) => {
      const series = film.series[goal.id];
      if (!series) return [cell(lab.text("number.none")), cell(lab.text("number.none"))];
      const number = (values) => lab.number(values[week], goal.decimals);
      return [cell(number(series.shown)), cell(lab.text("table.range", {
        mean: number(series.mean), low: number(series.low), high: number(series.high),
      }))];
    })));
  box.replaceChildren(lab.make("table", {},
    lab.make("caption", { text: lab.text("table.caption", { goal: goal.label }) }),
    lab.make("thead", {}, head), lab.make("tbody", {}, ...rows)));
};

/** Every tenth week up to the one that was reached, and that one. */
function tableWeeks() {
  const reached = Math.floor(lab.reached());
  const weeks = [];
  for (let week = 0; week <= reached; week += 10) weeks.push(week);
  if (!weeks.includes(reached)) weeks.push(reached);
  return weeks;
}

/* --- hints: once for each new control, gone when it was used ------------------------------------------ */

const done = new Set();

lab.hint = (name, words) =>
  words && !done.has(name)
    ? lab.make("span", { class: "hint-slot", "data-hint": name }, lab.make("span", { class: "hint", text: words })) : "";

lab.hintDone = (name) => {
  done.add(name);
  for (const hint of document.querySelectorAll(".hint-slot")) if (hint.dataset.hint === name) hint.remove();
};

lab.startScreen = () => {
  lab.find("play").addEventListener("click", () => (lab.state.playing ? lab.pause() : lab.play()));
  const step = (weeks) => () => lab.seek(lab.state.week + weeks);
  lab.find("back").addEventListener("click", step(-1));
  lab.find("forward").addEventListener("click", step(1));
  lab.find("week").addEventListener("input", (event) => {
    lab.hintDone("week");
    lab.seek(Number(event.target.value));
  });
  lab.find("week").addEventListener("change", () => lab.say(lab.sentence(lab.state.week)));
  lab.find("numbers").addEventListener("toggle", lab.tellTable);
  lab.on("week", tellWeek);
  for (const event of ["runs shown", "goal"]) lab.on(event, tellPanels);
  lab.on("stop", (week) => {
    lab.say(lab.sentence(week));
    lab.tellTable();
  });
};
