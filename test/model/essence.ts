// What must be the same in a prediction and a report, as lines of text.

import type { RunReport } from '../../src/wiring/run-report.ts';
import { edgeNames, nodeName } from './graph-plan.ts';
import { isCallbackFailure, isOfError } from './making.ts';
import { errorText } from './error-text.ts';
import { beginLine, pathOf } from './script.ts';
import { valueOf } from './following.ts';
import { entriesOf, isWhole } from './turns.ts';
import type { Step, World } from './world.ts';

export interface Essence {
  readonly run: string;
  readonly value: string;
  readonly state: number;
  readonly counts: string;
  /** How each entry ended, by its place. */
  readonly entries: readonly string[];
  /** Executions of each node are counted, without gaps. */
  readonly rounds: readonly string[];
  readonly steps: readonly string[];
  readonly callbackFailures: readonly string[];
  /** When which bodies began, in order. */
  readonly begins: readonly string[];
  readonly signals: readonly string[];
  /** Events that hardly anything else shows: which nodes took none of their edges, and whether some are missing. */
  readonly events: readonly string[];
}

/** What else a run has told. */
export interface Told {
  /** How `value()` settled. */
  readonly value: { readonly value: unknown } | { readonly error: unknown };
  readonly entries: readonly EntryTold[];
  readonly begins: Iterable<string>;
  readonly signals: readonly string[];
  readonly events: readonly string[];
}

interface EntryTold {
  readonly at: number;
  readonly node: string;
  readonly status: string;
  readonly code: number;
  /** Its value, or its error. */
  readonly value: unknown;
}

// ── predicted ──

export function predicted(world: World): Essence {
  const names = edgeNames(world.plan);
  return {
    run: `${world.outcome} ${world.outcomeCode}`,
    value: predictedValue(world),
    state: world.total,
    counts: countsOf(world.steps.map(({ status }) => status ?? 'live')),
    entries: entriesOf(world).flatMap(({ at, step }) =>
      step === null ? [] : [entryLine({ at, node: nodeName(step.node), ...endOf(step) })],
    ),
    rounds: roundsOf(world.steps.map(({ node, round }) => [nodeName(node), round])),
    steps: world.steps.map((step) => predictedStep(step, names)).sort(),
    callbackFailures: world.steps.flatMap((step) => predictedFailures(world, step, names)).sort(),
    begins: beginsOf(world),
    signals: world.signals,
    events: world.steps.filter((step) => isUnmatched(world, step)).map(({ node }) => `unmatched ${nodeName(node)}`),
  };
}

/** Twins begin as one. */
function beginsOf({ begins }: World): string[] {
  const lines = begins.map(beginLine);
  return [...new Set(lines)];
}

/** R24: it has edges that ask, and none of them was taken. Those that were added at run time do not count. */
function isUnmatched(world: World, { node, status, routes }: Step): boolean {
  if (status !== 'completed') return false;
  const asking = world.edges('success', node).filter(([, { when, otherwise }]) => when !== null || otherwise);
  return asking.length > 0 && !asking.some(([at]) => routes.includes(at));
}

function endOf(step: Step): Pick<EntryTold, 'status' | 'code' | 'value'> {
  const value = step.status === 'completed' ? valueOf(step) : step.trouble;
  return { status: step.status ?? 'live', code: step.code, value };
}

/** R15 */
function predictedValue(world: World): string {
  if (world.plan.start.kind !== 'single' && world.exit === null) return predictedValues(world);
  const [entry] = world.steps;
  if (world.exit !== null) return `value ${world.exit.value}`;
  if (entry?.status === 'completed') return `value ${pathOf(valueOf(entry))}`;
  if (entry?.status === 'failed') return `error ${errorText(entry.trouble)}`;
  // Cancelled by itself, or with the run: then why the run was stopped counts.
  return `error ${world.timedOut && !world.entryStopped ? 'deadline' : 'cancelled'}`;
}

