import { Job } from 'onward';
import { PingMessage } from '@app/message';

export class Pinger {
  @Job()
  ping(message: PingMessage): void {
    void message;
  }
}
