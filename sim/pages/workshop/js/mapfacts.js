/* What the policy map says, by the same rules as sim/studies/policy/verdicts.py; margins may be changed here. */

const POWER = 0.8416212335729143; // normal quantile of 0.8: as many runs as are named tell four times in five
const MOST_RUNS = 2000;
const WORST = "worst";
const margins = new Map(); // outcome -> the difference that matters to whoever looks

lab.map = {
  get data() { return lab.data.map; },
  outcome: (id) => lab.data.map.outcomes.find((one) => one.id === id),
  margin: (id) => margins.get(id) ?? lab.map.outcome(id).margin,
  setMargin: (id, value) => margins.set(id, value),
  tiles: (id, tab) => lab.data.map.tiles[id][tab],
};

const { map } = lab;

map.index = (row, column) =>
  map.data.rows.levels.findIndex((one) => one.value === row) * map.data.columns.levels.length +
  map.data.columns.levels.findIndex((one) => one.value === column);

map.placeOf = (index) => {
  const wide = map.data.columns.levels.length;
  return { row: map.data.rows.levels[Math.floor(index / wide)], column: map.data.columns.levels[index % wide] };
};

map.today = () => map.index(map.data.today.row, map.data.today.column);

map.name = (index) => {
  const { row, column } = map.placeOf(index);
  return lab.text("map.tile", {
    rows: map.data.rows.label, row: row.label, columns: map.data.columns.label, column: column.label,
  });
};

map.tabLabel = (tab) => map.data.tabs.levels.find((one) => one.value === tab).label;

map.where = (tab) => {
  const { key, label, worlds } = map.data.tabs;
  if (!key) return lab.text("map.where_none");
  if (tab === WORST && worlds > 1) return lab.text("map.where_worst", { tabs: label, count: worlds });
  return lab.text("map.where", { tabs: label, tab: map.tabLabel(tab) });
};

/** Put back what the file holds once for many tiles: names of numbers, places, events. */
map.unfold = () => {
  const { tile_fields: fields, tiles, tabs, shared } = map.data;
  for (const outcome of Object.values(tiles)) {
    for (const tab of Object.keys(outcome)) {
      outcome[tab] = outcome[tab].map((row) => row && {
        ...Object.fromEntries(fields.map((name, n) => [name, row[n]])),
        world: tabs.levels[row[fields.indexOf("world")]].value,
      });
    }
  }
  for (const run of Object.values(map.data.replays).map((id) => lab.data.runs[id])) {
    if (typeof run.places === "number") run.places = shared.places[run.places];
    if (typeof run.events === "number") run.events = shared.events[run.events];
  }
};

/** Who came into which seat: places hold only who sits where, since that is the same in many tiles. */
map.settle = (film) => {
  const came = map.data.shared.occupants[film.id];
  if (!came || film.settled) return;
  film.settled = true;
  for (let k = 0; k < came.length; k += 3) {
    const [week, seat, number] = came.slice(k, k + 3);
    let at = film.places.findIndex((place) => place.week > week);
    if (at < 0) at = film.places.length;
    if (film.places[at - 1].week < week) {
      const { occupant, ...rest } = film.places[at - 1];
      film.places.splice(at, 0, { ...rest, week, occupant: occupant.slice() });
      at += 1;
    }
    for (let later = at - 1; later < film.places.length; later++) film.places[later].occupant[seat] = number;
  }
};

/** "tied", "behind" or "unclear"; null for a tile that was not run. */
map.state = (tile, margin) => {
  if (!tile) return null;
  if (tile.behind_high !== null && tile.behind_high <= margin) return "tied";
  return tile.behind_low !== null && tile.behind_low > margin ? "behind" : "unclear";
};

map.neededRuns = (tile, margin) => {
  if (tile.error === null) return NaN;
  const gap = Math.abs(tile.behind - margin);
  if (gap === 0) return Infinity;
  const half = tile.behind < margin ? tile.behind_high - tile.behind : tile.behind - tile.behind_low;
  return tile.runs * ((half + POWER * tile.error) / gap) ** 2;
};

map.roundedUp = (runs) => {
  if (!Number.isFinite(runs) || runs > MOST_RUNS) return null;
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(runs, 1))) - 1);
  return Math.ceil(runs / step) * step;
};

map.minutes = (runs) => Math.max(1, Math.floor((Math.max(runs, 0) * map.data.points * map.data.seconds) / 60 + 0.5));

function allBehind(states, axis) {
  return map.data[axis].levels.filter((level) => {
    const own = states.filter((one) => one.place[axis === "rows" ? "row" : "column"] === level);
    return own.length && own.every((one) => one.state === "behind");
  });
}

