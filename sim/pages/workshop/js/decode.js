/* Reading the payload, and unpacking the runs when they are first shown. */

const FORMAT = "learning-org workshop";
/* One reader a version; a reader returns a payload as version 1 has it. Old readers stay. */
const READERS = { 1: (payload) => payload };
const SERIES_TOP = 65534;
const MISSING = 65535;
const PLACE_FIELDS = ["unit", "manager", "level", "community", "cell", "officer", "occupant"];

const unpacked = new Map();

class Unreadable extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

lab.readPayload = (text) => {
  if (typeof DecompressionStream === "undefined") throw new Unreadable("browser", "DecompressionStream");
  let payload;
  try {
    payload = JSON.parse(text);
  } catch (error) {
    throw new Unreadable("payload", error.message);
  }
  if (!payload || payload.format !== FORMAT) throw new Unreadable("payload", "format");
  const reader = READERS[payload.version];
  if (!reader) throw new Unreadable("version", `version ${payload.version}`);
  return reader(payload);
};

lab.troubleOf = (error) => (error instanceof Unreadable ? error.kind : "other");

async function inflate(base64) {
  const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Little-endian 16-bit numbers, whatever the machine's own order is. */
function words16(bytes, signed) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new (signed ? Int16Array : Uint16Array)(bytes.byteLength >> 1);
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = signed ? view.getInt16(2 * i, true) : view.getUint16(2 * i, true);
  }
  return numbers;
}

/** Undo "each byte minus the byte of the frame before", in place. */
function accumulate(bytes, attributes, frames, people) {
  if (bytes.length !== attributes * frames * people) throw new Unreadable("payload", "film length");
  for (let a = 0; a < attributes; a++) {
    const start = a * frames * people;
    for (let i = start + people; i < start + frames * people; i++) {
      bytes[i] = (bytes[i] + bytes[i - people]) & 255;
    }
  }
  return bytes;
}

function placesOf(run, numbers) {
  const { people } = run;
  const size = PLACE_FIELDS.length * people;
  if (numbers.length !== size * run.places.weeks.length) throw new Unreadable("payload", "places");
  return run.places.weeks.map((week, k) => {
    const place = { week };
    PLACE_FIELDS.forEach((field, f) => {
      place[field] = numbers.subarray(k * size + f * people, k * size + (f + 1) * people);
    });
    return place;
  });
}

function tiesOf(run, numbers) {
  let start = 0;
  return run.ties.weeks.map((week, k) => {
    const pairs = numbers.subarray(start, start + 2 * run.ties.counts[k]);
    start += 2 * run.ties.counts[k];
    return { week, pairs };
  });
}

/** Weekly values from those stored every few weeks, with straight lines between them. */
function everyWeek(stored, every, weeks) {
  if (every === 1) return stored;
  return Float64Array.from({ length: weeks + 1 }, (_, week) => {
    const low = Math.floor(week / every);
    const part = week / every - low;
    return part ? stored[low] + part * (stored[Math.min(low + 1, stored.length - 1)] - stored[low]) : stored[low];
  });
}

function seriesOf(packed, weeks, codes) {
  const every = packed.every || 1;
  const columns = Math.floor(weeks / every) + 1;
  if (codes.length !== packed.rows * columns) throw new Unreadable("payload", "series length");
  const values = Float64Array.from(codes, (code) =>
    code === MISSING ? NaN : packed.low + (code * (packed.high - packed.low)) / SERIES_TOP);
  const row = (r) => everyWeek(values.subarray(r * columns, (r + 1) * columns), every, weeks);
  const runs = [];
  for (let r = 4; r < packed.rows; r++) runs.push(row(r));
  return { mean: row(0), low: row(1), high: row(2), shown: row(3), runs };
}

async function unpack(id, run) {
  try {
    return await unpackWhole(id, run);
  } catch (error) {
    throw error instanceof Unreadable ? error : new Unreadable("payload", `run ${id}: ${error.message}`);
  }
}

async function unpackWhole(id, run) {
  const [film, places, ties] = await Promise.all([
    inflate(run.film), inflate(run.places.data), run.ties ? inflate(run.ties.data) : null,
  ]);
  const series = {};
  await Promise.all(Object.entries(run.series).map(async ([goal, packed]) => {
    series[goal] = seriesOf(packed, run.weeks, words16(await inflate(packed.data), false));
  }));
  const frames = Math.floor(run.weeks / run.every) + 1;
  return new lab.Film({
    id, run, frames, series,
    codes: accumulate(film, run.attributes.length, frames, run.people),
    places: placesOf(run, words16(places, true)),
    ties: ties ? tiesOf(run, words16(ties, true)) : [],
  });
}

/** The film of a run, as a promise; the same promise each time. */
lab.film = (id) => {
  if (!unpacked.has(id)) {
    const run = lab.data.runs[id];
    unpacked.set(id, run ? unpack(id, run) : Promise.reject(new Unreadable("payload", `run ${id}`)));
  }
  return unpacked.get(id);
};

/** A run that came later (from the live room); it replaces one of the same name. */
lab.addRun = (id, run) => {
  lab.data.runs[id] = run;
  unpacked.delete(id);
  lab.emit("runs", id);
};
