// `onward why <node>`: every way by which a run reaches a node, the shortest first.
//
// WHY-1. A way begins with a job that is started, with a handler that a body calls, or with the end of any run. It
//        passes no node twice.
// WHY-2. A body that calls or spawns a node by a written name leads to it. Any other body may call a handler as well: it
//        counts as called if no edge and no such call leads to it.
// WHY-3. A graph may have more ways than anybody reads: the search ends after so many, and the answer says so.

import { inBackticks } from '../../src/values/describe.ts';
import { resolve } from 'node:path';
import { didYouMean } from '../../src/errors/nearest-name.ts';
import { reachedFrom } from '../check/whole-graph.ts';
import { analyse } from '../generate.ts';
import type { CallerModel, EdgeModel, NodeModel } from '../model/model.ts';
import { showWord, visible } from '../quote.ts';
import { ANY_JOB, factsOf, showEdge } from '../words.ts';
import { wrongUsage, type Arguments } from './arguments.ts';
import { plainPlace } from './diagnostics.ts';
import { refuse } from './generate.ts';
import { plainEdge } from './graph.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';

export function why(terminal: Terminal, given: Arguments): number {
  const id = operandOf(given);
  const found = analyse(resolve(terminal.cwd, given.project));
  if (found.text === undefined) return refuse(terminal, given, found);
  const nodes = found.model.services.flatMap((service) => service.nodes);
  const node = nodeCalled(id, nodes);
  const search = findWays(node, nodes);
  if (given.json) terminal.out(printJson(plainAnswer(terminal, node, search)));
  else terminal.out(`${textAnswer(terminal, node, search).map(visible).join('\n')}\n`);
  return 0;
}

function operandOf({ operands }: Arguments): string {
  const [id, ...others] = operands;
  if (id === undefined) throw wrongUsage('why needs a node, as in `onward why Billing.charge`');
  if (others.length > 0) throw wrongUsage(`why takes one node, got ${operands.length}`);
  return id;
}

function nodeCalled(id: string, nodes: readonly NodeModel[]): NodeModel {
  const node = nodes.find((item) => item.id === id);
  if (node !== undefined) return node;
  const known = nodes.map((item) => item.id);
  throw wrongUsage(
    `there is no node ${showWord(id)}; ${didYouMean(id, known, inBackticks) ?? '`onward list` has all of them'}`,
  );
}

interface Way {
  /** The job that is started or the handler that is called; null for any run. */
  readonly start: NodeModel | null;
  /** From the start to the node. */
  readonly edges: readonly Step[];
}

/** An edge that is taken, or a body that calls or spawns what follows. */
type Step = EdgeModel | CallStep;

interface CallStep extends CallerModel {
  readonly to: NodeModel;
}

function isCall(step: Step): step is CallStep {
  return 'how' in step;
}

interface Search {
  /** The shortest first. */
  readonly ways: readonly Way[];
  /** Whether there are more than these. */
  readonly hasMore: boolean;
}

const MAX_WAYS = 20;
const MAX_STEPS = 10_000;

/** Against the direction of the edges, and only over nodes that a run reaches: nearly every step leads to a start. */
function findWays(node: NodeModel, nodes: readonly NodeModel[]): Search {
  const reached = reachedFrom({ ways: nodes.flatMap(singleWays) }, nodes.filter(isStart));
  const ways: Way[] = [];
  const open: { readonly at: NodeModel; readonly edges: readonly Step[] }[] = reached.has(node)
    ? [{ at: node, edges: [] }]
    : [];
  let steps = 0;
  for (let step = open.pop(); step !== undefined && ways.length <= MAX_WAYS; step = open.pop()) {
    if (++steps > MAX_STEPS) return { ways: byLength(ways), hasMore: true };
    const { at, edges } = step;
    const calls = at.callers.filter(({ from }) => reached.has(from)).map((caller) => ({ ...caller, to: at }));
    if (at.kind === 'job' || (isCalled(at) && calls.length === 0)) ways.push({ start: at, edges });
    const passed = new Set([node, at, ...edges.map((edge) => edge.to)]);
    for (const edge of [...at.edges, ...calls].toReversed()) {
      const { from } = edge;
      if (from === null) ways.push({ start: null, edges: [edge, ...edges] });
      else if (reached.has(from) && !passed.has(from)) open.push({ at: from, edges: [edge, ...edges] });
    }
  }
  return { ways: byLength(ways).slice(0, MAX_WAYS), hasMore: ways.length > MAX_WAYS };
}

