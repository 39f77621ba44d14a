// A10 to A12, P6, D8: what bodies ask for, and what bounds them.

import { IsIn, IsInt } from 'class-validator';
import { Handler, Job, OnCancel, OnSuccess, type StepContext } from 'onward';
import type { Notes } from '../notes.ts';

export class Depth {
  @IsInt() depth!: number;
}
export class Kind {
  @IsIn(['child', 'detached', 'called', 'caught']) kind!: string;
}
export class Fails {
  @IsInt() times!: number;
}
export interface Tally {
  count: number;
  names: string[];
  most: number;
  least: number;
  last: string;
}

/** A10 */
export class Tree {
  constructor(private readonly notes: Notes) {}

  @Job({ maxPerRun: 10 })
  async grow({ depth }: Depth, context: StepContext): Promise<number> {
    const around: string[] = [];
    for (let at = context.step.parent; at !== null; at = at.parent) around.push(at.key.split('~')[1] ?? at.key);
    this.notes.say(`${depth} in ${around.length}`);
    if (depth === 0) return 0;
    await context.spawn(Tree, 'grow', { depth: depth - 1 });
    return depth;
  }
  @OnSuccess('grow')
  grown(depth: number): void {
    this.notes.say(`${depth} grown`);
  }

  @Job()
  async ask({ kind }: Kind, context: StepContext): Promise<string> {
    if (kind === 'child') await context.spawn(Tree, 'rot');
    if (kind === 'detached') await context.spawn(Tree, 'rot', undefined, { detached: true });
    if (kind === 'called') await context.call(Tree, 'rot');
    if (kind === 'caught') return context.call(Tree, 'rot').catch((error: Error) => `caught ${error.message}`);
    return 'asked';
  }
  @Handler()
  rot(): string {
    throw new Error('rotten');
  }
}

/** A11 */
export class Shared {
  constructor(private readonly notes: Notes) {}

  @Job({ retry: { attempts: 2, delay: 10 } })
  begin(context: StepContext<Tally>): void {
    const { state, step } = context;
    state.add('count', 1);
    state.append('names', `attempt ${step.attempt}`);
    state.set('last', 'begin');
    if (step.attempt === 1) throw new Error('not yet');
  }
  @OnSuccess('begin')
  one(context: StepContext<Tally>): void {
    this.#change(context, 5);
  }
  @OnSuccess('begin')
  two(context: StepContext<Tally>): void {
    this.#change(context, 3);
  }
  @OnSuccess('begin', { critical: false })
  never(context: StepContext<Tally>): void {
    this.#change(context, 1_000);
    throw new Error('never');
  }
  #change({ state, step }: StepContext<Tally>, by: number): void {
    this.notes.say(`${step.node} sees ${state.get('count')} ${state.get('last')}`);
    state.add('count', by);
    state.append('names', `by ${by}`);
    state.max('most', by);
    state.min('least', by);
  }
}

/** A12 */
export class Stopping {
  constructor(private readonly notes: Notes) {}

  @Job()
  async parent(context: StepContext): Promise<string> {
    await context.spawn(Stopping, 'child');
    return 'parent';
  }
  @Handler()
  child(context: StepContext): Promise<void> {
    this.notes.seen.push(context.signal);
    return new Promise((resolve) => context.signal.addEventListener('abort', () => resolve()));
  }
  @OnCancel('parent')
  parentCancelled(): void {
    this.notes.say('parent cancelled');
  }
  @OnCancel('child')
  childCancelled(): void {
    this.notes.say('child cancelled');
  }

  @Job()
  leave(): void {}
  @OnSuccess('leave')
  first(context: StepContext): void {
    context.exit({ by: 'first' });
  }
  @OnSuccess('leave')
  async second(context: StepContext): Promise<void> {
    await this.notes.wait(10);
    context.exit({ by: 'second' });
  }
  @OnSuccess('leave', { critical: false })
  failing(context: StepContext): void {
    context.exit({ by: 'failing' });
    throw new Error('it failed after all');
  }
}

/** P6, D8 */
export class Limits {
  constructor(private readonly notes: Notes) {}

  @Job({ maxPerRun: 4 })
  @OnSuccess('again', { when: true })
  again(): boolean {
    this.notes.say('again');
    return true;
  }

  @Job({ retry: { attempts: 4, delay: '1s', factor: 3, maxDelay: '5s', jitter: 0 }, timeout: '2s' })
  async flaky({ times }: Fails, context: StepContext): Promise<number> {
    const { attempt } = context.step;
    this.notes.seen.push(context.signal);
    if (attempt === 2 && times >= 2) await this.notes.gate('never');
    if (attempt <= times) throw new Error(`attempt ${attempt}`);
    return attempt;
  }
}
