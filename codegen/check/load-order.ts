// Fields whose class may not exist yet when the annotations are read: with `emitDecoratorMetadata` a compiler writes the type
// of an annotated field as a value, and that value is read while the file is loaded.
//
// LOAD-ORDER-1. A list, an alias and what is imported with `import type` leave no value: only a class that is named itself
//               does.
// LOAD-ORDER-2. Two files count as a circle only where the other one uses what it imports in annotations too. An import
//               that is for types alone is not there at run time.

import type { Declared, Scope } from '../model/scope.ts';
import type { ClassRecord, FileRecord, MemberRecord, TypeRecord } from '../read/file-record.ts';
import type { Report } from '../problem.ts';
import { withoutNothing, type ChainField } from './message-fields.ts';

export function checkLoadOrder(scope: Scope, { name, use }: ChainField, report: Report): void {
  const { owner, member } = use;
  const { file } = owner;
  if (!scope.sources.emitsMetadata(file.path)) return;
  const path = valueOf(member);
  const found = path === undefined ? undefined : scope.declared(file, path);
  if (found?.class === undefined || found.class === owner.class) return;
  const why = whyLate(scope, owner.class, file, found);
  if (why === undefined) return;
  const item = found.declaration.name;
  const text = `\`${name}\` names ${item}, and ${why}: with emitDecoratorMetadata it is read before it exists; write the type as Late<${item}>, with \`type Late<T> = T\`, or turn that option off`;
  report('ONW1209', { file, at: member.at }, text, { severity: 'warning' });
}

function whyLate(scope: Scope, owner: ClassRecord, file: FileRecord, found: Declared): string | undefined {
  if (found.file === file) {
    return found.class !== undefined && found.class.at[0] > owner.at[0] ? 'it is declared after this class' : undefined;
  }
  return usesBack(scope, found.file, file) ? 'the two files import each other' : undefined;
}

/** The names of a class that the compiler writes for an annotated field. */
function valueOf({ annotations, type }: MemberRecord): readonly string[] | undefined {
  const one: TypeRecord | undefined = type === undefined || annotations.length === 0 ? undefined : withoutNothing(type);
  return one?.kind === 'name' && one.arguments.length === 0 ? one.path : undefined;
}

/** Whether annotations of one file name what it imports from the other. */
function usesBack({ sources }: Scope, from: FileRecord, to: FileRecord): boolean {
  const leading = from.imports.filter(
    (item) => item.isTypeOnly !== true && sources.resolve(item.from, from.path)?.path === to.path,
  );
  const names = new Set(leading.map((item) => item.local));
  const isNamed = (path: readonly string[] | undefined): boolean => names.has(path?.[0] ?? '');
  return from.classes.some(({ members }) =>
    members.some(
      (member) =>
        isNamed(valueOf(member)) ||
        member.annotations.some(({ arguments: given }) =>
          given.some(
            (value) => value.kind === 'function' && value.returns?.kind === 'name' && isNamed(value.returns.path),
          ),
        ),
    ),
  );
}
