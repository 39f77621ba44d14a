// The options of a runtime, and the wiring that it is made of: checked ahead of anything else.

import type { Engine } from '../engines/engine.ts';
import { OnwardError } from '../errors/onward-error.ts';
import type { MessageLimits } from '../values/sanitize.ts';
import type { Clock } from '../execute/clock.ts';
import { isObject } from '../values/option-rules.ts';

/** How messages are treated. */
export interface MessageOptions extends Partial<MessageLimits> {
  /** `false`: messages are taken as they are, unchecked. For data that is known to be right, where speed counts. @default true */
  readonly validate?: boolean;
}

interface CommonOptions {
  /** What executes runs. @default the memory engine: runs live in this process */
  readonly engine?: Engine;
  readonly messages?: MessageOptions;
  /** Time a cancelled body is given to return, in milliseconds. @default 5,000 */
  readonly cancelGraceMs?: number;
  /** @default the machine's clock */
  readonly clock?: Clock;
}

/** The instances of the services, or a function that gives them by name: a container. */
export type RuntimeOptions<Services> = CommonOptions &
  (
    | { readonly services: Services; readonly resolve?: never }
    | { readonly resolve: (name: keyof Services & string) => object; readonly services?: never }
  );

export function assertMilliseconds(name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return;
  const text = `expected \`${name}\` to be milliseconds, a number of at least 0, got ${String(value)}`;
  throw new OnwardError('ONW3004', text, { details: { option: name } });
}

export function assertOptions(options: unknown): void {
  if (!isObject(options)) {
    const text =
      'the second argument of createRuntime is missing: give it the instances, as in { services: { Billing: new Billing() } }';
    throw new OnwardError('ONW3004', text);
  }
  const { messages, engine, resolve, services } = options;
  const problems: string[] = [];
  if (messages !== undefined && !isObject(messages)) problems.push('`messages` to be an object');
  if (engine !== undefined && !isObject(engine)) problems.push('`engine` to be an engine, such as memoryEngine()');
  if (resolve !== undefined && typeof resolve !== 'function') problems.push('`resolve` to be a function');
  if (resolve !== undefined && services !== undefined) problems.push('either `services` or `resolve`, not both');
  if (problems.length === 0) return;
  throw new OnwardError('ONW3004', `the options of createRuntime are not valid: expected ${problems.join('; ')}`, {
    details: { problems },
  });
}

export function assertWiring(wiring: unknown): void {
  if (typeof wiring === 'object' && wiring !== null && 'contract' in wiring) {
    if (wiring.contract === 1) return;
    throw new OnwardError(
      'ONW1302',
      `the wiring has contract ${String(wiring.contract)}, this version of onward reads 1; run \`npx onward generate\``,
    );
  }
  throw new OnwardError(
    'ONW3001',
    'the first argument of createRuntime is no wiring; import `graph` from the file that `npx onward generate` writes',
  );
}
