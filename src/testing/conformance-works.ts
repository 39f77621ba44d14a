// The application that every engine is put through its paces with: a service with a body for each thing that an engine
// may get wrong, and its wiring, written as the generator writes it.
//
// CONFORMANCE-WORKS-1. Annotations are recorded by hand, from the one table that the wiring is made of: this is a library,
//     and decorators are its users' to write.

import { recordEdge, recordNode, type EdgeRecord } from '../decorators/record.ts';
import type { Clock } from '../execute/clock.ts';
import type { StepContext } from '../wiring/context.ts';
import type { EdgeWiring, Graph, HandlerType, JobType, NodeWiring } from '../wiring/v1.ts';

export class Order {
  n!: number;
}

export class Answer {
  text!: string;
}

class Refused extends Error {
  readonly cents: number;
  constructor(cents: number) {
    super(`${cents} cents were refused`);
    this.name = 'Refused';
    this.cents = cents;
  }
}

/** A value of a class of its own, with others inside. */
export class Parcel {
  readonly at: Date;
  readonly lines: ReadonlyMap<string, bigint>;
  readonly marks: ReadonlySet<number>;
  readonly bytes: Uint8Array;
  readonly link: URL;
  readonly rest: readonly unknown[];
  constructor() {
    this.at = new Date(86_400_000);
    this.lines = new Map([['tea', 12n]]);
    this.marks = new Set([1, -0]);
    this.bytes = new Uint8Array([0, 255]);
    this.link = new URL('https://example.com/a?b=c#d');
    this.rest = [undefined, null, -0, Number.NaN, Number.POSITIVE_INFINITY];
  }
  get label(): string {
    return `${[...this.lines.keys()].join(', ')} of ${this.at.toISOString()}`;
  }
}

/** What the bodies of all lives of a case have done. */
export class Journal {
  /** Each call of a body: `node key`, in order. */
  readonly calls: { readonly node: string; readonly key: string; readonly at: number }[] = [];
  readonly seen: unknown[] = [];
  underway = 0;
  mostUnderway = 0;

  countOf(node: string): number {
    return this.calls.filter((call) => call.node === node).length;
  }
}

export class Works {
  readonly #clock: Clock;
  readonly #journal: Journal;

  constructor(clock: Clock, journal: Journal) {
    this.#clock = clock;
    this.#journal = journal;
  }

  /** Waits; a body whose signal is aborted waits no longer. */
  #pass(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        resolve();
      });
    });
  }

  #called({ step }: StepContext): void {
    this.#journal.calls.push({ node: step.node, key: step.key, at: this.#clock.now() });
  }

  async split(order: Order, context: StepContext): Promise<number[]> {
    this.#called(context);
    await this.#pass(2);
    context.state.add('tries', 1);
    if (context.step.attempt === 1) throw new Error('again');
    return Array.from({ length: order.n }, (_, at) => at);
  }
  async begin(): Promise<void> {
    await this.#pass(2);
  }
  async finish(): Promise<void> {
    await this.#pass(2);
  }
  async part(n: number, context: StepContext): Promise<number> {
    context.state.append('parts', n);
    const once: number = await context.call(Works, 'double', n, { key: 'once' });
    return once + (await context.call(Works, 'double', once, { key: 'twice' }));
  }
  async double(n: number): Promise<number> {
    await this.#pass(2);
    return n * 2;
  }
  async bill(): Promise<number> {
    throw new Refused(5);
  }
  async sorry(): Promise<number> {
    await this.#pass(2);
    return 7;
  }
  async total(sums: object): Promise<object> {
    await this.#pass(2);
    return { ...sums };
  }
  async polish(n: unknown): Promise<number> {
    return typeof n === 'number' ? n + 1 : 1;
  }
  async sweep(): Promise<void> {
    await this.#pass(2);
  }

  async ask(order: Order, context: StepContext): Promise<number> {
    this.#called(context);
    return order.n;
  }
  async answered(answer: Answer, context: StepContext): Promise<string> {
    this.#called(context);
    return answer.text;
  }

  async hold(context: StepContext): Promise<string> {
    this.#called(context);
    await this.#pass(60_000, context.signal);
    return context.signal.aborted ? 'stopped' : 'done';
  }
  async tidy(context: StepContext): Promise<void> {
    this.#called(context);
  }

  /** Takes as many milliseconds as it is told. */
  async count(order: Order, context: StepContext): Promise<number> {
    this.#called(context);
    await this.#pass(order.n, context.signal);
    return order.n;
  }
  async counted(n: number, context: StepContext): Promise<number> {
    this.#called(context);
    return n + 1;
  }

  async pay(order: Order, context: StepContext): Promise<number> {
    this.#called(context);
    if (this.#journal.countOf('Works.pay') === 1) throw new Refused(order.n);
    return order.n;
  }
  async paid(n: number, context: StepContext): Promise<number> {
    this.#called(context);
    return n;
  }

  async pack(): Promise<Parcel> {
    return new Parcel();
  }
  async packed(parcel: Parcel): Promise<string> {
    this.#journal.seen.push(parcel);
    await this.#pass(2);
    return parcel.label;
  }

  /** One at a time. */
  async single(context: StepContext): Promise<void> {
    this.#called(context);
    const journal = this.#journal;
    journal.mostUnderway = Math.max(journal.mostUnderway, ++journal.underway);
    await this.#pass(2);
    journal.underway--;
  }
  /** Two in 60 ms. */
  async rated(context: StepContext): Promise<void> {
    this.#called(context);
  }
}

