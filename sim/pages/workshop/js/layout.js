/* Where people belong on a picture of a given size: plain geometry, no drawing.
   Every layout has x and y (by person), radius (the largest a person may get), and what stands
   behind the people: boxes, lines, rings, frames. All in pixels of the picture. */

const EDGE = 8;

const blank = (people) => ({
  x: new Float32Array(people), y: new Float32Array(people), radius: 4,
  boxes: [], lines: [], rings: [], frames: [],
});

const grouped = (list, keyOf) => {
  const groups = new Map();
  for (const item of list) {
    const key = keyOf(item);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(item);
  }
  return groups;
};

const everybody = (people) => Array.from({ length: people }, (_, i) => i);

/* --- departments: managers above, front line in blocks under them ------------------------------ */

/** The tree of reporting: managers with their managers and the block of others below each. */
function reportingTree(place, people) {
  const reports = grouped(everybody(people), (i) => place.manager[i]);
  const leads = (i) => reports.has(i);
  const branch = (manager, depth) => {
    const below = reports.get(manager) || [];
    const block = below.filter((i) => !leads(i));
    const children = below.filter(leads).map((i) => branch(i, depth + 1));
    return { manager, depth, block, children };
  };
  const top = reports.get(-1) || [];
  const roots = top.filter(leads).map((i) => branch(i, 0));
  const alone = grouped(top.filter((i) => !leads(i)), (i) => place.unit[i]);
  for (const block of alone.values()) roots.push({ manager: -1, depth: -1, block, children: [] });
  return roots;
}

const blocksOf = (roots) =>
  roots.flatMap((node) => [...blocksOf(node.children), ...(node.block.length ? [node.block] : [])]);

const deepest = (roots) =>
  roots.reduce((depth, node) => Math.max(depth, node.depth + 1, deepest(node.children)), 0);

const columnsFor = (block, columns) => Math.min(columns, block.length);
const GAP = 0.4; // between blocks, in places
const STEP = 1.3; // between rows of managers, in places

/** The number of columns in blocks that leaves most room for each person. */
function bestColumns(blocks, depth, width, height) {
  let best = { columns: 1, step: 0 };
  const longest = Math.max(1, ...blocks.map((block) => block.length));
  for (let columns = 1; columns <= longest; columns++) {
    const rows = Math.ceil(longest / columns);
    const across = blocks.reduce((sum, block) => sum + columnsFor(block, columns) + GAP, 0);
    const step = Math.min(width / across, height / (STEP * depth + rows + 0.3));
    // A wider block must be worth it: pictures should not change their form with every pixel.
    if (step > 1.3 * best.step) best = { columns, rows, step, across };
  }
  return best;
}

function departments(place, people, width, height) {
  const roots = reportingTree(place, people);
  const blocks = blocksOf(roots);
  const depth = deepest(roots);
  const { rows, step, columns, across } = bestColumns(blocks, depth, width - 2 * EDGE, height - 2 * EDGE);
  const rise = depth ? Math.min((height - 2 * EDGE - (rows + 0.3) * step) / depth, 3 * step) : 0;
  const apart = Math.min((width - 2 * EDGE) / across, 2 * step);
  const at = {
    made: blank(people), columns, step, apart, rise,
    x: (width - across * apart) / 2, top: (height - rise * depth - (rows + 0.3) * step) / 2,
  };
  at.made.radius = Math.min(step * 0.47, 20);
  at.front = at.top + rise * depth;
  for (const root of roots) placeBranch(at, root);
  return at.made;
}

/** Put a block where the drawing has come to; the middle of it. */
function putBlock(at, block) {
  const { made, step, apart } = at;
  const columns = columnsFor(block, at.columns);
  const left = at.x + (GAP / 2) * apart;
  const tall = Math.ceil(block.length / columns);
  block.forEach((person, n) => {
    made.x[person] = left + ((n % columns) + 0.5) * apart;
    made.y[person] = at.front + (Math.floor(n / columns) + 0.65) * step;
  });
  made.boxes.push({ x: left, y: at.front, w: columns * apart, h: (tall + 0.3) * step });
  at.x += (columns + GAP) * apart;
  return left + (columns * apart) / 2;
}

