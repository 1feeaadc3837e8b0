// The second judge: ajv. Reads one question a line, {"schema": FILE, "data": VALUE}, and answers each with a line,
// {"valid": BOOLEAN, "keywords": [NAME]}: the keywords that refuse, those inside branches of oneOf included.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import Ajv2020 from "ajv/dist/2020.js";

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
ajv.addVocabulary(["x-ingenium-extensible"]);

const validators = new Map();
const validator = (file) => {
  if (!validators.has(file)) validators.set(file, ajv.compile(JSON.parse(readFileSync(file, "utf8"))));
  return validators.get(file);
};

for await (const line of createInterface({ input: process.stdin })) {
  const { schema, data } = JSON.parse(line);
  const validate = validator(schema);
  const valid = validate(data);
  const keywords = (validate.errors ?? []).map((error) => error.keyword);
  console.log(JSON.stringify({ valid, keywords: [...new Set(keywords)] }));
}
