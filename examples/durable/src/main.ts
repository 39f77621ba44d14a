// A program that is killed in the middle, again and again, and finishes all the same.
//
// npx tsx --tsconfig examples/durable/tsconfig.json examples/durable/src/main.ts

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killRandomly } from 'onward/testing';
import { lettersIn } from './letterbox.ts';
import { work } from './work.ts';

const KILLS = 4;
const [, script = '', folder] = process.argv;

if (folder === undefined) await kill();
else await work(folder, console.log);

async function kill(): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'onward-durable-'));
  const start = () => spawn(process.execPath, [...process.execArgv, script, place]);
  const { kills, output } = await killRandomly({ start, kills: KILLS, longestLife: 300, seed: 7 });
  const letters = lettersIn(`${place}/letters.txt`);
  const again = letters.filter(([, letter]) => letter.startsWith('again: ')).length;
  rmSync(place, { recursive: true });
  console.log(`killed ${kills} times; the last life said:\n${output}`);
  console.log(`${letters.length - again} letters and sheets were sent once, ${again} were asked for twice`);
}
