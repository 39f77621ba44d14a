// Classes that were annotated after the wiring was generated: that nothing calls them is said, and of no other class.

import { expect, test } from 'vitest';
import { createRuntime, Job, Join, from, OnRunEnd, OnSuccess, Service } from 'onward';
import { defineGraph, type Graph } from 'onward/wiring/v1';
import { wire, type AnyNodes, type Services } from '../support/wired.ts';

class Billing {
  @Job() charge(): string {
    return 'paid';
  }
}

async function said(graph: Graph<AnyNodes, Services>, services: Services): Promise<string[]> {
  const lines: string[] = [];
  const take = (text: string): void => void lines.push(text);
  const runtime = createRuntime(graph, { services, log: { warn: take, error: take } });
  // What says it is loaded then.
  await import('../../src/runtime/unwired.ts');
  await new Promise(setImmediate);
  await runtime.close();
  return lines;
}

const unknown = (name: string, methods: string): string =>
  `ONW3002: the class ${name} has annotations that no wiring knows, and ${methods} will not be called; run \`npx onward generate\``;

test('a class whose callbacks name a node of the graph, and a class that was given as a service', async () => {
  class Mail {
    @OnSuccess(() => Billing, 'charge') book(): void {}
    @Join({ receipt: from(() => Billing, 'charge') }) file(): void {}
  }
  class Audit {
    @OnRunEnd() note(): void {}
  }
  const services = { Billing: new Billing() };
  const graph = wire(services);
  expect(await said(graph, services)).toEqual([unknown('Mail', 'Mail.book, Mail.file')]);
  const both = await said(graph, { ...services, Audit: new Audit() });
  expect(both).toEqual([unknown('Mail', 'Mail.book, Mail.file'), unknown('Audit', 'Audit.note')]);
  // Another graph of the process knows it, under whatever name.
  const another = { Billing: new Billing(), Mail: new Mail() };
  expect(await said(wire(another), another)).toEqual([]);
  expect(await said(graph, services)).toEqual([]);
});

test('nothing of classes that have nothing to do with the graph, nor of bases, nor where names are a minifier’s', async () => {
  class Base {
    @Job() begin(): void {}
    @OnSuccess('begin') go(): void {}
  }
  class Special extends Base {
    override begin(): void {}
    override go(): void {}
  }
  @Service({ name: 'Till' })
  class Minified extends Billing {
    override charge(): string {
      return 'open';
    }
  }
  class Other {
    @OnSuccess(() => Minified, 'charge') later(): void {}
  }
  const special = { Special: new Special() };
  expect(await said(wire(special), special)).toEqual([]);
  const till = { Till: new Minified(), Special: new Special() };
  expect(await said(wire(till), till)).toEqual([unknown('Other', 'Other.later')]);
  const renamed = { Till: new Minified(), Written: new Special() };
  expect(await said(wire(renamed), renamed)).toEqual([]);
  // What is defined later counts, too.
  defineGraph({
    contract: 1,
    graphHash: 'other',
    nodes: { 'Other.later': { kind: 'handler', call: (other: Other) => other.later() } },
    edges: [],
  });
  expect(await said(wire(till), till)).toEqual([]);
});

test('nothing of a base whose subclass is in another graph, with annotations of its own or inherited', async () => {
  abstract class BaseAudit {
    @OnSuccess(() => Billing, 'charge') place(): void {}
  }
  class Audit extends BaseAudit {
    @Job() look(): void {}
    override place(): void {}
  }
  abstract class BaseReport {
    @OnSuccess(() => Billing, 'charge') print(): void {}
  }
  class Report extends BaseReport {
    override print(): void {}
  }
  const services = { Billing: new Billing() };
  const graph = wire(services);
  const audit = unknown('Audit', 'Audit.look, Audit.place');
  const report = unknown('BaseReport', 'BaseReport.print');
  expect(ofThese(await said(graph, services))).toEqual([audit, report]);
  const other = { Billing: new Billing(), Audit: new Audit() };
  expect(ofThese(await said(wire(other), other))).toEqual([report]);
  expect(ofThese(await said(graph, services))).toEqual([report]);
  wire({ Billing: new Billing(), Report: new Report() });
  expect(ofThese(await said(graph, services))).toEqual([]);
});

const ofThese = (lines: readonly string[]): string[] => lines.filter((line) => /Audit|Report/.test(line));

test('no getter of the services is called, and what throws when it is looked at ends no process', async () => {
  class Stamp {
    @OnRunEnd() put(): void {}
  }
  const made: string[] = [];
  const lazy = {
    Billing: new Billing(),
    get Stamp(): Stamp {
      made.push('Stamp');
      throw new Error('it has no connection');
    },
  };
  const graph = wire({ Billing: new Billing() });
  const unhandled: unknown[] = [];
  const take = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', take);
  try {
    await said(graph, lazy);
    const guarded = new Proxy(lazy, {
      ownKeys() {
        throw new Error('it lists nothing');
      },
    });
    await said(graph, guarded);
    await new Promise(setImmediate);
  } finally {
    process.off('unhandledRejection', take);
  }
  expect(unhandled).toEqual([]);
  expect(made).toEqual([]);
});
