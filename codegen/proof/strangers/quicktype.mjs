// Puts questions before the code that quicktype has generated. Arguments: the folder of the compiled modules, the file of
// questions. Prints one line of JSON: how many wrong payloads were taken, right ones refused, and right ones changed.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [folder, questions] = process.argv.slice(2);
const counts = { taken: 0, refused: 0, changed: 0 };
for (const line of readFileSync(questions, "utf8").trimEnd().split("\n")) {
  const { name, title, data, valid } = JSON.parse(line);
  const { Convert } = await import(pathToFileURL(join(folder, `${name}.js`)));
  let written;
  try {
    const value = Convert[`to${title}`](JSON.stringify(data));
    written = JSON.parse(Convert[`${title[0].toLowerCase()}${title.slice(1)}ToJson`](value));
  } catch {
    counts.refused += valid ? 1 : 0;
    continue;
  }
  if (!valid) counts.taken += 1;
  else if (!isDeepStrictEqual(written, data)) counts.changed += 1;
}
console.log(JSON.stringify(counts));
