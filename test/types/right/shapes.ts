// Right code: nothing here may be refused. Odd but legal classes, methods and return types.

import { ErrorValue, Job, Message, OnError, OnSuccess, ReturnValue, type StepContext } from 'onward';

export class Query {
  id!: string;
  limit!: number;
}
export class Answer {
  rows!: number;
  state!: 'full' | 'part';
}
export class Sealed {
  private factor = 1;
  size!: number;
  get doubled() {
    return this.size * this.factor;
  }
}
export class SealedNote {
  @ReturnValue() sealed!: Sealed;
  private cache?: string;
  #secret = 1;
  title!: string;
  get subject() {
    return this.title + this.#secret + this.cache;
  }
}
export class NullableNote {
  @ReturnValue() answer!: Answer;
  note!: string | null;
  copyTo?: string;
}
export class Placed {
  at!: { hall: string; seat: number };
  rows!: number[];
  due!: Date;
}
export abstract class Audited {
  @Job() async audit(query: Query) {
    return { at: new Date(), id: query.id };
  }
}

export class Store extends Audited {
  constructor(private readonly database: { ping(): void }) {
    super();
  }
  private touch() {
    this.database.ping();
  }
  protected guard() {}

  // Inferred return types, and thunks to the class itself.
  @Job() async ask(query: Query, context: StepContext) {
    this.touch();
    return { rows: 1, state: 'full' } as Answer;
  }
  @OnSuccess(() => Store, 'ask') async next(answer: Answer) {
    return this.inner(answer);
  }
  @OnSuccess(() => Store, 'next') async afterNext(rows: number) {
    return rows;
  }
  inner(answer: Answer) {
    return answer.rows;
  }

  // Private and protected methods: the generator says that they must be public.
  @OnSuccess(() => Store, 'ask') private hidden(answer: Answer) {}
  @OnSuccess('ask') protected guarded(answer: Answer) {}
  @Job() private async secret(query: Query): Promise<Answer> {
    return { rows: 1, state: 'full' };
  }

  // Overloads, generics and a written `this`.
  over(query: Query): Answer;
  over(query: Query, context: StepContext): Answer;
  @Job() over(query: Query, context?: StepContext): Answer {
    return { rows: 1, state: 'full' };
  }
  @OnSuccess('over') onOver(answer: Answer) {}
  @Job() generic<T extends Query>(query: T): T {
    return query;
  }
  @OnSuccess('generic') onGeneric(query: Query) {}
  @OnSuccess('ask') genericCallback<T extends Answer>(answer: T) {
    return answer;
  }
  @Job() withThis(this: Store, query: Query): Answer {
    return { rows: 1, state: 'full' };
  }
  @OnSuccess('withThis') onThis(this: Store, answer: Answer) {}

  // Return types.
  @Job() loose(query: Query): any {
    return 1;
  }
  @OnSuccess('loose') onLoose(answer: Answer) {}
  @OnSuccess('loose') onLooseText(answer: string) {}
  @OnSuccess(() => Store, 'loose', { when: (value) => value.ok }) onLooseWhen(answer: string) {}
  @Job() opaque(query: Query): unknown {
    return 1;
  }
  @OnSuccess('opaque') onOpaque(answer: unknown) {}
  @Job() fail(query: Query): never {
    throw new Error();
  }
  @OnSuccess('fail') onFail(answer: string) {}
  @Job() failLater(query: Query): Promise<never> {
    throw new Error();
  }
  @OnSuccess('failLater') onFailLater(query: Query) {}
  @Job() like(query: Query): PromiseLike<Answer> {
    return Promise.resolve({ rows: 1, state: 'full' as const });
  }
  @OnSuccess('like') onLike(answer: Answer) {}
  @Job() maybe(query: Query): Promise<Answer | null> {
    return Promise.resolve(null);
  }
  @OnSuccess('maybe') onMaybe(answer: Answer | null) {}
  @Job() mixed(query: Query): Answer | Promise<Answer> {
    return { rows: 1, state: 'full' };
  }
  @OnSuccess('mixed') onMixed(answer: Answer) {}
  @Job() async check(query: Query) {
    return query.limit > 3;
  }
  @OnSuccess('check') onCheck(answer: boolean) {}
  @OnSuccess(() => Store, 'check', { when: true }) onTrue(answer: true) {}
  @OnSuccess(() => Store, 'maybe', { when: (answer) => answer !== null }) onFound(@ReturnValue() answer: Answer) {}
  @OnSuccess(() => Store, 'maybe', { when: (answer): answer is Answer => answer !== null }) onFoundToo(
    answer: Answer,
  ) {}