function placeBranch(at, node) {
  const below = node.children.map((child) => ({ x: placeBranch(at, child), child }));
  if (node.block.length) below.push({ x: putBlock(at, node.block), child: null });
  const middle = (below[0].x + below[below.length - 1].x) / 2;
  if (node.manager < 0) return middle;
  const y = at.top + (node.depth + 0.5) * at.rise;
  at.made.x[node.manager] = middle;
  at.made.y[node.manager] = y;
  const bus = y + at.rise / 2;
  for (const { x, child } of below) {
    const end = child ? at.top + (child.depth + 0.5) * at.rise : at.front;
    at.made.lines.push([middle, y, middle, bus, x, bus, x, end]);
  }
  return middle;
}

/* --- regions: communities side by side ---------------------------------------------------------- */

/** Ways of putting groups of given weights into rows one after another, as evenly as they go. */
function rowsOf(weights, count) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rows = Array.from({ length: count }, () => []);
  let before = 0;
  weights.forEach((weight, i) => {
    const row = Math.min(count - 1, Math.floor(((before + weight / 2) / total) * count));
    rows[row].push(i);
    before += weight;
  });
  return rows.filter((row) => row.length);
}

function regionsIn(weights, count, width, height) {
  const rows = rowsOf(weights, count);
  const sum = (row) => row.reduce((total, i) => total + weights[i], 0);
  const total = sum(weights.map((_, i) => i));
  const regions = [];
  let y = 0;
  for (const row of rows) {
    const h = (height * sum(row)) / total;
    let x = 0;
    for (const i of row) {
      const w = (width * weights[i]) / sum(row);
      regions[i] = { x, y, w, h };
      x += w;
    }
    y += h;
  }
  return regions;
}

function bestGrid(count, width, height) {
  let best = { side: 0, columns: 1 };
  for (let columns = 1; columns <= count; columns++) {
    const side = Math.min(width / columns, height / Math.ceil(count / columns));
    if (side > best.side) best = { side, columns };
  }
  return best;
}

/** Regions for groups, arranged so that the smallest place in any of them is as large as can be. */
function bestRegions(weights, width, height, margin) {
  let best = { side: 0 };
  for (let count = 1; count <= Math.min(weights.length, 6); count++) {
    const regions = regionsIn(weights, count, width, height);
    const grids = regions.map((region, i) =>
      bestGrid(weights[i], region.w - 2 * margin, region.h - 2 * margin));
    const side = Math.min(...grids.map((grid) => grid.side));
    if (side > best.side) best = { side, regions, grids };
  }
  return best;
}

/* --- cells: rings, by community ----------------------------------------------------------------- */

function cells(place, people, width, height) {
  const inCells = everybody(people).filter((i) => place.cell[i] >= 0);
  const members = grouped(inCells, (i) => place.cell[i]);
  const numbers = [...members.keys()].sort((a, b) => a - b);
  const byCommunity = grouped(numbers, (cell) => place.community[members.get(cell)[0]]);
  const communities = [...byCommunity.keys()].sort((a, b) => a - b);
  const others = everybody(people).filter((i) => place.cell[i] < 0);
  const floor = others.length ? Math.min(height * 0.2, 48) : 0;

  const made = blank(people);
  const weights = communities.map((community) => byCommunity.get(community).length);
  const margin = communities.length > 1 ? 5 : 1;
  const { side, regions, grids } = bestRegions(weights, width, height - floor, margin);
  const most = Math.max(...numbers.map((cell) => members.get(cell).length));
  made.radius = Math.min(side * 0.17, ringRadius(side, side * 0.15) * Math.sin(Math.PI / Math.max(3, most)) * 0.94, 20);
  communities.forEach((community, c) => {
    const region = { ...regions[c], margin, columns: grids[c].columns, framed: communities.length > 1 };
    putCells(made, place, region, byCommunity.get(community).map((cell) => members.get(cell)), side);
  });
  if (others.length) putGrid(made, others, { x: 0, y: height - floor, w: width, h: floor });
  return made;
}

const ringRadius = (side, person) => side / 2 - person - 2;

function putCells(made, place, region, list, side) {
  const { columns, margin } = region;
  const rows = Math.ceil(list.length / columns);
  const wide = (region.w - 2 * margin) / columns;
  const high = (region.h - 2 * margin) / rows;
  const links = severalOfficers(place, list) ? linksOf(region, columns, rows, wide, high) : null;
  if (region.framed) {
    made.frames.push({ x: region.x + 2, y: region.y + 2, w: region.w - 4, h: region.h - 4 });
  }
  list.forEach((people, n) => {
    const [row, column] = [Math.floor(n / columns), n % columns];
    const x = region.x + margin + (column + 0.5) * wide;
    const y = region.y + margin + (row + 0.5) * high;
    const link = links ? links.from(row, x, y) : null;
    putRing(made, place, people, { x, y, size: ringRadius(side, made.radius) }, link);
  });
  if (links) made.lines.push(...links.lines());
}

