// Reads an AsyncAPI document on stdin by the official parser; prints what it holds, or ends with 1 and the errors.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(readFileSync(0, "utf8"));
const errors = diagnostics.filter(({ severity }) => severity === 0);
for (const { code, path, message } of errors) {
  console.error(`${code} at /${path.join("/")}: ${message}`);
}
if (!document || errors.length > 0) process.exit(1);
console.log(
  JSON.stringify({
    version: document.version(),
    channels: document.channels().all().length,
    operations: document.operations().all().length,
    messages: document.messages().all().length,
    warnings: diagnostics.filter(({ severity }) => severity === 1).map(({ message }) => message),
  }),
);
