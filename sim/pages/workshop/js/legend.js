/* What colour, size, shape and lines mean, in words, beside the pictures. */

const INK = "#1b1b1b";

const icon = (width, ...shapes) =>
  lab.draw("svg", { viewBox: `0 0 ${width} 26`, width, height: 26, "aria-hidden": "true", class: "icon" }, ...shapes);

const circle = (x, radius, fill, more = {}) =>
  lab.draw("circle", { cx: x, cy: 13, r: radius, fill, stroke: INK, "stroke-width": 1.2, ...more });

function ramp() {
  const steps = 20;
  const bars = Array.from({ length: steps }, (_, n) => lab.draw("rect", {
    x: n * 5, y: 4, width: 5.5, height: 18, fill: lab.colour(n / (steps - 1)),
  }));
  return icon(100, ...bars, lab.draw("rect", { x: 0.5, y: 4, width: 99.5, height: 18, fill: "none", stroke: INK }));
}

const meaning = (picture, words) =>
  lab.make("span", { class: "meaning" }, picture, lab.make("span", { text: words }));

/** A group of the key: a title where one is needed, and what each picture means. */
const entry = (title, ...parts) => [
  lab.make("div", {}, lab.make("dt", { text: title, class: title ? null : "unseen" }), lab.make("dd", {}, ...parts)),
];

function colourEntry(name) {
  const { label, low, high, drawn = [low, high], id } = lab.attribute(name);
  const [least, most] = lab.has(`word.${id}.low`)
    ? [lab.text(`word.${id}.low`), lab.text(`word.${id}.high`)]
    : [lab.number(drawn[0], 1), lab.number(drawn[1], 1)];
  return entry(lab.text("key.colour", { label }),
    lab.make("span", { text: least }), ramp(), lab.make("span", { text: most }));
}

function sizeEntry(name) {
  const { label } = lab.attribute(name);
  return entry(lab.text("key.size", { label }),
    lab.make("span", { text: lab.text("key.size.low") }),
    icon(44, circle(9, 5.5, "#8c8878"), circle(31, 11, "#8c8878")),
    lab.make("span", { text: lab.text("key.size.high") }));
}

function shapeEntry(name) {
  const round = icon(22, circle(11, 9, "#8c8878"));
  const square = icon(22, lab.draw("rect", { x: 3, y: 5, width: 16, height: 16, fill: "#8c8878", stroke: INK, "stroke-width": 1.2 }));
  return entry("", meaning(square, lab.text(`shape.${name}.square`)), meaning(round, lab.text(`shape.${name}.circle`)));
}

/** What stands behind the people of one picture. */
function standing(film) {
  const line = (attributes) => lab.draw("line", { y1: 13, y2: 13, x1: 1, x2: 23, stroke: "#5b6168", "stroke-width": 1.5, ...attributes });
  if (film.run.form === "departments") return [meaning(icon(24, line()), lab.text("key.reports"))];
  if (film.run.form !== "cells") return [];
  const officers = film.places.some((place) => place.officer.includes(1));
  const cell = meaning(icon(24, circle(12, 10, "none", { stroke: "#5b6168" })), lab.text("key.cell"));
  if (!officers) return [cell];
  return [cell, meaning(icon(24, circle(12, 6, "#8c8878"), circle(12, 10, "none")), lab.text("key.officer"))];
}

function tiesEntry() {
  const arc = lab.draw("path", { d: "M2 20 Q13 -2 24 20", fill: "none", stroke: "#3c424a", "stroke-width": 1.5 });
  return entry("", meaning(icon(26, arc), lab.text("key.ties")));
}

lab.buildKey = () => {
  const { colour, size, shape, ties } = lab.look();
  lab.find("key-list").replaceChildren(
    ...(colour ? colourEntry(colour) : []), ...(size ? sizeEntry(size) : []),
    ...(shape ? shapeEntry(shape) : []), ...(ties ? tiesEntry() : []));
  lab.films.forEach((film, n) => lab.find(`standing-${"AB"[n]}`).replaceChildren(...standing(film)));
};
