// project → read → model → check → emit, in memory.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { OnwardError } from '../src/errors/onward-error.ts';
import { checkModel } from './check/check-model.ts';
import { collectProblems, type Problem } from './check/problem.ts';
import { readConfiguration } from './configuration.ts';
import { emitWiring } from './emit/emit-wiring.ts';
import { habitOf, type Habit } from './emit/specifier.ts';
import { buildModel } from './model/build-model.ts';
import type { Model } from './model/model.ts';
import { scopeOf } from './model/scope.ts';
import { openProject, usesBundler, type Project } from './project.ts';
import { openSources } from './read/sources.ts';

export interface Analysis {
  /** Folder of the tsconfig; absolute, with `/`. */
  readonly root: string;
  readonly projectFolder: string;
  /** Absolute path of the wiring. */
  readonly output: string;
  readonly model: Model;
  readonly problems: readonly Problem[];
  /** The wiring; undefined while there are errors. */
  readonly text?: string;
}

/** Reads a project and says what its wiring is. Writes nothing. */
export function analyse(path: string): Analysis {
  // As with tsc, a folder stands for the tsconfig.json in it.
  const tsconfig =
    statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? join(path, 'tsconfig.json') : path;
  const { projectFolder, output } = readConfiguration(tsconfig);
  const project = openProject(tsconfig);
  const sources = openSources(project);
  const findings = collectProblems();
  const scope = scopeOf(sources);
  const model = buildModel(scope, findings.report);
  checkModel(scope, model, findings.report);
  assertDecorators(project, model);
  const problems = findings.problems();
  const found = { root: project.root, projectFolder, output, model, problems };
  if (problems.some((problem) => problem.severity === 'error')) return found;
  const fallback: Habit = usesBundler(project) ? 'none' : 'js';
  const text = emitWiring(model, {
    root: project.root,
    output: output.replaceAll('\\', '/'),
    habit: habitOf(sources, fallback),
  });
  return { ...found, text };
}

/** Every tool that runs the annotations reads this setting; without it they are called in another way and refuse. */
function assertDecorators(project: Project, { services }: Model): void {
  for (const { place } of services) {
    const { path, options } = project.configOf(place.file.path);
    if (options.experimentalDecorators === true) continue;
    throw new OnwardError(
      'ONW6001',
      `${path} does not turn on the decorators that annotations need; add "experimentalDecorators": true to its "compilerOptions"`,
    );
  }
}
