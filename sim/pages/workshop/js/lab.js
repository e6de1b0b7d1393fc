/* What all parts of the page share: the state, events, and small helpers for the document. */

const listeners = new Map();

lab.data = null;
lab.state = {
  question: null, option: null, week: 0, playing: false, picked: null, bet: null,
  left: null, right: null, screen: "panels", revealed: false, allRuns: false,
};

lab.on = (event, run) => {
  if (!listeners.has(event)) listeners.set(event, []);
  listeners.get(event).push(run);
};

lab.emit = (event, detail) => {
  for (const run of listeners.get(event) || []) run(detail);
};

lab.find = (id) => document.getElementById(id);

/** Make an element; attributes that are functions become listeners, `text` is always text. */
lab.make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  lab.dress(element, attributes);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const SVG = "http://www.w3.org/2000/svg";

lab.draw = (tag, attributes = {}, ...children) => {
  const element = document.createElementNS(SVG, tag);
  lab.dress(element, attributes);
  element.append(...children);
  return element;
};

lab.dress = (element, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
};

/** Write text only where it changed, so that nothing is read out twice. */
lab.write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

lab.show = (element, shown) => {
  element.hidden = !shown;
};

lab.still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Something that keeps the page from working: say it, and show the still pictures. */
lab.fail = (kind, error) => {
  document.documentElement.className = "scripted failed";
  sayTrouble(kind, error);
};

/** Something that keeps a part of the page from working: say it above the rest. */
lab.warn = (kind, error) => {
  document.documentElement.classList.add("warned");
  sayTrouble(kind, error);
};

function sayTrouble(kind, error) {
  for (const said of document.querySelectorAll("[data-trouble]")) {
    said.classList.toggle("shown", said.dataset.trouble === kind);
  }
  if (error) lab.find("trouble-detail").textContent = String(error.message || error);
}
