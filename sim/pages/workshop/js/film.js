/* What happened in one run, week by week, ready to be asked. */

const binary = (list, week) => {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (list[middle].week <= week) low = middle;
    else high = middle - 1;
  }
  return low;
};

lab.Film = class Film {
  constructor({ id, run, frames, series, codes, places, ties }) {
    Object.assign(this, { id, run, frames, series, codes, places, ties });
    this.people = run.people;
    this.weeks = run.weeks;
  }

  has(attribute) {
    return this.run.attributes.includes(attribute);
  }

  /** Codes of an attribute in the frame at or before a week, one byte a person. */
  codesAt(attribute, week) {
    const a = this.run.attributes.indexOf(attribute);
    const frame = Math.min(this.frames - 1, Math.floor(week / this.run.every));
    const start = (a * this.frames + frame) * this.people;
    return this.codes.subarray(start, start + this.people);
  }

  /** Share of the attribute's range, 0 to 1, of one person in one week. */
  share(attribute, week, person) {
    return this.codesAt(attribute, week)[person] / 255;
  }

  value(attribute, week, person) {
    const { low, high } = lab.attribute(attribute);
    return low + this.share(attribute, week, person) * (high - low);
  }

  /** Where values stand in the range that is drawn, 0 to 1, also between weeks; at whole weeks exactly those of the week. */
  sharesInto(target, attribute, time) {
    const week = Math.floor(time);
    const now = this.codesAt(attribute, week);
    const next = this.codesAt(attribute, Math.min(week + 1, this.weeks));
    const part = time - week;
    const { low, high, drawn = [low, high] } = lab.attribute(attribute);
    for (let i = 0; i < this.people; i++) {
      const value = low + (now[i] + part * (next[i] - now[i])) / 255 * (high - low);
      target[i] = Math.min(1, Math.max(0, (value - drawn[0]) / (drawn[1] - drawn[0])));
    }
    return target;
  }

  placeIndex(week) {
    return binary(this.places, week);
  }

  /** Pairs of people whose tie was in use lately; none before the first count. */
  tiesAt(week) {
    if (!this.ties.length || this.ties[0].week > week) return null;
    return this.ties[binary(this.ties, week)].pairs;
  }

  /** The last thing that happened within the past `span` weeks, if any. */
  eventAt(week, span = 3) {
    let found = null;
    for (const event of this.run.events || []) {
      if (event.week <= week && week - event.week <= span) found = event;
    }
    return found;
  }

  /** A goal's value in the run that is drawn. */
  shown(goal, week) {
    const series = this.series[goal];
    return series ? series.shown[Math.floor(week)] : NaN;
  }

  mean(goal, week) {
    const series = this.series[goal];
    return series ? series.mean[Math.floor(week)] : NaN;
  }
};
