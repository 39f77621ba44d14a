import assert from 'node:assert/strict';
import { IsInt, IsNumber, IsString } from 'class-validator';
import { Job } from 'onward';

export class Bed {
  @IsString() bed!: string;
}

export class Water {
  @IsString() bed!: string;
  @IsNumber() litres!: number;
}

export class Vent {
  @IsInt() percent!: number;
}

export class Note {
  @IsString() text!: string;
}

export interface Weather {
  readonly moisture: number;
  readonly degrees: number;
}

/** Definitions reach the jobs with `expose: true`, and no others. */
export class Greenhouse {
  constructor(
    private readonly beds: Readonly<Record<string, Weather>>,
    private readonly say: (line: string) => void,
  ) {}

  @Job({ expose: true })
  measure({ bed }: Bed): Weather {
    const found = this.beds[bed];
    if (found === undefined) throw new Error(`there is no bed of ${bed}`);
    return found;
  }

  @Job({ expose: true, maxPerRun: 3 })
  water({ bed, litres }: Water): number {
    if (litres <= 0) throw new RangeError(`${litres} litres are no water`);
    this.say(`${litres} litres for the ${bed}`);
    return litres;
  }

  @Job({ expose: true })
  vent({ percent }: Vent): void {
    assert.ok(percent <= 100, 'the window does not open so far');
    this.say(`windows ${percent} % open`);
  }

  /** Only in runs that somebody with the licence has started. */
  @Job({ expose: true, tags: ['licensed'] })
  spray({ bed }: Bed): void {
    this.say(`sprayed the ${bed}`);
  }

  @Job({ expose: true })
  note({ text }: Note): void {
    this.say(text);
  }

  /** No definition may do this. */
  @Job()
  sell(): void {
    this.say('sold');
  }
}
