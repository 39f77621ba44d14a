import { Job, Service } from 'onward';
import { Letter } from './letter.js';

@Service({ name: 'Mail' })
export class Sender {
  @Job()
  send(letter: Letter): Letter {
    return letter;
  }
}
