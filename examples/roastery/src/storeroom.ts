import { OnRunEnd, OnSuccess, type RunReport, type StepContext } from 'onward';
import { type Roast, Roaster } from './roaster.ts';

export class Storeroom {
  constructor(private readonly say: (line: string) => void) {}

  @OnSuccess(() => Roaster, 'look', { when: 'ready' })
  bag({ state }: StepContext<Roast>): void {
    this.say(`bagged ${state.get('name')}`);
  }

  @OnSuccess(() => Roaster, 'look', { when: 'burnt' })
  compost({ state }: StepContext<Roast>): void {
    this.say(`${state.get('name')} is for the roses`);
  }

  @OnRunEnd(() => Roaster, 'load')
  note({ status, counts, callbackFailures, cancelReason, value }: RunReport): void {
    const remarks = [
      `${status}, ${counts.completed} steps`,
      ...callbackFailures.map(({ node, error }) => `${node}: ${error instanceof Error ? error.message : 'failed'}`),
      ...(cancelReason === undefined ? [] : [cancelReason]),
      ...(typeof value === 'string' ? [value] : []),
    ];
    this.say(remarks.join('; '));
  }
}
