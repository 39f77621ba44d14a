// Emits the code of one field: how it is read, copied, set and judged.
//
// EMIT-FIELD-1. A field with code of the user's is filled and then asked about, whatever it holds.
// EMIT-FIELD-2. A value that fits is set at once. Any other one is copied, which counts it and finds what no message may
//               have, and asked about.

import { isChecked, type ClassDescription, type FieldDescription, type Rule } from '../description.ts';
import { inheritedMember } from '../instance.ts';
import type { ClassEmission } from './emit-class.ts';
import { emitNested, nestedReaders } from './emit-nested.ts';
import { emitTogether, type PrimitiveField } from './emit-together.ts';
import { isOwnRule } from './own-validators.ts';
import type { AskedField } from './question.ts';
import { allOf, exactTypes, kindCode, kindOf, rulesCode, safeCode, type Keep } from './rule-code.ts';
import { identifier, member, quotedName, SourceText } from './source-text.ts';
import { CannotCompile, type Reading } from './variant.ts';

/** What the code of one field has in common. */
interface Place {
  readonly field: FieldDescription;
  /** The field of the message, as code. */
  readonly target: string;
  /** Puts a question about it. */
  readonly ask: string;
  /** With `@IsOptional`: nothing is asked of null. */
  readonly skipsNull: boolean;
  readonly asksAlways: boolean;
  readonly whole: readonly Rule[];
  readonly each: readonly Rule[];
}

/** Bits of a small integer. */
const MOST_TOGETHER = 30;

export class FieldEmitter {
  readonly #text: SourceText;
  readonly #of: ClassEmission;
  readonly #reading: Reading;
  readonly #keep = (value: unknown, hint: string): string => this.#of.kept.name(value, hint);
  /** Simple fields that nothing has been asked about yet: each has its bit in `doubts`. */
  #together: AskedField[] = [];
  /** Fields of primitive values that are to be emitted together. */
  #primitives: PrimitiveField[] = [];
  /** Variables that hold values of fields. */
  readonly #locals = new Set<string>();
  /** Functions that set fields one by one. */
  readonly #apart = new SourceText();
  #setters = 0;
  #isMessageMade = false;

  constructor(text: SourceText, of: ClassEmission, reading: Reading) {
    this.#text = text;
    this.#of = of;
    this.#reading = reading;
  }

  emit(field: FieldDescription): void {
    const primitive = this.#primitive(field);
    if (primitive !== undefined) {
      if (this.#primitives.length === 0) this.putDoubts();
      this.#primitives.push(primitive);
      return;
    }
    this.finishMessage();
    const { description } = this.#of;
    const place = this.#placeOf(field, false);
    this.#text.line(`// ${headOf(field)}`);
    if (!isFillable(description, field)) return this.#unfilled(place);
    this.#readGiven(field);
    this.#text.either(
      'value !== undefined',
      () => {
        this.#text.line('found++;');
        this.#present(place);
      },
      () => {
        if (!place.asksAlways && isChecked(field)) this.#missing(place);
      },
    );
    if (place.asksAlways && isChecked(field)) this.#text.line(`${place.ask};`);
  }

  /** Emits the fields that are waiting; from then on there is the message. */
  finishMessage(): void {
    const fields = this.#primitives;
    this.#primitives = [];
    if (fields.length > 0) this.#emitTogether(fields);
    this.makeMessage();
  }

