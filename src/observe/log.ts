// Where Onward logs what nobody would hear otherwise: a line on stderr, or any logger.
//
// LOG-1. A logger that throws, or whose promise rejects, changes nothing.
// LOG-2. Texts are on one line and printable; fields are plain data, for programs.

import type { Log, LogLevel } from '../execute/application.ts';
import { isFunction, isObject } from '../values/option-rules.ts';

/** What `log` takes: `console`, pino, consola, Nest's Logger, or anything with these methods. */
export interface Logger {
  error(...given: never[]): unknown;
  warn(...given: never[]): unknown;
  info?(...given: never[]): unknown;
  /** In the place of `info`. */
  log?(...given: never[]): unknown;
  debug?(...given: never[]): unknown;
}

/**
 * @param target `false`: nothing is logged. @default a line on stderr for each entry
 * @param order what its methods take first. @default as the target looks
 */
export function logOf(target: Logger | false | undefined, order?: 'fields' | 'text'): Log {
  if (target === false) return () => undefined;
  if (target === undefined) return toStderr;
  const isFieldsFirst = order === undefined ? takesFieldsFirst(target) : order === 'fields';
  return (level, text, fields) => {
    try {
      const method = methodOf(target, level);
      const answer: unknown = method && Reflect.apply(method, target, isFieldsFirst ? [fields, text] : [text, fields]);
      if (answer instanceof Promise) answer.catch(() => undefined);
    } catch {
      // There is nobody left to hear it.
    }
  };
}

function toStderr(_level: LogLevel, text: string): void {
  try {
    process.stderr.write(`onward: ${text}\n`);
  } catch {
    // It is closed.
  }
}

/** pino and bunyan drop fields that come second. winston has `levels`, too, by their names, and takes the text first. */
function takesFieldsFirst(target: object): boolean {
  if (!('levels' in target)) return false;
  return !(isObject(target.levels) && 'error' in target.levels);
}

/** Nest's Logger has `log` where others have `info`. */
function methodOf(target: object, level: LogLevel): ((...given: unknown[]) => unknown) | undefined {
  const names = level === 'info' ? ['info', 'log'] : [level];
  return names.map((name): unknown => Reflect.get(target, name)).find(isFunction);
}