/** R15: of a plan a list by entry, of a chain the last one; an error if an entry has none. */
function predictedValues(world: World): string {
  const isChain = world.plan.start.kind === 'chain';
  const steps = entriesOf(world)
    .sort((a, b) => a.at - b.at)
    .map(({ step }) => step);
  const failed = steps.find((step) => step?.status === 'failed');
  const stopped = `error ${world.timedOut ? 'deadline' : 'cancelled'}`;
  if (steps.every((step) => step?.status === 'completed')) {
    // One that was stopped before it was closed might have had others.
    if (!isWhole(world)) return stopped;
    const values = steps.map((step) => (step === null ? undefined : valueOf(step)));
    return `value ${pathOf(isChain ? values.at(-1) : values)}`;
  }
  const isCutShort = world.cancelling && steps.some((step) => step?.status === 'cancelled');
  if (failed === undefined && isCutShort) return stopped;
  return `error ${isChain && failed ? errorText(failed.trouble) : 'no values'}`;
}

function predictedStep(step: Step, names: readonly string[]): string {
  const { node, status, code, cause, owner, item, missing } = step;
  const edge = edgeName(step, names);
  return line({
    node: nodeName(node),
    end: `${status} ${code}`,
    via: edge && `${edge} of ${cause === null ? '-' : nodeName(cause.node)}`,
    parent: owner === null ? '' : nodeName(owner.node),
    item: item < 0 ? '' : String(item),
    attempts: step.attempts.map(({ code, error }) => attemptText(code, error)),
    result: resultOf(step),
    missing: missing === null ? '' : missing.map((source) => `s${source}`).join(),
  });
}

/** Signed ones have names of their own, with the place where they stand. */
function edgeName({ edge, node, signed }: Step, names: readonly string[]): string {
  if (edge !== null) return names[edge] ?? '';
  if (signed === null || signed.moment === null) return '';
  const from = signed.from === null ? '*' : nodeName(signed.from);
  return `${from}>${signed.moment}>${nodeName(node)}@${signed.path}`;
}

function resultOf(step: Step): string {
  if (step.status === 'completed') return pathOf(valueOf(step));
  return step.status === 'failed' ? errorText(step.trouble) : '';
}

function predictedFailures(world: World, step: Step, names: readonly string[]): string[] {
  const node = nodeName(step.node);
  const faults = step.faults.map(({ edge, path }) => failureLine(node, names[edge] ?? '', path, ''));
  if (!isCallbackFailure(world, step)) return faults;
  const cause = isOfError(world, step) ? errorText(step.cause?.trouble ?? null) : '';
  return [failureLine(node, edgeName(step, names), errorText(step.trouble), cause), ...faults];
}

// ── reported ──

/** The parts of a report that are compared. */
type Reported = Pick<RunReport, 'status' | 'code' | 'steps' | 'callbackFailures' | 'state'>;

export function reported(report: Reported, told: Told): Essence {
  const byId = new Map(report.steps.map((step) => [step.id, step]));
  const nodeOf = (id: number): string => bare(byId.get(id)?.node ?? '-');
  return {
    run: `${report.status} ${report.code}`,
    value: 'value' in told.value ? `value ${pathOf(told.value.value)}` : `error ${errorText(told.value.error)}`,
    state: Number(report.state['total'] ?? 0),
    counts: countsOf(report.steps.map(({ status }) => status)),
    entries: told.entries.map((entry) => entryLine({ ...entry, node: bare(entry.node) })),
    rounds: roundsOf(report.steps.map(({ node, round }) => [bare(node), round])),
    steps: report.steps.map((step) => reportedStep(step, nodeOf)).sort(),
    callbackFailures: report.callbackFailures
      .map(({ node, edge, error, ...rest }) =>
        failureLine(bare(node), bare(edge ?? ''), errorText(error), 'cause' in rest ? errorText(rest.cause) : ''),
      )
      .sort(),
    begins: [...told.begins],
    signals: told.signals,
    events: told.events.map(bare),
  };
}