interface NodeFacts {
  readonly kind?: 'job';
  readonly options?: Readonly<Record<string, unknown>>;
  readonly message?: NodeWiring['message'];
  readonly takesContext?: true;
  readonly waits?: true;
}

type Methods = keyof Works;

const ANY = { message: true } as const;
const WITH_CONTEXT = { takesContext: true } as const;

const NODES: Readonly<Record<Methods, NodeFacts>> = {
  split: {
    kind: 'job',
    options: { retry: { attempts: 3, delay: 4, jitter: 0 } },
    message: Order,
    takesContext: true,
  },
  begin: {},
  finish: {},
  part: { ...ANY, ...WITH_CONTEXT },
  double: ANY,
  bill: {},
  sorry: {},
  total: ANY,
  polish: { ...ANY, options: { maxRounds: 4 } },
  sweep: {},
  ask: { kind: 'job', message: Order, takesContext: true },
  answered: { options: { waits: true }, message: Answer, takesContext: true, waits: true },
  hold: { kind: 'job', ...WITH_CONTEXT },
  tidy: WITH_CONTEXT,
  count: { kind: 'job', message: Order, takesContext: true },
  counted: { ...ANY, ...WITH_CONTEXT },
  pay: { kind: 'job', message: Order, takesContext: true },
  paid: { ...ANY, ...WITH_CONTEXT },
  pack: { kind: 'job' },
  packed: ANY,
  single: { kind: 'job', options: { concurrency: 1 }, ...WITH_CONTEXT },
  rated: { kind: 'job', options: { rateLimit: { max: 2, per: 60 } }, ...WITH_CONTEXT },
};

interface EdgeFacts {
  readonly on: EdgeWiring['on'];
  readonly to: Methods;
  readonly from?: Methods;
  readonly sources?: Readonly<Record<string, Methods>>;
  readonly options?: EdgeRecord['options'];
  readonly wiring?: Partial<EdgeWiring>;
}

// Several of one method stand in the order of its annotations.
const EDGES: readonly EdgeFacts[] = [
  { on: 'start', from: 'split', to: 'begin' },
  { on: 'end', from: 'split', to: 'finish' },
  { on: 'success', from: 'split', to: 'part', options: { each: true, concurrency: 2 }, wiring: { each: true } },
  { on: 'success', from: 'split', to: 'bill', options: { after: 5 } },
  {
    on: 'error',
    from: 'bill',
    to: 'sorry',
    options: { when: Refused, recover: true },
    wiring: { when: 'class', recover: true },
  },
  { on: 'join', sources: { parts: 'part', bill: 'bill' }, to: 'total' },
  { on: 'success', from: 'total', to: 'polish' },
  {
    on: 'success',
    from: 'polish',
    to: 'polish',
    options: { when: (n: number) => n < 3 },
    wiring: { when: 'predicate' },
  },
  { on: 'runEnd', from: 'split', to: 'sweep' },
  { on: 'success', from: 'ask', to: 'answered' },
  { on: 'cancel', from: 'hold', to: 'tidy' },
  { on: 'success', from: 'count', to: 'counted' },
  { on: 'success', from: 'pay', to: 'paid' },
  { on: 'success', from: 'pack', to: 'packed' },
];

