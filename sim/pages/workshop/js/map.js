/* The policy map: a table of tiles, each a policy; choose one to see its runs and to watch its people. */

const FIELD = "\u0001"; // stands for the margin until its field is put there
const { map } = lab;
const look = { outcome: null, tab: null, chosen: null, pinned: null };
let drawing = 0;

map.look = look;

const outcome = () => map.outcome(look.outcome);
const worldOf = (tile) => (look.tab === "worst" && map.data.tabs.worlds > 1 ? tile.world : look.tab);
const against = () => look.pinned ?? map.today();

/* --- the table --------------------------------------------------------------------------------- */

function tileText(tile, state) {
  const { decimals } = outcome();
  return {
    mean: `${state === "tied" ? "★ " : ""}${lab.number(tile.mean, decimals)}`,
    range: `${lab.number(tile.p10, decimals)}–${lab.number(tile.p90, decimals)}`,
  };
}

function spoken(tile, index, state) {
  if (!tile) return lab.text("map.tile_label_missing", { tile: map.name(index) });
  const { decimals } = outcome();
  const words = { tied: "map.tied", behind: "map.behind", unclear: "map.unclear_tile" };
  return lab.text("map.tile_label", {
    tile: map.name(index), mean: lab.number(tile.mean, decimals), low: lab.number(tile.p10, decimals),
    high: lab.number(tile.p90, decimals), state: lab.text(words[state]),
  });
}

function button(tile, index, told) {
  const state = map.state(tile, map.margin(look.outcome));
  const marks = [state || "missing"];
  if (index === told.best) marks.push("best");
  if (index === map.today()) marks.push("today");
  if (index === look.pinned) marks.push("pinned");
  const texts = tile ? tileText(tile, state) : { mean: lab.text("map.not_run"), range: "" };
  const made = lab.make("button", {
    type: "button", class: `tile ${marks.join(" ")}`, "data-index": index, "aria-label": spoken(tile, index, state),
    "aria-pressed": index === look.chosen ? "true" : "false", "aria-disabled": tile ? null : "true",
    tabindex: index === (look.chosen ?? 0) ? 0 : -1, click: () => choose(index),
  }, lab.make("span", { class: "mean", text: texts.mean }), lab.make("span", { class: "range", text: texts.range }));
  if (tile) {
    const colour = lab.colour(map.share(outcome(), tile.mean));
    made.style.backgroundColor = colour;
    made.style.color = map.inkOn(colour);
  }
  return made;
}

function drawTable() {
  const { rows, columns } = map.data;
  const tiles = map.tiles(look.outcome, look.tab);
  const told = map.verdict(look.outcome, look.tab);
  const head = lab.make("tr", {}, lab.make("td", { class: "corner", text: `${rows.label} ↓ ${columns.label} →` }),
    ...columns.levels.map((level) => lab.make("th", { scope: "col", text: level.label })));
  const body = rows.levels.map((row, r) => lab.make("tr", {}, lab.make("th", { scope: "row", text: row.label }),
    ...columns.levels.map((_, c) => {
      const index = r * columns.levels.length + c;
      return lab.make("td", {}, button(tiles[index], index, told));
    })));
  const { label, unit, low, high, decimals, better } = outcome();
  const table = lab.find("map-table");
  table.setAttribute("aria-label", lab.text("map.caption", { outcome: label, weeks: map.data.weeks, unit }));
  const focused = table.contains(document.activeElement) ? document.activeElement.dataset.index : null;
  table.replaceChildren(lab.make("thead", {}, head), lab.make("tbody", {}, ...body));
  if (focused !== null && focused !== undefined) table.querySelector(`[data-index="${focused}"]`).focus();
  lab.write(lab.find("map-scale"), lab.text(better > 0 ? "map.scale" : "map.scale_less",
    { low: lab.number(low, decimals), high: lab.number(high, decimals) }));
}

