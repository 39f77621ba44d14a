// Right code: nothing here may be refused. Classes with type parameters, whose verdicts cannot be decided in the class.

import { ErrorValue, Handler, Job, Message, OnError, OnSuccess, ReturnValue, type StepContext } from 'onward';

export class Ticket {
  id!: string;
  limit!: number;
}
export class Box<T> {
  content!: T;
  label!: string;
}
export class BoxNote<T> {
  @ReturnValue() box!: Box<T>;
  title!: string;
}
export interface Row {
  id: string;
}

export abstract class Shelf<T> {
  abstract one(): T;
  @Job() async load(ticket: Ticket): Promise<T> {
    return this.one();
  }
  @Job() plain(ticket: Ticket): T {
    return this.one();
  }
  @Job() self(ticket: Ticket): this {
    return this;
  }
  @Job() contextFirst(context: StepContext, ticket: Ticket): T {
    return this.one();
  }
  @Job() echo(value: T): T {
    return value;
  }
  @Handler() handled(ticket: Ticket): T {
    return this.one();
  }
  @Handler() handledSelf(ticket: Ticket): this {
    return this;
  }
  @Job() async boxed(ticket: Ticket): Promise<Box<T>> {
    return { content: this.one(), label: ticket.id };
  }
  @Job() async listed(ticket: Ticket): Promise<T[]> {
    return [this.one()];
  }
  @Job() async maybe(ticket: Ticket): Promise<T | null> {
    return null;
  }

  @OnSuccess('load') onLoad(value: T) {}
  @OnSuccess('load') both(@ReturnValue() value: T, @Message() ticket: Ticket, context: StepContext) {}
  @OnSuccess('load') swapped(@Message() ticket: Ticket, @ReturnValue() value: T) {}
  @OnSuccess('load') messageOnly(@Message() ticket: Ticket) {}
  @OnSuccess('load') unknown(value: unknown) {}
  @OnSuccess('plain') onPlain(value: T): T {
    return value;
  }
  @OnSuccess('self') onSelf(value: this) {}
  @OnSuccess('self') onSelfAsShelf(value: Shelf<T>) {}
  @OnSuccess('echo') onEcho(@Message() message: T, @ReturnValue() value: T) {}
  @OnSuccess('boxed') onBoxed(box: Box<T>) {}
  @OnSuccess('boxed') onBoxedShape(box: { content: T }) {}
  @OnSuccess('boxed', { bind: { title: 'x' } }) onBoxedNote(note: BoxNote<T>) {}
  @OnSuccess('boxed', { bind: { label: 'x' } }) onBoxedOver(box: Box<T>) {}
  @OnSuccess('boxed', { when: { label: 'x' } }) onBoxedWhen(box: Box<T>) {}
  @OnSuccess('listed') onListed(list: readonly T[]) {}
  @OnSuccess('maybe') onMaybe(value: T | null) {}
  @OnSuccess('maybe', { when: null }) onNull(@Message() ticket: Ticket) {}
  @OnSuccess('maybe', { when: (value: unknown) => value !== null }) onSome(value: T | null) {}
  @OnError('load') onLoadError(ticket: Ticket, @ErrorValue() error: Error) {}
  @OnError('echo') onEchoError(value: T, @ErrorValue() error: Error) {}
}

export class Rows<T extends Row> {
  constructor(private readonly row: T) {}
  @Job() async load(ticket: Ticket): Promise<T> {
    return this.row;
  }
  @Job() plain(ticket: Ticket): T {
    return this.row;
  }
  @OnSuccess('load') onLoad(value: T) {}
  @OnSuccess('load') onRow(value: Row) {}
  @OnSuccess('load') swapped(@Message() ticket: Ticket, @ReturnValue() value: T) {}
  @OnSuccess('load', { when: { id: 'x' } }) onWhen(value: T) {}
  @OnSuccess('load', { bind: { id: 'x' } }) onBind(value: Row) {}
}
