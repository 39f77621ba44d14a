// What a random project is made of: services, methods, marks, edges and message classes, without their names.

import fc from 'fast-check';

const FLOW = ['OnSuccess', 'OnSuccess', 'OnError', 'Join'] as const;
export const WATCHING = ['OnStart', 'OnEnd', 'OnCancel'] as const;
export const RUNS = ['OnRunSuccess', 'OnRunError', 'OnRunEnd'] as const;

const small = fc.nat({ max: 7 });
const edge = fc.record({
  service: small,
  method: small,
  on: fc.constantFrom(...FLOW, ...FLOW, ...FLOW, ...WATCHING, ...RUNS),
  when: fc.constantFrom('', '', '', 'when: () => true', 'otherwise: true'),
  /** More options, where the moment takes them. */
  each: fc.boolean(),
  recover: fc.boolean(),
  after: fc.boolean(),
  mode: fc.constantFrom('', "mode: 'any'", "onMissing: 'run'"),
  /** Of a moment of runs: any run, not those of the target. */
  isAny: fc.boolean(),
});
const method = fc.record({
  kind: fc.constantFrom('Job', 'Job', 'Handler', 'edges', 'edges'),
  message: fc.option(small),
  isContextTaken: fc.boolean(),
  returns: fc.nat({ max: 9 }),
  edges: fc.array(edge, { maxLength: 2 }),
  takes: fc.constantFrom('nothing', 'value', 'value', 'mark', 'mark and message', 'error', 'field', 'anything'),
  isNamed: fc.boolean(),
  /** It is left as it was drawn, right or wrong. */
  isCareless: fc.nat({ max: 11 }).map((drawn) => drawn === 0),
});
const service = fc.record({
  methods: fc.array(method, { minLength: 1, maxLength: 4 }),
  style: fc.constantFrom('named', 'aliased', 'namespace', 'barrel'),
  messages: fc.constantFrom('named', 'type', 'namespace', 'barrel'),
  base: fc.constantFrom('none', 'none', 'none', 'abstract', 'generic'),
  isDefault: fc.boolean(),
});
const message = fc.record({
  fields: fc.array(fc.record({ type: fc.constantFrom('string', 'number'), isOptional: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  }),
  isMarked: fc.boolean(),
  isExtending: fc.boolean(),
});

export const anyShape = fc.record({
  services: fc.array(service, { minLength: 1, maxLength: 4 }),
  messages: fc.array(message, { minLength: 1, maxLength: 4 }),
});

export type Shape = typeof anyShape extends fc.Arbitrary<infer S> ? S : never;
export type Service = Shape['services'][number];
export type Method = Service['methods'][number];

export type Edge = Method['edges'][number];

/** The same with what can surely not be right put right, but for the careless methods. */
export function careful({ services, messages }: Shape): Shape {
  return {
    messages,
    services: services.map((item) => ({
      ...item,
      methods: item.methods.map((own) => (own.isCareless ? own : mended(own))),
    })),
  };
}

function mended(own: Method): Method {
  const { edges } = own;
  if (edges.length === 0) return own;
  const takes = isGiven(own) ? own.takes : 'anything';
  // The message of a job is a class.
  const isJob = own.kind === 'Job' && ['nothing', 'mark', 'error'].includes(takes);
  return { ...own, takes, kind: own.kind === 'Job' && !isJob ? 'Handler' : own.kind };
}

/** Whether every edge has what the method takes. */
function isGiven({ takes, edges }: Method): boolean {
  const giving: Readonly<Record<Method['takes'], readonly Edge['on'][] | undefined>> = {
    nothing: undefined,
    anything: undefined,
    value: undefined,
    mark: ['OnSuccess', 'OnEnd'],
    'mark and message': ['OnSuccess', 'OnEnd'],
    error: ['OnError', 'OnEnd'],
    field: ['OnSuccess', 'OnError', 'OnStart', 'OnEnd', 'OnCancel', 'Join'],
  };
  return giving[takes] === undefined || edges.every((item) => giving[takes]?.includes(item.on) === true);
}
