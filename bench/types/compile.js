// One run of one compiler over one project, in a process of its own.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The packages under node_modules. */
export const COMPILERS = { 5.9: 'typescript-5.9', '6.0': 'typescript-6.0', '7.0': 'typescript' };

/**
 * @param threads whether tsc 7 takes all threads that it likes, as it does for users; their CPU time is counted.
 * @returns {{ instantiations: number, types: number, symbols: number, checkS: number, cpuS: number }}
 */
export function compile(compiler, folder, { threads = false } = {}) {
  const tsc = `${ROOT}node_modules/${COMPILERS[compiler]}/bin/tsc`;
  // The shell's `time` is the only portable way to the CPU time of a child and its children.
  const script = `TIMEFORMAT='CPU %U %S'; time "$0" "$@" 2>&1`;
  const flags = ['-p', folder, '--pretty', 'false', '--extendedDiagnostics'];
  const all = compiler === '7.0' && !threads ? [...flags, '--singleThreaded'] : flags;
  let printed;
  try {
    printed = execFileSync('bash', ['-c', `{ ${script}; } 2>&1`, process.execPath, tsc, ...all], { encoding: 'utf8' });
  } catch (error) {
    throw new Error(`the corpus does not compile with ${compiler}:\n${String(error.stdout).slice(0, 2_000)}`);
  }
  const figure = (pattern) => Number(pattern.exec(printed)?.[1]);
  const [, user, system] = /CPU ([\d.]+) ([\d.]+)/.exec(printed) ?? [];
  return {
    instantiations: figure(/Instantiations:\s+(\d+)/),
    types: figure(/Types:\s+(\d+)/),
    symbols: figure(/Symbols:\s+(\d+)/),
    checkS: figure(/Check time:\s+([\d.]+)s/),
    cpuS: Number(user) + Number(system),
  };
}
