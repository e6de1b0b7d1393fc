/* The live room: phones follow the projector and bet, the projector counts, other values are run.
   The page works on without the room. */

const TAB = "learning-org ";
const FIRST_WAIT = 500; // milliseconds to the next try to connect; each try waits longer
const LONGEST_WAIT = 15000;
const ASLEEP = 20000; // a page that was out of sight for so long connects anew
const SHOWN = 4000; // how long good news is shown
const FINAL = ["live.wrong_code", "live.not_trainer", "live.not_understood"];

/* What the parts of the live room share: who this page is, what the room says, whose bets. */
const live = {
  me: { code: "", token: "", trainer: "" },
  present: null, // what the room tells everybody
  own: {}, // question id -> my bet
  taken: {}, // the same, as the room has it
  joined: false,
  offer: null, // what-ifs that the room computes
};
lab.live = live;

let socket = null;
let tries = 0;
let retry = 0;
let hiddenAt = 0;
let ended = ""; // text that says why there is no way back into the room

live.idNow = () => lab.question().id;
live.numberOf = (id) => (lab.data.questions.find((question) => question.id === id) || {}).number;
live.has = (list, id = live.idNow()) => Boolean(live.present) && live.present[list].includes(id);
const root = document.documentElement;
const { idNow } = live;

/* --- the connection ------------------------------------------------------------------------------ */

const chance = () => [...crypto.getRandomValues(new Uint8Array(16))]
  .map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Who this page is: kept in the memory of its tab, so that loading it anew is not a second bet. */
function remember() {
  const code = decodeURIComponent(location.pathname.split("/").pop());
  let kept = {};
  try {
    if (window.name.startsWith(TAB)) kept = JSON.parse(window.name.slice(TAB.length));
  } catch {
    kept = {};
  }
  if (kept.code !== code || !/^[0-9a-f]{32}$/.test(kept.token)) kept = {};
  const asked = new URLSearchParams(location.hash.slice(1)).get("trainer");
  live.me = { code, token: kept.token || chance(), trainer: asked || kept.trainer || "" };
  window.name = TAB + JSON.stringify(live.me);
}

function connect() {
  clearTimeout(retry);
  if (ended || socket) return;
  const secure = location.protocol === "https:" ? "wss" : "ws";
  const opened = new WebSocket(`${secure}://${location.host}/live`);
  socket = opened;
  opened.addEventListener("open", () => {
    const again = live.me.trainer && live.joined ? { at: live.whereWeAre() } : {};
    live.say("hello", { ...live.me, bets: live.own, ...again });
  });
  opened.addEventListener("message", (event) => hear(JSON.parse(event.data)));
  opened.addEventListener("close", () => opened === socket && lost());
}

live.say = (what, more) => {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ say: what, ...more }));
};

live.connected = () => socket !== null && live.joined;

function lost() {
  socket = null;
  if (!ended) {
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 1.7 ** tries) * (0.75 + Math.random() / 2);
    tries += 1;
    retry = setTimeout(connect, wait);
    if (tries > 1 && !live.me.trainer) note(lab.text("live.lost"));
  }
  live.tell();
}

/** A phone that slept may hold a connection that is none any more. */
function wake() {
  if (document.hidden) {
    hiddenAt = Date.now();
    return;
  }
  if (socket && Date.now() - hiddenAt > ASLEEP) {
    const old = socket;
    socket = null;
    old.close();
  }
  connect();
}

function hear(message) {
  if (message.tell === "welcome") welcome(message);
  else if (message.tell === "present") arrived(message);
  else if (message.tell === "yours") live.taken = message.yours;
  else if (message.tell === "queue") live.tellQueue(message);
  else if (message.tell === "run") live.showWhatIf(message);
  else if (message.tell === "refused") refused(message);
}

function welcome(message) {
  if (live.joined && tries > 1 && !live.me.trainer) {
    note(lab.text("live.back"));
    retry = setTimeout(() => note(""), SHOWN);
  } else note("");
  tries = 0;
  live.offer = message.what_if;
  live.taken = message.yours;
  live.own = { ...live.taken, ...live.own };
  for (const [question, choice] of Object.entries(live.own)) {
    if (live.taken[question] !== choice) live.say("bet", { question, choice });
  }
  if (message.trainer) live.fillRoom(message);
  else live.keepBet();
  live.askAgain();
  live.tell();
}

function refused({ why, values, request }) {
  if (request !== undefined) {
    live.refuseWhatIf(request, lab.text(why, values));
    return;
  }
  if (why === "live.bets_closed") live.own = { ...live.taken };
  if (FINAL.includes(why)) ended = lab.text(why === "live.wrong_code" ? "live.room_closed" : why, values);
  else if (why === "live.full" || why === "live.wait") tries = 20;
  note(ended || lab.text(why, values), why === "live.wrong_code" && !live.me.trainer);
  if (!live.me.trainer) live.keepBet();
}

/* --- the room's present state, here --------------------------------------------------------------- */

async function arrived(message) {
  live.present = message;
  await (live.me.trainer ? live.lead() : live.follow());
  live.joined = true;
  live.tell();
}

/** Bring all that is said of the room in line with it. */
live.tell = () => {
  live.tellCounts();
  if (live.me.trainer) live.tellTrainer();
  else live.tellPhone();
  live.tellWhatIf();
};

/** To the end of the question, as if it had been played. */
live.showAnswer = () => {
  const { bet } = lab.question();
  if (bet && bet.kind === "options") lab.revealAllOptions();
  lab.reachRuns(lab.state.left, lab.state.right);
  lab.seek(lab.weeks(), false);
};

/** Counts where they may be seen: beside the bets, and in the sentence after the answer. */
let countsTold = "";
live.tellCounts = () => {
  const counts = (live.present && live.present.counts[idNow()]) || null;
  const some = counts && Object.keys(counts).length ? counts : null;
  lab.showCounts(some);
  bars(some);
  const now = `${idNow()} ${JSON.stringify(some)} ${lab.state.revealed}`;
  if (now !== countsTold && lab.state.revealed) lab.tell();
  countsTold = now;
};

live.totalOf = (counts) => Math.max(1, Object.values(counts).reduce((sum, count) => sum + count, 0));

live.barOf = (share) => {
  const bar = lab.make("span", { class: "live-share", "aria-hidden": "true" });
  bar.style.setProperty("--share", share);
  return bar;
};

function bars(counts) {
  for (const item of lab.find("bets").children) {
    const old = item.querySelector(".live-share");
    if (old) old.remove();
    if (!counts) continue;
    const count = counts[item.querySelector("[data-choice]").dataset.choice] || 0;
    item.querySelector(".hands-count").textContent = String(count);
    item.append(live.barOf(count / live.totalOf(counts)));
  }
}

/* --- start -------------------------------------------------------------------------------------------- */

function note(words, leave = false) {
  const box = lab.find("live-note");
  box.replaceChildren(words, ...(leave ? [" ", lab.make("a", { href: "/", text: lab.text("live.join_again") })] : []));
  lab.show(box, words !== "");
}

lab.startLive = () => {
  remember();
  root.classList.add("live", live.me.trainer ? "live-trainer" : "live-phone");
  lab.find("page").prepend(lab.make("p", { id: "live-note", role: "status", hidden: true }));
  // What is counted are the room's bets, not hands; phones show them as bars.
  lab.data.texts["reveal.hands"] = live.me.trainer ? lab.text("live.bets_list") : "";
  if (live.me.trainer) live.buildTrainer();
  else live.buildPhone();
  live.buildWhatIf();
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("online", connect);
  lab.on("ready", () => {
    live.tell();
    connect();
  });
};
