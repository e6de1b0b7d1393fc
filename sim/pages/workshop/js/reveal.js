/* What came of it, in words: numbers, in how many runs, and the bet. Nothing before the end was shown. */

const turned = (pair) => ({
  ...pair, left: pair.right, right: pair.left, A: pair.B, B: pair.A, difference: -pair.difference,
  ahead_A: pair.ahead_B, ahead_B: pair.ahead_A, verdict: { A: "B", B: "A", none: "none" }[pair.verdict],
});

/** Who is ahead of two runs in a goal and week, as Python counted it; null where it was not asked. */
lab.pairOf = (left, right, goal, week) => {
  const of = (one, other) => lab.data.pairs.find((pair) =>
    pair.left === one && pair.right === other && pair.goal === goal && (pair.week ?? lab.weeks()) === week);
  const pair = of(left, right);
  if (pair) return pair;
  const other = of(right, left);
  return other ? turned(other) : null;
};

/** The pair on screen; where a question counts losses against a baseline, the pair of these. */
function pairNow(goal, week) {
  const { changes } = lab.question();
  if (changes && !lab.free()) {
    return (changes[lab.state.option] || []).find((pair) => pair.goal === goal && pair.week === week) || null;
  }
  return lab.pairOf(lab.state.left, lab.state.right, goal, week);
}

/** Everything a sentence about a pair may name. */
function valuesOf(pair, goal, week) {
  const [A, B] = lab.sideNames();
  const first = pair.verdict === "A" || (pair.verdict === "none" && pair.A >= pair.B);
  const number = (value) => lab.number(value, goal.decimals);
  return {
    A, B, week, runs: pair.runs, same: pair.same, short: goal.short, n_A: pair.ahead_A, n_B: pair.ahead_B,
    ahead: first ? A : B, behind: first ? B : A,
    n: first ? pair.ahead_A : pair.ahead_B, other: first ? pair.ahead_B : pair.ahead_A,
    value_A: number(pair.A), value_B: number(pair.B),
    value_ahead: number(first ? pair.A : pair.B), value_behind: number(first ? pair.B : pair.A),
    difference: number(Math.abs(pair.difference)),
  };
}

function numbersKey(pair) {
  const none = pair.verdict === "none";
  if (lab.question().changes && !lab.free()) return none ? "reveal.lost.none" : "reveal.lost";
  return none ? "reveal.numbers.none" : "reveal.numbers";
}

/** In how many runs; and how many disagree. */
function runsKey(pair) {
  if (pair.same === pair.runs) return "reveal.runs.same";
  if (pair.verdict === "none") return "reveal.runs.none";
  const n = pair.verdict === "A" ? pair.ahead_A : pair.ahead_B;
  return n === pair.runs ? "reveal.runs.all" : "reveal.runs";
}

function lineOf(goal, week, several) {
  const pair = pairNow(goal.id, week);
  if (!pair) return { numbers: meansOnly(goal), runs: "" };
  const values = valuesOf(pair, goal, week);
  const sentence = lab.text(numbersKey(pair), values);
  return {
    numbers: several ? lab.text("reveal.week", { week, sentence }) : sentence,
    runs: lab.text(runsKey(pair), values),
  };
}

function meansOnly(goal) {
  const [A, B] = lab.sideNames();
  const [value_A, value_B] = lab.films.map((film) => lab.number(film.mean(goal.id, lab.weeks()), goal.decimals));
  return lab.text("reveal.means", { A, B, value_A, value_B, short: goal.short });
}

/** What was bet, and how it was: `right` are the bets that came true. */
function betLine(right, truth) {
  const bet = lab.bet();
  const counts = lab.counts();
  const lines = [];
  if (bet !== null) {
    lines.push(lab.text(right.includes(bet) ? "reveal.bet.right" : "reveal.bet.wrong", { bet: lab.choiceLabel(bet), truth }));
  }
  if (counts) {
    const each = Object.entries(counts).filter(([, count]) => count > 0)
      .map(([id, count]) => lab.text("reveal.hands.each", { choice: lab.choiceLabel(id), count }));
    lines.push(lab.text("reveal.hands", { list: each.join(", ") }));
  }
  return lines.join(" ");
}

/** {lines: [{numbers, runs}], bet, more} of the two runs on screen. */
lab.revealSides = () => {
  const question = lab.question();
  const goal = lab.goal(lab.state.goal);
  const weeks = lab.free() ? [lab.weeks()] : question.weeks || [lab.weeks()];
  const lines = weeks.map((week) => lineOf(goal, week, weeks.length > 1));
  const asked = question.bet && question.bet.kind === "sides" && !lab.free() ? question.bet : null;
  const pair = asked ? pairNow(asked.goal || question.goal, asked.week ?? lab.weeks()) : null;
  if (!pair) return { lines, bet: "", more: "" };
  const own = question.reveal ? question.reveal[pair.verdict] : null;
  return {
    lines, bet: betLine([pair.verdict], lab.choiceLabel(pair.verdict)),
    more: pair.remark ? pair.remark : own ? lab.fill(own, valuesOf(pair, lab.goal(asked.goal || question.goal), asked.week)) : "",
  };
};

/* --- bets on options: which level of the control does best --------------------------------------- */

const sideThatVaries = (options) => (new Set(options.map((option) => option.right)).size > 1 ? "right" : "left");

/** {lines, bet, more, open} of the options that were shown; the verdict once all were. */
lab.revealOptions = async () => {
  const question = lab.question();
  const { bet, outcome } = question;
  const goal = lab.goal(bet.goal || question.goal);
  const week = bet.week ?? lab.weeks();
  const { options } = question.control;
  const shown = options.filter((option) => lab.seen(option.left, option.right));
  const films = await Promise.all(shown.map((option) => lab.film(option[sideThatVaries(options)])));
  const each = shown.map((option, n) => lab.text("reveal.option", {
    option: option.label,
    value: lab.number(outcome?.values?.[option.id] ?? films[n].mean(goal.id, week), goal.decimals),
  }));
  const numbers = lab.text("reveal.options", { week, list: each.join("; "), short: goal.short });
  if (shown.length < options.length) {
    const runs = lab.text("reveal.options.left", { count: options.length - shown.length });
    return { lines: [{ numbers, runs }], bet: openBet(), more: "", open: true };
  }
  return verdictOf(question, numbers);
};

const openBet = () => (lab.bet() === null ? "" : lab.text("reveal.bet.open", { bet: lab.choiceLabel(lab.bet()) }));

function verdictOf(question, numbers) {
  const { outcome } = question;
  if (!outcome) return { lines: [{ numbers, runs: "" }], bet: "", more: "" };
  const names = outcome.tied.map((id) => lab.choiceLabel(id));
  const list = names.join(", ");
  const [key, truth, right] = outcome.clear
    ? ["reveal.options.clear", names[0], [outcome.best]]
    : outcome.all_tied
      ? ["reveal.options.none", lab.choiceLabel("none"), ["none"]]
      : ["reveal.options.tied", lab.text("reveal.options.truth", { list }), outcome.tied];
  const own = question.reveal && question.reveal[outcome.clear ? outcome.best : "none"];
  const runs = lab.text(key, { best: names[0], list, runs: lab.data.program.seeds.length });
  return { lines: [{ numbers, runs }], bet: betLine(right, truth), more: own || "" };
}

/** Count all options as shown: the trainer does not want to play each of them. */
lab.revealAllOptions = () => {
  for (const option of lab.question().control.options) lab.reachRuns(option.left, option.right);
  lab.drawChart();
  lab.tell();
};
