// Every line of a wiring leads to the code that it was written for: checked against the words of both files.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../codegen/emit/printer.ts';
import { analyse } from '../../../codegen/generate.ts';
import { textAt } from '../../../codegen/read/span.ts';
import { projectOnDisk, SMALL } from '../project-on-disk.ts';

const EXAMPLES = fileURLToPath(new URL('../../../examples', import.meta.url));

/** A node, an edge or a service in the wiring, with the numbers of its lines; read by indentation alone. */
interface Written {
  readonly section: string;
  readonly text: string;
  readonly lines: readonly number[];
}

function writtenIn(wiring: string): Written[] {
  const found: { section: string; text: string; lines: number[] }[] = [];
  let section = '';
  let step = '';
  for (const [at, line] of wiring.split('\n').entries()) {
    const opened = /^(?:export interface (?<type>\w+) {| {2}(?<list>nodes|edges|routes): [[{])$/.exec(line)?.groups;
    if (opened !== undefined) {
      section = opened['type'] ?? opened['list'] ?? '';
      step = opened['type'] === undefined ? '    ' : '  ';
    } else if (/^(?:| {2})[\]}],?$/.test(line)) section = '';
    else if (section !== '' && line !== '' && !line.startsWith(`${step}//`)) {
      const isFirst = line.startsWith(step) && !/^[ }>]/.test(line.slice(step.length));
      const last = found.at(-1);
      if (isFirst || last === undefined) found.push({ section, text: line, lines: [at] });
      else {
        last.text += `\n${line}`;
        last.lines.push(at);
      }
    }
  }
  return found;
}

/** The code that a subject's place marks. */
function markedCode(subject: Subject): string {
  const { place } = subject.kind === 'edge' ? subject.edge : subject.kind === 'node' ? subject.node : subject.service;
  return textAt(readFileSync(place.file.path, 'utf8'), place.at);
}

/** What has to stand at the place, by what the wiring says. */
function expectedCode({ section, text }: Written): RegExp {
  const fact = (name: string): string | undefined => new RegExp(`\\b${name}: '([^']*)'`).exec(text)?.[1];
  const on = fact('on');
  if (on !== undefined) {
    const annotation = on === 'join' ? 'Join' : `On${on.charAt(0).toUpperCase()}${on.slice(1)}`;
    const [target, source] = [fact('from')?.split('.').at(-1), fact('source')];
    const mentions = [target === '*' ? '' : `['"]${target}['"]`, source === undefined ? '' : `\\b${source}:`];
    return new RegExp(`^@${annotation}\\((?=[^]*${mentions[0]})(?=[^]*${mentions[1]})`);
  }
  const name = /'([^']+)'|(\w+)/.exec(text.replace('readonly ', ''))?.slice(1).find(Boolean);
  return new RegExp(section === 'Services' ? `^${name}$` : `^${fact('method') ?? name?.split('.').at(-1)}\\b`);
}

describe.each(readdirSync(EXAMPLES).filter((name) => !name.includes('.')))(
  'the wiring of the example %s',
  (example) => {
    const { output, print } = analyse(`${EXAMPLES}/${example}/tsconfig.json`);
    const { text, lines } = print();
    const written = writtenIn(text);

    it('is the one that is committed', () => {
      expect(readFileSync(output, 'utf8')).toBe(text);
    });

    it('leads from every line of a node, an edge or a service to its own code', () => {
      expect(written.length).toBeGreaterThan(4);
      for (const item of written) {
        const [subject, ...others] = new Set(item.lines.map((at) => lines[at]?.subject));
        expect(others).toEqual([]);
        expect(subject && markedCode(subject)).toMatch(expectedCode(item));
      }
    });

    it('leads nowhere from the other lines', () => {
      const own = new Set(written.flatMap((item) => item.lines));
      expect(lines.flatMap(({ subject }, at) => (own.has(at) || subject === undefined ? [] : [at + 1]))).toEqual([]);
    });
  },
);

describe('a wiring that is stale', () => {
  const MORE = `
  @OnSuccess('pong')
  peng(): void {}
}
`;
  const stale = async (change: (source: string) => string) => {
    const project = projectOnDisk({ 'src/pinger.ts': SMALL });
    await project.onward('generate');
    const lines = project.read('src/onward.gen.ts').split('\n');
    project.write('src/pinger.ts', change(SMALL));
    return (text: string) =>
      project.onward('explain', `src/onward.gen.ts:${lines.findIndex((line) => line.includes(text)) + 1}`);
  };
  const NOTE =
    'src/onward.gen.ts is stale: it does not match the annotations; run `npx onward generate` and commit it\n';

  it('still leads to the code, and says that it is stale', async () => {
    const explain = await stale((source) => source.replace('): string', '): number').replace(/}\n$/, MORE));
    const edge = 'src/pinger.ts:14:3: the edge to Pinger.pong on success of Pinger.ping\n';
    expect(await explain('inject: (value: string)')).toEqual({ code: 0, out: edge, err: NOTE });
    const node = 'src/pinger.ts:10:3: the node Pinger.ping\n';
    expect(await explain('): string =>')).toEqual({ code: 0, out: node, err: NOTE });
  });

  it('leads to the code while the sources have errors', async () => {
    const explain = await stale((source) => source.replace(/}\n$/, "\n  @OnSuccess('pnig')\n  peng(): void {}\n}\n"));
    expect((await explain('inject: (value')).out).toContain('src/pinger.ts:14:3: the edge to Pinger.pong on success');
  });

  it('leads nowhere from a line whose code is gone', async () => {
    const explain = await stale((source) => source.replace("@OnSuccess('ping')\n", ''));
    expect(await explain('inject: (value')).toMatchObject({ code: 2, err: expect.stringContaining(NOTE) });
  });
});
