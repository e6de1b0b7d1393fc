/* The two pictures of people. What stands still is a function of the week alone; gliding is only
   an easing between two such pictures, and only while time passes. */

const SMALLEST = 0.15; // of the largest area, for a size of 0
const GLIDE = { play: 650, step: 260 };
const ARRIVE = 900;
const INK = "#1b1b1b";
const QUIET = "#6b7178";
/* matplotlib's cividis, every fifth of its 256 colours. */
const CIVIDIS = (
  "00224e 002656 002a5f 002d68 003070 083370 163770 203a6f 273e6e 2e416d 34456c 3a486c 3f4c6c " +
  "444f6c 49536c 4e566c 535a6d 575d6d 5c616e 60646f 656870 696b71 6d6f72 727274 767676 7a7a78 " +
  "7e7d78 838179 888578 8d8878 928c78 969077 9b9476 a09875 a59c74 aaa073 afa471 b5a86f baac6d " +
  "bfb06b c4b468 c9b965 cfbd62 d4c15f dac65b dfca57 e5cf52 ead34c f0d846 f6dd3f fce236 fee838"
).split(" ");
const COLOURS = Array.from({ length: 256 }, (_, code) => {
  const place = (code / 255) * (CIVIDIS.length - 1);
  const low = Math.min(CIVIDIS.length - 2, Math.floor(place));
  const channel = (n) => {
    const [a, b] = [0, 1].map((k) => parseInt(CIVIDIS[low + k].slice(2 * n, 2 * n + 2), 16));
    return Math.round(a + (place - low) * (b - a));
  };
  return `rgb(${channel(0)},${channel(1)},${channel(2)})`;
});
lab.colour = (share) => COLOURS[Math.round(Math.min(1, Math.max(0, share)) * 255)];

const eased = (part) => part * part * (3 - 2 * part);

const sameStructure = (one, other) =>
  ["unit", "manager", "level", "community", "cell", "officer"].every((field) =>
    one[field].every((value, i) => value === other[field][i]));

class Panel {
  constructor(side, box) {
    this.side = side;
    this.box = box;
    this.canvas = box.querySelector("canvas");
    this.pen = this.canvas.getContext("2d");
    this.film = null;
    this.width = this.height = 0;
    this.ghosts = [];
    new ResizeObserver(() => this.resize()).observe(box);
  }

  setFilm(film) {
    if (this.film === film) return;
    this.film = film;
    const { people, places } = film;
    this.kind = places.map(() => 0); // the place from which each has its structure
    for (let k = 1; k < places.length; k++) {
      this.kind[k] = sameStructure(places[k], places[k - 1]) ? this.kind[k - 1] : k;
    }
    this.x = new Float32Array(people);
    this.y = new Float32Array(people);
    this.arrived = new Float64Array(people).fill(-1e9);
    this.shares = { colour: new Float32Array(people), size: new Float32Array(people) };
    this.layouts = new Map();
    this.ghosts = [];
    this.at = null;
    this.glide = null;
    this.resize();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.box;
    const scale = Math.min(window.devicePixelRatio || 1, 2);
    if (!width || !height) return;
    if (this.canvas.width !== Math.round(width * scale) || this.canvas.height !== Math.round(height * scale)) {
      this.canvas.width = Math.round(width * scale);
      this.canvas.height = Math.round(height * scale);
    }
    if (this.width !== width || this.height !== height || this.scale !== scale) {
      Object.assign(this, { width, height, scale, layouts: new Map(), at: null });
      this.settle();
    }
    lab.redraw();
  }

  layout(kind) {
    if (!this.layouts.has(kind)) {
      const { run, places, people } = this.film;
      this.layouts.set(kind, lab.layout(run.form, places[kind], people, this.width, this.height));
    }
    return this.layouts.get(kind);
  }

  /** Bring the positions to a week: gliding where asked, at once otherwise. */
  moveTo(week, now, motion) {
    const k = this.film.placeIndex(Math.floor(week));
    if (this.at !== null && this.at !== k) {
      if (motion === "play" && k > this.at) this.welcome(this.at, k, now, week);
      if (this.kind[k] !== this.kind[this.at]) this.startGlide(this.kind[this.at], now, motion);
    }
    this.at = k;
    this.now = this.layout(this.kind[k]);
    this.easePositions(now);
  }

  startGlide(from, now, motion) {
    const length = motion ? GLIDE[motion] : 0;
    this.glide = length
      ? { from: this.layout(from), x: this.x.slice(), y: this.y.slice(), start: now, length }
      : null;
  }

  easePositions(now) {
    const part = this.glide ? (now - this.glide.start) / this.glide.length : 1;
    if (part >= 1) {
      this.glide = null;
      this.x.set(this.now.x);
      this.y.set(this.now.y);
      return;
    }
    const share = eased(Math.max(0, part));
    for (let i = 0; i < this.x.length; i++) {
      this.x[i] = this.glide.x[i] + share * (this.now.x[i] - this.glide.x[i]);
      this.y[i] = this.glide.y[i] + share * (this.now.y[i] - this.glide.y[i]);
    }
  }

  /** Those whose seat somebody else took leave a fading trace; successors grow into it. */
  welcome(before, after, now, week) {
    const { places, people } = this.film;
    for (let i = 0; i < people; i++) {
      if (places[before].occupant[i] === places[after].occupant[i]) continue;
      this.arrived[i] = now;
      this.ghosts.push({ person: i, x: this.x[i], y: this.y[i], week: Math.max(0, week - 1), start: now });
    }
  }

  get busy() {
    return Boolean(this.glide) || this.ghosts.length > 0;
  }

  settle() {
    this.glide = null;
    this.ghosts = [];
    if (this.arrived) this.arrived.fill(-1e9);
  }

