// `onward why`: every way by which a run reaches a node, those that end with one edge, or those to all nodes of a service.
//
// WHY-1. A node is asked for as anything prints it or as the sources have it: `Billing.charge` by its id, by its class or
//        by its method, `charge` alone where only one node has that name, `Billing` for all its nodes.
// WHY-2. An edge is asked for by its ends, `Billing.charge -> Mail.book`, or by its id in a report.
// WHY-3. What is not found is answered with the nearest of all that can be asked for.

import { didYouMean } from '../../src/errors/nearest-name.ts';
import { inBackticks } from '../../src/values/describe.ts';
import type { EdgeModel, Model, NodeModel, ServiceModel } from '../model/model.ts';
import { plainPlace } from '../problem.ts';
import { showWord, visible } from '../quote.ts';
import { ANY_JOB, factsOf, showEdge, showList } from '../words.ts';
import { graphOf } from './analysed.ts';
import { wrongUsage, type Arguments } from './arguments.ts';
import { plainEdge } from './graph.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';
import { isCall, reachIn, type Reach, type Step, type Ways } from './ways.ts';

export function why(terminal: Terminal, given: Arguments): number {
  const found = graphOf(terminal, given);
  if (typeof found === 'number') return found;
  const reach = reachIn(found.model);
  const [asked = ''] = given.operands;
  const { service, answers } = answersTo(asked, found.model, reach);
  if (given.json) {
    const plain = answers.map((answer) => plainAnswer(terminal, answer));
    const body = service === undefined ? plain[0] : { service: service.name, nodes: plain };
    terminal.out(printJson({ ok: true, ...body }));
  } else {
    const texts = answers.map((answer) => textAnswer(terminal, answer, reach).map(visible).join('\n'));
    terminal.out(`${texts.join('\n\n')}\n`);
  }
  return 0;
}

interface Answer extends Ways {
  readonly node: NodeModel;
  /** Where the ways by one edge are asked for: the node that it leads from. */
  readonly from?: NodeModel | null;
}

interface Answers {
  /** Present where all nodes of a service are asked for. */
  readonly service?: ServiceModel;
  readonly answers: readonly Answer[];
}

function answersTo(asked: string, model: Model, reach: Reach): Answers {
  const edge = edgeCalled(asked, model, reach);
  if (edge !== undefined) return { answers: [edge] };
  const nodes = nodesCalled(asked, model);
  const [only, ...others] = nodes;
  if (only !== undefined && others.length === 0) return { answers: [{ node: only, ...reach.waysTo(only) }] };
  const service = only === undefined ? serviceCalled(asked, model) : undefined;
  if (service !== undefined) {
    return { service, answers: service.nodes.map((node) => ({ node, ...reach.waysTo(node) })) };
  }
  throw only === undefined ? unknown(asked, model) : ambiguous(asked, nodes);
}

const ARROW = /\s*(?:->|=>|→)\s*/;

/** `Billing.charge -> Mail.book`; undefined for what is no edge. */
function edgeCalled(asked: string, model: Model, reach: Reach): Answer | undefined {
  const [first = '', second, ...others] = asked.split(ARROW);
  if (second === undefined) return edgeOfId(asked, model, reach);
  if (others.length > 0) {
    throw wrongUsage(
      `${showWord(asked)} has more than two nodes; ask for one edge, as in \`Billing.charge -> Mail.book\``,
    );
  }
  const [from, to] = [nodeCalled(first, model), nodeCalled(second, model)];
  const last = reach.stepsTo(to).filter((step) => step.from === from);
  if (last.length > 0) return { node: to, from, ...reach.waysTo(to, last) };
  const sources = reach.stepsTo(to).map((step) => step.from?.id ?? ANY_JOB);
  const hint = sources.length === 0 ? 'no edge does' : `edges come from ${showList(sources, 'and')}`;
  throw wrongUsage(`no edge leads from ${from.id} to ${to.id}; ${hint}; \`onward list\` has all of them`);
}

