// What a compiled reader does not decide itself: fields that a rule did not accept, fields with code of the user's, names
// that the class does not have, and instances that code of the user's takes part in filling. The interpreter's own code
// answers them, in the order of the message: first all is filled, then all is judged.
//
// QUESTIONS-1. A question too many changes nothing: what is asked about may turn out to fit.
// QUESTIONS-2. Where only class-validator's own rules are in question, no words are built before the refusal is read.

import type { Issue } from '../../errors/onward-error.ts';
import { joinPath } from '../../values/describe.ts';
import { Issues, MOST_KEPT, type Findings, type Words } from '../../values/issues.ts';
import type { FieldDescription } from '../description.ts';
import type { ParserSettings } from '../interpreter.ts';
import { answered } from '../pending.ts';
import { Refusal, refusalOf } from '../refusal.ts';
import { fillAll, judgeAll } from './filling.ts';
import {
  fieldsOf,
  isFilling,
  lowestBit,
  trailPath,
  unknownField,
  unknownPath,
  type AskedField,
  type Question,
} from './question.ts';
import { explained, valueShown } from '../secrets.ts';
import { runNamed } from '../user-code.ts';
import type { ValidationContext } from '../validate.ts';

/** The message, if nothing asked about turns out to be wrong; or its refusal. */
export function answerTo(
  questions: readonly Question[],
  message: object,
  className: string,
  { timeout }: ParserSettings,
): object | Promise<object> {
  if (areSimple(questions)) {
    return isAnyWrong(questions) ? new Refusal(new Doubted(className, questions)) : message;
  }
  const context: ValidationContext = { issues: new Issues(), pending: [] };
  try {
    fillAll(questions, { at: '', isSecret: false, issues: context.issues });
    judgeAll(questions, '', context);
    return answered(message, className, context, timeout);
  } catch (error) {
    return refusalOf(error);
  }
}

function areSimple(questions: readonly Question[]): boolean {
  for (const { fields, about } of questions) if (fields[0]?.isSimple === false || isFilling(about)) return false;
  return true;
}

function isAnyWrong(questions: readonly Question[]): boolean {
  for (const { fields, which, instance, about } of questions) {
    if (about !== undefined) return true;
    for (let rest = which; rest !== 0; rest &= rest - 1) {
      const field = fields[lowestBit(rest)];
      if (field !== undefined && isWrong(field, instance)) return true;
    }
  }
  return false;
}

function isWrong({ field, certainOf }: AskedField, instance: object): boolean {
  const value: unknown = Reflect.get(instance, field.name);
  if (certainOf.has(typeof value)) return true;
  return isAsked(field, value) && field.rules.some((rule) => !rule.accepts(value));
}

function isAsked({ conditions }: FieldDescription, value: unknown): boolean {
  return conditions.length === 0 || (value !== null && value !== undefined);
}

/** A message that does not fit. What is wrong with it is put into words when it is asked for. */
class Doubted {
  constructor(
    readonly className: string,
    readonly questions: readonly Question[],
  ) {}

  /** As the interpreter finds them. One path is asked about once: these questions are about one value each. */
  find(): Findings {
    const kept: Issue[] = [];
    let count = 0;
    const add = (path: () => string, words: () => Words): void => {
      count += 1;
      if (kept.length < MOST_KEPT) kept.push({ path: path(), ...words() });
    };
    for (const question of this.questions) {
      const { about } = question;
      if (about === undefined || isFilling(about)) continue;
      add(
        () => unknownPath(question, about),
        () => unknownField(question, about),
      );
    }
    for (const question of this.questions) {
      for (const asked of fieldsOf(question)) {
        if (!isWrong(asked, question.instance)) continue;
        add(
          () => joinPath(trailPath(question.trail), asked.field.inputName),
          () => wordsOf(question, asked),
        );
      }
    }
    return { kept, count, cause: undefined };
  }
}

function wordsOf(
  { instance, isSecret: isWithin }: Question,
  { description, field: { name, rules, sensitive } }: AskedField,
): Words {
  const isSecret = isWithin || sensitive;
  const value: unknown = Reflect.get(instance, name);
  const expected = new Set<string>();
  for (const rule of rules) {
    if (rule.accepts(value)) continue;
    const { constraints } = rule;
    const given = { targetName: description.name, property: name, object: instance, value, constraints };
    expected.add(runNamed(`a validator of ${description.name}.${name}`, () => explained(rule, given, isSecret)));
  }
  return { expected: [...expected].join(', '), got: valueShown(value, isSecret) };
}
