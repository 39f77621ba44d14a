// Classes whose instances nothing can put back, by their text.

import { expect, test } from 'vitest';
import { Classes, type KeptClass } from '../../src/values/classes.ts';
import { encode } from '../../src/values/codec.ts';
import { privateFieldOf } from '../../src/values/private-fields.ts';

class Hidden {
  #sum$ = 1;
  get(): number {
    return this.#sum$;
  }
}
class Below extends Hidden {
  shown = 1; // the last line has no brace }
}
class Methods {
  shown(): number {
    return this.#count();
  }
  #count(): number {
    return 1;
  }
}
class Counted {
  static #made = 0;
  static async *#each(): AsyncGenerator<number> {
    yield this.#made;
  }
  n = ++Counted.#made;
  static each = (): AsyncGenerator<number> => Counted.#each();
}
class Said {
  private readonly color = '#fff';
  /** See #sum$. */
  text = `#${this.color} #a`;
  pattern = /#b'/;
  inner(): object {
    return new (class {
      #own = 1;
      own = (): number => this.#own;
    })();
  }
}
function Old(): void {}

test.each<[KeptClass, string | undefined]>([
  [Hidden, '#sum$'],
  [Below, '#sum$'],
  [Methods, '#count'],
  [Counted, undefined],
  [Said, undefined],
  [Date, undefined],
  [Old, undefined],
])('%o', (each, field) => {
  expect(privateFieldOf(each)).toBe(field);
});

test('CLASSES-5: an instance of such a class is refused with what helps', () => {
  const classes = new Classes({ named: () => ({}), rebuilt: () => [], nested: () => [], onUnknown: () => undefined });
  expect(() => encode({ a: new Below() }, classes)).toThrow(
    '`a` cannot be kept in a record: it is an instance of Below, a class with `#sum$`, which nothing can put back; make its `#private` fields `private` or public, or return plain data',
  );
});