/** `Billing.charge>success>Mail.book` or `join>Mail.book`, as reports have it; `*` stands for any job. */
function edgeOfId(asked: string, model: Model, reach: Reach): Answer | undefined {
  const [, source, moment, target] = /^(?:(.+)>)?(\w+)>(.+?)(?:#\d+)?$/.exec(asked) ?? [];
  const to = model.services.flatMap((service) => service.nodes).find((node) => node.id === target);
  if (to === undefined) return undefined;
  const edges = reach.stepsTo(to).filter((step) => !isCall(step) && step.on === moment);
  if (moment === 'join') return { node: to, ...reach.waysTo(to, edges) };
  const last = edges.filter(({ from }) => (from?.id ?? '*') === source);
  const [first] = last;
  return first === undefined ? undefined : { node: to, from: first.from, ...reach.waysTo(to, last) };
}

function nodeCalled(asked: string, model: Model): NodeModel {
  const nodes = nodesCalled(asked, model);
  const [only, ...others] = nodes;
  if (only === undefined) throw unknown(asked, model);
  if (others.length > 0) throw ambiguous(asked, nodes);
  return only;
}

/** By the id; else by everything that the sources call it, with case and then without. */
function nodesCalled(asked: string, { services }: Model): readonly NodeModel[] {
  const nodes = services.flatMap((service) => service.nodes);
  const name = asked.trim().replace(/\(\)$/, '');
  const byId = nodes.filter((node) => node.id === name);
  if (byId.length > 0) return byId;
  const exact = nodes.filter((node) => namesOf(node).includes(name));
  if (exact.length > 0 || name === '') return exact;
  const small = name.toLowerCase();
  return nodes.filter((node) => namesOf(node).some((other) => other.toLowerCase() === small));
}

function namesOf({ id, name, method, service }: NodeModel): string[] {
  return [id, name, method, ...serviceNames(service).flatMap((owner) => [`${owner}.${name}`, `${owner}.${method}`])];
}

function serviceCalled(asked: string, { services }: Model): ServiceModel | undefined {
  const small = asked.trim().toLowerCase();
  const byName = services.find(({ name }) => name === asked);
  return byName ?? services.find((service) => serviceNames(service).some((name) => name.toLowerCase() === small));
}

function serviceNames({ name, class: { name: declared = name } }: ServiceModel): string[] {
  return [name, declared];
}

function unknown(asked: string, { services }: Model): Error {
  const nodes = services.flatMap((service) => service.nodes);
  const known = [...nodes.map((node) => node.id), ...services.flatMap(serviceNames)];
  const [, ownName = asked] = /\.([^.]+)$/.exec(asked) ?? [];
  // A service that is misspelt and a node that is not: the node is what was meant.
  const sameName = nodes.filter(({ name, method }) => name === ownName || method === ownName).map((node) => node.id);
  const near = didYouMean(asked, known, inBackticks) ?? didYouMean(asked, nodes.flatMap(namesOf), inBackticks);
  const same = sameName.length === 0 ? undefined : `did you mean ${showList(sameName.map(inBackticks), 'or')}?`;
  return wrongUsage(`there is no node ${showWord(asked)}; ${near ?? same ?? '`onward list` has all of them'}`);
}

function ambiguous(asked: string, nodes: readonly NodeModel[]): Error {
  const ids = nodes.map((node) => inBackticks(node.id));
  return wrongUsage(`${showWord(asked)} is the name of ${nodes.length} nodes; ask for ${showList(ids, 'or')}`);
}

function textAnswer(terminal: Terminal, answer: Answer, reach: Reach): string[] {
  const { node, from, ways, hasMore } = answer;
  const target = from === undefined ? node.id : `${node.id} from ${from?.id ?? ANY_JOB}`;
  const number = `${hasMore ? 'more than ' : ''}${ways.length} way${ways.length === 1 ? '' : 's'}`;
  const head = ways.length === 0 ? `no run reaches ${target}` : `a run can reach ${target} in ${number}`;
  const lines = ways.flatMap(({ start, steps }, at) => [
    '',
    `${at + 1}. ${startText(start)}`,
    ...steps.map((step) => `   ${stepText(step)}  ${placeText(terminal, step)}`),
  ]);
  const mayCall = node.kind === 'handler' && node.isDeclared && !reach.isCalled(node);
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

function plainAnswer(terminal: Terminal, { node, from, ways, hasMore }: Answer): object {
  return {
    node: node.id,
    kind: node.kind,
    ...(from !== undefined && { from: from?.id ?? null }),
    ways: ways.map(({ start, steps }) => ({
      start: start?.id ?? null,
      edges: steps.map((step) => ({ ...plainStep(step), place: plainPlace(step.place, terminal.cwd) })),
    })),
    hasMore,
  };
}

function plainStep(step: Step): object {
  return isCall(step) ? { on: step.how, from: step.from.id, to: step.to.id } : plainEdge(step);
}
