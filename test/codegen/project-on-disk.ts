// A project in a folder of its own, below the repository so that its packages are found.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { run } from '../../codegen/cli/run.ts';
import { folderBelowRepository } from '../support/folders.ts';

const TSCONFIG = JSON.stringify({
  compilerOptions: { module: 'nodenext', experimentalDecorators: true },
  include: ['src'],
});

export interface ProjectOnDisk {
  readonly folder: string;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Runs the command line in the folder. */
  onward(...argv: string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }>;
}

/** Files by path; a tsconfig.json and a package.json are added where there are none, and a place for caches. */
export function projectOnDisk(files: Readonly<Record<string, string>>): ProjectOnDisk {
  const folder = folderBelowRepository('project');
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(`${folder}/${path}`), { recursive: true });
    writeFileSync(`${folder}/${path}`, text);
  };
  const all = { 'tsconfig.json': TSCONFIG, 'package.json': '{ "type": "module" }', ...files };
  for (const [path, text] of Object.entries(all)) write(path, text);
  mkdirSync(`${folder}/node_modules`, { recursive: true });
  return {
    folder,
    write,
    read: (path) => readFileSync(`${folder}/${path}`, 'utf8'),
    async onward(...argv) {
      const said = { out: '', err: '' };
      const code = await run(argv, {
        cwd: folder,
        hasColors: false,
        out: (text) => void (said.out += text),
        err: (text) => void (said.err += text),
        now: () => 0,
        date: () => new Date(0),
      });
      return { code, ...said };
    },
  };
}

/** A service with one job and one callback. */
export const SMALL = `import { IsString } from 'class-validator';
import { Job, OnSuccess } from 'onward';

export class Ping {
  @IsString() id!: string;
}

export class Pinger {
  @Job()
  ping(message: Ping): string {
    return message.id;
  }

  @OnSuccess('ping')
  pong(id: string): void {
    void id;
  }
}
`;
