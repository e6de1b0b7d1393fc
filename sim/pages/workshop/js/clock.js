/* The one clock of both pictures and the chart: play, pause, seek; and when to redraw. */

const PLAY_SECONDS = 10;
const CALM_STEPS = 20; // under reduced motion: two a second
let time = 0; // in weeks; whole while nothing plays
let begun = 0; // when and from which week the playing began
let from = 0;
let asked = false;
let motion = null;
const frameTimes = [];

lab.weeks = () => Math.min(...lab.films.map((film) => film.weeks));
lab.films = [];

lab.redraw = () => {
  if (asked || document.hidden) return;
  asked = true;
  requestAnimationFrame(frame);
};

function frame(now) {
  asked = false;
  if (!lab.films.length) return;
  const started = performance.now();
  if (lab.state.playing) advance(now);
  const look = lab.look();
  for (const panel of lab.panels) panel.draw(time, now, look, motion);
  if (lab.panels.some((panel) => panel.busy)) lab.redraw();
  else if (!lab.state.playing) motion = null;
  if (lab.state.playing) lab.redraw();
  frameTimes.push([now, performance.now() - started]);
  if (frameTimes.length > 600) frameTimes.shift();
}

function advance(now) {
  const weeks = lab.weeks();
  let reached = from + ((now - begun) / 1000) * (weeks / PLAY_SECONDS);
  if (lab.still.matches) {
    const step = weeks / CALM_STEPS;
    reached = Math.round(Math.floor(reached / step + 1e-9) * step);
  }
  time = Math.min(weeks, Math.max(time, reached));
  announce(Math.floor(time));
  if (time >= weeks) stop();
}

function announce(week) {
  const changed = lab.state.week !== week;
  lab.state.week = week;
  if (changed) lab.emit("week", week);
  lab.emit("time", time);
}

function stop() {
  lab.state.playing = false;
  time = lab.state.week = Math.floor(time);
  lab.emit("time", time);
  lab.emit("stop", lab.state.week);
  if (time >= lab.weeks()) lab.emit("end");
}

/** From the present week, or from the beginning when at the end. */
lab.play = () => {
  if (lab.state.playing || !lab.films.length) return;
  if (time >= lab.weeks()) {
    time = 0;
    for (const panel of lab.panels) panel.settle();
    announce(0);
  }
  lab.state.playing = true;
  motion = lab.still.matches ? null : "play";
  begun = performance.now();
  from = time;
  lab.emit("play");
  lab.redraw();
};

lab.pause = () => {
  if (lab.state.playing) stop();
  lab.redraw();
};

/** To a week, as the slider and the arrow keys do. */
lab.seek = (week, glide = true) => {
  if (lab.state.playing) lab.pause();
  time = Math.max(0, Math.min(lab.weeks(), Math.round(week)));
  motion = glide && !lab.still.matches ? "step" : null;
  announce(time);
  if (time >= lab.weeks()) lab.emit("end");
  lab.redraw();
};

/** Back to the beginning without a trace of what was shown. */
lab.rewind = () => {
  if (lab.state.playing) lab.pause();
  time = 0;
  motion = null;
  for (const panel of lab.panels) panel.settle();
  announce(0);
  lab.redraw();
};

/** Milliseconds between the last frames and of script in each; read by tests. */
lab.frameTimes = () => frameTimes.map((pair) => [...pair]);

document.addEventListener("visibilitychange", () => {
  if (document.hidden && lab.state.playing) lab.pause();
  else lab.redraw();
});
