// The options of edges: whether the annotation takes them, and whether their values make sense.

import type { EdgeOn } from '../../src/wiring/v1.ts';
import { EDGE_ANNOTATIONS } from '../read/our-names.ts';
import { MOMENTS } from '../model/edge-options.ts';
import { entryOf, keysOf, type Folded } from '../model/fold.ts';
import type { EdgeModel, NodeModel } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import { checkOption, COUNT, DURATION, FLAG, oneOf, type Rule } from './option-rule.ts';
import type { Report } from './problem.ts';

const WATCHING = ['bind', 'critical'];
const CHOOSING = ['when', 'otherwise', 'bind', 'after', 'critical'];

const TAKEN: Readonly<Record<EdgeOn, readonly string[]>> = {
  start: WATCHING,
  success: [...CHOOSING, 'each', 'concurrency', 'stopAfterFailures'],
  error: [...CHOOSING, 'recover'],
  end: WATCHING,
  cancel: WATCHING,
  runSuccess: WATCHING,
  runError: WATCHING,
  runEnd: WATCHING,
  join: ['mode', 'bind', 'onMissing', 'critical'],
};
// Words that we do not know at all are told by the compiler.
const KNOWN: ReadonlySet<string> = new Set(Object.values(TAKEN).flat());

const RULES: Readonly<Record<string, Rule>> = {
  concurrency: COUNT,
  stopAfterFailures: COUNT,
  after: DURATION,
  critical: FLAG,
  mode: oneOf('all', 'any'),
  onMissing: oneOf('skip', 'run'),
};

export function checkEdgeOptions(scope: Scope, node: NodeModel, report: Report): void {
  // A join is many edges with one annotation.
  const decorators = new Map(node.edges.map((edge) => [edge.decorator, edge]));
  for (const edge of decorators.values()) {
    if (edge.options === undefined) continue;
    const options = { file: edge.place.file, value: edge.options };
    checkTaken(scope, edge, options, report);
    for (const [name, rule] of Object.entries(RULES)) {
      if (TAKEN[edge.on].includes(name))
        checkOption(scope, { name, written: entryOf(scope, options, name), rule }, report);
    }
  }
}

function checkTaken(scope: Scope, { on, each, place }: EdgeModel, options: Folded, report: Report): void {
  for (const name of keysOf(scope, options) ?? []) {
    if (!KNOWN.has(name)) continue;
    const written = entryOf(scope, options, name);
    const at = written === undefined || written === 'hidden' ? place : { file: written.file, at: written.value.at };
    if (!TAKEN[on].includes(name)) {
      const text = `${annotationOf(on)} takes no \`${name}\`, only ${listed(TAKEN[on].map(quoted))}; ${listed(takersOf(name))} ${takersOf(name).length === 1 ? 'does' : 'do'}`;
      report('ONW1114', at, text);
    } else if ((name === 'concurrency' || name === 'stopAfterFailures') && !each) {
      report('ONW1114', at, `\`${name}\` counts the items of \`each\`; write \`each: true\` beside it, or remove it`);
    }
  }
}

function annotationOf(on: EdgeOn): string {
  return `@${EDGE_ANNOTATIONS.find((name) => MOMENTS[name] === on)}`;
}

function takersOf(option: string): string[] {
  return EDGE_ANNOTATIONS.filter((name) => TAKEN[MOMENTS[name]].includes(option)).map((name) => `@${name}`);
}

function quoted(name: string): string {
  return `\`${name}\``;
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
