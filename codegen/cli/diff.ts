// `onward diff`: what has changed in the graph since a git revision, and what runs in flight find.
//
// DIFF-1. A breaking change that is not allowed is exit 1; everything else is 0.
// DIFF-2. What `--allow` names and nothing has changed is said: it may be misspelt, or left over.

import { resolve } from 'node:path';
import { didYouMean } from '../../src/errors/nearest-name.ts';
import { changesBetween, type Change } from '../diff/compare.ts';
import { factsOfGraph } from '../diff/facts.ts';
import { withRevision } from '../diff/revision.ts';
import type { Level } from '../diff/rules.ts';
import { Linker, openAt } from '../generate.ts';
import { collectAfterStage } from '../large-project.ts';
import { tsconfigAt } from '../outcome.ts';
import { lineAndColumn, plainPlace, shortPath, type Place } from '../problem.ts';
import { showWord, visible } from '../quote.ts';
import { analysed } from './analysed.ts';
import type { Arguments } from './arguments.ts';
import { paintWith } from './diagnostics.ts';
import { printJson } from './print-json.ts';
import { refuse } from './print-outcome.ts';
import type { Terminal } from './terminal.ts';

interface Compared {
  readonly revision: string;
  readonly commit: string;
  readonly changes: readonly Change[];
  /** Errors in the sources of the revision: what could not be read of them is not compared. */
  readonly unread: number;
}

export function diff(terminal: Terminal, given: Arguments): number {
  const format = given.json ? 'json' : (given.format ?? 'text');
  const { undisturbed = <T>(act: () => T): T => act() } = terminal;
  const now = openAt(resolve(terminal.cwd, given.project));
  const found = new Linker(now).link(collectAfterStage);
  if (found.text === undefined) return refuse(terminal, { ...given, json: format === 'json' }, found);
  const [revision = ''] = given.operands;
  const after = factsOfGraph(found.model, found.scope);
  const tsconfig = resolve(tsconfigAt(found.tsconfig));
  // The folder of the old sources is gone before a signal is answered.
  const compared = undisturbed(() =>
    withRevision(tsconfig, revision, ({ commit, tsconfig: old, inWorkTree }): Compared => {
      const before = analysed(terminal, { project: old });
      const changes = changesBetween(now.project.ts, factsOfGraph(before.model, before.scope), after);
      const unread = before.problems.filter(({ severity }) => severity === 'error').length;
      return { revision, commit, unread, changes: changes.map((change) => placed(change, inWorkTree)) };
    }),
  );
  print(terminal, given, format, compared);
  noteAllowed(terminal, given, compared);
  return compared.changes.some((change) => isFailing(change, given)) ? 1 : 0;
}

/** Where it was, as a path of the work tree. */
function placed({ was, ...change }: Change, inWorkTree: (path: string) => string): Change {
  if (was === undefined) return change;
  const { file, at } = was;
  return { ...change, was: { file: { path: inWorkTree(file.path), text: file.text }, at } };
}

function isAllowed({ name }: Change, { allow }: Arguments): boolean {
  return allow.includes(name);
}

function isFailing(change: Change, given: Arguments): boolean {
  return change.level === 'breaking' && !isAllowed(change, given);
}

/** DIFF-2. */
function noteAllowed(terminal: Terminal, { allow }: Arguments, { changes }: Compared): void {
  const known = changes.map(({ name }) => name);
  for (const word of allow) {
    if (known.includes(word)) continue;
    const hint = didYouMean(word, known) ?? 'leave it out';
    terminal.err(`--allow ${showWord(word).slice(1, -1)} allows nothing: there is no such change; ${visible(hint)}\n`);
  }
}

function print(terminal: Terminal, given: Arguments, format: string, compared: Compared): void {
  if (compared.unread > 0 && format !== 'json') {
    const errors = compared.unread === 1 ? '1 error' : `${compared.unread} errors`;
    terminal.err(
      `the sources of ${visible(compared.revision)} have ${errors}: what cannot be read of them is not compared\n`,
    );
  }
  if (format === 'json') terminal.out(printJson(plainDiff(terminal, given, compared), 2));
  else if (format === 'github')
    terminal.out(compared.changes.map((change) => githubLine(terminal, given, change)).join(''));
  else terminal.out(textOf(terminal, given, compared));
}

