// Wrong code: each `wrong:` line stands above one annotation, which must have exactly one error that begins with it.

import { from, Job, Join, type StepContext } from 'onward';
import { Both, Checked, Counter, Depot, Either, Payment, Voucher } from '../right/joins.js';
import { Trip } from '../right/moments.js';

export class WrongJoins {
  @Job() async pay(trip: Trip): Promise<Payment> {
    return { cents: 1, state: 'paid' };
  }
  field = 3;

  // wrong: there is no public method
  @Join({ hold: from(() => Depot, 'hodl'), payment: 'pay' }) misspelt(both: Both) {}
  // wrong: there is no public method
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pya' }) ownMisspelt(both: Both) {}
  // wrong: there is no public method
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pya' }) misspeltUnread() {}
  // wrong: there is no public method
  @Join({ hold: from(() => Depot, 'hodl') }) misspeltUnknown(message: { hold: unknown }) {}
  // wrong: the target field is not a method
  @Join({ hold: from(() => Depot, 'hold'), payment: 'field' }) notMethod(both: Both) {}
  // wrong: the message has no field for the source payment
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) noField(message: { hold: Date }) {}
  // wrong: the source payment gives
  @Join({ hold: from(() => Depot, 'hold'), payment: from(() => Depot, 'check') }) wrongType(both: Both) {}
  // wrong: the source hold gives
  @Join({ hold: from(() => Counter, 'pay'), payment: 'pay' }) swapped(both: Both) {}
  // wrong: the source hold gives Payment which does not fit
  @Join({ hold: 'pay', payment: from(() => Depot, 'hold') }) bothSwapped(both: Both) {}
  // wrong: there is no public method hodl
  @Join({ hold: from(() => Depot, 'hodl'), payment: 'pya' }) bothMisspelt(both: Both) {}
  // wrong: the source checks gives
  @Join({ hold: from(() => Depot, 'hold'), checks: from(() => Depot, 'seat') }) items(checked: Checked) {}
  // wrong: no source and no bound value fills Pick<Voucher note> of Voucher
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) unbound(voucher: Voucher) {}
  // wrong: no source and no bound value fills Pick<Both hold> of Both
  @Join({ payment: 'pay' }) sourceless(both: Both) {}
  // wrong: bind gives the wrong type for note of Voucher
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { bind: { note: 3 } }) boundType(voucher: Voucher) {}
  // wrong: bind has notes but the message has no such field
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { bind: { notes: 'x' } }) boundAlien(both: Both) {}
  // wrong: bind has nothing to lie over
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { bind: { note: 'x' } }) boundNothing(
    context: StepContext,
  ) {}
  // wrong: Property 'stat' does not exist
  @Join({ payment: from(() => Counter, 'pay') }, { bind: (given) => ({ note: given.sources.payment.stat }) })
  boundFunction(message: { payment: Payment; note: string }) {}
  // wrong: 'given.sources.payment' is possibly 'undefined'
  @Join({ payment: from(() => Counter, 'pay') }, { mode: 'any', bind: (given) => ({ note: given.sources.payment.state }) })
  boundMaybe(message: { payment?: Payment; note: string }) {}
  // wrong: the source hold may be missing and undefined does not fit
  @Join({ hold: from(() => Depot, 'hold') }, { mode: 'any' }) any(both: { hold: Checked['hold'] }) {}
  // wrong: the source payment may be missing and undefined does not fit Payment
  @Join({ payment: 'pay' }, { onMissing: 'run' }) run(message: { payment: Payment }) {}
  // wrong: Type '"run"' is not assignable to type '"with `mode: 'any'` no source is missing"'
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { mode: 'any', onMissing: 'run' }) anyRun(either: Either) {}
  // wrong: Type 'true' is not assignable to type '"only with `mode: 'any'`: a join of all its sources needs each of them"'
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }, { cancelRest: true }) cancelAll(both: Both) {}
  // wrong: Type '"some"' is not assignable to type
  @Join({ payment: 'pay' }, { mode: 'some' }) mode(message: { payment?: Payment }) {}
  // wrong: Type '"wait"' is not assignable to type
  @Join({ payment: 'pay' }, { onMissing: 'wait' }) missing(message: { payment?: Payment }) {}
  // wrong: a join takes one message and the context
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) two(both: Both, payment: Payment) {}
  // wrong: the sources give
  @Join({ hold: from(() => Depot, 'hold'), payment: 'pay' }) text(both: string) {}
  // wrong: a join needs a source
  @Join({}) none() {}
  // wrong: only a method can be a node
  @Join({ payment: 'pay' }) get accessor() {
    return 1;
  }
  // wrong: Object literal may only specify known properties, and 'when' does not exist
  @Join({ payment: 'pay' }, { when: 3 }) when(message: { payment: Payment }) {}
  // wrong: Type 'number' is not assignable to type
  @Join({ payment: 3 }) number(message: { payment: Payment }) {}
}
