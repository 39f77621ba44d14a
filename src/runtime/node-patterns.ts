// Names of nodes and patterns of them, as methods are given them: which nodes are paused, and which a process works on.

import { didYouMean } from '../errors/nearest-name.ts';
import { fitsGlob } from '../graph/glob.ts';
import { quoted } from '../values/describe.ts';
import { assertNoMore, assertNone, problemsOfValue, stringsIn, WORK_OPTIONS } from '../values/option-rules.ts';
import { assertNotUnset } from '../values/left-out.ts';

/**
 * Ends of pauses: a pause is taken back as it was given.
 *
 * @throws {OnwardError} ONW3004 if another pattern goes on holding some of the nodes.
 */
export function assertResumed(asked: readonly string[], paused: readonly string[], nodes: readonly string[]): void {
  const left = paused.filter((pattern) => !asked.includes(pattern));
  const problems = asked.flatMap((pattern) => {
    const held = nodes.filter((node) => fitsGlob(node, pattern));
    const by = left.find((other) => held.some((node) => fitsGlob(node, other)));
    return paused.includes(pattern) || by === undefined ? [] : [`${quoted(pattern)} is paused by ${quoted(by)}`];
  });
  assertNone(problems, 'a pause is taken back by the pattern that it was given with');
}

/**
 * What `pause` and `resume` are given; undefined for all nodes.
 *
 * @throws {OnwardError} ONW3004 as {@link readPatterns}, and for more than one argument, or one that is undefined.
 */
export function readPaused(
  method: 'pause' | 'resume',
  given: readonly unknown[],
  known: readonly string[],
): readonly string[] | undefined {
  assertNoMore(given.length, 1, `${method} takes one pattern, or an array of them`);
  assertNotUnset(given, method, `${method} all nodes`);
  return given.length === 0 ? undefined : readPatterns(given[0], known);
}

/**
 * Patterns of nodes, one or several.
 *
 * @throws {OnwardError} ONW3004 if they are no patterns, or one of them fits no node.
 */
export function readPatterns(nodes: unknown, known: readonly string[]): readonly string[] {
  assertNone(problemsOfValue('nodes', nodes, WORK_OPTIONS.nodes), 'this names no nodes');
  const patterns = typeof nodes === 'string' ? [nodes] : (stringsIn({ nodes }, 'nodes') ?? []);
  const problems = patterns.filter((pattern) => !known.some((node) => fitsGlob(node, pattern)));
  const hints = problems.map((pattern) => {
    const hint = didYouMean(pattern, known);
    return `${quoted(pattern)} fits no node${hint === undefined ? '' : `; ${hint}`}`;
  });
  assertNone(hints, 'these nodes are not known');
  return patterns;
}
