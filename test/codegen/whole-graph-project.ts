// What is said about a project of one file, with its code frames.

import { renderProblems } from '../../codegen/cli/diagnostics.ts';
import { analyse } from '../../codegen/generate.ts';
import { projectOnDisk } from './project-on-disk.ts';

const HEAD = `import { ErrorValue, from, Handler, Job, Join, OnCancel, OnEnd, OnError, OnRunEnd, OnStart, OnSuccess, type StepContext } from 'onward';
`;

/** All problems of `src/a.ts`, whose second line is the first of the text; empty if it is right. */
export function toldOf(text: string, others: Readonly<Record<string, string>> = {}): string {
  const { folder } = projectOnDisk({ 'src/a.ts': `${HEAD}${text}`, ...others });
  return renderProblems(analyse(`${folder}/tsconfig.json`).problems, folder, false);
}

/** The same without frames and related places: a line for each. */
export function linesOf(text: string, others: Readonly<Record<string, string>> = {}): string {
  return toldOf(text, others)
    .split('\n')
    .filter((line) => /^\S+:\d+:\d+ - /.test(line))
    .join('\n');
}
