/* On paper: the map and what it says, the curves and all tiles, and how it was made. Three pages. */

const { map } = lab;
const TILE = { wide: 104, high: 50, side: 112, top: 64, bottom: 46 };
const ASSUMPTIONS = 12; // of the settings nobody has measured, those of the factors first
let built = 0;

/* --- the picture ------------------------------------------------------------------------------- */

const text = (x, y, words, size, more = {}) =>
  lab.draw("text", { x, y, "font-size": size, fill: "#1b1b1b", text: words, ...more });

function tileOf(tile, index, one, told, x, y) {
  const { wide, high } = TILE;
  const group = lab.draw("g");
  if (!tile) {
    group.append(lab.draw("rect", { x, y, width: wide, height: high, fill: "#ffffff", stroke: "#7d838a" }),
      text(x + wide / 2, y + high / 2 + 5, lab.text("map.not_run"), 12, { "text-anchor": "middle" }));
    return group;
  }
  const state = map.state(tile, map.margin(one.id));
  const ground = lab.colour(map.share(one, tile.mean));
  const ink = map.inkOn(ground);
  const unclear = state === "unclear";
  const middle = x + (wide - (unclear ? 13 : 0)) / 2;
  group.append(lab.draw("rect", { x: x + 1, y: y + 1, width: wide - 2, height: high - 2, fill: ground }));
  if (unclear) group.append(lab.draw("rect", { x: x + wide - 14, y: y + 2, width: 12, height: high - 4, fill: "url(#map-stripes)" }));
  if (index === told.best) group.append(lab.draw("rect", { x: x + 4, y: y + 4, width: wide - 8, height: high - 8, fill: "none", stroke: ink, "stroke-width": 2 }));
  if (index === map.today()) group.append(lab.draw("path", { d: `M${x + 3} ${y + 17}V${y + 3}H${x + 21}`, fill: "none", stroke: ink, "stroke-width": 2.5 }));
  group.append(
    text(middle, y + 24, `${state === "tied" ? "★ " : ""}${lab.number(tile.mean, one.decimals)}`, 16, { "text-anchor": "middle", "font-weight": 700, fill: ink }),
    text(middle, y + 41, `${lab.number(tile.p10, one.decimals)}–${lab.number(tile.p90, one.decimals)}`, 12, { "text-anchor": "middle", fill: ink }));
  return group;
}

