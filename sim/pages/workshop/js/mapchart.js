/* The way of one policy beside another's: means, bands that hold 8 of 10 runs, and every run in grey. */

const TOP = 254;
const NONE = 255;
const SIDES = { first: { colour: "#8c4a00", dash: null }, second: { colour: "#005ea2", dash: "9 5" } };
const kept = new Map();
const { map } = lab;

async function inflate(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** All runs of an outcome on the way: codes by world, tile, seed and week. */
map.curves = (id) => {
  if (!kept.has(id)) {
    const packed = map.data.curves[id];
    kept.set(id, !packed ? Promise.resolve(null) : inflate(packed.data).then((codes) => {
      const weeks = packed.weeks.length;
      for (let i = 0; i < codes.length; i++) if (i % weeks) codes[i] = (codes[i] + codes[i - 1]) & 255;
      return { ...packed, codes };
    }));
  }
  return kept.get(id);
};

function quantile(sorted, share) {
  const place = share * (sorted.length - 1);
  const low = Math.floor(place);
  return sorted[low] + (place - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/** Runs, mean and band of one tile in one world; null where nothing was kept. */
map.curve = (curves, world, index) => {
  if (!curves) return null;
  const { codes, seeds, weeks, low, high } = curves;
  const tiles = map.data.rows.levels.length * map.data.columns.levels.length;
  const worlds = map.data.tabs.levels.findIndex((one) => one.value === world);
  const start = (worlds * tiles + index) * seeds * weeks.length;
  const value = (code) => (code === NONE ? NaN : low + (code * (high - low)) / TOP);
  const runs = [];
  let shown = null; // of the seed whose people are shown
  const { program } = map.data;
  for (let seed = 0; seed < seeds; seed++) {
    const from = start + seed * weeks.length;
    const run = Array.from(codes.subarray(from, from + weeks.length), value);
    if (run.some(Number.isFinite)) runs.push(run);
    if (program.seeds[seed] === program.shown_seed) shown = run;
  }
  if (!runs.length) return null;
  const at = weeks.map((_, w) => runs.map((run) => run[w]).filter(Number.isFinite).sort((a, b) => a - b));
  const of = (make) => at.map((values) => (values.length ? make(values) : NaN));
  return {
    weeks, runs, shown,
    mean: of((values) => values.reduce((sum, one) => sum + one, 0) / values.length),
    low: of((values) => quantile(values, 0.1)),
    high: of((values) => quantile(values, 0.9)),
  };
};

/** What an outcome is called on the way: of what is counted over weeks, the mean so far is drawn. */
map.onTheWay = (outcome) => (outcome.so_far ? lab.text("map.so_far", { outcome: outcome.label }) : outcome.label);

/** A curve as the chart under the people wants it: one value a week, straight lines between those kept. */
map.weekly = (curve, last) => {
  const spread = (values) => Float64Array.from({ length: last + 1 }, (_, week) => {
    const next = curve.weeks.findIndex((one) => one >= week);
    if (next < 0 || week < curve.weeks[0]) return NaN;
    if (curve.weeks[next] === week || next === 0) return values[next];
    const [from, to] = [curve.weeks[next - 1], curve.weeks[next]];
    return values[next - 1] + ((week - from) / (to - from)) * (values[next] - values[next - 1]);
  });
  return {
    mean: spread(curve.mean), low: spread(curve.low), high: spread(curve.high),
    shown: curve.shown ? spread(curve.shown) : new Float64Array(last + 1).fill(NaN), runs: curve.runs.map(spread),
  };
};

const pathOf = (values, x, y) => values.reduce((path, value, n) =>
  (Number.isFinite(value) ? `${path}${path && Number.isFinite(values[n - 1]) ? "L" : "M"}${x(n).toFixed(1)} ${y(value).toFixed(1)}` : path), "");

function bandOf(curve, x, y) {
  const there = curve.weeks.map((_, n) => n).filter((n) => Number.isFinite(curve.low[n]));
  const point = (values) => (n) => `${x(n).toFixed(1)} ${y(values[n]).toFixed(1)}`;
  return there.length ? `M${[...there.map(point(curve.high)), ...there.reverse().map(point(curve.low))].join("L")}Z` : "";
}

function ticks(low, high) {
  const span = high - low;
  const step = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((one) => span / one <= 5) ?? span;
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9; k++) found.push(k * step);
  return found;
}

/** The two curves as an SVG; `second` is null where both are the same policy. */
map.drawCurves = ({ first, second, names, outcome, width, height, label }) => {
  const room = { left: 52, right: 44, top: 12, bottom: 34 };
  const { weeks } = first || second;
  const end = weeks[weeks.length - 1];
  const x = (n) => room.left + (weeks[n] / end) * (width - room.left - room.right);
  const y = (value) => height - room.bottom -
    (Math.min(Math.max(map.share(outcome, value), -0.05), 1.05)) * (height - room.top - room.bottom);
  const svg = lab.draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (const value of ticks(outcome.low, outcome.high)) {
    svg.append(
      lab.draw("line", { x1: room.left, x2: width - room.right, y1: y(value), y2: y(value), stroke: "#d5d8dc" }),
      lab.draw("text", { x: room.left - 8, y: y(value) + 5, "text-anchor": "end", "font-size": 15, text: lab.number(value, Math.min(outcome.decimals, 2)) }));
  }
  const step = (end > 60 ? 20 : 10) * (width < 460 ? 2 : 1);
  for (let week = 0; week <= end; week += step) {
    const last = week + step > end;
    svg.append(lab.draw("text", {
      x: room.left + (week / end) * (width - room.left - room.right), y: height - 12, "font-size": 15,
      "text-anchor": "middle", text: last ? `${lab.text("map.chart_week")} ${week}` : week,
    }));
  }
  const shown = [["first", first], ["second", second]].filter((one) => one[1]);
  for (const [side, curve] of shown) {
    svg.append(lab.draw("path", { d: bandOf(curve, x, y), fill: SIDES[side].colour, "fill-opacity": 0.16 }));
  }
  for (const run of shown[shown.length - 1][1].runs) {
    svg.append(lab.draw("path", { d: pathOf(run, x, y), fill: "none", stroke: "#6b7178", "stroke-width": 1, "stroke-opacity": 0.6 }));
  }
  for (const [side, curve] of shown) {
    const { colour, dash } = SIDES[side];
    svg.append(lab.draw("path", { d: pathOf(curve.mean, x, y), fill: "none", stroke: colour, "stroke-width": 3.5, "stroke-dasharray": dash, "stroke-linejoin": "round" }));
  }
  /* A key of its own, where the lines are not: near the end they lie on each other. */
  const low = shown.every(([, curve]) => map.share(outcome, curve.mean[0]) > 0.5);
  if (width < 460) return svg; // too narrow for names: what stands over it says which line is whose
  shown.forEach(([side], n) => {
    const line = low ? height - room.bottom - 14 - 22 * (shown.length - 1 - n) : room.top + 10 + 22 * n;
    const { colour, dash } = SIDES[side];
    svg.append(
      lab.draw("line", { x1: room.left + 12, x2: room.left + 58, y1: line, y2: line, stroke: colour, "stroke-width": 3.5, "stroke-dasharray": dash }),
      lab.draw("text", { x: room.left + 66, y: line + 5, "font-size": 15, "font-weight": 600, fill: colour, text: names[side] }));
  });
  return svg;
};
