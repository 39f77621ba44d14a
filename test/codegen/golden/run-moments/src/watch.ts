import { IsString } from 'class-validator';
import { Job, OnRunEnd, OnRunError, OnRunSuccess, type RunReport, type StepContext } from 'onward';

export class Ping {
  @IsString() id!: string;
}

export class Pinger {
  @Job()
  ping(message: Ping): string {
    return message.id;
  }

  @OnRunSuccess('ping')
  well(report: RunReport<string>): void {
    void report;
  }

  @OnRunError()
  badly(report: RunReport, context: StepContext): void {
    void [report, context];
  }

  @OnRunEnd({ critical: true })
  over(report: RunReport<unknown>): void {
    void report;
  }

  @OnRunEnd(() => Pinger, 'ping', { critical: true })
  @OnRunEnd()
  silent(): void {}
}
