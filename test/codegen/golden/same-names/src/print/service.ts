import { OnSuccess, Service } from 'onward';
import { Sender as MailSender } from '../mail/service.js';
import { Letter } from './letter.js';

@Service({ name: 'Print' })
export class Sender {
  @OnSuccess(() => MailSender, 'send')
  send(letter: Letter): void {
    void letter;
  }
}

/** Named like something that the wiring itself declares. */
export class Services {
  @OnSuccess(() => MailSender, 'send')
  count(): void {}
}
