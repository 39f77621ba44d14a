// What one message, or one condition, may cost: small expressions over large values do much.

import { InvalidArgument } from '../errors/onward-error.ts';

/** Values that may be compared, and pieces of text. */
const MOST_COMPARED = 200_000;
/** Characters of text that are compared at the price of one value. */
const CHARACTERS_A_VALUE = 64;

/** Counts what the expressions of one message do, and ends it. */
export class Cost {
  #compared = 0;

  /** @throws {InvalidArgument} when there was too much to compare. */
  compares(characters = 0): void {
    this.#compared += 1 + Math.floor(characters / CHARACTERS_A_VALUE);
    if (this.#compared > MOST_COMPARED) {
      throw new InvalidArgument(
        `the expressions compare more than ${MOST_COMPARED} values; compare parts that are smaller`,
      );
    }
  }
}
