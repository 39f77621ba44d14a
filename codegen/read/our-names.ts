// What the package exports that the generator knows by name.

/** Annotations of edges: each leads to the method it stands on. */
export const EDGE_ANNOTATIONS = [
  'OnStart',
  'OnSuccess',
  'OnError',
  'OnEnd',
  'OnCancel',
  'OnRunSuccess',
  'OnRunError',
  'OnRunEnd',
  'Join',
] as const;

export type EdgeAnnotation = (typeof EDGE_ANNOTATIONS)[number];

/** Annotations that make a method a node. */
export const METHOD_ANNOTATIONS: readonly string[] = ['Job', 'Handler', 'Schedule', ...EDGE_ANNOTATIONS];

/** Annotations of parameters and of fields: what takes which value. */
const MARKS: readonly string[] = ['ReturnValue', 'ErrorValue', 'Message'];

/** Types that the wiring imports from its contract, under the names that users import them by. */
export const WIRING_TYPES: readonly string[] = ['StepContext', 'RunReport'];

/** Everything that can be meant by a name that `export * from 'onward'` hands on. */
export const OUR_NAMES: readonly string[] = [
  'Service',
  ...METHOD_ANNOTATIONS,
  'from',
  ...MARKS,
  'Sensitive',
  'Sent',
  ...WIRING_TYPES,
];

export function isMark(name: string): boolean {
  return MARKS.includes(name);
}

export function isEdgeAnnotation(name: string): name is EdgeAnnotation {
  return EDGE_ANNOTATIONS.some((known) => known === name);
}
