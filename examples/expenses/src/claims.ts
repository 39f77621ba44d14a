import { IsBoolean, IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Handler, Job, OnError, OnRunEnd, OnSuccess, ReturnValue, type RunReport, type Sent } from 'onward';

export class Claim {
  @IsString() who!: string;
  @IsString() what!: string;
  @IsInt() @Min(1) cents!: number;
}

/** What a person answers. */
export class Answer {
  @IsBoolean() granted!: boolean;
  @IsString() by!: string;
  @IsOptional() @IsString() why?: string;
}

export interface Decision {
  readonly granted: boolean;
  readonly text: string;
}

export class Claims {
  constructor(private readonly say: (line: string) => void) {}

  @Job()
  submit(claim: Claim): Claim {
    this.say(`${claim.who} claims ${euros(claim.cents)} for ${claim.what}`);
    return claim;
  }

  @OnSuccess('submit', { when: ({ cents }: Claim) => cents < 5_000 })
  petty(): Decision {
    return { granted: true, text: 'petty cash' };
  }

  /** Once it is reached it waits for `run.send('Claims.boss', …)`, for three days at most. */
  @Handler({ waits: true, timeout: '3d' })
  @OnSuccess('submit', { otherwise: true })
  boss(answer: Sent<Answer>, @ReturnValue() claim: Claim): Decision {
    if (answer.granted && claim.cents > 100_000) this.say(`${answer.by} signs for ${euros(claim.cents)}`);
    return decisionOf(answer);
  }

  /** When the boss is away the deputy is asked, and what the deputy answers stands for the boss's answer. */
  @Handler({ waits: true, timeout: '2d' })
  @OnError('boss', { recover: true })
  deputy(answer: Sent<Answer>): Decision {
    return decisionOf(answer);
  }

  @OnSuccess('petty')
  @OnSuccess('boss', { after: '1d' })
  settle({ granted, text }: Decision): void {
    this.say(`${granted ? 'paid' : 'refused'}: ${text}`);
  }

  @OnRunEnd('submit')
  file({ status, startedAt, steps, failures }: RunReport): void {
    const end = Math.max(...steps.map(({ endedAt }) => endedAt));
    const days = Math.round((end - startedAt) / 86_400_000);
    const waited = failures.map(({ node }) => `, nobody answered as ${node}`);
    this.say(`${status} on day ${days}${waited.join('')}`);
  }
}

function decisionOf({ granted, by, why }: Answer): Decision {
  return { granted, text: why === undefined ? by : `${by}, ${why}` };
}

function euros(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}
