// Whether a node can be a callback, by the types of the wiring: exact, as they say what every mark takes.
//
// CALLBACK-FIT-1. A verdict is `true`, or the sentence that says what is missing.
// CALLBACK-FIT-2. Only the nodes that are named as callbacks are looked at.

import type { DataOf } from '../wiring/context.ts';
import type { RunReport } from '../wiring/run-report.ts';
import type { NodeMarks } from '../wiring/v1.ts';
import type { NodeType, Parts } from './nodes.ts';

/** What the marks of a node take; nothing in a wiring that does not say. */
export type MarksOf<Node extends NodeType> = Node extends { readonly marks: infer Marks extends NodeMarks }
  ? Marks
  : {};

/** The data of what a node takes; for a job what a start takes. */
export type DataFor<Node extends NodeType> = Node['kind'] extends 'job' ? Node['input'] : DataOf<Node['message']>;

/** The fields that have to be given. */
export type RequiredField<Data> = { [F in keyof Data]-?: undefined extends Data[F] ? never : F }[keyof Data];

/** Data without the fields that are given already. Of a record that is given in part, any field may be added. */
export type Left<Data, Given extends PropertyKey> = [Given] extends [never]
  ? Data
  : Omit<Data, Given & keyof Data> & { readonly [F in keyof Data & Given]?: Parts<Data[F]> };

type Unfilled<Data, Given> = Exclude<RequiredField<Data>, Given>;

/** The callback on success of a node that takes `Message` and returns `Value`. */
export type SuccessFit<Value, Message, Node extends NodeType, Bound extends PropertyKey> =
  MarksOf<Node> extends infer Marks extends NodeMarks
    ? Marks extends { readonly error: unknown } | { readonly errorField: string }
      ? ['the callback takes an error, and after a success there is none']
      : TargetFit<Message, Marks> extends infer Misfit extends readonly unknown[]
        ? Misfit
        : Marks extends { readonly returnValue: infer Taken }
          ? [Value] extends [Taken]
            ? OwnFit<Value, Node, Marks, Bound>
            : ['the value is', Value, 'and the callback takes', Taken]
          : OwnFit<Value, Node, Marks, Bound>
    : never;

/** The unmarked parameter, or the field that takes the value. */
type OwnFit<Value, Node extends NodeType, Marks extends NodeMarks, Bound extends PropertyKey> = Marks extends {
  readonly waits: true;
}
  ? true
  : Marks extends { readonly field: infer Field extends keyof DataFor<Node> }
    ? [Value] extends [Field extends keyof Node['message'] ? Node['message'][Field] : DataFor<Node>[Field]]
      ? NothingLeft<Node, Field | Bound>
      : ['the value is', Value, 'and the field takes', Node['message'][Field & keyof Node['message']]]
    : MessageFit<Value, ['the value is', Value], Node, Bound>;

type NothingLeft<Node extends NodeType, Given> = [Unfilled<DataFor<Node>, Given>] extends [never]
  ? true
  : ['nothing is bound to', Unfilled<DataFor<Node>, Given>, 'of', Node['message']];

type MessageFit<From, Says extends readonly unknown[], Node extends NodeType, Bound extends PropertyKey> = [
  Node['message'],
] extends [undefined]
  ? true
  : [From] extends [Left<TakenBy<Node>, Bound>]
    ? true
    : [...Says, 'and the callback takes', Node['message']];

/** What a message is made of, or the message itself where nothing is made: a readonly field is no getter then. */
type TakenBy<Node extends NodeType> = IsAsIs<Node> extends true ? Node['message'] : DataFor<Node>;

type IsAsIs<Node extends NodeType> = MarksOf<Node> extends { readonly asIs: true } ? true : false;

type TargetFit<Message, Marks> = Marks extends { readonly message: infer Taken }
  ? [Message] extends [Taken]
    ? true
    : ['the message is', Message, 'and the callback takes', Taken]
  : true;

/** The callback on failure of a node that takes `Message`. */
export type ErrorFit<Message, Node extends NodeType, Bound extends PropertyKey> =
  MarksOf<Node> extends infer Marks extends NodeMarks
    ? Marks extends { readonly returnValue: unknown }
      ? ['the callback takes a return value, and after a failure there is none']
      : TargetFit<Message, Marks> extends infer Misfit extends readonly unknown[]
        ? Misfit
        : Marks extends { readonly error: infer Taken }
          ? [Error] extends [Taken]
            ? FailedFit<Message, Node, Marks, Bound>
            : ['the error may be any Error, and the callback takes', Taken]
          : FailedFit<Message, Node, Marks, Bound>
    : never;

type FailedFit<Message, Node extends NodeType, Marks, Bound extends PropertyKey> = Marks extends {
  readonly waits: true;
}
  ? true
  : Marks extends { readonly errorField: infer Field extends PropertyKey }
    ? NothingLeft<Node, Field | Bound>
    : Marks extends { readonly field: string }
      ? ['the callback takes a return value, and after a failure there is none']
      : MessageFit<IsAsIs<Node> extends true ? Message : DataOf<Message>, ['the message is', Message], Node, Bound>;

/** The callback of a plan, which is given the report of its run. */
export type ReportFit<Node extends NodeType, Bound extends PropertyKey> =
  MarksOf<Node> extends infer Marks
    ? Marks extends { readonly field: string } | { readonly errorField: string } | { readonly waits: true }
      ? false
      : Marks extends { readonly returnValue: unknown } | { readonly error: unknown } | { readonly message: unknown }
        ? false
        : [Node['message']] extends [undefined]
          ? true
          : [RunReport] extends [Left<TakenBy<Node>, Bound>]
            ? true
            : false
    : never;
