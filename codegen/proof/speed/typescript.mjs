// How long the generated TypeScript package takes for a payload, beside JSON.parse and a validator that ajv has compiled.
// Arguments: the package's folder, the folder of the repository. Prints one line of JSON.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [home, repository] = process.argv.slice(2);
const require = createRequire(join(repository, "rust/xtask/node/package.json"));
const Ajv2020 = require("ajv/dist/2020.js").default;
const { CATALOG } = await import(pathToFileURL(join(home, "build/src/index.js")));

const ajv = new Ajv2020({ strict: false });
const corpus = [];
for (const type of Object.keys(CATALOG)) {
  const name = type.replace("ingenium.", "");
  const validate = ajv.compile(JSON.parse(readFileSync(join(repository, `schemas/dist/strict/${name}.json`), "utf8")));
  const folder = join(repository, "schemas/vectors", name, "valid");
  for (const file of readdirSync(folder)) {
    const { data } = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const codec = CATALOG[type].codec;
    // In canonical key order, as everything that is emitted.
    corpus.push({ text: codec.stringify(codec.parse(JSON.stringify(data), "strict")), codec, validate });
  }
}

const contenders = {
  package: () => {
    for (const { text, codec } of corpus) codec.parse(text, "strict");
  },
  ajv: () => {
    for (const { text, validate } of corpus) if (!validate(JSON.parse(text))) throw new Error(text);
  },
};

const times = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < 60; round += 1) {
  for (const [name, run] of Object.entries(contenders)) {
    const start = process.hrtime.bigint();
    for (let repeat = 0; repeat < 40; repeat += 1) run();
    times[name].push(Number(process.hrtime.bigint() - start) / (40 * corpus.length));
  }
}
const median = (values) => values.slice(10).sort((a, b) => a - b)[Math.floor((values.length - 10) / 2)];
console.log(JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))));
