// Right code: nothing here may be refused. What a library does around a loan, with every option of every annotation.

import {
  ErrorValue,
  Handler,
  Job,
  Message,
  OnError,
  OnSuccess,
  ReturnValue,
  Service,
  type StepContext,
  type SuccessSource,
} from 'onward';

export class Request {
  bookId!: string;
  days!: number;
}
export class Loan {
  shelf!: number;
  state!: 'lent' | 'queued';
}
export class LibraryError extends Error {
  open = false;
}
export class ReaderBarred extends LibraryError {
  cause_!: 'fees' | 'damage';
}
export class BookLost extends LibraryError {
  room!: string;
}
export class LoanLetter {
  @ReturnValue() loan!: Loan;
  layout!: string;
  copyTo?: string;
  text() {
    return this.layout;
  }
}
export class Refusal {
  @ErrorValue() error!: ReaderBarred;
  layout!: string;
}
export class Archived {
  returnValue!: Loan;
  layout?: string;
}
export class Crate<T> {
  content!: T;
  label!: string;
}
export class Anything {
  [key: string]: unknown;
}
export class Desk {
  hall!: string;
  seat!: string;
}
export class Delivery {
  request!: Request;
  to!: Desk;
}
export class Scan {
  url!: string;
}
export class Keywords {
  @ReturnValue() loan!: Loan;
  words!: string[];
  rank!: 'low' | 'high';
}
export class DeskNote {
  @ReturnValue() loan!: Loan;
  to!: Desk;
}
export class Sweep {
  limit?: number;
}

@Service({ name: 'library' })
export class Library {
  @Job({
    retry: { attempts: 3, delay: '200ms', factor: 2, maxDelay: '1m', jitter: 0.1, when: (e) => e instanceof BookLost },
  })
  async lend(request: Request, context: StepContext): Promise<Loan> {
    return { shelf: 1, state: 'lent' };
  }
  @Job({ name: 'sort', timeout: 5_000 }) async classify(request: Request) {
    return 'novel' as 'novel' | 'atlas' | 'other';
  }
  @Job() async find(request: Request) {
    return request.days > 1 ? { shelf: 1, state: 'lent' as const } : null;
  }
  @Job() async scan(request: Request) {
    return [{ url: 'x' }];
  }
  @Job() deliver(delivery: Delivery) {
    return delivery.to;
  }
  @Job() pack(request: Request): Crate<number> {
    return { content: 1, label: 'l' };
  }
  @Job() weigh(request: Request): { kind: 'light'; grams: number } | { kind: 'heavy'; note: string } {
    return { kind: 'light', grams: 1 };
  }
  @Job() forget(request: Request): void {}
  @Job() sweep(sweep: Sweep) {
    return 1;
  }
  @Handler() tidy(): void {}
  @Handler({ name: 'dust', timeout: '3s', retry: { attempts: 2 } }) dustOff(request: Request, context: StepContext) {
    return 1;
  }

  // After success, the target in the same class.
  @OnSuccess('lend') both(@ReturnValue() loan: Loan, @Message() request: Request) {}
  @OnSuccess('lend') swapped(@Message() request: Request, @ReturnValue() loan: Loan) {}
  @OnSuccess('lend') nothing() {}
  @OnSuccess('lend') shape(loan: { shelf: number }) {}
  @OnSuccess('lend') unknown(loan: unknown) {}
  @OnSuccess('forget') lone(@Message() request: Request) {}
  @OnSuccess('lend') async all(
    loan: Loan,
    @Message() request: { days: number },
    context: StepContext,
  ): Promise<string> {
    return loan.state + request.days + context.runId;
  }
  @OnSuccess('lend') archived(archived: Archived) {}
  @OnSuccess('lend') anything(bag: Anything) {}
  @OnSuccess('sweep') swept(@Message() sweep: Sweep, @ReturnValue() count: number) {}
  @OnSuccess('lend', { bind: { layout: 'plain' } }) ownBind(letter: LoanLetter) {}
  @OnSuccess('lend', { when: { state: 'lent' } }) ownPattern(loan: Loan) {}
  @OnSuccess('classify', { when: 'novel' }) ownLiteral(@Message() request: Request) {}
  @OnSuccess('classify', { otherwise: true }) ownOtherwise(kind: string) {}
  @OnSuccess('lend', { when: (loan: Loan) => loan.shelf > 1 }) ownPredicate(loan: Loan) {}
  @OnSuccess('lend', { bind: (from: SuccessSource<Library['lend']>) => ({ layout: from.message.bookId }) }) ownFunction(
    letter: LoanLetter,
  ) {}

