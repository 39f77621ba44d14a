// `onward runs` and `onward inspect`: runs as people read them.
//
// RUNS-1. What comes from users is printable, and one line each.
// RUNS-2. Messages and values are data of users: they are in JSON only, if they are asked for, and only of a file without encryption.

import { OnwardError } from '../../src/errors/onward-error.ts';
import { formatMs, formatReport, signed } from '../../src/execute/format-report.ts';
import type { RunQuery, RunRow } from '../../src/execute/run-query.ts';
import { describeThrown, errorNameOf, printable } from '../../src/values/describe.ts';
import { problemsOf } from '../../src/values/option-rules.ts';
import { RUN_QUERY_OPTIONS } from '../../src/values/query-rules.ts';
import type { RunInspection } from '../../src/wiring/run-report.ts';
import { showList } from '../words.ts';
import { wrongUsage, type Arguments } from './arguments.ts';
import { printJson } from './print-json.ts';
import { withoutPassword } from './redis-address.ts';
import { openRunStore } from './open-run-store.ts';
import type { RunStore } from './run-store.ts';
import type { Terminal } from './terminal.ts';

export async function runs(terminal: Terminal, given: Arguments): Promise<number> {
  const query = queryOf(given);
  const page = await withRuns(terminal, given, (store) => store.runs(query));
  if (given.json) {
    terminal.out(printJson({ ok: true, runs: page.runs.map(plainRow), cursor: page.cursor }, 2));
    return 0;
  }
  const now = terminal.date().getTime();
  const cells = page.runs.map((row) => cellsOf(row, now));
  const widths = [0, 1, 2, 3].map((at) => Math.max(0, ...cells.map((cell) => cell[at]?.length ?? 0)));
  for (const [at, row] of page.runs.entries()) {
    const words = (cells[at] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0));
    terminal.out(`${signed(row.status, terminal.hasColors)} ${words.join('  ').trimEnd()}\n`);
  }
  if (page.runs.length === 0) terminal.err('there are no such runs\n');
  if (page.cursor !== undefined) terminal.err(`there are more: --cursor ${page.cursor}\n`);
  return 0;
}

export async function inspect(terminal: Terminal, given: Arguments): Promise<number> {
  const [id = ''] = given.operands;
  const { found, dueTimes, isEncrypted } = await withRuns(terminal, given, async (store) => ({
    found: await store.run(id),
    dueTimes: await store.dueTimes(id),
    isEncrypted: store.isEncrypted,
  }));
  if (found === undefined)
    throw new OnwardError('ONW3035', `there is no run ${printable(id)}; \`onward runs\` lists those that there are`);
  if (given.json) terminal.out(printJson({ ok: true, run: plainRun(found, given.showsValues && !isEncrypted) }, 2));
  else {
    terminal.out(`${formatReport(found, { colour: terminal.hasColors })}\n`);
    const now = terminal.date().getTime();
    for (const line of [...timeLines(found, dueTimes, now), ...waitingLines(found, given, now)])
      terminal.err(`${line}\n`);
  }
  return 0;
}

