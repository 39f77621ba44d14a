// `onward list`: every node with the edges that lead to it.

import { visible } from '../quote.ts';
import type { EdgeModel, NodeModel, ScheduleModel } from '../model/model.ts';
import { graphOf } from './analysed.ts';
import type { Arguments } from './arguments.ts';
import { describeEdge, factsOf } from '../words.ts';
import { plainGraph } from './graph.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';

export function list(terminal: Terminal, given: Arguments): number {
  const found = graphOf(terminal, given);
  if (typeof found === 'number') return found;
  if (given.json) {
    terminal.out(printJson({ ok: true, ...plainGraph(found.model) }));
    return 0;
  }
  const nodes = found.model.services.flatMap((service) => service.nodes);
  const width = Math.max(0, ...nodes.map((node) => node.id.length));
  terminal.out(nodes.map((node) => renderNode(node, width)).join(''));
  return 0;
}

function renderNode(node: NodeModel, width: number): string {
  const message = node.message === undefined ? '' : (node.message.slot.class?.declaration.name ?? 'value');
  const taken = node.facts.waits === true ? `${message} (waits)`.trimStart() : message;
  const head = `${node.id.padEnd(width)}  ${node.kind.padEnd('handler'.length)}  ${taken}`.trimEnd();
  return [head, ...node.schedules.map(renderSchedule), ...node.edges.map(renderEdge)]
    .map((line) => `${line}\n`)
    .join('');
}

function renderSchedule({ pattern = '', timezone }: ScheduleModel): string {
  return visible(`  at ${pattern}${timezone === undefined ? '' : ` (${timezone})`}`);
}

function renderEdge(edge: EdgeModel): string {
  const { bind } = edge;
  const facts = [
    ...factsOf(edge),
    ...(bind === undefined ? [] : [bind === 'function' ? 'binds by function' : `binds ${bind.join(', ')}`]),
  ];
  const details = facts.length === 0 ? '' : ` (${facts.join('; ')})`;
  return visible(`  ${describeEdge(edge)}${details}`);
}
