// What a compiled reader does not decide itself: fields that a rule did not accept, fields with code of the user's, names
// that the class does not have, and instances that code of the user's takes part in filling. The interpreter's own code
// answers them, in the order of the message: first all is filled, then all is judged.
//
// QUESTIONS-1. A question too many changes nothing: what is asked about may turn out to fit.
// QUESTIONS-2. Where only class-validator's own rules are in question, no words are built before the refusal is read.

import type { Issue } from '../../errors/onward-error.ts';
import { joinPath } from '../../values/describe.ts';
import { Issues, MOST_KEPT, type Findings } from '../../values/issues.ts';
import type { ClassDescription, FieldDescription } from '../description.ts';
import type { ParserSettings } from '../interpreter.ts';
import { answered } from '../pending.ts';
import { Refusal, refusalOf } from '../refusal.ts';
import { check, fill, type Filling } from './filling.ts';
import { isMapKey, type Label } from './reader.ts';
import { explained, keyShown, valueShown } from '../secrets.ts';
import { runNamed } from '../user-code.ts';
import { validateField, type ValidationContext } from '../validate.ts';

/** One field, or one name that the class does not have. */
export interface Question {
  readonly description: ClassDescription;
  readonly field: AskedField | undefined;
  readonly instance: object;
  /** The name and the value of a field that the class does not have. */
  readonly key: string;
  readonly value: unknown;
  /** The keys that lead to the instance, the last one first. */
  trail: Label[] | undefined;
  /** A sensitive field holds the instance. */
  isSecret: boolean;
  /** What fills the instance, and has it judged as a whole. */
  readonly filling: Filling | undefined;
}

/** A field as the compiler has seen it. */
export interface AskedField {
  readonly field: FieldDescription;
  /** Only rules of class-validator's own, about the value itself. */
  readonly isSimple: boolean;
  /** The code asks exactly what the rules do, so it is not asked about in vain. */
  readonly isCertain: boolean;
  /** What is nested in it has been read on its own. */
  readonly nestedDone: boolean;
}

/** The message, if nothing asked about turns out to be wrong; or its refusal. */
export function answerTo(
  questions: readonly Question[],
  message: object,
  className: string,
  { timeout }: ParserSettings,
): object | Promise<object> {
  if (areSimple(questions)) {
    return isAnyWrong(questions) ? new Refusal({ className, find: () => findingsOf(questions) }) : message;
  }
  const context: ValidationContext = { issues: new Issues(), pending: [] };
  try {
    for (const question of questions) {
      const { filling, field, instance, trail, isSecret } = question;
      if (filling !== undefined) fill(filling, { instance, at: trailPath(trail), issues: context.issues, isSecret });
      else if (field === undefined) context.issues.add(pathOf(question), () => unknownField(question));
    }
    for (const { field, filling, description, instance, trail, isSecret } of questions) {
      const own = isSecret ? { ...context, isSecret } : context;
      if (field !== undefined)
        validateField(description, field.field, instance, trailPath(trail), own, field.nestedDone);
      else if (filling?.isChecked === true) check(filling, instance, trailPath(trail), own);
    }
    return answered(message, className, context, timeout);
  } catch (error) {
    return refusalOf(error);
  }
}

function areSimple(questions: readonly Question[]): boolean {
  for (const { field, filling } of questions) if (field?.isSimple === false || filling !== undefined) return false;
  return true;
}

function isAnyWrong(questions: readonly Question[]): boolean {
  for (const question of questions) if (isWrong(question)) return true;
  return false;
}

function isWrong({ field, instance }: Question): boolean {
  if (field === undefined || field.isCertain) return true;
  const value: unknown = Reflect.get(instance, field.field.name);
  return isAsked(field.field, value) && field.field.rules.some((rule) => !rule.accepts(value));
}

function isAsked({ conditions }: FieldDescription, value: unknown): boolean {
  return conditions.length === 0 || (value !== null && value !== undefined);
}

/** As the interpreter finds them. One path is asked about once: these questions are about one value each. */
function findingsOf(questions: readonly Question[]): Findings {
  const kept: Issue[] = [];
  let count = 0;
  const add = (question: Question, words: () => Omit<Issue, 'path'>): void => {
    count += 1;
    if (kept.length < MOST_KEPT) kept.push({ path: pathOf(question), ...words() });
  };
  for (const question of questions) if (question.field === undefined) add(question, () => unknownField(question));
  for (const question of questions) {
    if (question.field !== undefined && isWrong(question))
      add(question, () => wordsOf(question, question.field?.field));
  }
  return { kept, count, cause: undefined };
}

function wordsOf(
  { description, instance, isSecret: isWithin }: Question,
  field: FieldDescription | undefined,
): { readonly expected: string; readonly got: string } {
  const { name = '', rules = [], sensitive = false } = field ?? {};
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

function unknownField({ value, description, isSecret }: Question): { readonly expected: string; readonly got: string } {
  return { expected: 'no field of this name', got: valueShown(value, isSecret || description.hasSecrets) };
}

function pathOf({ trail, field, key, isSecret }: Question): string {
  return joinPath(trailPath(trail), field === undefined ? keyShown(key, isSecret) : field.field.inputName);
}

function trailPath(trail: readonly Label[] | undefined): string {
  if (trail === undefined) return '';
  return trail.reduceRight<string>((path, label) => joinPath(path, isMapKey(label) ? label.mapKey : label), '');
}