  /** Emits the new instance, once. */
  makeMessage(): void {
    if (this.#isMessageMade) return;
    this.#isMessageMade = true;
    const { messageClass, name } = this.#of.description;
    this.#text.line(`const message = new ${this.#keep(messageClass, name)}();`);
  }

  /** The functions that the code refers to. */
  get apart(): string {
    return this.#apart.toString();
  }

  /** Judges a marked field, which is read already. */
  marked(field: FieldDescription, given: string): void {
    if (field.inputName !== field.name)
      throw new CannotCompile(`the marked field ${field.name} has another name in data`);
    this.finishMessage();
    if (!isChecked(field)) return;
    const place = this.#placeOf(field, true);
    this.#text.line(`// ${headOf(field)}, marked`);
    if (place.asksAlways) {
      // It is asked about after all fields are set.
      this.#text.line(`${place.ask};`);
      return;
    }
    this.#text.line(`value = ${given} === undefined ? ${place.target} : ${given};`);
    this.#judgeWhole(place);
  }

  /** Copies a field of the data for an instance that is filled later. */
  given(field: FieldDescription): void {
    if (!isFillable(this.#of.description, field)) return;
    const { name, inputName } = field;
    this.#text.line(`// ${headOf(field)}`);
    // Under which of its names the field is given, is to be seen later, too.
    if (name !== inputName) {
      const [own, input] = [name, inputName].map((key) => `Object.hasOwn(data, ${quotedName(key)})`);
      this.#text.line(`if (${own} && ${input}) throw GIVE_UP;`);
    }
    this.#readGiven(field);
    this.#text.block('if (value !== undefined) {', () => {
      this.#text.line('found++;');
      this.#text.line(`${member('given', name)} = reader.copy(value, level);`);
    });
  }

  /** Judges a field of an instance that is filled. */
  judged(field: FieldDescription): void {
    const place = this.#placeOf(field, false);
    const inherited = inheritedMember(this.#of.description.messageClass, field.name) !== undefined;
    this.#text.line(`// ${headOf(field)}`);
    if (place.asksAlways || inherited) this.#text.line(`${place.ask};`);
    else if (field.nested !== undefined) this.#missing(place);
    else {
      this.#text.line(`value = ${place.target};`);
      this.#judgeWhole(place);
    }
  }

  /** The value of a field of the data, as code. */
  valueOf(name: string): string {
    const direct = this.#reading === 'plain' && !(name in Object.prototype);
    return direct ? member('data', name) : `listedValue(data, ${quotedName(name)})`;
  }

  /** The field as one of a primitive value; undefined if it is more than that. */
  #primitive(field: FieldDescription): PrimitiveField | undefined {
    const { description } = this.#of;
    const { name, inputName, nested, type, rules } = field;
    if (name !== inputName || nested !== undefined || type !== undefined || !isFillable(description, field))
      return undefined;
    const kind = kindOf(rules);
    const asked = this.#askedField(field, false);
    if (kind === undefined || kind === 'array' || !asked.isSimple) return undefined;
    const hasDefault = description.defaults.has(name);
    return { field, kind, local: this.#local(name), given: this.valueOf(name), head: headOf(field), hasDefault, asked };
  }

  /** A variable for the value of a field. No other name begins with a dollar sign. */
  #local(name: string): string {
    const stem = `$${identifier(name)}`;
    let local = stem;
    for (let number = 2; this.#locals.has(local); number += 1) local = `${stem}${number}`;
    this.#locals.add(local);
    return local;
  }

  #emitTogether(fields: readonly PrimitiveField[]): void {
    for (let from = 0; from < fields.length; from += MOST_TOGETHER) {
      this.#setters += 1;
      emitTogether(this.#text, this.#apart, {
        fields: fields.slice(from, from + MOST_TOGETHER),
        className: this.#of.description.name,
        setter: `set${identifier(this.#of.description.name)}${this.#setters === 1 ? '' : this.#setters}`,
        keep: this.#keep,
        makeMessage: () => this.makeMessage(),
      });
    }
  }