function move(event) {
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: map.data.columns.levels.length, ArrowUp: -map.data.columns.levels.length };
  const now = Number(event.target.dataset?.index);
  const wide = map.data.columns.levels.length;
  let next = now + (steps[event.key] ?? 0);
  if (event.key === "Home") next = now - (now % wide);
  if (event.key === "End") next = now - (now % wide) + wide - 1;
  const edge = (event.key === "ArrowRight" && now % wide === wide - 1) || (event.key === "ArrowLeft" && now % wide === 0);
  const tiles = lab.find("map-table").querySelectorAll(".tile");
  if (Number.isNaN(now) || (!(event.key in steps) && event.key !== "Home" && event.key !== "End")) return;
  event.preventDefault();
  if (edge || next < 0 || next >= tiles.length) return;
  for (const tile of tiles) tile.tabIndex = Number(tile.dataset.index) === next ? 0 : -1;
  tiles[next].focus();
}

/* --- the sentence ------------------------------------------------------------------------------ */

function marginField() {
  const { unit } = outcome();
  return lab.make("input", {
    type: "number", id: "map-margin", min: "0", step: "any", value: map.marginText(look.outcome),
    "aria-label": lab.text("map.margin_label"), title: unit,
    change: (event) => {
      const value = Number(event.target.value);
      if (value > 0) map.setMargin(look.outcome, value);
      event.target.value = map.marginText(look.outcome);
      drawTable();
      say();
      tell();
    },
  });
}

/** The sentence with the margin as a field in it; the field itself stays, so that it keeps the focus. */
function say() {
  const [first, ...rest] = map.sentences(look.outcome, look.tab, FIELD);
  const supports = rest.pop();
  const [before, after] = first.split(FIELD);
  const lead = lab.find("map-lead");
  const field = lab.find("map-margin");
  const keep = field && field.dataset.outcome === look.outcome ? field : marginField();
  keep.dataset.outcome = look.outcome;
  lab.show(keep, after !== undefined);
  if (keep.parentElement !== lead) lead.replaceChildren("", keep, "");
  if (lead.firstChild === keep) lead.prepend("");
  lead.firstChild.textContent = before;
  lead.lastChild.textContent = after ?? "";
  lab.write(lab.find("map-rest"), [...rest, ...map.warnings(look.outcome, look.tab)].join(" "));
  lab.write(lab.find("map-supports"), supports);
}

/* --- the chosen tile --------------------------------------------------------------------------- */

function choose(index) {
  if (!map.tiles(look.outcome, look.tab)[index]) return;
  look.chosen = index;
  for (const tile of lab.find("map-table").querySelectorAll(".tile")) {
    const own = Number(tile.dataset.index) === index;
    tile.setAttribute("aria-pressed", String(own));
    tile.tabIndex = own ? 0 : -1;
  }
  tell();
}

/** The replay of a policy in the world of the chosen one. */
const runOf = (index) => {
  const tile = map.tiles(look.outcome, look.tab)[look.chosen];
  if (!tile) return null;
  const { row, column } = map.placeOf(index);
  return map.data.replays[`${worldOf(tile)}/${row.value}/${column.value}`] ?? null;
};

/** The people of the chosen policy beside those of today's, or of the pinned one. */
async function watch() {
  const sides = [against(), look.chosen];
  const ids = sides.map(runOf);
  if (ids.includes(null)) return;
  const goal = `map.${look.outcome}`;
  const world = worldOf(map.tiles(look.outcome, look.tab)[look.chosen]);
  const curves = await map.curves(look.outcome);
  const films = await Promise.all(ids.map((id) => lab.film(id)));
  films.forEach((film, n) => {
    const curve = map.curve(curves, world, sides[n]);
    if (curve) film.series[goal] = map.weekly(curve, film.weeks);
    map.settle(film);
  });
  lab.state.goal = goal;
  await lab.showRuns(...ids, { fromMap: true });
}

function pin() {
  if (look.chosen === null) return;
  const unpin = look.pinned === look.chosen;
  look.pinned = unpin ? null : look.chosen;
  drawTable();
  tell();
  lab.say(unpin ? lab.text("map.unpinned") : lab.text("map.pinned", { tile: map.name(look.pinned) }));
}

function behindText(tile) {
  const { decimals } = outcome();
  const number = (value) => lab.number(value, decimals + 1);
  if (tile.behind === null) return "";
  if (tile.behind === 0 && tile.behind_high === 0) return lab.text("map.chosen_best");
  return lab.text("map.chosen_behind", { behind: number(tile.behind), from: number(tile.behind_low), to: number(tile.behind_high) });
}