// ── for people ──

const HEADS: Readonly<Record<Level, string>> = {
  breaking: 'breaking for runs in flight',
  look: 'to look at',
  safe: 'safe',
};

function textOf(terminal: Terminal, given: Arguments, { revision, commit, changes }: Compared): string {
  const since = `${visible(revision)} (${commit.slice(0, 10)})`;
  if (changes.length === 0) return `the graph is that of ${since}\n`;
  const lines = (['breaking', 'look', 'safe'] as const).flatMap((level) => {
    const found = changes.filter((change) => change.level === level);
    return found.length === 0 ? [] : [HEADS[level], ...found.map((change) => line(terminal, given, change))];
  });
  const failing = changes.filter((change) => isFailing(change, given)).length;
  const allowed = changes.filter((change) => change.level === 'breaking').length - failing;
  const count = (level: Level): number => changes.filter((change) => change.level === level).length;
  const counts = [
    `${failing} breaking`,
    ...(allowed > 0 ? [`${allowed} allowed`] : []),
    `${count('look')} to look at`,
    `${count('safe')} safe`,
  ];
  return `${[...lines, `${counts.join(' · ')}   since ${since}`].join('\n')}\n`;
}

const SIGNS: Readonly<Record<Level, string>> = { breaking: '✗', look: '!', safe: '·' };

function line(terminal: Terminal, given: Arguments, change: Change): string {
  const { level, subject, kind, text, finds, advice, place, was } = change;
  const paint = paintWith(terminal.hasColors);
  const isNew = kind.endsWith(' added') || kind === 'field optional';
  const allowed = level === 'breaking' && isAllowed(change, given);
  const sign = allowed ? '~' : isNew && level === 'safe' ? '+' : SIGNS[level];
  const colour = allowed ? 'gray' : level === 'breaking' ? 'red' : level === 'look' ? 'yellow' : 'green';
  const at = place ?? was;
  const where = at === undefined ? '' : `  ${place === undefined ? 'was ' : ''}${placeText(at, terminal.cwd)}`;
  const rest = allowed ? ['allowed'] : [finds, advice].flatMap((part) => part ?? []);
  const more = rest.map((part) => `\n      ${visible(part)}`).join('');
  return `  ${paint(colour, sign)} ${visible(subject)}   ${visible(text)}${paint('gray', visible(where))}${more}`;
}

function placeText(place: Place, cwd: string): string {
  const { line: at, column } = lineAndColumn(place);
  return `${shortPath(place.file.path, cwd)}:${at}:${column}`;
}

// ── for programs ──

function plainDiff(terminal: Terminal, given: Arguments, { revision, commit, unread, changes }: Compared): object {
  return {
    ok: !changes.some((change) => isFailing(change, given)),
    revision,
    commit,
    unread,
    changes: changes.map((change) => {
      const { name, level, subject, text, finds, advice, place, was } = change;
      return {
        name,
        level,
        subject,
        text,
        finds,
        advice,
        ...(level === 'breaking' && { allowed: isAllowed(change, given) }),
        ...(place !== undefined && { place: plainPlace(place, terminal.cwd) }),
        ...(was !== undefined && { was: plainPlace(was, terminal.cwd) }),
      };
    }),
  };
}

/** A command of GitHub's workflows: an annotation on the line, where there is one. */
function githubLine({ cwd }: Terminal, given: Arguments, change: Change): string {
  const { level, subject, text, finds, advice, place } = change;
  const command = isFailing(change, given) ? 'error' : level === 'safe' ? 'notice' : 'warning';
  const at = place === undefined ? undefined : plainPlace(place, cwd);
  const places = at === undefined ? [] : [`file=${property(at.file)}`, `line=${at.line}`, `col=${at.column}`];
  const properties = [...places, `title=${property(`onward: ${subject}`)}`].join(',');
  return `::${command} ${properties}::${data([`${subject} ${text}`, finds, advice].flatMap((part) => part ?? []).join('; '))}\n`;
}

// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