  draw(time, now, look, motion) {
    if (!this.film || !this.width) return;
    this.moveTo(time, now, motion);
    const { pen } = this;
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.clearRect(0, 0, this.width, this.height);
    this.drawStructure(now);
    if (look.ties) this.drawTies(time);
    this.drawPeople(time, now, look);
    this.drawPicked();
  }

  drawStructure(now) {
    const part = this.glide ? eased((now - this.glide.start) / this.glide.length) : 1;
    if (part < 1) drawBehind(this.pen, this.glide.from, Math.max(0, 1 - 2 * part));
    drawBehind(this.pen, this.now, Math.max(0, 2 * part - 1));
  }

  drawTies(time) {
    const pairs = this.film.tiesAt(time);
    if (!pairs) return;
    const { pen, x, y } = this;
    const picked = lab.state.picked;
    pen.lineWidth = 1;
    pen.strokeStyle = "rgba(60,66,74,.55)";
    for (let n = 0; n < pairs.length; n += 2) {
      const [i, j] = [pairs[n], pairs[n + 1]];
      const marked = i === picked || j === picked;
      pen.lineWidth = marked ? 2.5 : 1;
      pen.beginPath();
      pen.moveTo(x[i], y[i]);
      pen.quadraticCurveTo(
        (x[i] + x[j]) / 2 + (y[j] - y[i]) * 0.12, (y[i] + y[j]) / 2 - (x[j] - x[i]) * 0.12, x[j], y[j]);
      pen.stroke();
    }
  }

  drawPeople(time, now, look) {
    const { film, pen } = this;
    const place = film.places[this.at];
    const colour = look.colour ? film.sharesInto(this.shares.colour, look.colour, time) : null;
    const size = look.size ? film.sharesInto(this.shares.size, look.size, time) : null;
    const shape = look.shape ? film.codesAt(look.shape, time) : null;
    this.ghosts = this.ghosts.filter((ghost) => now - ghost.start < ARRIVE);
    for (const ghost of this.ghosts) this.drawGhost(ghost, (now - ghost.start) / ARRIVE);
    pen.strokeStyle = INK;
    pen.lineWidth = 1.2;
    for (let i = 0; i < film.people; i++) {
      const age = (now - this.arrived[i]) / ARRIVE;
      const full = this.now.radius * Math.sqrt(SMALLEST + (1 - SMALLEST) * (size ? size[i] : 0.5));
      const radius = age < 1 ? full * eased(age) : full;
      pen.fillStyle = COLOURS[Math.round((colour ? colour[i] : 0.6) * 255)];
      tracePerson(pen, this.x[i], this.y[i], radius, shape !== null && shape[i] >= 128);
      pen.fill();
      pen.stroke();
      if (place.officer[i] === 1) drawOfficer(pen, this.x[i], this.y[i], full);
    }
  }

  drawGhost(ghost, part) {
    const { pen } = this;
    pen.globalAlpha = 1 - part;
    pen.strokeStyle = QUIET;
    pen.lineWidth = 2;
    tracePerson(pen, ghost.x, ghost.y - 22 * part, this.now.radius * 0.8 * (1 - 0.4 * part), false);
    pen.stroke();
    pen.globalAlpha = 1;
  }

  drawPicked() {
    const { picked } = lab.state;
    if (picked === null || picked >= this.film.people) return;
    const { pen } = this;
    const radius = this.now.radius * 0.8 + 8;
    for (const [width, colour] of [[7, "#ffffff"], [4, "#c0143c"]]) {
      pen.lineWidth = width;
      pen.strokeStyle = colour;
      pen.beginPath();
      pen.arc(this.x[picked], this.y[picked], radius, 0, 2 * Math.PI);
      pen.stroke();
    }
  }

  /** The person at a point of the picture, or null. */
  hit(x, y) {
    if (!this.film) return null;
    const reach = Math.max(22, this.now.radius + 6);
    let best = null;
    let nearest = reach * reach;
    for (let i = 0; i < this.film.people; i++) {
      const away = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
      if (away < nearest) [best, nearest] = [i, away];
    }
    return best;
  }
}

function tracePerson(pen, x, y, radius, square) {
  pen.beginPath();
  if (square) pen.rect(x - radius * 0.89, y - radius * 0.89, radius * 1.78, radius * 1.78);
  else pen.arc(x, y, radius, 0, 2 * Math.PI);
}

function drawOfficer(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, Math.max(radius * 1.26, radius + 2.5) + 1.5, 0, 2 * Math.PI);
  pen.stroke();
}

function drawBehind(pen, layout, alpha) {
  if (alpha <= 0) return;
  pen.globalAlpha = alpha;
  pen.lineWidth = 1;
  pen.strokeStyle = "#b4bac1";
  pen.fillStyle = "#eef0f2";
  for (const { x, y, w, h } of layout.frames) {
    pen.beginPath();
    pen.roundRect(x, y, w, h, 8);
    pen.stroke();
  }
  for (const { x, y, w, h } of layout.boxes) {
    pen.beginPath();
    pen.roundRect(x, y, w, h, 5);
    pen.fill();
    pen.stroke();
  }
  pen.strokeStyle = QUIET;
  for (const line of layout.lines) {
    pen.beginPath();
    pen.moveTo(line[0], line[1]);
    for (let n = 2; n < line.length; n += 2) pen.lineTo(line[n], line[n + 1]);
    pen.stroke();
  }
  pen.strokeStyle = "#9aa1a9";
  for (const { x, y, size } of layout.rings) {
    pen.beginPath();
    pen.arc(x, y, size, 0, 2 * Math.PI);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

lab.makePanels = () => {
  lab.panels = ["A", "B"].map((side) => new Panel(side, lab.find(`picture-${side}`)));
};
