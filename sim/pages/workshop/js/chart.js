/* The chart under the pictures: two lines up to the week that was reached, with bands and runs. */

const COLOUR = { A: "#8c4a00", B: "#005ea2" };
const DASH = { A: null, B: "9 5" };
const ROOM = { left: 44, right: 172, top: 8, bottom: 26 };
let drawn = null; // what changes with the clock: clip, marker, points, labels

const reachedBy = new Map();
const keyOf = (left, right) => `${lab.state.question}|${left}|${right}`;
const reachKey = () => keyOf(lab.state.left, lab.state.right);

/** The furthest week shown of the two runs on screen: lines go no further. */
lab.reached = () => (lab.free() ? lab.weeks() : reachedBy.get(reachKey()) || 0);
lab.reach = (week) => reachedBy.set(reachKey(), Math.max(reachedBy.get(reachKey()) || 0, week));
lab.reachRuns = (left, right) => reachedBy.set(keyOf(left, right), lab.weeks());
lab.seen = (left, right) => (reachedBy.get(keyOf(left, right)) || 0) >= lab.weeks();

function ticks(low, high, most) {
  const span = high - low;
  for (const step of [0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000]) {
    if (span / step <= most) {
      const first = Math.ceil(low / step - 1e-9);
      const last = Math.floor(high / step + 1e-9);
      return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
    }
  }
  return [low, high];
}

/** A path through the finite values, broken where there are none. */
function pathOf(values, x, y) {
  let path = "";
  let open = false;
  values.forEach((value, week) => {
    if (Number.isFinite(value)) {
      path += `${open ? "L" : "M"}${x(week).toFixed(1)} ${y(value).toFixed(1)}`;
      open = true;
    } else open = false;
  });
  return path;
}

function bandOf(series, x, y) {
  const weeks = [...series.low.keys()].filter((w) => Number.isFinite(series.low[w]) && Number.isFinite(series.high[w]));
  const point = (week, value) => `${x(week).toFixed(1)} ${y(value).toFixed(1)}`;
  const there = weeks.map((week) => point(week, series.high[week]));
  const back = weeks.reverse().map((week) => point(week, series.low[week]));
  return there.length ? `M${[...there, ...back].join("L")}Z` : "";
}

function axes(svg, scale, weeks) {
  const { x, y, width, height, low, high } = scale;
  const steps = weeks <= 26 ? 4 : weeks <= 60 ? 10 : 20;
  const every = width < 520 ? steps * 2 : steps;
  for (const value of ticks(low, high, height < 190 ? 3 : 5)) {
    svg.append(
      lab.draw("line", { x1: ROOM.left, x2: width - scale.right, y1: y(value), y2: y(value), class: "grid" }),
      lab.draw("text", { x: ROOM.left - 8, y: y(value) + 6, "text-anchor": "end", text: lab.number(value, Number.isInteger(value) ? 0 : 1) }),
    );
  }
  const marks = [...Array.from({ length: Math.ceil(weeks / every) }, (_, n) => n * every), weeks];
  const room = 60 / (x(1) - x(0)); // weeks that the last label, with its word, keeps free
  for (const week of marks.filter((mark, n) => n === marks.length - 1 || marks[marks.length - 1] - mark > room)) {
    const last = week === marks[marks.length - 1];
    svg.append(lab.draw("text", {
      x: x(week), y: height - 6, "text-anchor": "middle",
      text: last ? lab.text("chart.week", { week }) : week,
    }));
  }
}

const ruler = document.createElement("canvas").getContext("2d");

/** How wide words are at the size of the labels. */
function widthOf(words) {
  ruler.font = `700 17px ${getComputedStyle(document.body).fontFamily}`;
  return ruler.measureText(words).width;
}

/** Where a name may be broken: at spaces, and behind hyphens. */
const wordsOf = (name) => name.split(/\s+|(?<=-)/);
const joined = (one, other) => `${one}${!one || one.endsWith("-") ? "" : " "}${other}`;

const longestWord = (names) => Math.max(...names.flatMap(wordsOf).map(widthOf));

function cut(words, room) {
  let kept = words;
  while (kept.length > 1 && widthOf(`${kept}…`) > room) kept = kept.slice(0, -1);
  return `${kept.trimEnd()}…`;
}

/** The names at the ends of lines, in at most two lines of so much room. */
function shortened(name, room) {
  const lines = [""];
  for (const word of wordsOf(name)) {
    const line = joined(lines[lines.length - 1], word);
    if (!lines[lines.length - 1] || widthOf(line) <= room) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  const rest = lines.splice(2).reduce(joined, "");
  if (rest) lines[1] = cut(joined(lines[1], rest), room);
  return lines.map((line) => (widthOf(line) > room ? cut(line, room) : line));
}

function lineOf(svg, scale, side, series, name) {
  const { x, y, width, height } = scale;
  const clipped = lab.draw("g", { "clip-path": "url(#chart-reach)" });
  const runs = lab.draw("g", { class: `runs runs-${side}` });
  for (const run of series.runs) {
    runs.append(lab.draw("path", { d: pathOf(run, x, y), fill: "none", stroke: "#6b7178", "stroke-width": 1, "stroke-opacity": 0.55 }));
  }
  clipped.append(
    lab.draw("path", { d: bandOf(series, x, y), fill: COLOUR[side], "fill-opacity": 0.16 }),
    runs,
    lab.draw("path", {
      d: pathOf(series.mean, x, y), fill: "none", stroke: COLOUR[side], "stroke-width": 3,
      "stroke-dasharray": DASH[side], "stroke-linejoin": "round",
    }),
  );
  svg.append(clipped);
  const dot = lab.draw("circle", { r: 6, fill: COLOUR[side], stroke: "#fff", "stroke-width": 2 });
  const lines = shortened(name, scale.right - 18);
  const label = lab.draw("text", { class: "end", fill: COLOUR[side] });
  lines.forEach((line, n) => label.append(lab.draw("tspan", { text: line, dy: n ? 19 : 0 })));
  return { dot, label, lines: lines.length, series };
}

/** The goal's fixed range, wider only where a run leads beyond it. */
function rangeOf(goal) {
  let { low, high } = goal;
  for (const film of lab.films) {
    const series = film.series[goal.id];
    if (!series) continue;
    for (const row of [series.low, series.high, series.mean, series.shown, ...series.runs]) {
      for (const value of row) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
  }
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, 1e-9))) / 2;
  return {
    low: low < goal.low ? Math.floor(low / step) * step : goal.low,
    high: high > goal.high ? Math.ceil(high / step) * step : goal.high,
  };
}

