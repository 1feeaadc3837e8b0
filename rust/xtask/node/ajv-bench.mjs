// ajv, compiled, from bytes. `ajv-bench.mjs corpus FILE`: nanoseconds an event, the median of 40 passes over the lines
// of FILE. `ajv-bench.mjs stream FILE`: seconds for one pass over FILE as a stream of lines.
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Ajv2020 from "ajv/dist/2020.js";

const root = new URL("../../../schemas/", import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, root), "utf8"));
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(read("cloudevents/envelope.schema.json"));
const envelope = ajv.compile(read("cloudevents/ingenium-profile.schema.json"));
const payloads = new Map(
  read("catalog.json").events.map(({ type, schema }) => {
    const name = schema.replace("events/", "").replace(".schema.json", "");
    return [type, ajv.compile(read(`dist/strict/${name}.json`))];
  }),
);

const isValid = (text) => {
  const event = JSON.parse(text);
  const payload = payloads.get(event.type);
  return payload !== undefined && envelope(event) && payload(event.data);
};
const must = (text) => {
  if (!isValid(text)) throw new Error(`refused: ${text}`);
};

const [mode, file] = process.argv.slice(2);
if (mode === "corpus") {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n").map((line) => Buffer.from(line));
  const pass = () => {
    const start = process.hrtime.bigint();
    for (const line of lines) must(line.toString("utf8"));
    return Number(process.hrtime.bigint() - start) / lines.length;
  };
  for (let warm = 0; warm < 200; warm += 1) pass();
  const times = Array.from({ length: 40 }, pass).sort((a, b) => a - b);
  console.log(times[20]);
} else {
  const start = process.hrtime.bigint();
  let events = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    must(line);
    events += 1;
  }
  console.error(`${events} events`);
  console.log(Number(process.hrtime.bigint() - start) / 1e9);
}
