/* The live room on phones: the question and three buttons, then the answer; looking back. */

const { live } = lab;
const { idNow, numberOf, has } = live;
const root = document.documentElement;
let following = true;
let steps = Promise.resolve();
const visited = new Set();

/** One step after the other: a tap in the middle of a message from the room would be lost in it. */
function inTurn(step) {
  const done = steps.then(step);
  steps = done.catch(() => {});
  return done;
}

/** Show the bet that the room has of this page. */
live.keepBet = () => {
  if (lab.question().bet) lab.keepBet(live.own[idNow()] ?? null);
  live.tellCounts();
};

/** Go where the projector is, unless somebody looks back; show the answer once it is out. */
async function catchUp() {
  const now = live.present;
  if (!now) return;
  if (now.guided) visited.add(now.question);
  const there = numberOf(now.question);
  if (now.guided && following && lab.state.question !== there) {
    await lab.openQuestion(there, { option: now.option, stay: true });
    window.scrollTo(0, 0);
    lab.say(lab.question().title);
  } else if (now.guided && lab.state.question === there && now.option && !root.classList.contains("live-pictures")) {
    await lab.choose(now.option);
  }
  if (has("revealed") && !lab.state.revealed) live.showAnswer();
}

live.follow = () => inTurn(catchUp);

const look = (number) => inTurn(async () => {
  await lab.openQuestion(number, { stay: true });
  following = !live.present || number === numberOf(live.present.question);
  showPictures(false);
  await catchUp();
  live.tell();
});

function showPictures(shown) {
  root.classList.toggle("live-pictures", shown);
  lab.drawChart();
  lab.redraw();
}

live.tellPhone = () => {
  const question = lab.question();
  const free = lab.free();
  const { questions } = lab.data;
  lab.write(lab.find("live-position"), lab.text("live.phone.position", { number: question.number, count: questions.length }));
  const known = questions.filter(({ id }) => visited.has(id) || has("revealed", id));
  lab.find("live-earlier").replaceChildren(...(known.length < 2 ? [] : known.map(({ number, title }) =>
    lab.make("button", {
      type: "button", text: number, "aria-current": number === question.number ? "step" : null,
      "aria-label": lab.text("dots.name", { number, title }), click: () => look(number),
    }))));
  const elsewhere = live.present && live.present.guided && live.present.question !== question.id;
  lab.show(lab.find("live-elsewhere"), Boolean(elsewhere));
  if (elsewhere) {
    const there = questions.find(({ id }) => id === live.present.question);
    lab.write(lab.find("live-there"), lab.text("live.phone.elsewhere", { title: there.title }));
  }
  lab.write(lab.find("live-say"), phoneSays(question));
  const shown = root.classList.contains("live-pictures");
  lab.show(lab.find("live-look"), lab.state.revealed && !free);
  lab.write(lab.find("live-look"), lab.text(shown ? "live.phone.pictures_hide" : "live.phone.pictures"));
  if (free && !shown) showPictures(true);
  tellAnswer(question);
};

function phoneSays(question) {
  if (!question.bet || lab.free()) return "";
  const bet = lab.bet();
  if (lab.state.revealed) return bet === null ? lab.text("live.phone.none_placed") : "";
  const said = bet === null ? [] : [lab.text("live.phone.bet", { choice: lab.choiceLabel(bet) })];
  if (lab.betsClosed()) said.push(lab.text("live.phone.wait"));
  else said.push(lab.text(bet === null ? "live.phone.ask" : "live.phone.change"));
  return said.join(" ");
}

/** How the room bet, after the answer: the bets themselves are out of sight then. */
function tellAnswer(question) {
  const counts = live.present && live.present.counts[question.id];
  const box = lab.find("live-answer");
  lab.show(box, Boolean(lab.state.revealed && counts && question.bet));
  if (box.hidden) return;
  const items = question.bet.choices.map(({ id, label }) => lab.make("li", {},
    lab.make("span", { text: label }), live.barOf((counts[id] || 0) / live.totalOf(counts)),
    lab.make("b", { text: String(counts[id] || 0) })));
  box.replaceChildren(lab.make("h2", { text: lab.text("live.phone.room_bets") }), lab.make("ul", {}, ...items));
}

live.buildPhone = () => {
  const nav = lab.make("div", { id: "live-nav" },
    lab.make("span", { id: "live-position" }),
    lab.make("span", { id: "live-earlier", role: "group", "aria-label": lab.text("live.phone.earlier") }));
  lab.find("page").querySelector("header").prepend(nav);
  lab.find("card").before(lab.make("p", { id: "live-elsewhere", hidden: true },
    lab.make("span", { id: "live-there" }), " ",
    lab.make("button", { type: "button", text: lab.text("live.phone.follow"), click: () => look(numberOf(live.present.question)) })));
  lab.find("card").append(
    lab.make("p", { id: "live-say", role: "status" }),
    lab.make("section", { id: "live-answer", hidden: true }),
    lab.make("button", { id: "live-look", type: "button", hidden: true, click: () => {
      showPictures(!root.classList.contains("live-pictures"));
      live.tellPhone();
    } }));
  const closed = lab.betsClosed;
  lab.betsClosed = () => closed() || has("closed") || has("revealed");
  lab.on("bet", (choice) => {
    live.own[idNow()] = choice;
    live.say("bet", { question: idNow(), choice });
    live.tellPhone();
  });
  lab.on("question", () => {
    showPictures(false);
    live.keepBet();
    live.tell();
  });
  for (const event of ["reveal", "stop"]) lab.on(event, live.tell);
};