/** The map of an outcome in a tab as an SVG that needs nothing else. */
map.picture = (id, tab) => {
  const one = map.outcome(id);
  const { rows, columns } = map.data;
  const { wide, high, side, top, bottom } = TILE;
  const width = side + wide * columns.levels.length + 8;
  const height = top + high * rows.levels.length + bottom;
  const told = map.verdict(id, tab);
  const title = `${one.label} (${one.unit}). ${map.where(tab)}.`;
  const svg = lab.draw("svg", {
    xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": title,
    "font-family": "system-ui, 'DejaVu Sans', Arial, sans-serif",
  });
  const stripes = lab.draw("pattern", { id: "map-stripes", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    lab.draw("rect", { width: 6, height: 6, fill: "#ffffff" }), lab.draw("rect", { width: 3, height: 6, fill: "#000000" }));
  svg.append(lab.draw("title", { text: title }), lab.draw("defs", {}, stripes), lab.draw("rect", { width, height, fill: "#ffffff" }));
  svg.append(text(4, 18, title, 15, { "font-weight": 700 }),
    text(4, top - 10, `${rows.label} ↓`, 13), text(side, 38, `${columns.label} →`, 13));
  columns.levels.forEach((level, c) => svg.append(text(side + (c + 0.5) * wide, top - 8, level.label, 14, { "text-anchor": "middle", "font-weight": 600 })));
  rows.levels.forEach((level, r) => svg.append(text(side - 10, top + (r + 0.5) * high + 5, level.label, 14, { "text-anchor": "end", "font-weight": 600 })));
  map.tiles(id, tab).forEach((tile, index) => svg.append(tileOf(tile, index, one, told,
    side + (index % columns.levels.length) * wide, top + Math.floor(index / columns.levels.length) * high)));
  const scale = lab.text(one.better > 0 ? "map.scale" : "map.scale_less", { low: lab.number(one.low, one.decimals), high: lab.number(one.high, one.decimals) });
  svg.append(text(4, height - 26, lab.text("map.legend"), 12), text(4, height - 8, scale, 12, { fill: "#50565e" }));
  return svg;
};

map.copyPicture = async () => {
  const picture = new XMLSerializer().serializeToString(map.picture(map.look.outcome, map.look.tab));
  try {
    await navigator.clipboard.writeText(picture);
    lab.say(lab.text("map.copied"));
  } catch {
    map.save(picture, "image/svg+xml", "svg"); // files from a disk may not write to the clipboard
    lab.say(lab.text("map.saved"));
  }
};

/* --- the pages --------------------------------------------------------------------------------- */

const part = (key, values) => lab.make("h3", { text: lab.text(key, values) });

function pairs(rows, heads) {
  return lab.make("table", { class: "pairs" },
    lab.make("thead", {}, lab.make("tr", {}, ...heads.map((key) => lab.make("th", { scope: "col", text: lab.text(key) })))),
    lab.make("tbody", {}, ...rows.map(([head, value]) => lab.make("tr", {}, lab.make("th", { scope: "row", text: head }), lab.make("td", { text: value })))));
}

function answer() {
  const { outcome, tab } = map.look;
  const { data } = map;
  const said = map.sentences(outcome, tab);
  const supports = said.pop();
  const settings = data.settings.map((one) => [one.key, one.value]);
  return [
    lab.make("h1", { text: data.title }),
    part("report.question"), lab.make("p", { text: data.question }),
    part("report.answer"), lab.make("p", { class: "answer", text: [...said, ...map.warnings(outcome, tab)].join(" ") }),
    lab.make("p", {}, lab.make("b", { text: supports })),
    lab.make("div", { class: "map" }, map.picture(outcome, tab)),
    part("report.settings"), lab.make("div", { class: "columns" }, pairs(settings, ["report.setting", "report.value"])),
  ];
}

function matrix(tab) {
  const { outcome } = map.look;
  const { decimals } = map.outcome(outcome);
  const { rows, columns, tabs } = map.data;
  const tiles = map.tiles(outcome, tab);
  const marks = { tied: "★", unclear: "?", behind: "−" };
  const cell = (tile) => (tile ? lab.make("td", {}, `${marks[map.state(tile, map.margin(outcome))]} ${lab.number(tile.mean, decimals)}`,
    lab.make("small", { text: `${lab.number(tile.p10, decimals)}–${lab.number(tile.p90, decimals)}` })) : lab.make("td", { text: lab.text("map.not_run") }));
  const caption = tabs.key ? `${tabs.label}: ${map.tabLabel(tab)}` : map.outcome(outcome).label;
  return lab.make("table", { class: "matrix" }, lab.make("caption", { text: caption }),
    lab.make("thead", {}, lab.make("tr", {}, lab.make("td", {}), ...columns.levels.map((one) => lab.make("th", { scope: "col", text: one.label })))),
    lab.make("tbody", {}, ...rows.levels.map((row, r) => lab.make("tr", {}, lab.make("th", { scope: "row", text: row.label }),
      ...columns.levels.map((_, c) => cell(tiles[r * columns.levels.length + c]))))));
}

async function numbers() {
  const { outcome, tab, chosen } = map.look;
  const index = chosen ?? map.today();
  const tile = map.tiles(outcome, tab)[index];
  const one = map.outcome(outcome);
  const world = tab === "worst" && map.data.tabs.worlds > 1 && tile ? tile.world : tab;
  const curves = await map.curves(outcome);
  const second = map.curve(curves, world, index);
  const same = index === map.today();
  const first = same ? null : map.curve(curves, world, map.today());
  const names = map.names(index, map.today());
  const key = first ? "map.chart" : "map.chart_one";
  const label = lab.text(key, { outcome: map.onTheWay(one), first: first ? names.first : names.second, second: names.second });
  const { rows, columns, tabs } = map.data;
  return [
    part(same ? "report.curves_same" : "report.curves", { tile: map.name(index) }),
    lab.make("p", { class: "quiet", text: label }),
    lab.make("div", { class: "curves" }, second ? map.drawCurves({ first, second, names, outcome: one, width: 760, height: 300, label }) : ""),
    part("report.tiles"),
    lab.make("p", { class: "quiet", text: `${rows.label} ↓ ${columns.label} →` }),
    lab.make("div", { class: "matrices" }, ...tabs.levels.map((level) => matrix(level.value))),
  ];
}

function assumed() {
  const sections = [map.data.rows.key, map.data.columns.key].map((key) => key.split(".")[0]);
  const near = (row) => (sections.includes(row.key.split(".")[0]) ? 0 : 1);
  const rows = [...lab.data.assumptions].sort((a, b) => near(a) - near(b)).slice(0, ASSUMPTIONS);
  return [part("report.assumptions", { shown: rows.length, all: lab.data.assumptions.length }),
    lab.make("ul", {}, ...rows.map((row) => lab.make("li", {}, lab.make("b", { text: `${row.key} ${row.value} ` }), `${row.unit}. ${row.doc}`)))];
}

function seedsText(seeds) {
  const whole = seeds.length > 2 && seeds.every((seed, n) => n === 0 || seed === seeds[n - 1] + 1);
  return whole ? `${seeds[0]}–${seeds[seeds.length - 1]} (${seeds.length})` : seeds.join(", ");
}

function making() {
  const { program, tabs, rows, columns, expectation } = map.data;
  const made = [
    ["report.version", program.version], ["report.rules", program.rules], ["report.seeds", seedsText(program.seeds)],
    ["report.runs", program.runs], ["report.command", program.command], ["report.data", program.data], ["report.date", lab.data.program.date],
  ].map(([key, value]) => [lab.text(key), String(value)]);
  const level = (axis) => `${axis.label} (${axis.levels.map((one) => one.label).join(", ")})`;
  const varied = [rows, columns, ...(tabs.key ? [{ ...tabs, levels: tabs.levels.slice(0, tabs.worlds) }] : [])].map(level).join("; ");
  const words = ["tile", "tied", "behind", "unclear", "margin"].map((one) => lab.make("li", { text: lab.text(`report.glossary.${one}`) }));
  const { sources } = lab.data;
  return [
    lab.make("p", { class: "answer", text: lab.text("report.simulation") }),
    ...assumed(),
    part("report.program"), pairs(made, ["report.setting", "report.value"]),
    part("report.change"), lab.make("p", { text: lab.text("report.varied", { factors: varied }) }), lab.make("p", { text: lab.text("report.not_varied") }),
    expectation ? lab.make("p", { class: "expected", text: lab.text("report.expectation", { text: expectation }) }) : null,
    part("report.glossary"), lab.make("ul", {}, ...words),
    ...(sources.length ? [part("report.sources"), lab.make("ul", {}, ...sources.slice(0, 8).map((one) => lab.make("li", { text: one })))] : []),
  ];
}

/** Fill the printed pages with what the map shows now; they stand ready, since printing does not wait. */
lab.buildReport = async () => {
  const turn = ++built;
  const bodies = [answer(), await numbers(), making()];
  if (turn !== built) return;
  lab.find("report").replaceChildren(...bodies.map((body, n) => lab.make("article", {},
    ...body.filter(Boolean),
    lab.make("p", { class: "foot quiet", text: `${map.data.title} · ${lab.data.program.date} · ${lab.text("report.page", { page: n + 1 })}` }))));
};

lab.printReport = async () => {
  await lab.buildReport();
  const title = document.title;
  document.title = `${map.data.title} ${lab.data.program.date}`;
  delete document.documentElement.dataset.print;
  window.print();
  document.title = title;
};

lab.startReport = () => {
  if (!lab.data.map) return;
  lab.find("report").hidden = false;
  lab.on("ready", lab.buildReport);
  lab.on("map changed", lab.buildReport);
};
