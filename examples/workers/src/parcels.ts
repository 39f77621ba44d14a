// Parcels that are weighed, franked and handed over. Whoever performs a step says so in its value.

import { IsInt } from 'class-validator';
import { Handler, Job, Join, OnSuccess, type StepContext } from 'onward';

export class Parcel {
  @IsInt() grams!: number;
}

export class Papers {
  stamp!: string;
  label!: string;
}

/** A step takes some time, in whichever process. */
const work = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

export class Parcels {
  readonly #worker: string;

  constructor(worker: string) {
    this.#worker = worker;
  }

  @Job()
  async weigh(parcel: Parcel): Promise<number> {
    await work();
    return parcel.grams;
  }

  @OnSuccess('weigh')
  async frank(grams: number, context: StepContext): Promise<string> {
    await work();
    const cents = await context.call(Parcels, 'postage', grams);
    return `${cents} cents, by ${this.#worker}`;
  }

  @Handler()
  async postage(grams: number): Promise<number> {
    return grams < 1_000 ? 449 : 699;
  }

  @OnSuccess('weigh')
  async label(grams: number): Promise<string> {
    await work();
    return `${grams} g, by ${this.#worker}`;
  }

  @Join({ stamp: 'frank', label: 'label' })
  async handOver(papers: Papers): Promise<Papers> {
    await work();
    return papers;
  }
}
