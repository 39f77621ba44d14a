// The wirings of the workloads, in the form that `onward generate` writes, made by functions because they are all alike.

import { createRuntime } from '../dist/src/index.js';
import { defineGraph } from '../dist/src/wiring/v1.js';

/** @returns {readonly [string, import('onward/wiring/v1').NodeWiring]} */
export function node(id, kind, call, message, takes) {
  return [id, { kind, message, ...(takes && { takes }), call }];
}

/** @returns {import('onward/wiring/v1').EdgeWiring} */
export function edge(on, from, to) {
  return { on, from, to, decorator: 0 };
}

/** @param {ReadonlyMap<string, string>} sources the nodes by the fields that take their values */
export function joinEdges(to, sources) {
  return [...sources].map(([source, from]) => ({ on: 'join', from, to, decorator: 0, source }));
}

export function wiringOf(name, nodes, edges) {
  return defineGraph({ contract: 1, graphHash: `bench-${name}`, nodes: Object.fromEntries(nodes), edges });
}

export function runtimeOf(graph, services, validate) {
  return createRuntime(graph, { services, messages: { validate } });
}
