// `from`: names a source of a join in another class.

import type { MethodName, ServiceClass } from './signature.ts';

/** A source of a join in another class; in the same class its name is enough. */
export interface From<S, K> {
  readonly service: () => ServiceClass<S>;
  readonly method: K;
}

/** Names a source of a `@Join` in another class. */
export function from<S, K extends MethodName<S>>(service: () => ServiceClass<S>, method: K): From<S, K> {
  return { service, method };
}