function singleWays(to: NodeModel): { readonly to: NodeModel; readonly edges: readonly [EdgeModel | CallerModel] }[] {
  return [...to.edges, ...to.callers].map((edge) => ({ to, edges: [edge] }));
}

function byLength(ways: readonly Way[]): Way[] {
  return ways.toSorted((a, b) => a.edges.length - b.edges.length);
}

function isStart(node: NodeModel): boolean {
  return node.kind === 'job' || isCalled(node) || node.edges.some((edge) => edge.from === null);
}

function isCalled({ kind, watches, facts }: NodeModel): boolean {
  return kind === 'handler' && watches.length === 0 && facts.waits !== true;
}

function textAnswer(terminal: Terminal, node: NodeModel, { ways, hasMore }: Search): string[] {
  const number = `${hasMore ? 'more than ' : ''}${ways.length} way${ways.length === 1 ? '' : 's'}`;
  const head = ways.length === 0 ? `no run reaches ${node.id}` : `a run can reach ${node.id} in ${number}`;
  const lines = ways.flatMap(({ start, edges }, at) => [
    '',
    `${at + 1}. ${startText(start)}`,
    ...edges.map((edge) => `   ${stepText(edge)}  ${placeText(terminal, edge)}`),
  ]);
  const isUnknown = isCalled(node) && ways.some(({ start }) => start === node);
  const mayCall = node.kind === 'handler' && node.isDeclared && !isUnknown;
  return [
    head,
    ...lines,
    ...(hasMore ? ['', 'there are more ways; `onward list` has every edge'] : []),
    ...(mayCall
      ? [
          '',
          `${node.callers.length > 0 ? 'other bodies' : 'bodies'} may call ${node.id} too; which ones do is not known`,
        ]
      : []),
  ];
}

function startText(start: NodeModel | null): string {
  if (start === null) return `a run of ${ANY_JOB} is over`;
  return start.kind === 'job' ? `a run starts with ${start.id}` : `a body calls ${start.id}`;
}

function stepText(edge: Step): string {
  if (isCall(edge)) return `${edge.from.id} ${edge.how}s ${edge.to.id}`;
  const facts = [
    ...factsOf(edge),
    ...otherSources(edge).map((id) => `needs ${id} too`),
    ...(edge.to.facts.waits === true ? ['then waits for a message'] : []),
  ];
  return facts.length === 0 ? showEdge(edge) : `${showEdge(edge)} (${facts.join('; ')})`;
}

/** What a join waits for in addition to this source. */
function otherSources(edge: EdgeModel): string[] {
  if (edge.join === undefined || edge.join.mode === 'any' || edge.join.onMissing === 'run') return [];
  const sources = edge.to.edges.filter((other) => other.decorator === edge.decorator && other !== edge);
  return sources.flatMap(({ from }) => from?.id ?? []);
}

function placeText({ cwd }: Terminal, { place }: Step): string {
  const { file, line, column } = plainPlace(place, cwd);
  return `${file}:${line}:${column}`;
}

function plainAnswer(terminal: Terminal, node: NodeModel, { ways, hasMore }: Search): object {
  return {
    ok: true,
    node: node.id,
    kind: node.kind,
    ways: ways.map(({ start, edges }) => ({
      start: start?.id ?? null,
      edges: edges.map((edge) => ({ ...plainStep(edge), place: plainPlace(edge.place, terminal.cwd) })),
    })),
    hasMore,
  };
}

function plainStep(step: Step): object {
  return isCall(step) ? { on: step.how, from: step.from.id, to: step.to.id } : plainEdge(step);
}
