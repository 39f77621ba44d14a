// An instance of another class is said to be that; a fake is taken where the option says so; and a wiring is called stale only
// where generating again helps.

import { createRuntime, Job, OnSuccess, Service } from 'onward';
import { defineGraph } from 'onward/wiring/v1';
import { describe, expect, it } from 'vitest';
import { wire, type Services } from '../support/wired.ts';

class Billing {
  @Job({ tags: ['vip'] }) charge(cents: number): number {
    return cents;
  }
}

class Mail {
  @OnSuccess(() => Billing, 'charge', { when: 7 }) thank(cents: number): string {
    return `thanks for ${cents}`;
  }
}

class Post {
  send(): void {}
}

const right = { Billing: new Billing(), Mail: new Mail() };
const graph = wire(right, { 'Billing.charge': ['any'], 'Mail.thank': ['any'] });

/** The text of the refusal, or `taken`. */
function answer(services: Services, options: object = {}): string {
  try {
    createRuntime(graph, { services, ...options });
    return 'taken';
  } catch (error) {
    return String(error).replace('OnwardError: ', '');
  }
}

describe('an instance of another class', () => {
  it.each<[string, object, string]>([
    ['another service', new Mail(), 'services.Billing is a Mail, whose methods have no annotation of Billing'],
    [
      'a class without annotations',
      new Post(),
      'services.Billing is a Post, whose methods have no annotation of Billing',
    ],
    ['a class without a name', new (class {})(), 'services.Billing is a class without a name'],
    [
      'a plain object',
      { charge: () => 1 },
      'services.Billing is a plain object; give an instance of the class Billing, or `fakes: true`',
    ],
    ['an object without a prototype', Object.create(null), 'services.Billing is a plain object'],
  ])('is called so, and the wiring is not called stale: %s', (_, instance, text) => {
    const said = answer({ ...right, Billing: instance });
    expect(said).toContain(`ONW3003: no instance of Billing\n  ${text}`);
    expect(said).not.toContain('stale');
  });

  it('is named for each service, however it was given', () => {
    expect(answer({ Billing: right.Mail, Mail: right.Billing })).toMatchInlineSnapshot(`
      "ONW3003: no instance of Billing, Mail
        services.Billing is a Mail, whose methods have no annotation of Billing; give an instance of the class Billing
        services.Mail is a Billing, whose methods have no annotation of Mail; give an instance of the class Mail"
    `);
    const resolve = (name: string): object => (name === 'Billing' ? right.Mail : right.Mail);
    expect(() => createRuntime(graph, { resolve })).toThrow('what `resolve` returns for Billing is a Mail');
  });

  it('is another class of the same name, with the same annotations', () => {
    const twin = ((): new () => object => {
      class Store {
        @Job() sell(): void {}
      }
      return Store;
    })();
    class Store {
      @Job() sell(): void {}
    }
    class Log {
      @OnSuccess(() => Store, 'sell') note(): void {}
    }
    const wiring = wire({ Store: new Store(), Log: new Log() });
    const start = (): unknown => createRuntime(wiring, { services: { Store: new twin(), Log: new Log() } });
    expect(start).toThrowErrorMatchingInlineSnapshot(`
      [OnwardError: ONW3003: instances of other classes
        services.Store is of another class Store, and the annotations name the class Store; give an instance of that one, imported from where they import it]
    `);
  });

  it('is none: a subclass, a named service, an object made from the class', () => {
    class Cheap extends Billing {}
    expect(answer({ ...right, Billing: new Cheap() })).toBe('taken');
    expect(answer({ ...right, Billing: Object.create(Billing.prototype) })).toBe('taken');
    @Service({ name: 'Billing' })
    class Counter extends Billing {}
    expect(answer({ ...right, Billing: new Counter() })).toBe('taken');
  });
});

describe('`fakes: true`', () => {
  it('takes a plain object with the methods; the annotations of the class hold', async () => {
    const thanked: unknown[] = [];
    let price = 6;
    const services = {
      Billing: { charge: () => price },
      Mail: { thank: (cents: number) => (thanked.push(cents), '') },
    };
    const runtime = createRuntime(graph, { services, fakes: true });
    for (price of [6, 7]) await (await runtime.start('Billing.charge', {}, { tags: ['vip'] })).report();
    expect(thanked).toEqual([7]);
    const report = await (await runtime.start('Billing.charge', {})).report();
    expect(report.status).toBe('failed');
    await runtime.close();
  });

  it.each<[string, object]>([
    [
      'an instance of another class',
      new (class CashBox {
        charge(): number {
          return 1;
        }
      })(),
    ],
    ['a method of an instance', Object.assign(new Post(), { charge: () => 1 })],
    ['the real thing', new Billing()],
  ])('takes %s', (_, instance) => {
    expect(answer({ ...right, Billing: instance }, { fakes: true })).toBe('taken');
  });

  it('asks for every method, and for the class', () => {
    expect(answer({ ...right, Billing: {} }, { fakes: true })).toBe(
      'ONW3003: no instance of Billing\n  services.Billing is a fake without the method charge; give it one',
    );
    const unknown = defineGraph<object, Services>({
      contract: 1,
      graphHash: '',
      nodes: { 'Gone.go': { kind: 'job', call: () => undefined } },
      edges: [],
    });
    expect(() => createRuntime(unknown, { services: { Gone: { go: () => 1 } }, fakes: true })).toThrow(
      'services.Gone is a fake, and no class Gone with these annotations is loaded; import the class',
    );
  });

  it('is a boolean', () => {
    expect(answer(right, { fakes: 'yes' })).toContain('expected `fakes` to be true or false, got "yes"');
  });
});

describe('a wiring that is stale', () => {
  it('is so where a method takes more than the wiring gives', () => {
    class Desk {
      pay(a: number, b: number): number {
        return a + b;
      }
    }
    // As a caller without types: the annotation's own type refuses such a method.
    Reflect.apply(Job(), undefined, [Desk.prototype, 'pay', Object.getOwnPropertyDescriptor(Desk.prototype, 'pay')]);
    const desk = { Desk: new Desk() };
    const told = (parameters: readonly 'any'[]): string => {
      try {
        createRuntime(wire(desk, { 'Desk.pay': parameters }), { services: desk });
        return 'taken';
      } catch (error) {
        return String(error);
      }
    };
    expect(told(['any'])).toContain('Desk.pay: the wiring gives 1 argument, the method takes 2');
    expect(told(['any', 'any'])).toBe('taken');
  });

  it('says what else it may be, where only methods are unknown', () => {
    class Late {
      @Job() first(): void {}
      second(): void {}
    }
    const late = { Late: new Late() };
    const known = wire(late);
    const method = Object.getOwnPropertyDescriptor(Late.prototype, 'second');
    Reflect.decorate([Job()], Late.prototype, 'second', method);
    expect(() => createRuntime(known, { services: late })).toThrowErrorMatchingInlineSnapshot(`
      [OnwardError: ONW3002: the wiring is stale, run \`npx onward generate\`:
        Late.second: it is annotated, and the wiring does not know it
        If that changes nothing, something annotates them while the program runs: the generator reads the source only.]
    `);
  });
});