/** Every node by its id, as the generator would declare it. */
export interface WorksNodes {
  readonly 'Works.split': JobType<Order, Works['split']>;
  readonly 'Works.ask': JobType<Order, Works['ask']>;
  readonly 'Works.answered': HandlerType<Answer, Works['answered'], { waits: true }>;
  readonly 'Works.hold': JobType<undefined, Works['hold']>;
  readonly 'Works.count': JobType<Order, Works['count']>;
  readonly 'Works.pay': JobType<Order, Works['pay']>;
  readonly 'Works.pack': JobType<undefined, Works['pack']>;
  readonly 'Works.single': JobType<undefined, Works['single']>;
  readonly 'Works.rated': JobType<undefined, Works['rated']>;
}

export interface WorksServices {
  readonly Works: Works;
}

const idOf = (method: Methods): string => `Works.${method}`;

function methodsIn<T>(record: Readonly<Record<Methods, T>>): Methods[] {
  return Object.keys(record).filter((name): name is Methods => Object.hasOwn(NODES, name));
}

function nodeOf(method: Methods): NodeWiring {
  const { kind = 'handler', message, takesContext, waits } = NODES[method];
  const call = (service: Works, given: unknown, rest: { readonly context: StepContext } | undefined): unknown =>
    Reflect.apply(service[method], service, [
      ...(message === undefined ? [] : [given]),
      ...(takesContext === undefined ? [] : [rest?.context]),
    ]);
  return {
    kind,
    ...(message !== undefined && { message }),
    ...(takesContext !== undefined && { takes: { context: true } }),
    ...(waits !== undefined && { waits }),
    call,
  };
}

function wiringsOf({ on, from, to, sources, wiring = {} }: EdgeFacts, decorator: number): EdgeWiring[] {
  if (sources === undefined)
    return [{ on, from: from === undefined ? '*' : idOf(from), to: idOf(to), decorator, ...wiring }];
  return Object.entries(sources).map(([source, method]) => ({
    on,
    from: idOf(method),
    to: idOf(to),
    decorator,
    source,
    field: source,
  }));
}

function annotate(): void {
  for (const method of methodsIn(NODES)) {
    const { kind, options } = NODES[method];
    recordNode(Works.prototype, method, kind ?? 'handler', options ?? {});
  }
  // As decorators do: from the bottom to the top.
  for (const { on, from, to, sources, options = {} } of EDGES.toReversed()) {
    const target = from === undefined ? null : { method: from };
    const named = Object.entries(sources ?? {}).map(([source, method]) => [source, { method }] as const);
    recordEdge(Works.prototype, to, {
      on,
      target,
      ...(sources !== undefined && { sources: Object.fromEntries(named) }),
      options,
    });
  }
}

function edgesOf(): EdgeWiring[] {
  const counts = new Map<Methods, number>();
  return EDGES.flatMap((edge) => {
    const decorator = counts.get(edge.to) ?? 0;
    counts.set(edge.to, decorator + 1);
    return wiringsOf(edge, decorator);
  });
}

let made: Graph<WorksNodes, WorksServices> | undefined;

/** Made, and annotated, at the first use. */
export function worksGraph(): Graph<WorksNodes, WorksServices> {
  if (made === undefined) {
    annotate();
    made = {
      contract: 1,
      graphHash: 'conformance',
      classes: () => ({ Order, Answer, Refused, Parcel }),
      nodes: Object.fromEntries(methodsIn(NODES).map((method) => [idOf(method), nodeOf(method)])),
      edges: edgesOf(),
    };
  }
  return made;
}
