/* Puts the page together; whatever goes wrong is said in words, with the still pictures beside it. */

const copy = (value) => JSON.parse(JSON.stringify(value));

window.learningOrg = {
  state: () => copy({ ...lab.state, ready: document.documentElement.classList.contains("ready") }),
  frames: () => lab.frameTimes(),
};

async function start() {
  lab.data = lab.readPayload(lab.find("payload").textContent);
  document.title = lab.data.title;
  lab.makePanels();
  for (const begin of [
    lab.startChart, lab.startBets, lab.startScreen, lab.startQuestions, lab.startDebrief,
    lab.startPicker, lab.startSandbox, lab.startNotes, lab.startKeys, lab.startHash,
    lab.startMap, lab.startReport, lab.startLive,
  ]) if (begin) begin();
  await lab.readHash();
  document.documentElement.classList.add("ready");
  lab.emit("ready");
  lab.find("play").focus({ preventScroll: true });
}

window.addEventListener("unhandledrejection", (event) => {
  const ready = document.documentElement.classList.contains("ready");
  (ready ? lab.warn : lab.fail)(lab.troubleOf(event.reason), event.reason);
});

start().catch((error) => lab.fail(lab.troubleOf(error), error));