  #placeOf(field: FieldDescription, nestedDone: boolean): Place {
    return {
      field,
      target: member('message', field.name),
      ask: isChecked(field) ? this.#ask(this.#askedField(field, nestedDone)) : '',
      skipsNull: field.conditions.length > 0,
      asksAlways: hasUserCode(field),
      whole: field.rules.filter((rule) => !rule.each),
      each: field.rules.filter((rule) => rule.each),
    };
  }

  /** Doubts about simple fields are put as one question, before that about any other field. */
  #ask(asked: AskedField): string {
    if (!asked.isSimple || this.#together.length === MOST_TOGETHER) this.putDoubts();
    if (asked.isSimple) return `doubts |= ${1 << (this.#together.push(asked) - 1)}`;
    return `reader.ask(${this.#of.kept.name([asked], asked.field.name)}, 1, message)`;
  }

  /** Asks about the fields that rules did not accept since it was last done. */
  putDoubts(): void {
    if (this.#together.length === 0) return;
    const fields = this.#of.kept.name(this.#together, `${this.#of.description.name}_fields`);
    this.#text.line(`if (doubts !== 0) { reader.ask(${fields}, doubts, message); doubts = 0; }`);
    this.#together = [];
  }

  #askedField(field: FieldDescription, nestedDone: boolean): AskedField {
    const nested = field.nested !== undefined && !nestedDone;
    const { description } = this.#of;
    const isOwn = inheritedMember(description.messageClass, field.name) === undefined;
    const isSimple =
      isOwn && !nested && !hasUserCode(field) && field.rules.every((rule) => !rule.each && !rule.hasUserText);
    return { description, field, isSimple, certainOf: isSimple ? exactTypes(field.rules) : new Set(), nestedDone };
  }

  /** What the constructor left is judged. */
  #unfilled(place: Place): void {
    if (!isChecked(place.field)) return;
    const inherited = inheritedMember(this.#of.description.messageClass, place.field.name) !== undefined;
    if (place.asksAlways || inherited) this.#text.line(`${place.ask};`);
    else this.#missing(place);
  }

  #readGiven(field: FieldDescription): void {
    const { name, inputName, nested } = field;
    const { fillable } = this.#of.description;
    this.#text.line(`value = ${this.valueOf(inputName)};`);
    if (name === inputName || fillable.get(name) !== field) return;
    // Its own name counts where the exposed one is missing. Given by both, the interpreter takes it.
    this.#text.block(`if (${this.valueOf(name)} !== undefined) {`, () => {
      this.#text.line('if (value !== undefined) throw GIVE_UP;');
      // What is wrong inside has the path of the name that was given.
      this.#text.line(nested === undefined ? `value = ${this.valueOf(name)};` : 'throw GIVE_UP;');
    });
  }

  #missing({ field, target, ask, skipsNull, whole, each }: Place): void {
    const isGiven = 'value !== undefined && value !== null';
    this.#text.line(`value = ${target};`);
    if (field.nested !== undefined || each.length > 0)
      this.#text.line(skipsNull ? `if (${isGiven}) ${ask};` : `${ask};`);
    else this.#judge(rulesCode(whole, 'value', undefined, this.#keep), ask, skipsNull ? isGiven : '');
  }

  /** Asks about the field unless the condition holds; @param isGiven what the value has to be to be asked about. */
  #judge(good: string, ask: string, isGiven: string): void {
    if (good !== '') this.#text.line(`if (${allOf([isGiven, `!(${good})`])}) ${ask};`);
  }

  #present(place: Place): void {
    const { field, target, asksAlways } = place;
    if (field.nested !== undefined) this.#nested(place);
    else if (asksAlways || !isChecked(field)) this.#text.line(`${target} = ${this.#copied(field)};`);
    else this.#typed(place);
  }

  /** The copy of a value that no rule has looked at. */
  #copied(field: FieldDescription): string {
    if (field.type === undefined) return 'reader.copy(value, level)';
    return this.#fixedClass(field) === Date ? 'reader.date(value, level)' : 'reader.copy(value, level)';
  }

  /** What `@Type` says now; compiled code gives up if it says something else later. */
  #fixedClass({ name, type }: FieldDescription): unknown {
    const ask = type?.fixedClass;
    if (ask === undefined) throw new CannotCompile(`the @Type of ${name} changes`);
    const fieldClass = ask();
    const named = `${name}_class`;
    this.#text.line(`if (${this.#keep(ask, `${name}_type`)}() !== ${this.#keep(fieldClass, named)}) throw GIVE_UP;`);
    return fieldClass;
  }

  #typed(place: Place): void {
    const { field, target, ask, skipsNull, whole, each } = place;
    const copied = this.#copied(field);
    const kind = copied === 'reader.copy(value, level)' && each.length === 0 ? kindOf(field.rules) : undefined;
    if (kind === undefined || kind === 'array') {
      this.#text.line(`${target} = value = ${copied};`);
      this.#judgeWhole(place);
      return;
    }
    const good = [kindCode('value', kind), safeCode(whole, 'value', kind), rulesCode(whole, 'value', kind, this.#keep)];
    this.#text.either(
      allOf(good),
      () => {
        if (kind === 'string') this.#text.line('bytes += reader.exact ? byteLength(value) : value.length * 3;');
        this.#text.line(`${target} = value;`);
      },
      () => {
        this.#text.line(`${target} = value = reader.copy(value, level);`);
        this.#text.line(skipsNull ? `if (value !== null) ${ask};` : `${ask};`);
      },
    );
  }

  /** Judges a value that is set. */
  #judgeWhole({ ask, skipsNull, whole, each }: Place): void {
    if (each.length > 0) this.#items(each);
    const good = allOf([each.length > 0 ? 'good' : '', rulesCode(whole, 'value', undefined, this.#keep)]);
    this.#judge(good, ask, skipsNull ? 'value !== null && value !== undefined' : '');
  }

  #items(each: readonly Rule[]): void {
    this.#text.line('good = Array.isArray(value);');
    this.#text.line(
      `for (let at = 0; good && at < value.length; at++) good = ${itemsCode(each, this.#keep, 'value[at]')};`,
    );
  }

  /** Reads what is nested in what is given. */
  #nestedIn(field: FieldDescription, given: string): void {
    const readers = nestedReaders(this.#of, field, this.#fixedClass(field));
    emitNested(this.#text, { field, given, readers });
  }

  #nested(place: Place): void {
    const { field, target, ask, skipsNull, asksAlways, whole, each } = place;
    if (field.type === undefined) {
      this.#text.line(`${target} = value = reader.copy(value, level);`);
      if (!asksAlways) this.#text.line(skipsNull ? `if (value !== null) ${ask};` : `${ask};`);
      return;
    }
    const given = this.#local(field.name);
    this.#text.line(`const ${given} = value;`);
    this.#nestedIn(field, given);
    this.#text.line(`${target} = value;`);
    if (asksAlways) {
      this.#text.line('reader.withdraw(asked);');
      return;
    }
    const rules = rulesCode(whole, 'value', undefined, this.#keep);
    const items =
      each.length === 0 ? '' : `Array.isArray(value) && value.every((item) => ${itemsCode(each, this.#keep)})`;
    this.#text.block(
      `if (${allOf([skipsNull ? 'value !== null' : '', `!(${allOf(['good', items, rules])})`])}) {`,
      () => {
        this.#text.line('reader.withdraw(asked);');
        this.#text.line(`${ask};`);
      },
    );
  }

  /** Emits a function that makes what is nested in a field of its copy, and says whether it is as the field wants it. */
  ofCopies(field: FieldDescription, name: string): void {
    this.#text.block(`function ${name}(given, level, reader) {`, () => {
      this.#text.line('let value, asked, good, isPlain;');
      this.#nestedIn(field, 'given');
      this.#text.line('reader.fits = good;');
      this.#text.line('return value;');
    });
  }
}

