// The generator: project → read → model → check → emit, in memory; and the same as one call that writes the file.

import { dirname, resolve } from 'node:path';
import { OnwardError } from '../src/errors/onward-error.ts';
import { assertNone, FLAG, problemsOf, STRING } from '../src/values/option-rules.ts';
import { checkModel } from './check/model.ts';
import { checkScheduleParser } from './check/options.ts';
import { outlinesOf, type Outline } from './check/outline.ts';
import { Findings } from './findings.ts';
import { Memory } from './memory.ts';
import { plainProblem, type PlainProblem } from './problem.ts';
import { readConfiguration } from './configuration.ts';
import { RecordingDisk, type Answers } from './disk/disk.ts';
import { emitWiring, WiringPrinter, type EmitOptions, type Wiring } from './emit/wiring.ts';
import { habitOf } from './emit/specifier.ts';
import { buildModel } from './model/edges.ts';
import type { Model } from './model/model.ts';
import { scopeOf, type Scope } from './model/scope.ts';
import { assertServices, tsconfigAt, type Counts, type Outcome } from './outcome.ts';
import { endingsIn, hasCroner, openProject, type Project } from './project.ts';
import { packRecords, type KeptRecords } from './read/kept-records.ts';
import { posix } from './read/outputs.ts';
import { openSources, type Earlier, type Sources } from './read/sources.ts';
import { writeWiring } from './write/write.ts';

export interface Analysis extends Outcome {
  readonly model: Model;
  /** What names in the sources stand for. */
  readonly scope: Scope;
  /** What the disk was asked, and what it answered. */
  readonly answers: () => Answers;
  /** The version of the compiler that read the sources. */
  readonly compiler: string;
  /** The records of the sources, packed for another process. */
  readonly records: () => string;
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

/**
 * Reads a project and gives its wiring. Writes nothing.
 */
export function analyse(path: string, { recall, afterStage }: AnalyseOptions = {}): Analysis {
  const opened = openAt(path);
  const kept = recall?.(opened.tsconfig, opened.project.ts.version);
  return new Linker(opened, { cache: new Map(), kept }).link(afterStage);
}

interface AnalyseOptions {
  /** Gives the records that another process has read with this compiler. */
  readonly recall?: ((tsconfig: string, compiler: string) => KeptRecords | undefined) | undefined;
  /** Called after each stage, when much memory is no longer in use, with the number of files. */
  readonly afterStage?: (files: number) => void;
}

/** From the files of a project to its wiring; after a change, from those that have changed. */
export class Linker {
  readonly #opened: OpenedProject;
  readonly #sources: Sources;
  #scope: Scope;
  readonly #options: EmitOptions;
  readonly #printer: WiringPrinter;

  /** @param earlier records that are used again while their files are the same. */
  constructor(opened: OpenedProject, { cache, kept }: Earlier = { cache: new Map() }, memory = new Memory(false)) {
    const { project } = opened;
    const output = posix(opened.output);
    this.#opened = opened;
    this.#sources = openSources(project, output, { cache, kept }, memory);
    this.#scope = scopeOf(this.#sources);
    const endings = endingsIn(project, project.configOf(output), output);
    this.#options = { root: project.root, output, habit: habitOf(this.#sources.program, endings) };
    this.#printer = new WiringPrinter(this.#options);
  }

  /** Whether the wiring reaches every file of the program by a path: what a name means then hangs on no package. */
  get isOneProject(): boolean {
    return this.#opened.project.hasOneConfig && this.#sources.program.isAllOwn;
  }

  /** These files hold another text; their imports lead where they led. */
  forget(paths: Iterable<string>): void {
    this.#sources.forget(paths);
  }

  link(afterStage?: AnalyseOptions['afterStage']): Analysis {
    const { tsconfig, disk, project, projectFolder, output } = this.#opened;
    // The result must not keep the linker alive.
    const options = this.#options;
    const sources = this.#sources;
    const { size } = this.#sources.program;
    const findings = new Findings(this.#sources.memory);
    // Reads every file.
    this.#sources.selected();
    afterStage?.(size);
    const model = buildModel(this.#scope, findings);
    afterStage?.(size);
    const outlines = outlinesOf(model, this.#sources.memory);
    checkModel(this.#scope, model, outlines, findings);
    const schedule = outlines.find((outline) => outline.schedule !== undefined)?.schedule;
    checkScheduleParser(schedule, () => hasCroner(disk), findings.report);
    assertDecorators(project, model);
    const problems = findings.problems();
    if (!this.#sources.memory.isTracking) this.#forgetNames();
    afterStage?.(size);
    const found = {
      root: project.root,
      tsconfig,
      size,
      projectFolder,
      output,
      counts: countsOf(outlines),
      problems,
      model,
      scope: this.#scope,
      answers: () => disk.answers(),
      compiler: project.ts.version,
      records: () => packRecords(sources.ofProject(), (file) => disk.digest(file)),
      print: () => emitWiring(model, options),
    };
    const hasErrors = problems.some((problem) => problem.severity === 'error');
    if (!hasErrors) return { ...found, text: this.#printer.text(model) };
    this.#printer.forget(model.touched);
    return found;
  }

  /** Resolved names are in the model; any other name is resolved again when it is asked for. */
  #forgetNames(): void {
    this.#sources.memory.clear();
    this.#scope = scopeOf(this.#sources);
  }
}

function countsOf(outlines: readonly Outline[]): Counts {
  let [nodes, edges] = [0, 0];
  for (const outline of outlines) {
    nodes += outline.nodes;
    edges += outline.edges;
  }
  return { services: outlines.length, nodes, edges };
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
 *   ONW1306 if there is no service, ONW3004 with every option that is wrong.
 */
export function generateWiring(options: GenerateOptions = {}): GenerateResult {
  assertNone(problemsOf(options, { project: STRING, write: FLAG }), 'the options of generateWiring are not valid');
  const { project = 'tsconfig.json', write = true } = options;
  const found = analyse(resolve(project));
  const { output, text } = found;
  const problems = found.problems.map((problem) => plainProblem(problem, found.root));
  if (text === undefined) return { ok: false, output, written: false, problems };
  assertServices(found);
  return { ok: true, output, text, written: write && writeWiring(found, text), problems };
}
