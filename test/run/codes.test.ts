// What a thrown error says about its step: P2.

import assert from 'node:assert';
import { describe, expect, test } from 'vitest';
import { InvalidArgument, Job, OnwardError, StepCode, TerminalError } from 'onward';
import { ENGINES, wired } from '../support/wired.ts';

class TooMany extends RangeError {}
class WrongCard extends InvalidArgument {}

const CASES: [name: string, thrower: () => unknown, code: StepCode][] = [
  [
    'an error',
    () => {
      throw new Error('no');
    },
    StepCode.UNHANDLED_EXCEPTION,
  ],
  ['a TypeError: a bug', () => Reflect.get(Object(undefined), 'x').y, StepCode.UNHANDLED_EXCEPTION],
  [
    'a TerminalError',
    () => {
      throw new TerminalError('no');
    },
    StepCode.UNHANDLED_EXCEPTION,
  ],
  ['a RangeError', () => 'x'.repeat(-1), StepCode.INVALID_ARGUMENT],
  [
    'a subclass of RangeError',
    () => {
      throw new TooMany('no');
    },
    StepCode.INVALID_ARGUMENT,
  ],
  [
    'an InvalidArgument',
    () => {
      throw new InvalidArgument('no');
    },
    StepCode.INVALID_ARGUMENT,
  ],
  [
    'a subclass of InvalidArgument',
    () => {
      throw new WrongCard('no');
    },
    StepCode.INVALID_ARGUMENT,
  ],
  ['node:assert', () => assert.equal(1, 2), StepCode.ASSERTION_ERROR],
  ['node:assert, strictly and deeply', () => assert.deepStrictEqual({ a: 1 }, { a: 2 }), StepCode.ASSERTION_ERROR],
  [
    'something else named AssertionError',
    () => {
      throw Object.assign(new Error('no'), { name: 'AssertionError' });
    },
    StepCode.UNHANDLED_EXCEPTION,
  ],
  [
    'a message that does not fit',
    () => {
      throw new OnwardError('ONW2003', 'no');
    },
    StepCode.INVALID_TYPE,
  ],
  [
    'another error of Onward',
    () => {
      throw new OnwardError('ONW3033', 'no');
    },
    StepCode.UNHANDLED_EXCEPTION,
  ],
];

describe.each(ENGINES)('$engine engine', ({ open }) => {
  test.each(CASES)('P2: %s', async (_name, thrower, code) => {
    class Thrower {
      @Job() go(): void {
        thrower();
      }
    }
    const report = await wired(open(), { Thrower: new Thrower() }).report('Thrower.go');
    expect(report.steps[0]).toMatchObject({ status: 'failed', code });
    expect(report.error).toBeInstanceOf(Error);
  });
});