  // After success, the target by its class.
  @OnSuccess(() => Library, 'lend', { when: (loan) => loan.state === 'lent', bind: { layout: 'x' } }) async predicate(
    letter: LoanLetter,
  ) {
    return 3;
  }
  @OnSuccess(() => Library, 'lend', { bind: (from) => ({ layout: from.message.bookId }) }) bound(
    letter: LoanLetter,
    context: StepContext,
  ) {}
  @OnSuccess(() => Library, 'lend', {
    when: (loan) => loan.state === 'lent',
    bind: (from) => ({ layout: from.message.bookId + from.returnValue.shelf }),
  })
  boundToo(letter: LoanLetter) {}
  @OnSuccess(() => Library, 'lend', { bind: { layout: 'x' } }) third(
    letter: LoanLetter,
    @Message() request: Request,
    context: StepContext,
  ) {}
  @OnSuccess(() => Library, 'lend', { bind: { layout: 'x' } }) reversed(
    @Message() request: Request,
    letter: LoanLetter,
  ) {}
  @OnSuccess(() => Library, 'lend', { bind: { layout: 'x' } }) archivedToo(archived: Archived) {}
  @OnSuccess(() => Library, 'lend', { bind: { words: ['a'], rank: 'low' } }) lists(keywords: Keywords) {}
  @OnSuccess(() => Library, 'lend', { bind: { to: { hall: 'A', seat: '3' } } }) nested(note: DeskNote) {}
  @OnSuccess(() => Library, 'classify', { when: 'novel' }) literalAlone(@Message() request: Request) {}
  @OnSuccess(() => Library, 'classify', { when: 'novel' }) literal(
    @ReturnValue() kind: 'novel',
    @Message() request: Request,
  ) {}
  @OnSuccess(() => Library, 'classify', { otherwise: true }) otherwise(@ReturnValue() kind: string) {}
  @OnSuccess(() => Library, 'lend', { when: (loan) => loan.shelf > 1 }) pair(
    @ReturnValue() loan: Loan,
    @Message() request: Request,
  ) {}
  @OnSuccess(() => Library, 'lend', { when: { state: 'lent' } }) pattern(loan: { shelf: number; state: 'lent' }) {}
  @OnSuccess(() => Library, 'deliver', { when: { hall: 'A' } }) patternOfText(desk: Desk) {}
  @OnSuccess(() => Library, 'find', { when: { state: 'lent' } }) patternOfMaybe(loan: Loan) {}
  @OnSuccess(() => Library, 'find', { when: (loan) => loan !== null }) found(loan: Loan) {}
  @OnSuccess(() => Library, 'find', { when: null }) missing(@ReturnValue() loan: null, @Message() request: Request) {}
  @OnSuccess(() => Library, 'scan') scans(scans: Scan[]) {}
  @OnSuccess(() => Library, 'pack') generic(crate: Crate<number>) {}
  @OnSuccess(() => Library, 'deliver', { bind: { seat: '1' } }) deep(desk: Desk, @Message() delivery: Delivery) {}
  @OnSuccess(() => Library, 'weigh', { when: (weight) => weight.kind === 'light' }) light(weight: {
    kind: 'light';
    grams: number;
  }) {}
  @OnSuccess(() => Library, 'weigh', { when: { kind: 'heavy' } }) heavy(weight: { kind: 'heavy'; note: string }) {}
  @OnSuccess(() => Library, 'lend') @OnSuccess(() => Library, 'lend', { when: { state: 'queued' } }) twice(
    loan: Loan,
  ) {}

  // After an error.
  @OnError(() => Library, 'lend', { when: ReaderBarred }) barred(request: Request, @ErrorValue() error: ReaderBarred) {
    return error.cause_;
  }
  @OnError(() => Library, 'lend', { when: [ReaderBarred, BookLost] }) either(
    request: Request,
    @ErrorValue() error: ReaderBarred | BookLost,
  ) {}
  @OnError(() => Library, 'lend', { when: [ReaderBarred, BookLost] }) base(@ErrorValue() error: LibraryError) {}
  @OnError(() => Library, 'lend', { when: (error) => error.message === 'x' }) plain(
    @ErrorValue() error: Error,
    request: Request,
  ) {}
  @OnError(() => Library, 'lend', { when: (error): error is ReaderBarred => error instanceof ReaderBarred }) written(
    @ErrorValue() error: ReaderBarred,
  ) {}
  @OnError(() => Library, 'lend', { when: (error) => error instanceof BookLost }) inferred(
    @ErrorValue() error: BookLost,
  ) {}
  @OnError(() => Library, 'lend', { when: ReaderBarred, bind: { layout: 'sorry' } }) field(refusal: Refusal) {}
  @OnError(() => Library, 'lend', {
    when: ReaderBarred,
    bind: (from) => ({ layout: from.error.cause_ + from.message.bookId }),
  })
  fieldToo(refusal: Refusal) {}
  @OnError(() => Library, 'lend', { otherwise: true }) rest(request: Request) {}
  @OnError(() => Library, 'lend', { bind: { days: 1 } }) shorter(request: Request, @ErrorValue() error: Error) {}
  @OnError('lend') caught(@ErrorValue() error: unknown) {}
  @OnError('lend') alone(request: Request) {}
  @OnError('lend') silent() {}
  @OnError('lend') context(request: Request, context: StepContext) {}
  @OnError('lend') everything(request: Request, @ErrorValue() error: Error, context: StepContext) {}
  @OnError('lend', { when: BookLost }) ownClass(@ErrorValue() error: BookLost) {}
  @OnError('lend', { when: ReaderBarred, bind: { layout: 'sorry' } }) ownField(refusal: Refusal) {}
  @OnError('lend', { when: (error) => error.message === 'x' }) ownPredicate2(request: Request) {}
}
