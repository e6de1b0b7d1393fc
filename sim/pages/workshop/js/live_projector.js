/* The live room on the projector: where it is, how many have bet, whether counts are seen. */

const { live } = lab;
const { idNow, numberOf, has } = live;
const root = document.documentElement;
const closed = new Set();
const revealed = new Set();
const counted = new Set();
let atOnce = false;
let sent = "";
let leading = false;
let taking = false;

live.whereWeAre = () => ({
  question: idNow(), option: lab.state.option,
  closed: [...closed], revealed: [...revealed], counted: [...counted], at_once: atOnce,
});

function mark(set, on) {
  if (on) set.add(idNow());
  else set.delete(idNow());
}

/** Tell the room what changed on the projector; a page that was loaded anew first goes where it was. */
live.lead = async () => {
  if (!leading) {
    if (taking || !live.present) return;
    taking = true;
    if (live.present.guided) await takeOver();
    leading = true;
  }
  const { bet, control } = lab.question();
  const told = lab.state.revealed && !lab.visiting();
  const partly = bet && bet.kind === "options" && control && lab.optionsSeen().length < control.options.length;
  if (bet && !lab.visiting()) {
    mark(closed, told || lab.state.playing || lab.state.week > 0);
    mark(revealed, told && !partly);
  }
  const now = live.whereWeAre();
  if (JSON.stringify(now) === sent) return;
  sent = JSON.stringify(now);
  live.say("at", now);
};

async function takeOver() {
  const known = (set, list) => list.forEach((id) => set.add(id));
  known(closed, live.present.closed);
  known(revealed, live.present.revealed);
  known(counted, live.present.counted);
  atOnce = live.present.at_once;
  lab.find("live-at-once").checked = atOnce;
  await lab.openQuestion(numberOf(live.present.question), { option: live.present.option, stay: true });
  if (has("revealed")) live.showAnswer();
}

live.tellTrainer = () => {
  const here = live.present ? live.present.here : 0;
  lab.write(lab.find("live-here"), lab.text(live.connected() ? "live.here" : live.joined ? "live.lost_trainer" : "live.connecting", { count: here }));
  const { bet } = lab.question();
  const number = live.present ? live.present.placed[idNow()] || 0 : 0;
  lab.show(lab.find("live-votes"), Boolean(bet) && (here > 0 || number > 0));
  lab.write(lab.find("live-placed"), lab.text("live.placed", { placed: number, count: Math.max(here, number) }));
  const shown = counted.has(idNow());
  lab.write(lab.find("live-show"), lab.text(shown ? "live.counts_hide" : "live.counts_show"));
  lab.show(lab.find("live-show"), !atOnce);
  root.classList.toggle("live-people", here > 0);
};

live.buildTrainer = () => {
  const open = lab.make("button", { type: "button", id: "live-open", class: "plain", "aria-haspopup": "dialog", click: openRoom },
    lab.make("b", { id: "live-code", text: lab.text("live.bar") }), lab.make("span", { id: "live-here" }));
  lab.find("dots").before(open);
  lab.find("ask").append(lab.make("div", { id: "live-votes", hidden: true },
    lab.make("span", { id: "live-placed" }),
    lab.make("button", { type: "button", id: "live-show", class: "plain", click: () => {
      mark(counted, !counted.has(idNow()));
      live.lead();
      live.tellTrainer();
    } }),
    lab.make("label", { class: "check" },
      lab.make("input", { type: "checkbox", id: "live-at-once", change: (event) => {
        atOnce = event.target.checked;
        live.lead();
        live.tellTrainer();
      } }), lab.make("span", { text: lab.text("live.counts_at_once") }))));
  const header = lab.find("page").querySelector("header");
  new ResizeObserver(() => root.style.setProperty("--live-head", `${header.offsetHeight}px`)).observe(header);
  document.body.append(lab.make("dialog", { id: "live-room", "aria-labelledby": "live-room-title" },
    lab.make("h2", { id: "live-room-title", text: lab.text("live.room_title") }),
    lab.make("div", { id: "live-room-body" }),
    lab.make("button", { type: "button", class: "primary", text: lab.text("close"), click: () => lab.find("live-room").close() })));
  lab.addKey({ keys: ["j"], text: "live.keys.room", run: openRoom });
  const all = lab.revealAllOptions;
  lab.revealAllOptions = () => {
    all();
    live.lead();
  };
  for (const event of ["question", "option", "play", "stop", "week", "reveal", "runs shown"]) lab.on(event, live.lead);
  lab.on("question", live.tell);
  lab.on("reveal", live.tell);
};

function openRoom() {
  const dialog = lab.find("live-room");
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

live.fillRoom = ({ code, address, shared, qr }) => {
  lab.write(lab.find("live-code"), lab.text("live.code", { code }));
  lab.find("live-room-body").replaceChildren(...(shared ? [
    lab.make("img", { src: qr, alt: lab.text("live.room_picture") }),
  ] : []), lab.make("div", {},
    lab.make("p", { text: lab.text(shared ? "live.room_scan" : "live.room_alone") }),
    lab.make("p", { class: "live-big", text: address }),
    lab.make("p", { text: lab.text("live.room_type") }),
    lab.make("p", { class: "live-code", text: code })));
};
