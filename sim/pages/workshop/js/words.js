/* Every word of the page comes from the payload's texts; numbers are written as Python writes them. */

/** The text of a key with its {placeholders} filled; a missing key shows itself. */
lab.text = (key, values = {}) => lab.fill(lab.data.texts[key] ?? `[${key}]`, values);

lab.fill = (template, values) =>
  template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

lab.has = (key) => key in lab.data.texts;

/** Half away from zero, as `rounded` in Python. */
lab.rounded = (value, decimals) => {
  const scale = 10 ** decimals;
  const size = Math.floor(Math.abs(value) * scale + 0.5) / scale;
  return value < 0 && size > 0 ? -size : size;
};

/* One formatter a number of decimals: making one takes longer than drawing a frame. */
const formatters = new Map();

function formatter(decimals) {
  if (!formatters.has(decimals)) {
    const wanted = {
      minimumFractionDigits: decimals, maximumFractionDigits: decimals,
    };
    let made;
    try {
      made = new Intl.NumberFormat(lab.data.language, wanted);
    } catch {
      made = new Intl.NumberFormat("en", wanted); // odd language tags must not stop the page
    }
    formatters.set(decimals, made);
  }
  return formatters.get(decimals);
}

lab.number = (value, decimals = 0) =>
  Number.isFinite(value)
    ? formatter(decimals).format(lab.rounded(value, decimals)).replace("-", "\u2212")
    : lab.text("number.none");

lab.goal = (id) => lab.data.goals.find((goal) => goal.id === id);
lab.attribute = (id) => lab.data.attributes.find((attribute) => attribute.id === id);

/** "61 confident people", or "0.52 self-efficacy". */
lab.counted = (goal, value) =>
  lab.text("counted", { value: lab.number(value, goal.decimals), short: goal.short });

/** What a person is called: as imported, or by number. */
lab.personName = (person) => {
  const run = lab.data.runs[lab.state.left] || Object.values(lab.data.runs)[0];
  const name = run && run.names ? run.names[person] : String(person);
  return /^\d+$/.test(name) ? lab.text("person.name", { number: name }) : name;
};