function reportedStep(step: RunReport['steps'][number], nodeOf: (id: number) => string): string {
  const { node, status, code, cause, parent, item, attempts, missing } = step;
  return line({
    node: bare(node),
    end: `${status} ${code}`,
    via: cause === null ? '' : `${bare(cause.edge)} of ${nodeOf(cause.step)}`,
    parent: parent === null ? '' : nodeOf(parent),
    item: item === undefined ? '' : String(item),
    // The last one of a step that completed is told by the step.
    attempts: attempts.flatMap(({ code, ...attempt }) => {
      if ('error' in attempt) return [attemptText(code, attempt.error)];
      return status === 'completed' && code === step.code ? [] : [attemptText(code, null)];
    }),
    result: status === 'completed' ? pathOf(step.returnValue) : status === 'failed' ? errorText(step.error) : '',
    missing: missing === undefined ? '' : missing.join(),
  });
}

function attemptText(code: number, error: unknown): string {
  return error === null ? String(code) : `${code} ${errorText(error)}`;
}

/** Without the service: there is one only. */
function bare(name: string): string {
  return name.replaceAll('Model.', '');
}

// ── both ──

interface Line {
  readonly node: string;
  readonly end: string;
  readonly via: string;
  readonly parent: string;
  readonly item: string;
  readonly attempts: readonly string[];
  readonly result: string;
  readonly missing: string;
}

function line({ node, end, via, parent, item, attempts, result, missing }: Line): string {
  const parts = [
    `${node} ${end}`,
    via && `by ${via}`,
    parent && `in ${parent}`,
    item && `item ${item}`,
    ...attempts.map((attempt) => `tried: ${attempt}`),
    result && `= ${result}`,
    missing && `missing ${missing}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function entryLine({ at, node, status, code, value }: EntryTold): string {
  const text = status === 'completed' ? pathOf(value) : status === 'failed' ? errorText(value) : '';
  return `${at} ${node} ${status} ${code}${text && ` = ${text}`}`;
}

function roundsOf(steps: readonly (readonly [node: string, round: number])[]): string[] {
  return steps.map(([node, round]) => `${node} ${round}`);
}

function failureLine(node: string, edge: string, error: string, cause: string): string {
  return `${node} ${edge}: ${error}${cause && ` because ${cause}`}`;
}

function countsOf(statuses: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts]
    .map(([status, count]) => `${status} ${count}`)
    .sort()
    .join(', ');
}

/** What is predicted and not told, and the other way round; empty if the two agree. */
export function differencesOf(expected: Essence, got: Essence): string[] {
  return [
    ...between('run', [expected.run], [got.run]),
    ...between('value', [expected.value], [got.value]),
    ...between('state', [String(expected.state)], [String(got.state)]),
    ...between('counts', [expected.counts], [got.counts]),
    ...between('entry', expected.entries, got.entries),
    ...between('round', expected.rounds, got.rounds),
    ...between('step', expected.steps, got.steps),
    ...between('callback failure', expected.callbackFailures, got.callbackFailures),
    ...between('begin', expected.begins, got.begins),
    ...between('signal', expected.signals, got.signals),
    ...between('event', expected.events, got.events),
  ];
}

/** R6: where an engine has no choice, bodies begin in the order in which their steps became ready. */
export function disorderOf(world: World, got: Essence): string[] {
  const { plan } = world;
  // Before others, a task of its own makes the message.
  const isPrepared = (node: number): boolean =>
    plan.edges.some((edge) => (edge.on === 'start' || edge.on === 'cancel') && edge.from === node);
  const lines = new Set(world.begins.filter(({ node, isApart }) => !isApart && !isPrepared(node)).map(beginLine));
  if (world.unordered) return [];
  const told = got.begins.filter((line) => lines.has(line));
  const at = [...lines].findIndex((line, index) => line !== told[index]);
  return at < 0 ? [] : [`- in order: begin ${[...lines][at]}`, `+ in order: begin ${told[at]}`];
}

/** As multisets. */
function between(what: string, expected: readonly string[], got: readonly string[]): string[] {
  const surplus = [...got];
  const missing = expected.filter((line) => {
    const at = surplus.indexOf(line);
    if (at >= 0) surplus.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((line) => `- ${what} ${line}`), ...surplus.map((line) => `+ ${what} ${line}`)];
}
