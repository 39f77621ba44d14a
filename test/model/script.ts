// What a body does, as a generator that whoever runs it drives: the real body, and the interpreter.
//
// B1. The node, the message and the attempt alone decide. Nothing here knows how runs work.
// B2. Waits are drawn so that hardly ever two of a run end at the same time: what comes first is then no matter of luck.

import type { Fault, GraphPlan, Tag, Turn } from './graph-plan.ts';
import { nodeName } from './graph-plan.ts';

/** What flows through the graph: where it has been. */
export interface Trail {
  readonly path: string;
  readonly tag: Tag;
}

/** An error of a body, before it is made into one. */
export class Planned {
  readonly fault: Fault;
  readonly path: string;
  readonly tag: Tag;

  constructor(fault: Fault, path: string, tag: Tag) {
    this.fault = fault;
    this.path = path;
    this.tag = tag;
  }

  /** The error's text. */
  get text(): string {
    return `${this.path}#${this.tag}`;
  }
}

export type Action =
  | { readonly type: 'wait'; readonly ms: number }
  | {
      readonly type: 'spawn';
      readonly node: number;
      readonly detached: boolean;
      readonly delay: number;
      readonly message: Trail;
    }
  | { readonly type: 'call'; readonly node: number; readonly message: Trail }
  | { readonly type: 'add'; readonly amount: number }
  | { readonly type: 'exit'; readonly value: string };

export const RETRY_AFTER_MS = 3_333;
const LONGEST_WAIT_MS = 19_997;
const LONGEST_PATH = 160;

/** Drives a body: `next` after an action, `throw` if a call failed. Returns the value, or throws what failed. */
export function* behave(
  plan: GraphPlan,
  node: number,
  message: unknown,
  { attempt, isFlow }: { readonly attempt: number; readonly isFlow: boolean },
): Generator<Action, Trail | Trail[], void> {
  const path = pathThrough(message, node);
  const turn = turnOf(plan, node, path);
  const wait = (part: number): Action => ({ type: 'wait', ms: drawnMs(`${path}/${attempt}/${part}`) });
  yield wait(0);
  for (const [at, operation] of turn.operations.entries()) {
    const onward: Trail = { path: `${path}~${at}`, tag: turn.tag };
    if (operation.do === 'spawn') {
      yield {
        type: 'spawn',
        node: operation.node,
        detached: operation.detached,
        delay: operation.delay,
        message: onward,
      };
      // The child's start comes first, whatever the order of turns.
      yield wait(at + 1);
    } else if (operation.do === 'wait') {
      yield wait(at + 1);
    } else if (operation.do === 'call') {
      const message = operation.fresh ? { ...onward, path: `${onward.path}@${attempt}` } : onward;
      try {
        yield { type: 'call', node: operation.node, message };
      } catch (error) {
        if (!operation.catches) throw error;
      }
      yield wait(at + 1);
    } else if (isFlow && operation.do === 'add') yield { type: 'add', amount: operation.amount };
    else if (isFlow && operation.do === 'exit') yield { type: 'exit', value: path };
  }
  if (attempt <= turn.fails) throw new Planned(turn.fault, path, turn.tag);
  if (turn.items < 0) return { path, tag: turn.tag };
  return Array.from({ length: turn.items }, (_, at) => ({ path: `${path}[${at}]`, tag: turn.tag }));
}

/** A node that was run before on the way does its next turn. */
function turnOf(plan: GraphPlan, node: number, path: string): Turn {
  const turns = plan.nodes[node]?.turns ?? [];
  const visits = path.split(`.${nodeName(node)};`).length - 2;
  const turn = turns[Math.max(0, visits) % turns.length];
  if (turn === undefined) throw new Error(`${nodeName(node)} has no turns`);
  return turn;
}

export function pathThrough(message: unknown, node: number): string {
  return shortened(`${pathOf(message)}.${nodeName(node)};`);
}

/** Where a message has been: a trail, an array of trails, the record of a join, or the report of a run. */
export function pathOf(message: unknown): string {
  if (message === undefined || message === null) return '';
  if (Array.isArray(message)) return `[${message.map(pathOf).join('|')}]`;
  if (typeof message !== 'object') return typeof message === 'string' ? message : typeof message;
  const fields = new Map<string, unknown>(Object.entries(message));
  const via = fields.has('via') ? `^${String(fields.get('via'))}` : '';
  if (fields.has('runId')) return `run${via}`;
  if (fields.has('path')) return `${String(fields.get('path'))}${via}`;
  fields.delete('via');
  return `(${[...fields].flatMap(([name, value]) => (value === undefined ? [] : [name + pathOf(value)])).join(',')})${via}`;
}

/** What a body says when it begins. */
export function beginLine({ at, node, path, attempt, given, previous }: BeginFacts): string {
  return `${at} ${nodeName(node)} ${path} ${attempt}${given === '' ? '' : ` given ${given}`}${previousText(previous)}`;
}

/** What is known of the entry before. */
export function previousText(previous: PreviousFacts | null | undefined): string {
  if (previous === null || previous === undefined) return '';
  return previous.ok ? ` after ${pathOf(previous.value)}` : ' after nothing';
}

interface PreviousFacts {
  readonly ok: boolean;
  readonly value?: unknown;
}

interface BeginFacts {
  readonly at: number;
  readonly node: number;
  readonly path: string;
  readonly attempt: number;
  readonly given: string;
  readonly previous: PreviousFacts | null | undefined;
}

export function tagOf(value: unknown): string | undefined {
  if (value instanceof Error) return /#([abc])$/.exec(value.message)?.[1];
  return typeof value === 'object' && value !== null && 'tag' in value ? String(value.tag) : undefined;
}

/** Loops and joins in loops would let paths grow without end. */
function shortened(path: string): string {
  if (path.length <= LONGEST_PATH) return path;
  return `${hashOf(path).toString(36)}…${path.slice(-LONGEST_PATH / 2)}`;
}

/** A whole number of milliseconds from the text alone. */
function drawnMs(text: string): number {
  return 1 + (hashOf(text) % LONGEST_WAIT_MS);
}

/** FNV-1a with a final mix: texts that differ in one letter give numbers far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return (hash ^ (hash >>> 12)) >>> 0;
}