/** Build the chart for what is on screen now. */
lab.drawChart = () => {
  const box = lab.find("chart-box");
  const width = box.clientWidth;
  const height = box.clientHeight;
  const goal = lab.goal(lab.state.goal);
  if (!width || !height || !goal || lab.films.length < 2) return;
  const weeks = lab.weeks();
  const { low, high } = rangeOf(goal);
  const names = lab.sideNames();
  const right = width < 520 ? Math.min(width / 2, longestWord(names) + 24) : ROOM.right;
  const x = (week) => ROOM.left + (week / weeks) * (width - ROOM.left - right);
  const y = (value) =>
    height - ROOM.bottom - ((value - low) / (high - low)) * (height - ROOM.top - ROOM.bottom);
  const scale = { x, y, width, height, right, low, high };
  const svg = lab.draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "chart-caption" });
  const clip = lab.draw("rect", { x: 0, y: 0, width: 0, height });
  svg.append(lab.draw("defs", {}, lab.draw("clipPath", { id: "chart-reach" }, clip)));
  axes(svg, scale, weeks);
  const ends = lab.films.map((film, n) =>
    film.series[goal.id] ? lineOf(svg, scale, "AB"[n], film.series[goal.id], names[n]) : null);
  const marker = lab.draw("line", { class: "now", y1: ROOM.top - 6, y2: height - ROOM.bottom });
  svg.append(marker);
  for (const end of ends) if (end) svg.append(end.dot, end.label);
  svg.classList.toggle("all-runs", lab.state.allRuns);
  box.replaceChildren(svg);
  drawn = { scale, clip, marker, ends };
  lab.moveChart(lab.state.week);
};

/** Only what the clock moves. */
lab.moveChart = (time) => {
  if (!drawn) return;
  const { scale, clip, marker, ends } = drawn;
  const reach = Math.max(lab.reached(), time);
  clip.setAttribute("width", scale.x(reach) + (reach >= lab.weeks() ? 4 : 0));
  marker.setAttribute("x1", scale.x(time));
  marker.setAttribute("x2", scale.x(time));
  const at = (series, week) => {
    const low = Math.floor(week);
    const next = Math.min(low + 1, series.mean.length - 1);
    return series.mean[low] + (week - low) * (series.mean[next] - series.mean[low]);
  };
  const labels = [];
  for (const end of ends) {
    if (!end) continue;
    const value = at(end.series, time);
    const last = at(end.series, reach);
    end.dot.setAttribute("visibility", Number.isFinite(value) ? "visible" : "hidden");
    end.label.setAttribute("visibility", Number.isFinite(last) ? "visible" : "hidden");
    end.dot.setAttribute("cx", scale.x(time));
    end.dot.setAttribute("cy", Number.isFinite(value) ? scale.y(value) : 0);
    if (Number.isFinite(last)) labels.push({ end, y: scale.y(last), size: 19 * end.lines + 4 });
  }
  apart(labels, scale.height - ROOM.bottom + 6);
  for (const { end, y, size } of labels) {
    end.label.setAttribute("y", y - size / 2 + 17);
    for (const line of end.label.children) line.setAttribute("x", scale.x(reach) + 14);
  }
};

/** Move the labels' middles so that none lies on another and all stay inside. */
function apart(labels, height) {
  labels.sort((one, other) => one.y - other.y);
  for (const label of labels) label.y = Math.min(Math.max(label.y, label.size / 2), height - label.size / 2);
  if (labels.length < 2) return;
  const [upper, lower] = labels;
  const overlap = (upper.size + lower.size) / 2 - (lower.y - upper.y);
  if (overlap <= 0) return;
  upper.y -= overlap / 2;
  lower.y += overlap / 2;
  const above = Math.max(0, upper.size / 2 - upper.y);
  const below = Math.max(0, lower.y + lower.size / 2 - height);
  for (const label of labels) label.y += above - below;
}

lab.showAllRuns = (shown) => {
  lab.state.allRuns = shown;
  const svg = lab.find("chart-box").querySelector("svg");
  if (svg) svg.classList.toggle("all-runs", shown);
};

lab.startChart = () => {
  new ResizeObserver(() => lab.drawChart()).observe(lab.find("chart-box"));
  lab.on("time", (time) => {
    lab.reach(time);
    lab.moveChart(time);
  });
};