map.verdict = (id, tab, margin = map.margin(id)) => {
  const tiles = map.tiles(id, tab);
  const states = tiles.map((tile, index) => ({ tile, index, place: map.placeOf(index), state: map.state(tile, margin) }))
    .filter((one) => one.tile);
  const count = (state) => states.filter((one) => one.state === state).length;
  const [tied, behind, unclear] = ["tied", "behind", "unclear"].map(count);
  const best = map.data.best[id][tab];
  let kind = "some";
  if (!best) kind = "few";
  else if (tied === states.length) kind = "same";
  else if (!behind) kind = "unclear";
  else if (tied === 1 && !unclear) kind = "one";
  const needed = states.filter((one) => one.state === "unclear" && one.tile.error !== null)
    .map((one) => map.neededRuns(one.tile, margin)).sort((a, b) => a - b);
  return {
    kind, tied, behind, unclear, tiles: states.length, missing: tiles.length - states.length,
    best: best && behind ? map.index(best.row, best.column) : null,
    rowsBehind: allBehind(states, "rows"), columnsBehind: allBehind(states, "columns"),
    runs: needed.length ? map.roundedUp(needed[(needed.length - 1) >> 1]) : null,
    now: Math.max(0, ...states.map((one) => one.tile.runs)),
  };
};

/** The sentences of a map; `margin` is written as it is given, so that a field can take its place. */
map.sentences = (id, tab, written) => {
  const outcome = map.outcome(id);
  const told = map.verdict(id, tab);
  const tiles = map.tiles(id, tab);
  const best = told.best === null ? {} : {
    best: map.name(told.best), mean: lab.number(tiles[told.best].mean, outcome.decimals),
  };
  const key = told.kind === "some" && !told.unclear ? "some_told" : told.kind;
  const said = [lab.text(`map.${key}`, {
    ...told, ...best, where: map.where(tab), rows: map.data.rows.label, columns: map.data.columns.label,
    outcome: outcome.label, margin: written ?? map.marginText(id),
  })];
  if (told.kind === "some" && told.best !== null) said.push(lab.text("map.highest", best));
  const parts = [["rows", told.rowsBehind], ["columns", told.columnsBehind]].filter((one) => one[1].length)
    .map(([axis, levels]) => lab.text("map.levels_of", { label: map.data[axis].label, levels: levels.map((one) => one.label).join(", ") }));
  if (parts.length) said.push(lab.text("map.behind_throughout", { levels: parts.join("; ") }));
  if (told.unclear && told.kind !== "few") {
    said.push(told.runs === null ? lab.text("map.runs_too_many", { margin: map.marginText(id) })
      : lab.text("map.runs_needed", { runs: told.runs, now: told.now, minutes: map.minutes(told.runs - told.now) }));
  }
  if (told.missing) said.push(lab.text("map.missing", { missing: told.missing, all: told.missing + told.tiles }));
  said.push(lab.text(`map.supports.${told.kind}`));
  return said;
};

/** Where the best policy here is behind: in other worlds, for other outcomes. */
map.warnings = (id, tab) => {
  const { best } = map.verdict(id, tab);
  if (best === null) return [];
  const isBehind = (outcome, world) => map.state(map.tiles(outcome, world)[best], map.margin(outcome)) === "behind";
  const { levels, label, worlds } = map.data.tabs;
  const tabs = tab === WORST ? [] : levels.slice(0, worlds).filter((one) => one.value !== tab && isBehind(id, one.value));
  const others = map.data.outcomes.filter((one) => one.id !== id && isBehind(one.id, tab));
  return [
    ...tabs.map((one) => lab.text("map.conflict.tab", { best: map.name(best), tabs: label, other: one.label })),
    ...others.map((one) => lab.text("map.conflict.outcome", { best: map.name(best), tabs: label, other: one.label })),
  ];
};

map.marginText = (id) => String(Number(map.margin(id).toPrecision(6)));

/** Where a value lies in the range of its outcome, 0 to 1. */
map.share = (outcome, value) => (value - outcome.low) / (outcome.high - outcome.low);

/** Black or white, whichever is easier to read on a colour as lab.colour writes it. */
map.inkOn = (colour) => {
  const [r, g, b] = colour.match(/\d+/g).map((c) => {
    const share = c / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > Math.sqrt(1.05 * 0.05) - 0.05 ? "#000000" : "#ffffff";
};

/** All tiles as CSV, the text that `policy.csv` holds. */
map.csv = () => {
  const { rows, columns, tabs, outcomes } = map.data;
  const quoted = (cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
  const number = (value) => (value === null ? "" : value.toFixed(6));
  const head = ["outcome", "tab", rows.key, columns.key, "world", "runs", "mean", "p10", "p90", "behind",
    "behind_low", "behind_high", "state", "margin", "is_best"];
  const lines = [head];
  for (const { id } of outcomes) {
    for (const { value: tab } of tabs.levels) {
      const best = map.data.best[id][tab];
      map.tiles(id, tab).forEach((tile, index) => {
        const place = map.placeOf(index);
        const start = [id, tab, String(place.row.value), String(place.column.value)];
        const isBest = best && best.row === place.row.value && best.column === place.column.value;
        lines.push(!tile ? [...start, ...Array(head.length - 4).fill("")] : [
          ...start, tile.world, String(tile.runs), ...["mean", "p10", "p90", "behind", "behind_low", "behind_high"].map((key) => number(tile[key])),
          map.state(tile, map.margin(id)), number(map.margin(id)), isBest ? "True" : "False",
        ]);
      });
    }
  }
  return lines.map((cells) => `${cells.map(quoted).join(",")}\n`).join("");
};
