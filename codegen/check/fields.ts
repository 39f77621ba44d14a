// Fields of messages from outside that are checked less than their types say: only annotations count at run time.
//
// FIELDS-1. Warnings, and only where it is certain: an annotation of another package may check the field as well.
// FIELDS-2. One field has one warning.

import type { MemberRecord } from '../read/file-record.ts';
import type { Report } from '../problem.ts';
import { annotationsOf, withoutNothing, type ChainField, type FieldUse } from './message-fields.ts';

/** A field of a class that has validators. */
export function checkField(field: ChainField, report: Report): void {
  const { owner, member } = field.use;
  const text = textOf(field);
  if (text !== undefined) report('ONW1208', { file: owner.file, at: member.at }, text, { severity: 'warning' });
}

function textOf(field: ChainField): string | undefined {
  const sources = field.annotations.map(({ source }) => source);
  if (sources.some((source) => SAYS_HOW.has(source))) return undefined;
  if (sources.every((source) => /^class-(validator|transformer) /.test(source))) {
    const holdsDate = isDate(field.use.member) && !sources.includes('class-transformer Type');
    if (holdsDate) {
      return `\`${field.name}\` is a Date, and JSON has none: write @IsDate() and @Type(() => Date) before it, which takes ISO 8601 text`;
    }
    if (!sources.some((source) => source.startsWith('class-validator '))) {
      return `\`${field.name}\` has no validator, so nothing checks it; add one from class-validator, or @Allow() to take it unchecked`;
    }
  }
  return optionalInBase(field);
}

const SAYS_HOW: ReadonlySet<string> = new Set([
  'class-validator Allow',
  'class-transformer Exclude',
  'class-transformer Transform',
]);

function isDate({ type }: MemberRecord): boolean {
  const one = type === undefined ? undefined : withoutNothing(type);
  const item = one?.kind === 'array' ? one.item : one;
  return item?.kind === 'name' && item.path.length === 1 && item.path[0] === 'Date';
}

/** What the base says of a field that may be missing holds for the derived class too, unless that says something itself. */
function optionalInBase({ name, use, uses }: ChainField): string | undefined {
  if (!isRequired(use.member) || hasCondition(use)) return undefined;
  const base = uses.slice(1).find(hasCondition);
  if (base === undefined || !annotationsOf(base).some(({ source }) => source === 'class-validator IsOptional')) {
    return undefined;
  }
  const owner = base.owner.class.name ?? 'its base';
  return `\`${name}\` is required here, and @IsOptional() of ${owner}.${name} still lets it be missing; write @ValidateIf(() => true) before it`;
}

function isRequired({ isOptional, hasInitializer, type }: MemberRecord): boolean {
  if (isOptional || hasInitializer) return false;
  return type?.kind !== 'union' || !type.items.some((item) => item.kind === 'keyword' && item.text === 'undefined');
}

function hasCondition(use: FieldUse): boolean {
  return annotationsOf(use).some(
    ({ source }) => source === 'class-validator IsOptional' || source === 'class-validator ValidateIf',
  );
}