/** Whether each item is accepted, as code. */
function itemsCode(each: readonly Rule[], keep: Keep, item = 'item'): string {
  const good = rulesCode(each, item, undefined, keep);
  return good === '' ? 'true' : good;
}

function isFillable({ fillable }: ClassDescription, field: FieldDescription): boolean {
  return fillable.get(field.inputName) === field;
}

/** Conditions and validators that are not the library's own. */
function hasUserCode({ conditions, rules }: FieldDescription): boolean {
  if (conditions.some(({ name }) => name !== 'isOptional')) return true;
  return rules.some((rule) => rule.applies !== undefined || !isOwnRule(rule));
}

/** The annotations of a field, for readers of the code. */
export function headOf({ name, conditions, rules, nested, type, transforms }: FieldDescription): string {
  const words = [
    ...conditions.map((condition) => condition.name ?? 'a condition'),
    ...rules.map((rule) => `${rule.name ?? 'a validator'}${rule.each ? ' of each item' : ''}`),
    ...(nested === undefined ? [] : [nested.each ? 'nested items' : 'nested']),
    ...(type === undefined ? [] : ['a type']),
    ...transforms.map(() => 'a transform'),
  ];
  // Names are the user's: quoted, they stay on their line.
  return quotedName(`${name}: ${words.join(', ') || 'no rules'}`).slice(1, -1);
}
