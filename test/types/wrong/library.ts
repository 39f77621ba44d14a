// Wrong code: each `wrong:` line stands above one annotation, which must have exactly one error that begins with it.

import { ErrorValue, Job, Message, OnError, OnSuccess, ReturnValue, type StepContext } from 'onward';
import {
  BookLost,
  Delivery,
  Desk,
  Library,
  Loan,
  LoanLetter,
  ReaderBarred,
  Refusal,
  Request,
  Scan,
} from '../right/library.js';

class WrongLetter {
  @ReturnValue() loan!: string;
  layout!: string;
}
class Summary {
  bookId!: string;
  note!: string;
}

export class Wrong {
  // wrong: a static method cannot be a node
  @Job() static fixed(request: Request) {}
  // wrong: a generator cannot be a node
  @Job() *generator(request: Request) {
    yield 1;
  }
  // wrong: a generator cannot be a node
  @Job() async *asyncGenerator(request: Request) {
    yield 1;
  }
  // wrong: a job takes one message and the context
  @Job() two(request: Request, loan: Loan) {}
  // wrong: only a method can be a node
  @Job() get accessor() {
    return 1;
  }
  // wrong: only a method can be a node
  @OnSuccess(() => Library, 'lend') get watching() {
    return 1;
  }
  // wrong: Type '"5 parsecs"' is not assignable
  @Job({ retry: { attempts: 1, delay: '5 parsecs' } }) unit(request: Request) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'lend') value(@ReturnValue() loan: string) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'lend') unbound(letter: LoanLetter) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'lend', { bind: { layout: 'x' } }) field(letter: WrongLetter) {}
  // wrong: bind gives the wrong type for
  @OnSuccess(() => Library, 'lend', { bind: { layout: 3 } }) boundType(letter: LoanLetter) {}
  // wrong: bind has
  @OnSuccess(() => Library, 'lend', { bind: { layout: 'x', extra: 3 } }) boundField(letter: LoanLetter) {}
  // wrong: Property 'bookkId' does not exist
  @OnSuccess(() => Library, 'lend', { bind: (from) => ({ layout: from.message.bookkId }) }) boundFunction(
    letter: LoanLetter,
  ) {}
  // wrong: bind has nothing to lie over
  @OnSuccess(() => Library, 'lend', { bind: { layout: 'x' } }) boundNothing() {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'classify', { when: 'nvoel' }) literal(@Message() request: Request) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'classify', { when: 'nvoel' }) literalAlone() {}
  // wrong: when takes one value: write the annotation once for each of
  @OnSuccess(() => Library, 'classify', { when: ['atlas', 'novel'] }) several() {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'lend', { when: { state: 'payed' } }) pattern(loan: Loan) {}
  // wrong: when asks for
  @OnSuccess(() => Library, 'lend', { when: { stat: 'lent' } }) patternField(loan: Loan) {}
  // wrong: the target returns Loan which does not fit the parameter Map<string Loan>
  @OnSuccess(() => Library, 'lend') map(loans: Map<string, Loan>) {}
  // wrong: the target returns Loan which does not fit the parameter Promise<Loan>
  @OnSuccess(() => Library, 'lend') notAwaited(loan: Promise<Loan>) {}
  // wrong: when asks for hal but the target returns Delivery
  @OnSuccess('sends', { when: { to: { hal: 'a' } } }) patternInside() {}
  @Job() sends(request: Request): Delivery {
    return { request, to: { hall: 'a', seat: '1' } };
  }
  // wrong: when asks for length but the target returns { url: string; }[]
  @OnSuccess(() => Library, 'scan', { when: { length: 1 } }) patternOfList() {}
  // wrong: Property 'shelff' does not exist
  @OnSuccess(() => Library, 'lend', { when: (loan) => loan.shelff > 1 }) predicate(loan: Loan) {}
  // wrong: there is no public method
  @OnSuccess(() => Library, 'lendd') name(request: Request) {}
  // wrong: there is no public method
  @OnSuccess('lendd') ownName(request: Request) {}
  // wrong: there is no public method
  @OnError(() => Library, 'lendd', { when: BookLost }) errorName(request: Request) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'forget') nothing(@ReturnValue() loan: Loan) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'classify', { when: 'novel' }) narrowed(@ReturnValue() kind: 'atlas') {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'scan') item(scan: Scan) {}
  // wrong: Type 'true' is not assignable to type '"an edge has `when` or `otherwise`, not both"'
  @OnSuccess(() => Library, 'classify', { when: 'novel', otherwise: true }) whenAndOtherwise() {}
  // wrong: Type 'true' is not assignable to type '"an edge has `when` or `otherwise`, not both"'
  @OnError(() => Library, 'classify', { when: BookLost, otherwise: true }) errorWhenAndOtherwise() {}
  // wrong: Object literal may only specify known properties, and 'whne'
  @OnSuccess(() => Library, 'lend', { whne: 3 }) option() {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'find') maybe(loan: Loan) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'lend') three(loan: Loan, request: Request, text: string) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'lend') second(@ReturnValue() loan: Loan, delivery: Delivery) {}
  // wrong: the target returns
  @OnSuccess(() => Library, 'lend') summary(summary: Summary) {}
  // wrong: the error is any
  @OnError(() => Library, 'lend', { when: ReaderBarred }) otherClass(@ErrorValue() error: BookLost) {}
  // wrong: the error is any
  @OnError(() => Library, 'lend') anyError(@ErrorValue() error: ReaderBarred) {}
  // wrong: the error is any
  @OnError(() => Library, 'lend', { when: [ReaderBarred, BookLost] }) oneOfTwo(
    request: Request,
    @ErrorValue() error: ReaderBarred,
  ) {}
  // wrong: the target takes
  @OnError(() => Library, 'lend') message(delivery: Delivery) {}
  // wrong: the target takes
  @OnError(() => Library, 'lend', { when: ReaderBarred }) unboundError(refusal: Refusal) {}
  // wrong: bind gives the wrong type for
  @OnError(() => Library, 'lend', { when: ReaderBarred, bind: { layout: 3 } }) boundError(refusal: Refusal) {}

  // The target in the same class.
  @Job() async lend(request: Request, context: StepContext): Promise<Loan> {
    return { shelf: 1, state: 'lent' };
  }
  @Job() async classify(request: Request) {
    return 'novel' as 'novel' | 'atlas';
  }
  notAMethod = 3;
  // wrong: the target returns
  @OnSuccess('lend') ownValue(loan: string) {}
  // wrong: the target returns
  @OnSuccess('lend') ownSummary(summary: Summary) {}
  // wrong: the target returns
  @OnSuccess('classify', { when: 'nvoel' }) ownLiteral() {}
  // wrong: the target returns
  @OnSuccess('lend', { when: (desk: Desk) => desk.hall === 'A' }) ownPredicate(loan: Loan) {}
  // wrong: bind gives the wrong type for
  @OnSuccess('lend', { bind: { layout: 3 } }) ownBound(letter: LoanLetter) {}
  // wrong: the error is any
  @OnError('lend') ownError(@ErrorValue() error: BookLost) {}
  // wrong: the target notAMethod is not a method
  @OnSuccess('notAMethod') field_() {}
}

class Price {
  cents!: number;
}

export class WrongToo<T> {
  @Job() sell(request: Request): Price {
    return { cents: request.days };
  }
  @Job() async keep(request: Request): Promise<T[]> {
    return [];
  }
  // wrong: bind gives the wrong type for
  @OnSuccess('sell', { bind: { cents: 'seven' } }) ownValueBound(price: Price) {}
  // wrong: bind gives the wrong type for
  @OnSuccess(() => WrongToo, 'sell', { bind: { cents: 'seven' } }) valueBound(price: Price) {}
  // wrong: bind gives the wrong type for
  @OnError('sell', { bind: { days: 'seven' } }) messageBound(request: Request) {}
  // wrong: the target returns
  @OnSuccess('sell', { when: undefined }) always(price: string) {}
  // wrong: the error is any
  @OnError('sell', { when: undefined }) alwaysAfterError(@ErrorValue() error: BookLost) {}
  // wrong: the target returns
  @OnSuccess('keep') kept(first: string) {}
  // wrong: a generator cannot be a node
  @Job() *each(request: Request): Generator<T> {}
}

export class MarkedConstructor {
  // wrong: Unable to resolve signature of parameter decorator
  constructor(@ReturnValue() readonly loan: Loan | null = null) {}
}