/** Does something with the runs that `--engine` leads to, and lets go of them. */
export async function withRuns<T>(
  { cwd }: Terminal,
  { values: { engine = '' } }: Arguments,
  work: (store: RunStore) => Promise<T>,
): Promise<T> {
  const store = await openRunStore(cwd, engine);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** The filters that were given. @throws {OnwardError} ONW6030 with everything that is wrong with them. */
export function queryOf({ values }: Arguments): RunQuery {
  const { status, job, node, tag, id, text, limit, cursor, 'older-than': olderThan, 'newer-than': newerThan } = values;
  const statuses = status?.split(',').map((word) => word.trim());
  const given = {
    ...{ job, node, tag, id, text, cursor, olderThan, newerThan },
    status: statuses?.length === 1 ? statuses[0] : statuses,
    limit: limit !== undefined && /^\d+$/.test(limit) ? Number(limit) : limit,
  };
  const query = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const problems = problemsOf(query, RUN_QUERY_OPTIONS);
  if (problems.length > 0) throw wrongUsage(`the filters are not valid: ${problems.join('; ')}`);
  return query;
}

// ── for people ──

function cellsOf(row: RunRow, now: number): string[] {
  const { id, job, status, startedAt } = row;
  return [
    printable(id),
    printable(job),
    status,
    `${formatMs(Math.max(0, now - startedAt))} ago`,
    notesOf(row).join(' · '),
  ];
}

function notesOf({ startedAt, endedAt, counts, live, error, waitsFor, status }: RunRow): string[] {
  const steps = Object.entries(counts).filter(
    ([kind, count]) => count > 0 && (kind !== 'completed' || status === 'completed'),
  );
  return [
    ...(endedAt > 0 ? [`in ${formatMs(endedAt - startedAt)}`] : []),
    ...(endedAt > 0 ? steps.map(([kind, count]) => `${count} ${kind}`) : [`${live} live`]),
    ...(waitsFor.length > 0
      ? [
          `waits for ${showList(
            waitsFor.map(({ node }) => printable(node)),
            'and',
          )}`,
        ]
      : []),
    ...(error === undefined ? [] : [printable(describeThrown(error))]),
  ];
}

/** Which of its steps go on by themselves, and when. */
function timeLines({ steps }: RunInspection, dueTimes: ReadonlyMap<number, number>, now: number): string[] {
  return steps.flatMap(({ id, node, status, attempts, waitsFor }) => {
    const at = dueTimes.get(id);
    if (at === undefined || status !== 'pending' || waitsFor !== undefined) return [];
    const what = attempts.length === 0 ? printable(node) : `attempt ${attempts.length + 1} of ${printable(node)}`;
    return at > now ? [`${what} begins in ${formatMs(at - now)}`] : [`${what} is due`];
  });
}

/** What somebody has to do so that it goes on. */
function waitingLines(
  { runId, status, steps, graphChanged }: RunInspection,
  { values }: Arguments,
  now: number,
): string[] {
  const id = printable(runId);
  const engine = `--engine ${printable(withoutPassword(values.engine ?? ''))}`;
  const lines = steps
    .filter(({ waitsFor }) => waitsFor !== undefined)
    .map(({ node, startedAt }) => {
      const since = startedAt > 0 ? ` for ${formatMs(Math.max(0, now - startedAt))}` : '';
      return `${printable(node)} has waited${since} for a message: onward send ${id} ${printable(node)} ${engine} --message '{ … }'`;
    });
  if (status === 'suspended') {
    const why =
      graphChanged === true
        ? ', since the graph is not the one that it began with (`onward diff` says what has changed)'
        : '';
    return [...lines, `it is suspended${why}: onward resume ${id} ${engine}`];
  }
  if (status === 'failed' || status === 'cancelled')
    return [
      ...lines,
      `it ${status === 'failed' ? 'failed' : 'was cancelled'}; to go on where it was: onward retry ${id} ${engine}`,
    ];
  return lines;
}

// ── for programs ──

function plainRow({ error, ...row }: RunRow): object {
  return { ...row, ...(error !== undefined && { error: plainError(error) }) };
}

function plainError(error: unknown): object {
  if (!(error instanceof Error)) return { message: describeThrown(error) };
  return { name: errorNameOf(error), message: error.message };
}

/** RUNS-2. */
function plainRun(run: RunInspection, withValues: boolean): object {
  const { value, error, steps, failures, callbackFailures, state, ...rest } = run;
  return {
    ...rest,
    ...(error !== undefined && { error: plainError(error) }),
    ...(withValues && { value, state }),
    steps: steps.map(({ message, returnValue, attempts, error: failure, ...step }) => ({
      ...step,
      ...(failure !== undefined && { error: plainError(failure) }),
      attempts: attempts.map(({ error: tried, ...attempt }) => ({
        ...attempt,
        ...(tried !== undefined && { error: plainError(tried) }),
      })),
      ...(withValues && { message, returnValue }),
    })),
    failures: failures.map(({ id }) => id),
    callbackFailures: callbackFailures.map(({ step, node, edge, error: failure }) => ({
      ...{ step, node, edge },
      error: plainError(failure),
    })),
  };
}
