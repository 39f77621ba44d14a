import { IsBoolean } from 'class-validator';
import { Handler, Job, OnSuccess, type Sent } from 'onward';

export class Approval {
  @IsBoolean() ok!: boolean;
}

export class Unchecked {
  ok!: boolean;
}

export class Desk {
  @Job()
  ask(): void {}

  @Handler({ waits: true })
  alone(approval: Sent<Approval>): boolean {
    return approval.ok;
  }

  @Handler({ waits: true })
  @OnSuccess('alone')
  after(approval: Sent<Approval>): boolean {
    return approval.ok;
  }

  @Handler({ waits: true })
  @OnSuccess('ask')
  unchecked(answer: Sent<Unchecked>): boolean {
    return answer.ok;
  }
}
