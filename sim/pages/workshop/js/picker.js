/* One person in both worlds: ringed in the pictures, three bars and a sentence each. */

const THIRDS = [1 / 3, 2 / 3];

const levelOf = (share) => (share < THIRDS[0] ? "low" : share < THIRDS[1] ? "middle" : "high");

/** The three things told of a person: what the question looks at, then what else is known. */
function toldOf() {
  const { colour, size, shape } = lab.look();
  const known = lab.films[0].run.attributes.filter((name) => lab.films[1].has(name) && name !== "safe");
  return [...new Set([colour, size, shape === "safe" ? "fear" : shape, ...known])]
    .filter((name) => name && known.includes(name)).slice(0, 3);
}

/** "Nr 17 knows much, says nothing (fear 0.7)." */
lab.personSentence = (film, person, week) => {
  const phrases = toldOf().slice(0, 2).map((name) => {
    const share = film.share(name, week, person);
    const value = lab.number(film.value(name, week, person), 2);
    const key = `phrase.${name}.${levelOf(share)}`;
    return lab.has(key) ? lab.text(key, { value }) : lab.text("phrase", { label: lab.attribute(name).label, value });
  });
  if (film.has("safe")) phrases.push(lab.text(film.share("safe", week, person) >= 0.5 ? "phrase.safe.high" : "phrase.safe.low"));
  return lab.text("person.sentence", { name: nameIn(film, person, week), phrases: phrases.join(lab.text("and")) });
};

function nameIn(film, person, week) {
  const occupant = film.places[film.placeIndex(week)].occupant[person];
  const name = lab.personName(person);
  return occupant > 0 ? lab.text("person.successor", { name, count: occupant }) : name;
}

function barOf(film, name, person, week) {
  const { label } = lab.attribute(name);
  const share = film.share(name, week, person);
  const fill = lab.make("span", { class: "fill" });
  fill.style.inlineSize = `${(100 * share).toFixed(1)}%`;
  return lab.make("li", {}, lab.make("span", { class: "bar-name", text: label }),
    lab.make("span", { class: "bar", "aria-hidden": "true" }, fill),
    lab.make("span", { class: "bar-value", text: lab.number(film.value(name, week, person), 2) }));
}

function tellPerson() {
  const { picked, week } = lab.state;
  lab.films.forEach((film, n) => {
    const box = lab.find(`person-${"AB"[n]}`);
    const here = picked !== null && picked < film.people;
    lab.show(box, here);
    if (!here) return box.replaceChildren();
    box.replaceChildren(
      lab.make("p", { text: lab.personSentence(film, picked, week) }),
      lab.make("ul", { class: "bars" }, ...toldOf().map((name) => barOf(film, name, picked, week))));
  });
}

function fillList() {
  const list = lab.find("person");
  const people = Math.min(...lab.films.map((film) => film.people));
  if (list.options.length !== people + 1) {
    list.replaceChildren(lab.make("option", { value: "", text: lab.text(lab.state.picked === null ? "person.tap" : "person.nobody"), id: "nobody" }),
      ...Array.from({ length: people }, (_, i) => lab.make("option", { value: i, text: lab.personName(i) })));
  }
  if (lab.state.picked !== null && lab.state.picked >= people) lab.state.picked = null;
  list.value = lab.state.picked === null ? "" : String(lab.state.picked);
  tellPerson();
}

lab.pick = (person) => {
  lab.state.picked = person;
  lab.write(lab.find("nobody"), lab.text("person.nobody"));
  lab.find("person").value = person === null ? "" : String(person);
  tellPerson();
  lab.redraw();
  lab.emit("pick", person);
  if (person !== null && !lab.state.playing) {
    lab.say(lab.films.map((film, n) =>
      `${lab.sideNames()[n]}: ${lab.personSentence(film, person, lab.state.week)}`).join(" "));
  }
};

lab.startPicker = () => {
  for (const panel of lab.panels) {
    const at = (event) => {
      const box = panel.canvas.getBoundingClientRect();
      return panel.hit(event.clientX - box.left, event.clientY - box.top);
    };
    panel.canvas.addEventListener("click", (event) => {
      const person = at(event);
      lab.pick(person === lab.state.picked ? null : person);
    });
    panel.canvas.addEventListener("pointermove", (event) => {
      panel.canvas.classList.toggle("over", at(event) !== null);
    });
  }
  lab.find("person").addEventListener("change", (event) =>
    lab.pick(event.target.value === "" ? null : Number(event.target.value)));
  lab.on("runs shown", fillList);
  lab.on("week", tellPerson);
};