/** What the chosen tile's runs came to, in words and as curves. */
async function tell() {
  const turn = ++drawing;
  const index = look.chosen;
  const box = lab.find("map-chart");
  const tile = index === null ? null : map.tiles(look.outcome, look.tab)[index];
  if (!tile) {
    lab.write(lab.find("map-chosen"), lab.text("map.choose"));
    box.replaceChildren();
    return;
  }
  const { decimals, label } = outcome();
  const world = worldOf(tile);
  const state = map.state(tile, map.margin(look.outcome));
  const said = [lab.text("map.chosen", {
    tile: map.name(index), mean: lab.number(tile.mean, decimals), runs: tile.runs,
    low: lab.number(tile.p10, decimals), high: lab.number(tile.p90, decimals),
  }), behindText(tile)];
  const needed = state === "unclear" ? map.roundedUp(map.neededRuns(tile, map.margin(look.outcome))) : null;
  if (needed !== null) said.push(lab.text("map.chosen_runs", { runs: needed }));
  if (world !== look.tab) said.push(lab.text("map.chosen_of", { tabs: map.data.tabs.label, tab: map.tabLabel(world) }));
  lab.write(lab.find("map-chosen"), said.filter(Boolean).join(" "));
  const curves = await map.curves(look.outcome);
  if (turn !== drawing) return;
  const both = against() !== index;
  const second = map.curve(curves, world, index);
  const first = both ? map.curve(curves, world, against()) : null;
  const names = map.names(index, against());
  const key = both && first ? "map.chart" : "map.chart_one";
  const text = lab.text(key, { outcome: map.onTheWay(outcome()), first: both && first ? names.first : names.second, second: names.second });
  lab.write(lab.find("map-chart-title"), text);
  const width = Math.max(300, box.clientWidth);
  const height = Math.max(190, Math.min(330, box.clientHeight || 300));
  box.replaceChildren(second ? map.drawCurves({ first, second, names, outcome: outcome(), width, height, label: text }) : "");
  drawNumbers(first, second, names);
  const watchable = Boolean(runOf(index) && runOf(against()));
  lab.show(lab.find("map-watch"), watchable);
  lab.write(lab.find("map-pin"), lab.text(look.pinned === index ? "map.unpin" : "map.pin"));
  lab.emit("map changed");
}

/** What the two curves are called: their policies, or today. */
map.names = (index, other) => ({
  first: other === map.today() ? lab.text("map.today_is", { tile: map.short(other) }) : map.short(other),
  second: index === map.today() && index === other ? lab.text("map.today_is", { tile: map.short(index) }) : map.short(index),
});

map.short = (index) => {
  const { row, column } = map.placeOf(index);
  if (!map.data.tile) return map.name(index);
  return lab.fill(map.data.tile, { rows: row.label, columns: column.label });
};

function drawNumbers(first, second, names) {
  const box = lab.find("map-numbers");
  lab.show(box.parentElement, Boolean(second));
  if (!second) return;
  const { decimals } = outcome();
  const cell = (curve, n) => lab.make("td", { text: curve
    ? `${lab.number(curve.mean[n], decimals)} (${lab.number(curve.low[n], decimals)}–${lab.number(curve.high[n], decimals)})` : "" });
  const shown = [["first", first], ["second", second]].filter((one) => one[1]);
  box.replaceChildren(lab.make("table", {},
    lab.make("thead", {}, lab.make("tr", {}, lab.make("th", { scope: "col", text: lab.text("map.chart_week") }),
      ...shown.map(([side]) => lab.make("th", { scope: "col", text: names[side] })))),
    lab.make("tbody", {}, ...second.weeks.map((week, n) => lab.make("tr", {}, lab.make("th", { scope: "row", text: week }),
      ...shown.map(([, curve]) => cell(curve, n)))))));
}

/* --- the screen -------------------------------------------------------------------------------- */

