// The marks: which parameter or message field takes which value.
//
// MARKS-1. A mark says where a value goes; the edge and the generator judge what the value is and whether it fits.

import type { FlagMissing } from './method-types.ts';
import { markSensitive } from '../values/sensitive.ts';
import {
  assertLegacyCall,
  assertOnField,
  assertParentheses,
  recordFieldMark,
  recordParameterMark,
  type Mark,
} from './record.ts';

/** Stands where parameters of a constructor have no key: the compiler's error then shows this text. Nothing fits it. */
type OnConstructor<Text = 'a parameter of a constructor takes no mark'> = [Text] extends [never] ? never : [Text];

/** Goes on a parameter of a method, or on a field of a message class. */
export type MarkDecorator = (
  target: object | FlagMissing,
  key: string | symbol | OnConstructor,
  index?: number,
) => void;

/** Goes on a parameter of a method only. */
export type ParameterMarkDecorator = (target: object, key: string | symbol | OnConstructor, index: number) => void;

/**
 * Takes the target's return value.
 *
 * On a field it makes the class a message whose other fields come from `bind`.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW1121 and ONW1123 on what is neither a parameter nor a field of an
 *   instance, ONW6001 if it is called as a standard decorator.
 */
export function ReturnValue(): MarkDecorator;
export function ReturnValue(...given: readonly unknown[]): MarkDecorator {
  return markDecorator('ReturnValue', 'returnValue', given);
}

/**
 * Takes the error of the target's last attempt.
 *
 * On a field it makes the class a message whose other fields come from `bind`.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW1121 and ONW1123 on what is neither a parameter nor a field of an
 *   instance, ONW6001 if it is called as a standard decorator.
 */
export function ErrorValue(): MarkDecorator;
export function ErrorValue(...given: readonly unknown[]): MarkDecorator {
  return markDecorator('ErrorValue', 'error', given);
}

/**
 * Takes the target's own message.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW6001 if it is called as a standard decorator.
 */
export function Message(): ParameterMarkDecorator;
export function Message(...given: readonly unknown[]): ParameterMarkDecorator {
  return markDecorator('Message', 'message', given);
}

/** Goes on a field. */
export type FieldMarkDecorator = (target: object | FlagMissing, key: string | symbol) => void;

/**
 * Keeps a field out of what people read: events and reports as JSON and on a console, and logs show `[redacted]`. Bodies
 * get it whole.
 *
 * @throws {OnwardError} ONW1118 without parentheses, ONW1121 and ONW1123 on what is no field of an instance, ONW6001 if it is
 *   called as a standard decorator.
 */
export function Sensitive(): FieldMarkDecorator;
export function Sensitive(...given: readonly unknown[]): FieldMarkDecorator {
  assertParentheses('Sensitive', given);
  return (target: object, key: string | symbol, ...beside: readonly unknown[]) => {
    assertLegacyCall('Sensitive', target, key);
    assertOnField('Sensitive', target, key, beside[0]);
    markSensitive(target, [String(key)]);
  };
}

function markDecorator(annotation: string, mark: Mark, given: readonly unknown[]): MarkDecorator {
  assertParentheses(annotation, given);
  return (target, key, index) => {
    assertLegacyCall(annotation, target, key);
    // A parameter of a constructor has no key: the compiler refuses it, and there is no node to record it for.
    if (key === undefined) return;
    if (typeof index === 'number') return recordParameterMark(target, String(key), index, mark);
    assertOnField(annotation, target, key, index);
    recordFieldMark(target, String(key), mark);
  };
}
