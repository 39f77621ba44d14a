// What the generator writes is what the decorators say: a runtime takes every golden wiring.

import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRuntime } from 'onward';
import { beforeAll, expect, it } from 'vitest';
import type { Graph } from '../../src/wiring/v1.ts';
import { folderBelowRepository } from '../support/folders.ts';
import { projectOnDisk } from './project-on-disk.ts';

const golden = fileURLToPath(new URL('./golden', import.meta.url));
let work = '';

// What else there is reads packages or types that exist for the compiler only.
const NAMES = ['circles', 'exhaustive', 'face', 'items', 'joins', 'moments', 'recover', 'run-moments', 'waits'];

beforeAll(() => {
  work = folderBelowRepository('agreement');
  for (const name of NAMES) {
    mkdirSync(`${work}/${name}`, { recursive: true });
    cpSync(`${golden}/${name}/src`, `${work}/${name}`, { recursive: true });
    cpSync(`${golden}/${name}/expected.gen.ts`, `${work}/${name}/onward.gen.ts`);
  }
  writeFileSync(`${work}/package.json`, '{ "type": "module" }');
  writeFileSync(
    `${work}/tsconfig.json`,
    '{ "compilerOptions": { "experimentalDecorators": true, "target": "es2022" } }',
  );
});

it.each(NAMES)('golden/%s is what its annotations say', async (name) => {
  expect(existsSync(`${golden}/${name}/expected.gen.ts`)).toBe(true);
  const { graph } = await import(/* @vite-ignore */ `${work}/${name}/onward.gen.ts`);
  const runtime = createRuntime(plain(graph), { services: await servicesOf(name, plain(graph)) });
  expect(Object.keys(plain(graph).nodes).filter((id) => runtime.isJob(id)).length).toBeGreaterThan(0);
  await runtime.close();
});

it('a wiring that does not say which handler waits is stale', async () => {
  const { graph } = await import(/* @vite-ignore */ `${work}/waits/onward.gen.ts`);
  const services = await servicesOf('waits', plain(graph));
  const { 'Orders.approve': waiting, 'Orders.ship': ship, ...others } = plain(graph).nodes;
  if (waiting === undefined || ship === undefined) throw new Error('the golden wiring has other nodes');
  const { waits, ...approve } = waiting;
  expect(waits).toBe(true);
  const nodes = { ...others, 'Orders.approve': approve, 'Orders.ship': { ...ship, waits: true as const } };
  expect(() => createRuntime({ ...plain(graph), nodes }, { services })).toThrow(
    /Orders\.approve: `waits` differs[^]*Orders\.ship: `waits` differs/,
  );
});

const DESK = `import { IsString } from 'class-validator';
import { ErrorValue, Job, Message, OnEnd, OnSuccess, ReturnValue, Service, type StepContext } from 'onward';

export class Order {
  @IsString() id!: string;
}
export class Letter {
  @ReturnValue() receipt!: string;
  sender!: string;
}

@Service({ name: 'desk' })
export class Desk {
  @Job()
  pay(_context: StepContext, order: Order): string {
    return order.id;
  }

  @OnEnd('pay')
  note(@ReturnValue() _receipt: string | undefined, _context: StepContext, @ErrorValue() _error: Error | undefined): void {}

  @OnSuccess('pay', { bind: { sender: 'us' } })
  write(@Message() _order: Order, _letter: Letter): void {}
}
`;

/** Starts the wiring of a source after a change of it. */
async function startAfter(change: (source: string) => string, source = DESK): Promise<void> {
  const { folder, read, write, onward } = projectOnDisk({ 'src/desk.ts': source });
  expect(await onward('generate')).toMatchObject({ code: 0 });
  expect(read('src/onward.gen.ts')).toContain("namedServices: ['desk'],");
  write('src/desk.ts', change(source));
  const { graph } = await import(/* @vite-ignore */ `${folder}/src/onward.gen.ts`);
  const { Desk } = await import(/* @vite-ignore */ `${folder}/src/desk.ts`);
  await createRuntime(plain(graph), { services: { desk: new Desk() } }).close();
}

it('what was generated starts, wherever its marks stand', async () => {
  await expect(startAfter((source) => source)).resolves.toBeUndefined();
});

it('a field that a subclass declares again keeps its mark', async () => {
  const derived = DESK.replace('_letter: Letter', '_letter: Note').replace(
    '@Service',
    'export class Note extends Letter {\n  declare receipt: string;\n}\n@Service',
  );
  await expect(startAfter((source) => source, derived)).resolves.toBeUndefined();
});

it.each<[what: string, before: RegExp, after: string, told: string]>([
  ['a swapped mark', /@ErrorValue\(\)/, '@Message()', 'desk.note, parameter 3: '],
  ['a parameter that has moved', /@Message\(\) (.*), (_letter.*)\)/, '$2, @Message() $1)', 'desk.write, parameter 1: '],
  ['a mark on another field', /(@ReturnValue\(\) )(receipt.*\n)/, '$2$1', 'desk.write, Letter: '],
  ['a service with another name', /name: 'desk'/, "name: 'counter'", 'its @Service says counter'],
  ['a service without its name', /@Service.*/, '', 'its class has no such name any more'],
])('%s makes the wiring stale', async (_what, before, after, told) => {
  const start = startAfter((source) => source.replace(before, after));
  await expect(start).rejects.toMatchObject({ code: 'ONW3002' });
  await expect(start).rejects.toThrow(told);
});

type AnyGraph = Graph<object, Readonly<Record<string, object>>>;

function plain(graph: AnyGraph): AnyGraph {
  return graph;
}

/** An instance of every class that the wiring names. */
async function servicesOf(name: string, { nodes }: AnyGraph): Promise<Record<string, object>> {
  const files = readdirSync(`${work}/${name}`, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts') && file !== 'onward.gen.ts');
  const classes = new Map<string, new () => object>();
  // One after another: files that import each other would come in an order that nobody knows.
  for (const file of sources.toSorted()) {
    const found: object = await import(/* @vite-ignore */ `${work}/${name}/${file}`);
    for (const [exported, value] of Object.entries(found)) classes.set(exported, value);
  }
  const wanted = new Set(Object.keys(nodes).map((id) => id.slice(0, id.indexOf('.'))));
  return Object.fromEntries(
    [...wanted].flatMap((service) => {
      const found = classes.get(service);
      return found === undefined ? [] : [[service, new found()]];
    }),
  );
}