function radios() {
  const { levels, key } = map.data.tabs;
  if (!key) return null;
  return lab.make("fieldset", { id: "map-tabs" }, lab.make("legend", { text: map.data.tabs.label }),
    lab.make("div", { class: "segments" }, ...levels.map((level) => lab.make("label", {}, lab.make("input", {
      type: "radio", name: "map-tab", value: level.value, checked: level.value === look.tab,
      change: () => { look.tab = level.value; refresh(); },
    }), lab.make("span", { text: level.label })))));
}

function chooser() {
  const select = lab.make("select", { id: "map-outcome", change: (event) => { look.outcome = event.target.value; refresh(); } },
    ...map.data.outcomes.map((one) => lab.make("option", { value: one.id, text: one.label })));
  return lab.make("label", { id: "map-outcomes" }, lab.make("span", { text: lab.text("map.outcome") }), select);
}

function plain(id, key, run) {
  return lab.make("button", { type: "button", id, class: "plain", text: lab.text(key), click: run });
}

function build() {
  lab.find("screen-map").append(
    lab.make("div", { id: "map-say", "aria-live": "polite" }, lab.make("p", { id: "map-lead" }),
      lab.make("p", { id: "map-more" }, lab.make("span", { id: "map-rest" }), " ", lab.make("b", { id: "map-supports" }))),
    lab.make("div", { id: "map-tools" }, radios(), chooser(),
      plain("map-close", "map.close", () => lab.closeMap())),
    lab.make("div", { id: "map-main" },
      lab.make("div", { id: "map-left" },
        lab.make("p", { id: "map-axes", class: "quiet", text: `${map.data.rows.label} ↓ ${map.data.columns.label} →` }),
        lab.make("table", { id: "map-table", role: "grid", keydown: move }),
        lab.make("p", { class: "quiet", id: "map-legend", text: lab.text("map.legend") }),
        lab.make("p", { class: "quiet", id: "map-scale" }),
        lab.make("div", { class: "buttons" },
          plain("map-print", "map.print", () => lab.printReport()),
          plain("map-csv", "map.csv", () => map.save(map.csv(), "text/csv", "csv")),
          plain("map-copy", "map.copy", () => map.copyPicture()))),
      lab.make("div", { id: "map-right" },
        lab.make("p", { id: "map-chosen", "aria-live": "polite" }),
        lab.make("div", { class: "buttons" },
          lab.make("button", { type: "button", id: "map-watch", class: "primary", text: lab.text("map.watch"), click: watch }),
          plain("map-pin", "map.pin", pin)),
        lab.make("figure", {}, lab.make("figcaption", { id: "map-chart-title", class: "quiet" }), lab.make("div", { id: "map-chart" })),
        lab.make("details", {}, lab.make("summary", { text: lab.text("map.chart_table") }), lab.make("div", { id: "map-numbers", class: "box", tabindex: "0", role: "region", "aria-label": lab.text("map.chart_table") })))));
}

function refresh() {
  const best = map.verdict(look.outcome, look.tab).best;
  if (look.chosen === null || !map.tiles(look.outcome, look.tab)[look.chosen]) look.chosen = best ?? map.today();
  drawTable();
  say();
  return tell();
}

/** Offer a file made here; the title and the date of the runs are in its name. */
map.save = (text, type, ending) => {
  const stem = map.data.title.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "").slice(0, 60);
  const address = URL.createObjectURL(new Blob([text], { type }));
  lab.make("a", { href: address, download: `${stem}-${lab.data.program.date}.${ending}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
};

lab.startMap = () => {
  if (!lab.data.map) return;
  for (const goal of map.data.goals) if (!lab.goal(goal.id)) lab.data.goals.push(goal);
  map.unfold();
  look.outcome = map.data.outcomes[0].id;
  look.tab = map.data.tabs.levels[0].value;
  build();
  lab.addKey({ keys: ["p"], text: "map.key.pin", run: pin, when: () => lab.state.screen === "map" });
  lab.on("map", refresh);
  new ResizeObserver(() => lab.state.screen === "map" && tell()).observe(lab.find("map-right"));
  lab.on("ready", () => {
    if (lab.data.open === "map" && lab.state.screen !== "map" && !lab.visiting()) lab.openMap();
  });
};
