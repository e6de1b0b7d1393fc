/* Windows on demand: the trainer's notes and sheet, the shortcuts, the assumptions. */

const opened = Date.now();

function show(id, modal = true) {
  const dialog = lab.find(id);
  if (dialog.open) dialog.close();
  else if (modal) dialog.showModal();
  else dialog.show();
}

function rows(list, columns) {
  const head = lab.make("tr", {}, ...columns.map(([, title]) => lab.make("th", { scope: "col", text: title })));
  const body = list.map((item) => lab.make("tr", {}, ...columns.map(([name], n) =>
    lab.make(n ? "td" : "th", n ? { text: item[name] ?? "" } : { scope: "row", text: item[name] ?? "" }))));
  return lab.make("div", { class: "box", tabindex: "0" }, lab.make("table", {}, lab.make("thead", {}, head), lab.make("tbody", {}, ...body)));
}

/* --- assumptions ----------------------------------------------------------------------------------- */

lab.showAssumptions = () => {
  const { data } = lab;
  const runs = [lab.state.left, lab.state.right].map((id) => data.runs[id]);
  const titles = lab.sideNames();
  lab.find("assumptions-body").replaceChildren(
    lab.make("p", { text: lab.text("assumptions.lead", { runs: data.program.seeds.length, version: data.program.version }) }),
    ...runs.flatMap((run, n) => (run.settings.length ? [
      lab.make("h3", { text: titles[n] }),
      rows(run.settings, [["key", lab.text("assumptions.key")], ["value", lab.text("assumptions.value")]]),
    ] : [])),
    lab.make("h3", { text: lab.text("assumptions.differ") }),
    rows(data.settings, [["key", lab.text("assumptions.key")], ["A", data.sides[0].name], ["B", data.sides[1].name], ["unit", lab.text("assumptions.unit")]]),
    lab.make("h3", { text: lab.text("assumptions.sources") }),
    lab.make("ul", {}, ...data.sources.map((source) => lab.make("li", { text: source }))),
    lab.make("h3", { text: lab.text("assumptions.all") }),
    rows(data.assumptions, ["key", "value", "unit", "doc"].map((name) => [name, lab.text(`assumptions.${name}`)])));
  show("assumptions");
};

/* --- notes ----------------------------------------------------------------------------------------- */

function noteOf(question, tag) {
  const part = (key, words) => (words ? lab.make("p", {}, lab.make("b", { text: `${lab.text(key)} ` }), words) : "");
  return [
    lab.make(tag, { text: lab.text("dots.name", { number: question.number, title: question.title }) }),
    lab.make("p", { class: "quiet", text: lab.text("notes.minutes", { minutes: question.minutes }) }),
    part("notes.say", question.say), part("notes.notes", question.notes), part("notes.talk", question.talk),
    part("notes.why", [question.why, question.source].filter(Boolean).join(" ")),
    part("notes.puzzle", question.puzzle && question.puzzle.text),
  ];
}

function tellClock() {
  const gone = Math.floor((Date.now() - opened) / 60000);
  lab.write(lab.find("notes-clock"), lab.text("notes.clock", { gone, planned: lab.data.playing_minutes }));
}

function fillNotes() {
  lab.find("notes-body").replaceChildren(...noteOf(lab.question(), "h3"));
  tellClock();
}

lab.showNotes = () => {
  fillNotes();
  show("notes", false);
};

/** The trainer's sheet: all questions with their notes, on paper. */
lab.printSheet = () => {
  fillSheet();
  document.documentElement.dataset.print = "sheet";
  window.print();
};

function fillSheet() {
  lab.find("sheet").replaceChildren(
    lab.make("h1", { text: lab.text("sheet.title", { title: lab.data.title }) }),
    lab.make("p", { text: lab.text("playing.time", { minutes: lab.data.playing_minutes }) }),
    ...lab.data.questions.map((question) => lab.make("section", {}, ...noteOf(question, "h2"))),
    lab.make("h2", { text: lab.text("keys.title") }), lab.keyList(),
    lab.make("p", { class: "quiet", text: lab.text("badge") }));
}

lab.startNotes = () => {
  const click = (id, run) => lab.find(id).addEventListener("click", run);
  click("open-notes", lab.showNotes);
  click("open-keys", lab.showKeys);
  click("print-sheet", lab.printSheet);
  click("badge-A", lab.showAssumptions);
  click("badge-B", lab.showAssumptions);
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  document.addEventListener("keydown", (event) => {
    const notes = lab.find("notes"); // not modal, so that the page can be used beside it
    if (event.key === "Escape" && notes.open) notes.close();
  });
  // without a report the browser's own Print gives the sheet
  window.addEventListener("beforeprint", () => lab.find("report").childElementCount || fillSheet());
  window.addEventListener("afterprint", () => delete document.documentElement.dataset.print);
  lab.on("question", () => lab.find("notes").open && fillNotes());
  setInterval(() => lab.find("notes").open && tellClock(), 20000);
};

lab.showKeys = () => {
  lab.find("keys-body").replaceChildren(lab.keyList());
  show("keys");
};
