// Annotations without parentheses: the compiler's output calls them with the class instead of what they ask for.

import type { Scope } from '../model/scope.ts';
import type { AnnotationRecord, ClassRecord, FileRecord } from '../read/file-record.ts';
import type { Report } from './problem.ts';

/** How each is written; those with arguments with an example of them. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ...['Service', 'Job', 'Handler', 'OnRunSuccess', 'OnRunError', 'OnRunEnd'].map((name) => [name, '()'] as const),
  ...['ReturnValue', 'ErrorValue', 'Message'].map((name) => [name, '()'] as const),
  ...['OnStart', 'OnSuccess', 'OnError', 'OnEnd', 'OnCancel'].map(
    (name) => [name, "(() => Billing, 'charge')"] as const,
  ),
  ['Join', "({ receipt: from(() => Billing, 'charge') })"],
]);

export function checkParentheses(scope: Scope, report: Report): void {
  for (const file of scope.sources.selected) {
    for (const annotation of file.classes.flatMap(annotationsIn)) checkOne(scope, file, annotation, report);
  }
}

function annotationsIn({ annotations, members }: ClassRecord): readonly AnnotationRecord[] {
  const inMembers = members.flatMap((member) => [
    ...member.annotations,
    ...member.parameters.flatMap((parameter) => parameter.annotations),
  ]);
  return [...annotations, ...inMembers];
}

function checkOne(scope: Scope, file: FileRecord, { path, at, isCalled }: AnnotationRecord, report: Report): void {
  if (isCalled) return;
  const parentheses = WRITTEN.get(scope.ours(file, path) ?? '');
  if (parentheses === undefined) return;
  const name = `@${path.join('.')}`;
  const what = parentheses === '()' ? `write ${name}()` : `say what it watches, as in ${name}${parentheses}`;
  report('ONW1118', { file, at }, `${name} has no parentheses, so it annotates nothing; ${what}`);
}
