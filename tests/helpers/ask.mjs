// Asks the theme's own worker of the search: reads {worker, index, queries}, writes {found, complaints}, as JSON.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const { worker, index, queries } = JSON.parse(readFileSync(0, "utf8"));
const found = {},
  complaints = [];
let listener, answered;
const scope = {
  addEventListener: (_, listen) => {
    listener = listen;
  },
  postMessage: (message) => answered(message),
  console: { warn: (...said) => complaints.push(said.join(" ")) },
};
scope.self = scope;
vm.runInNewContext(readFileSync(worker, "utf8"), scope);

const ask = (data) =>
  new Promise((done) => {
    answered = done;
    listener({ data });
  });
await ask({ type: 0, data: { ...index, options: { suggest: false } } });
for (const query of queries.filter((word) => scope.lunr.stopWordFilter(word))) {
  const { data } = await ask({ type: 2, data: query });
  found[query] = data.items
    .flat()
    .filter((item) => item.score > 0)
    .map((item) => item.location);
}
process.stdout.write(JSON.stringify({ found, complaints }));
