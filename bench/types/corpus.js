// The project that the compilers read: services as users write them, each in its own file with its messages.
//
// C1. Every service has four annotations, one of each price: a job with options, a callback by name without options,
//     one across files with `when` and `bind`, one for an error class. Bodies are a few plain lines.
// C2. Only the package behind 'onward' differs between the variants, and whether the wiring is there.

import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const INERT = fileURLToPath(new URL('inert', import.meta.url));

const PACKAGES = ['class-validator', 'class-transformer', 'reflect-metadata', '@types'];

/** One line on the corpus, for the reader of the tables. */
export const ABOUT_CORPUS =
  'Each service is a file of its own: four annotated methods with bodies of 3 to 5 lines, a constructor, a private ' +
  'method, three message classes with class-validator rules and an error class.';

/** Makes the project; returns its folder. */
export function makeCorpus(services, onward = ROOT) {
  const folder = mkdtempSync(join(tmpdir(), 'onward-types-'));
  mkdirSync(join(folder, 'node_modules'));
  mkdirSync(join(folder, 'src'));
  symlinkSync(onward === 'inert' ? INERT : onward, join(folder, 'node_modules', 'onward'), 'dir');
  for (const name of PACKAGES) symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'corpus', type: 'module' }));
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        lib: ['es2023'],
        module: 'nodenext',
        types: ['node'],
        strict: true,
        experimentalDecorators: true,
        skipLibCheck: true,
        noEmit: true,
      },
      include: ['src'],
    }),
  );
  for (let n = 0; n < services; n++) {
    writeFileSync(join(folder, 'src', `billing-${n}.ts`), serviceText(n, n === 0 ? services - 1 : n - 1));
  }
  return folder;
}

function serviceText(n, other) {
  // A project of one service watches itself.
  const imported =
    n === other
      ? ''
      : `import { Billing${other}, Declined${other}, type Order${other}, type Receipt${other} } from './billing-${other}.js';\n`;
  return `import { IsIn, IsInt, IsOptional, IsString, IsUUID, Min } from 'class-validator';
import { ErrorValue, Job, Message, OnError, OnSuccess, ReturnValue, type StepContext } from 'onward';
${imported}
export class Order${n} {
  @IsUUID() orderId!: string;
  @IsInt() @Min(1) cents!: number;
  @IsOptional() @IsString() note?: string;
}

export class Receipt${n} {
  @IsString() no!: string;
  @IsInt() cents!: number;
  @IsIn(['paid', 'review']) state!: 'paid' | 'review';
}

export class Mail${n} {
  @ReturnValue() receipt!: Receipt${other};
  @IsString() template!: string;
}

export class Declined${n} extends Error {
  override name = 'Declined${n}';
  constructor(readonly reason: 'funds' | 'fraud') {
    super(\`declined: \${reason}\`);
  }
}

interface Gateway${n} {
  post(path: string, body: { readonly amount: number; readonly key: string }): Promise<{ id: string; ok: boolean }>;
}

export class Billing${n} {
  readonly #sent = new Map<string, number>();
  constructor(private readonly gateway: Gateway${n}) {}

  @Job({ retry: { attempts: 3, delay: '200ms', factor: 2 }, timeout: '20s' })
  async charge(order: Order${n}, context: StepContext): Promise<Receipt${n}> {
    const { id, ok } = await this.gateway.post('/charges', { amount: order.cents, key: context.step.key });
    if (!ok) throw new Declined${n}(order.cents > 1_000 ? 'fraud' : 'funds');
    const state = order.note === undefined ? 'paid' : 'review';
    return { no: id, cents: order.cents, state };
  }

  @OnSuccess('charge')
  async book(receipt: Receipt${n}, @Message() order: Order${n}): Promise<number> {
    const total = (this.#sent.get(order.orderId) ?? 0) + receipt.cents;
    this.#sent.set(order.orderId, total);
    return Math.round(total / 100);
  }

  @OnSuccess(() => Billing${other}, 'charge', { when: (receipt) => receipt.cents > 100_000, bind: { template: 'vip' } })
  thank(mail: Mail${n}): string {
    const lines = [mail.template, mail.receipt.no, String(mail.receipt.cents)];
    return lines.filter((line) => line !== '').map((line) => line.trim()).join('\\n');
  }

  @OnError(() => Billing${other}, 'charge', { when: Declined${other} })
  async sorry(order: Order${other}, @ErrorValue() error: Declined${other}): Promise<void> {
    const amount = this.rounded(order.cents);
    if (error.reason === 'fraud') await this.gateway.post('/alerts', { amount, key: order.orderId });
    else this.#sent.delete(order.orderId);
  }

  private rounded(cents: number): number {
    return cents - (cents % 10);
  }
}
`;
}
