// `onward graph`: the graph for a picture or a program.

import { visible } from '../quote.ts';
import type { EdgeModel, Model, NodeModel, ScheduleModel } from '../model/model.ts';
import { graphOf } from './analysed.ts';
import type { Arguments } from './arguments.ts';
import { ANY_JOB, factsOf, isFlow, momentOf } from '../words.ts';
import { printJson } from './print-json.ts';
import type { Terminal } from './terminal.ts';

export function graph(terminal: Terminal, given: Arguments): number {
  const isJson = given.json || given.format === 'json';
  const found = graphOf(terminal, { ...given, json: isJson });
  if (typeof found === 'number') return found;
  if (isJson) terminal.out(printJson(plainGraph(found.model), 2));
  else terminal.out(given.format === 'dot' ? dot(found.model) : mermaid(found.model));
  return 0;
}

/** The graph as plain data. */
export function plainGraph(model: Model): object {
  const nodes = model.services.flatMap((service) => service.nodes);
  return {
    services: model.services.map((service) => service.name),
    nodes: nodes.map((node) => ({
      id: node.id,
      kind: node.kind,
      method: node.method,
      ...(node.facts.waits === true && { waits: true }),
      ...(node.schedules.length > 0 && { schedules: node.schedules.map(plainSchedule) }),
    })),
    edges: nodes.flatMap((node) => node.edges.map(plainEdge)),
  };
}

function plainSchedule({ pattern, timezone }: ScheduleModel): object {
  return { pattern, ...(timezone !== undefined && { timezone }) };
}

/** A delay that cannot be read is null. */
export function plainEdge({
  on,
  from,
  to,
  when,
  asks,
  otherwise,
  each,
  after,
  recover,
  critical,
  join,
  bind,
  decorator,
}: EdgeModel): object {
  return {
    on,
    from: from?.id ?? null,
    to: to.id,
    ...(when !== undefined && { when }),
    ...(asks !== undefined && { asks }),
    ...(otherwise && { otherwise }),
    ...(each && { each }),
    ...(after !== undefined && { after: after.value ?? null }),
    ...(recover && { recover }),
    ...(critical !== undefined && critical !== 'hidden' && { critical }),
    ...(join !== undefined && {
      join: {
        source: join.source,
        mode: join.mode,
        onMissing: join.onMissing,
        ...(join.cancelRest === true && { cancelRest: true }),
        number: decorator,
      },
    }),
    ...(bind !== undefined && { bind }),
  };
}

/** Every node with a key, and whether some edge watches the runs of any job. */
function keysOf({ services }: Model): {
  readonly nodes: readonly NodeModel[];
  readonly edges: readonly EdgeModel[];
  readonly key: (node: NodeModel | null) => string;
  readonly watchesAnyRun: boolean;
} {
  const nodes = services.flatMap((service) => service.nodes);
  const edges = nodes.flatMap((node) => node.edges);
  const keys = new Map(nodes.map((node, at) => [node, `n${at}`]));
  const key = (node: NodeModel | null): string => (node === null ? undefined : keys.get(node)) ?? 'run';
  return { nodes, edges, key, watchesAnyRun: edges.some((edge) => edge.from === null) };
}

function labelOf(edge: EdgeModel): string {
  return [momentOf(edge), ...factsOf(edge)].join(', ');
}

/** Jobs are stadiums, handlers are boxes, with bars if they wait for a message; edges that only watch are dotted. */
function mermaid(model: Model): string {
  const { nodes, edges, key, watchesAnyRun } = keysOf(model);
  const lines = nodes.map((node) => {
    const [open, close] = node.kind === 'job' ? ['([', '])'] : node.facts.waits === true ? ['[[', ']]'] : ['[', ']'];
    return `  ${key(node)}${open}"${label(node.id)}"${close}`;
  });
  if (watchesAnyRun) lines.push(`  ${key(null)}{{"${ANY_JOB}"}}`);
  for (const edge of edges) {
    const text = label(labelOf(edge));
    lines.push(`  ${key(edge.from)} ${isFlow(edge) ? '-->' : '-.->'}|"${text}"| ${key(edge.to)}`);
  }
  return `flowchart TD\n${lines.map((line) => `${line}\n`).join('')}`;
}

/** The same for Graphviz. */
function dot(model: Model): string {
  const { nodes, edges, key, watchesAnyRun } = keysOf(model);
  const lines = nodes.map((node) => {
    const plain = node.facts.waits === true ? 'box, peripheries=2' : 'box';
    const shape = node.kind === 'job' ? 'box, style=rounded' : plain;
    return `  ${key(node)} [label=${dotText(node.id)}, shape=${shape}];`;
  });
  if (watchesAnyRun) lines.push(`  ${key(null)} [label=${dotText(ANY_JOB)}, shape=hexagon];`);
  for (const edge of edges) {
    const style = isFlow(edge) ? '' : ', style=dotted';
    lines.push(`  ${key(edge.from)} -> ${key(edge.to)} [label=${dotText(labelOf(edge))}${style}];`);
  }
  return `digraph {\n${lines.map((line) => `${line}\n`).join('')}}\n`;
}

function dotText(text: string): string {
  return `"${visible(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

/** Mermaid reads entities in labels, so nothing in a name can end a label. */
function label(text: string): string {
  return [...text]
    .map((letter) => (/[\p{L}\p{N}._, -]/u.test(letter) ? letter : `#${letter.codePointAt(0)};`))
    .join('');
}
