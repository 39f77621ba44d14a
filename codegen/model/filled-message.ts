// The message as edges fill it: one that comes from outside is filled by none.

import type { FieldModel, MessageModel, NodeModel } from './model.ts';

/** The unmarked parameter, where edges fill it. */
export function filledMessage({ message, facts }: NodeModel): MessageModel | undefined {
  return facts.waits === true || message?.slot.isSent === true ? undefined : message;
}

/** The field of it that takes a value by its mark. */
export function markedField(node: NodeModel, mark: NonNullable<FieldModel['mark']>): FieldModel | undefined {
  return filledMessage(node)?.fields.find((field) => field.mark === mark);
}