  // Inherited targets.
  @OnSuccess('audit') onAudit(record: { at: Date }) {}
  @OnSuccess(() => Audited, 'audit') onAuditToo(record: { at: Date }) {}

  // Message classes with private members, getters and null.
  @OnSuccess(() => Store, 'seal', { bind: { title: 'a' } }) sealedNote(note: SealedNote) {}
  @Job() async seal(query: Query) {
    return new Sealed();
  }
  @OnSuccess(() => Store, 'ask', { bind: { note: null } }) nullNote(note: NullableNote) {}
  @OnSuccess(() => Store, 'ask', { bind: { note: 'x' } }) textNote(note: NullableNote) {}
  @OnSuccess(() => Store, 'ask', { bind: (from) => ({ note: from.returnValue.rows > 1 ? 'x' : null }) }) eitherNote(
    note: NullableNote,
  ) {}

  // An option that is undefined is not given.
  @OnSuccess('ask', { when: undefined }) always(answer: Answer) {}
  @OnSuccess(() => Store, 'ask', { when: undefined }) alwaysToo(answer: Answer) {}
  @OnSuccess('ask', { when: undefined, otherwise: true }) alwaysRest(answer: Answer) {}
  @OnError('ask', { when: undefined }) alwaysAfterError(query: Query, @ErrorValue() error: Error) {}
  @OnError(() => Store, 'ask', { when: undefined }) alwaysAfterErrorToo(query: Query) {}

  // Bound records are merged: a part of one is enough where the value has the rest.
  @Job() async place(query: Query): Promise<Placed> {
    return { at: { hall: 'A', seat: 1 }, rows: [1], due: new Date() };
  }
  @OnSuccess('place', { bind: { at: { seat: 2 } } }) partly(placed: Placed) {}
  @OnSuccess(() => Store, 'place', { bind: { at: { seat: 2 }, rows: [3] } }) partlyToo(placed: Placed) {}
  @OnError('place', { bind: { limit: 2 } }) overMessageToo(@ErrorValue() error: Error, query: Query) {}

  // Optional parameters, and contexts in every place.
  @OnSuccess('ask') optionalContext(answer: Answer, context?: StepContext) {}
  @OnSuccess('ask') optionalAnswer(@ReturnValue() answer?: Answer) {}
  @OnSuccess(() => Store, 'seal', { bind: { title: 'a' } }) optionalNote(note?: SealedNote) {}
  @OnSuccess(() => Store, 'seal', { bind: { title: 'a' } }) undefinedNote(note: SealedNote | undefined) {}
  @OnError('ask', { bind: { limit: 2 } }) optionalQuery(query?: Query) {}
  @OnSuccess('ask') contextFirst(context: StepContext, answer: Answer) {}
  @OnSuccess('ask') restOfThem(...all: unknown[]) {}
  @Job() noMessage() {
    return 3;
  }
  @OnSuccess('noMessage') onNoMessage(count: number) {}
  @Job() contextOnly(context: StepContext) {
    return 3;
  }
  @OnSuccess('contextOnly') onContextOnly(count: number, context: StepContext) {}
  @Job() contextBefore(context: StepContext, query: Query) {
    return 3;
  }
  @OnSuccess('contextBefore') onContextBefore(@ReturnValue() count: number, @Message() query: Query) {}
  @OnError('contextBefore') onContextBeforeError(query: Query) {}
}

// Two classes that name each other, every type inferred.
export class Ping {
  @OnSuccess(() => Pong, 'pong') async ping(count: number) {
    return count + 1;
  }
  @Job() async first(query: Query) {
    return 1;
  }
}
export class Pong {
  @OnSuccess(() => Ping, 'first') async pong(count: number) {
    return count * 2;
  }
}
