// Emits what is compiled of a class that code of the user's takes part in filling: how its fields are assigned, and how they
// are judged afterwards.

import { isChecked, isFilled, type ClassDescription, type FieldDescription } from '../description.ts';
import { inheritedMember } from '../instance.ts';
import type { ClassEmission } from './emit-class.ts';
import { FieldEmitter, headOf } from './emit-field.ts';
import { member, quotedName, SourceText } from './source-text.ts';

/**
 * Whether an instance of the class is filled by more than its data: by transforms, by setters, by a function of `@Type`
 * that asks for the object, or by whatever the data has.
 */
export function isFilledByCode({ messageClass, fields, fillable, open }: ClassDescription): boolean {
  const isByCode = (field: FieldDescription): boolean =>
    fillable.get(field.inputName) === field &&
    (field.transforms.length > 0 || inheritedMember(messageClass, field.name) !== undefined || !isReadAtOnce(field));
  return open || fields.some(isByCode);
}

/** Whether the class of what the field holds is known, and is asked about. */
function isReadAtOnce({ type, nested }: FieldDescription): boolean {
  if (type === undefined) return true;
  if (type.fixedClass === undefined) return false;
  if (type.choice !== undefined) return nested !== undefined && [...type.choice.classes.values()].every(isFilled);
  return isFilled(type.fixedClass()) === (nested !== undefined);
}

/** Emits the function `name` that fills an instance of the class with copies of its data. */
export function emitFill(text: SourceText, name: string, of: ClassEmission): void {
  const { description, kept } = of;
  const { fields, fillable, messageClass } = description;
  const nested = new Map(fields.map((field, at) => [field, emitNested(text, field, `${name}Nested${at}`, of)]));
  let mayBeAsked = false;
  text.block(`function ${name}(message, given, filler) {`, () => {
    text.line('let value;');
    for (const field of fields) {
      if (fillable.get(field.inputName) !== field) continue;
      const { name: own, inputName, type, transforms, exposed } = field;
      const described = kept.name(field, `${own}_field`);
      const isTransformed = transforms.length > 0;
      text.line(`// ${headOf(field)}`);
      const read = nested.get(field);
      const isTyped = type !== undefined && read === undefined;
      if (isTyped || own !== inputName || own in Object.prototype || (isTransformed && exposed)) {
        text.line(`filler.declared(${described});`);
        mayBeAsked = true;
        continue;
      }
      const value = member('given', own);
      text.line(`value = ${mayBeAsked ? `filler.isAsked ? ${member('filler.object', own)} : ${value}` : value};`);
      const key = quotedName(own);
      if (read !== undefined) {
        const isLeft = `value === undefined ? filler.has(${key}) : !filler.nested(${described}, value, ${read})`;
        text.line(`if (${isLeft}) filler.declared(${described});`);
        mayBeAsked = true;
        continue;
      }
      if (isTransformed) {
        text.line(`if (value !== undefined || filler.has(${key})) value = filler.transformed(${described}, value);`);
        mayBeAsked = true;
      }
      const isSet = inheritedMember(messageClass, own) !== undefined;
      text.line(
        `if (value !== undefined) ${isSet ? `filler.set(${described}, value)` : `${member('message', own)} = value`};`,
      );
    }
  });
}

/** Emits the function `name` that makes what is nested in the field of its copy; gives the name, if there is one. */
function emitNested(text: SourceText, field: FieldDescription, name: string, of: ClassEmission): string | undefined {
  const isSet = inheritedMember(of.description.messageClass, field.name) !== undefined;
  if (field.type === undefined || field.nested === undefined || isSet || !isReadAtOnce(field)) return undefined;
  const apart = new SourceText();
  const emitter = new FieldEmitter(apart, of, 'plain');
  if (!of.links.tryTo(() => emitter.ofCopies(field, name))) return undefined;
  text.line(apart.toString());
  return name;
}

/** Emits the function `name` that judges a filled instance. */
export function emitCheck(text: SourceText, name: string, of: ClassEmission): void {
  const emitter = new FieldEmitter(text, of, 'plain');
  text.block(`function ${name}(message, reader) {`, () => {
    text.line('let value, good, doubts = 0;');
    for (const field of of.description.fields) if (isChecked(field)) emitter.judged(field);
    emitter.putDoubts();
  });
}
