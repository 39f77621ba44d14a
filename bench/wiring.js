// The wirings of the workloads, in the form that `onward generate` writes, made by functions because they are all alike.

import { createRuntime } from 'onward';
import { defineGraph } from 'onward/wiring/v1';

/** @returns {readonly [string, import('onward/wiring/v1').NodeWiring]} */
export function node(id, kind, call, message, takes) {
  return [id, { kind, message, ...(takes && { takes }), call }];
}

/** @returns {import('onward/wiring/v1').EdgeWiring} */
export function edge(on, from, to) {
  return { on, from, to, decorator: 0 };
}

export function wiringOf(name, nodes, edges) {
  return defineGraph({ contract: 1, graphHash: `bench-${name}`, nodes: Object.fromEntries(nodes), edges });
}

export function runtimeOf(graph, services, validate) {
  return createRuntime(graph, { services, messages: { validate } });
}