const severalOfficers = (place, list) =>
  list.flat().filter((person) => place.officer[person] === 1).length > 1;

/** Lines on which the officers of a community are linked: upright between two columns of cells (or
    beside one), else level between each two rows, joined at the side. */
function linksOf(region, columns, rows, wide, high) {
  const [left, top] = [region.x + region.margin, region.y + region.margin];
  const upright = columns <= 2 && rows > 2 || columns === 1 && rows > 1;
  const right = region.x + region.w - 4;
  const low = region.y + region.h - 4;
  const lineOf = upright
    ? () => (columns === 1 ? right : left + wide)
    : (row) => (rows === 1 ? low : top + high * (row % 2 === 0 && row < rows - 1 ? row + 1 : row));
  const reached = new Map(); // place of a line: from and to where it goes
  const from = (row, x, y) => {
    const at = lineOf(row);
    const along = upright ? y : x;
    const [least, most] = reached.get(at) || [along, along];
    reached.set(at, [Math.min(least, along), Math.max(most, along)]);
    return upright ? { x: at, y } : { x, y: at };
  };
  const lines = () => {
    const all = [...reached].sort(([one], [other]) => one - other);
    if (upright) return all.map(([x, [least, most]]) => [x, least, x, most]);
    if (all.length === 1) return all.map(([y, [least, most]]) => [least, y, most, y]);
    const side = region.x + 5;
    return [...all.map(([y, [, most]]) => [side, y, most, y]), [side, all[0][0], side, all[all.length - 1][0]]];
  };
  return { from, lines };
}

function putRing(made, place, people, ring, link) {
  const officer = people.find((person) => place.officer[person] === 1);
  const ordered = officer === undefined ? people : [officer, ...people.filter((p) => p !== officer)];
  const facing = link ? Math.atan2(link.y - ring.y, link.x - ring.x) : -Math.PI / 2;
  const size = people.length === 1 ? 0 : ring.size;
  ordered.forEach((person, n) => {
    const angle = facing + (2 * Math.PI * n) / people.length;
    made.x[person] = ring.x + size * Math.cos(angle);
    made.y[person] = ring.y + size * Math.sin(angle);
  });
  if (size) made.rings.push({ x: ring.x, y: ring.y, size });
  if (link && officer !== undefined) made.lines.push([made.x[officer], made.y[officer], link.x, link.y]);
}

/* --- communities without cells, and a crowd ------------------------------------------------------ */

function putGrid(made, people, box) {
  const { side, columns } = bestGrid(people.length, box.w - 2 * EDGE, box.h - 2 * EDGE);
  const rows = Math.ceil(people.length / columns);
  people.forEach((person, n) => {
    made.x[person] = box.x + box.w / 2 + ((n % columns) - (columns - 1) / 2) * side;
    made.y[person] = box.y + box.h / 2 + (Math.floor(n / columns) - (rows - 1) / 2) * side;
  });
  return side;
}

function communities(place, people, width, height) {
  const made = blank(people);
  const groups = grouped(everybody(people), (i) => place.community[i]);
  const keys = [...groups.keys()].sort((a, b) => a - b);
  const weights = keys.map((key) => groups.get(key).length);
  const { regions } = bestRegions(weights, width, height, 6);
  const sides = keys.map((key, k) => putGrid(made, groups.get(key), regions[k]));
  if (keys.length > 1) {
    regions.forEach(({ x, y, w, h }) => made.frames.push({ x: x + 2, y: y + 2, w: w - 4, h: h - 4 }));
  }
  made.radius = Math.min(20, 0.42 * Math.min(...sides));
  return made;
}

/** Where everybody stands; what a form asks for and the places do not have, is left out. */
lab.layout = (form, place, people, width, height) => {
  const any = (field) => place[field].some((value) => value >= 0);
  if (form === "departments" && any("manager")) return departments(place, people, width, height);
  if (form === "cells" && any("cell")) return cells(place, people, width, height);
  return communities(place, people, width, height);
};
