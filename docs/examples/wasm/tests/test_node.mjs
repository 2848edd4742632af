// The module in Node: a day, refusals, a restart. No package is needed.
//
//     cargo build --release --target wasm32-unknown-unknown
//     node tests/test_node.mjs target/wasm32-unknown-unknown/release/caserank_wasm.wasm
//
// With a third and fourth argument: answers the requests of one file, line by line, into another.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

const model = readFileSync(new URL("../../../../fixtures/models/toy.json", import.meta.url), "utf8");
const module = new WebAssembly.Module(readFileSync(process.argv[2]));
// It asks the page, the system, the clock and the network for nothing.
assert.deepEqual(WebAssembly.Module.imports(module), []);

function queue() {
  const { memory, caserank_buffer, caserank_call, caserank_answer } = new WebAssembly.Instance(module).exports;
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    // Room first: the memory may grow for it, and is then another buffer.
    const at = caserank_buffer(bytes.length);
    new Uint8Array(memory.buffer, at, bytes.length).set(bytes);
    const length = caserank_call();
    return new TextDecoder().decode(new Uint8Array(memory.buffer, caserank_answer(), length));
  };
}

function asked(call, request) {
  const answer = JSON.parse(call(JSON.stringify(request)));
  assert.equal(answer.error, undefined);
  return answer.ok;
}

const call = queue();
assert.match(call('{"top": 3}'), /error/); // nothing is open
assert.match(call('{"open": {"model": "{}", "now": "2026-04-17"}}'), /not a model file/);
asked(call, { open: { model, now: "2026-04-17T08:00:00Z" } });
asked(call, { receive: { id: "a", received: "2026-04-17", answers: { prior_reports: 5 } } });
asked(call, { receive: { id: "b", received: "2026-04-17" } });
assert.equal(asked(call, { answer: { id: "b", answers: { urgent: "yes" } } }).to.position, 1);
assert.match(call('{"remove": "nobody"}'), /nobody/);
const again = queue();
asked(again, { restore: { model, saved: asked(call, "save") } });
assert.deepEqual(asked(again, { top: 9 }), asked(call, { top: 9 }));

const began = performance.now();
for (let number = 0; number < 4000; number += 1) {
  asked(again, { receive: { id: `c${number}`, received: "2026-04-17", answers: { prior_reports: number % 9 } } });
}
const each = ((performance.now() - began) / 4000) * 1000;

if (process.argv[4]) {
  const day = queue();
  asked(day, { open: { model, now: "2026-04-17T08:00:00Z" } });
  const requests = readFileSync(process.argv[3], "utf8").trim().split("\n");
  writeFileSync(process.argv[4], requests.map((request) => `${day(request)}\n`).join(""));
}
console.log(`WebAssembly: all passed; a complaint received in ${each.toFixed(0)} µs, JSON and Node included`);
