// The generator: project → read → model → check → emit, in memory; and the same as one call that writes the file.

import { dirname, resolve } from 'node:path';
import { OnwardError } from '../src/errors/onward-error.ts';
import { checkModel } from './check/model.ts';
import { collectProblems, plainProblem, type PlainProblem } from './problem.ts';
import { readConfiguration } from './configuration.ts';
import { RecordingDisk, type Answers } from './disk/disk.ts';
import { emitWiring, type Wiring } from './emit/wiring.ts';
import { habitOf } from './emit/specifier.ts';
import { buildModel } from './model/edges.ts';
import type { Model } from './model/model.ts';
import { scopeOf, type Scope } from './model/scope.ts';
import { assertServices, tsconfigAt, type Counts, type Outcome } from './outcome.ts';
import { endingsIn, openProject, type Project } from './project.ts';
import { posix } from './read/outputs.ts';
import { openSources, type RecordCache } from './read/sources.ts';
import { writeWiring } from './write/write.ts';

export interface Analysis extends Outcome {
  readonly model: Model;
  /** What names in the sources stand for. */
  readonly scope: Scope;
  /** What the disk was asked, and what it answered. */
  readonly answers: () => Answers;
  /** The wiring with the subject of each line; from sources with errors, what can be printed of it. */
  readonly print: () => Wiring;
}

/** A project whose tsconfigs are read. */
export interface OpenedProject {
  readonly tsconfig: string;
  readonly disk: RecordingDisk;
  readonly project: Project;
  readonly projectFolder: string;
  readonly output: string;
}

export function openAt(path: string): OpenedProject {
  const tsconfig = tsconfigAt(path);
  const disk = new RecordingDisk(posix(dirname(resolve(tsconfig))));
  const { projectFolder, output } = readConfiguration(tsconfig, disk);
  const place = posix(output);
  disk.output = place;
  return { tsconfig, disk, project: openProject(tsconfig, disk), projectFolder, output };
}

/** Reads a project and gives its wiring. Writes nothing. */
export function analyse(path: string): Analysis {
  return link(openAt(path), new Map());
}

/** From the files to the wiring. What the records say is not read again as long as the file has the same text. */
export function link(
  { tsconfig, disk, project, projectFolder, output }: OpenedProject,
  records: RecordCache,
): Analysis {
  const place = posix(output);
  const sources = openSources(project, place, records);
  const findings = collectProblems();
  const scope = scopeOf(sources);
  const model = buildModel(scope, findings.report);
  checkModel(scope, model, findings.report);
  assertDecorators(project, model);
  const problems = findings.problems();
  const endings = endingsIn(project, project.configOf(place), place);
  const options = { root: project.root, output: place, habit: habitOf(sources.program, endings) };
  const print = (): Wiring => emitWiring(model, options);
  const found = {
    root: project.root,
    tsconfig,
    size: sources.program.size,
    projectFolder,
    output,
    counts: countsOf(model),
    problems,
    model,
    scope,
    answers: () => disk.answers(),
    print,
  };
  return problems.some((problem) => problem.severity === 'error') ? found : { ...found, text: print().text };
}

function countsOf({ services }: Model): Counts {
  const nodes = services.flatMap((service) => service.nodes);
  const edges = nodes.reduce((sum, node) => sum + node.edges.length, 0);
  return { services: services.length, nodes: nodes.length, edges };
}

/** Every tool that runs the annotations reads this setting; without it they are called in another way and throw. */
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

export interface GenerateOptions {
  /** Path of the tsconfig. @default 'tsconfig.json' in the working directory */
  readonly project?: string;
  /** Whether to write the wiring. @default true */
  readonly write?: boolean;
}

export interface GenerateResult {
  /** Whether there are no errors. */
  readonly ok: boolean;
  /** Absolute path of the wiring. */
  readonly output: string;
  /** The wiring; absent if there are errors. */
  readonly text?: string;
  /** Whether the file was written: it is not if it already has this text. */
  readonly written: boolean;
  readonly problems: readonly PlainProblem[];
}

/**
 * Reads a project's annotations and writes its wiring. Returns all problems of the sources at once.
 *
 * @throws {OnwardError} ONW6xxx for a wrong set-up or configuration, ONW1304 and ONW1305 for the output file,
 *   ONW1306 if there is no service.
 */
export function generateWiring({ project = 'tsconfig.json', write = true }: GenerateOptions = {}): GenerateResult {
  const found = analyse(resolve(project));
  const { output, text } = found;
  const problems = found.problems.map((problem) => plainProblem(problem, found.root));
  if (text === undefined) return { ok: false, output, written: false, problems };
  assertServices(found);
  return { ok: true, output, text, written: write && writeWiring(found, text), problems };
}
