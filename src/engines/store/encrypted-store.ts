// A store whose texts nobody can read without a key: records, payloads, timers and fingerprints. Ids, names of jobs, tags,
// keys of records and times stay readable: a store finds things by them.
//
// ENCRYPTED-STORE-1. AES-256-GCM with a nonce of its own for each text. A text is bound to its run and its name: moved to another
//     place it does not open.
// ENCRYPTED-STORE-2. Each text says which key it was written with. New ones are written with the current key, old ones
//     are read with theirs: keys are replaced without a stop, and a key may go when nothing of it is left.
// ENCRYPTED-STORE-3. A fingerprint is only compared, so that it is kept as an HMAC, bound to its run, which nobody can
//     read with the key either. It stays as it is when keys are replaced.
// ENCRYPTED-STORE-4. Texts from the time before there was a key are read as they are.
// ENCRYPTED-STORE-5. A run whose key is missing is left as it is, as one is that is damaged: a list of runs, or of timers, is
//     given all the same.
// ENCRYPTED-STORE-6. A call without a key has one that is made of its message, and stands in the keys of records, steps and
//     jobs. So it is an HMAC, too. What that is made with is kept in the run: a call stays the same when keys are replaced.

import type { SavedTexts } from '../saved-texts.ts';
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { OnwardError } from '../../errors/onward-error.ts';
import { printable } from '../../values/describe.ts';
import { isObject, type OptionRule } from '../../values/option-rules.ts';
import { chain } from './now-or-later.ts';
import type { Sealing } from './store-engine-options.ts';
import type { Inbox, MaybePromise, RunChange, Store, StoredRun, StoredTimer } from './store.ts';

/** Keys of 32 bytes, in hexadecimal, by a name of yours. */
export interface Encryption {
  /** The name of the key that new texts are written with. */
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** What `encryption` may be. */
export const ENCRYPTION: OptionRule = {
  fits: (value) =>
    isObject(value) &&
    isObject(value['keys']) &&
    Object.values(value['keys']).every((key) => typeof key === 'string' && /^[\da-f]{64}$/i.test(key)) &&
    Object.keys(value['keys']).every((name) => /^[\w.-]{1,64}$/.test(name)) &&
    typeof value['current'] === 'string' &&
    Object.hasOwn(value['keys'], value['current']),
  expected:
    "`{ current, keys }`: keys of 64 hexadecimal digits by their names, such as '2026', one of which is current",
};

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** The place that texts of the inbox are bound to. */
const INBOX = 'inbox';
/** JSON begins with something else. */
const MARK = '~';
/** A fingerprint with the name of its key. */
const MAC = /^~([\w.-]{1,64})#[\w+/]{43}=$/;

export class EncryptedStore implements Store, Sealing {
  readonly name: string;
  readonly isDurable: boolean;
  readonly #store: Store;
  readonly #current: string;
  readonly #keys: ReadonlyMap<string, Buffer>;

  constructor(store: Store, { current, keys }: Encryption) {
    this.#store = store;
    this.name = store.name;
    this.isDurable = store.isDurable;
    this.#current = current;
    this.#keys = new Map(Object.entries(keys).map(([name, key]) => [name, Buffer.from(key, 'hex')]));
  }

  open(): MaybePromise<void> {
    return this.#store.open();
  }

  close(): MaybePromise<void> {
    return this.#store.close();
  }

  find(runId: string): MaybePromise<StoredRun | undefined> {
    return chain(this.#store.find(runId), (run) => (run === undefined ? undefined : this.#opened(run)));
  }

  load: Store['load'] = (runId, keys) =>
    chain(this.#store.load(runId, keys), ({ records, stored, ...loaded }) => ({
      ...loaded,
      records: new Map([...records].map(([key, text]) => [key, this.#unsealOf(runId, key, text)])),
      ...(stored !== undefined && { stored: this.#opened(stored) }),
    }));

  commit: Store['commit'] = (changes) => this.#store.commit(changes.map((change) => this.#sealedChange(change)));

  payloads: Store['payloads'] = (runId, names) =>
    chain(this.#store.payloads(runId, names), (texts) =>
      texts.map((text, at) => (text === undefined ? undefined : this.#unsealOf(runId, names[at] ?? '', text))),
    );

  page: Store['page'] = (runId, query) =>
    chain(this.#store.page(runId, query), ({ records, stored, ...page }) => ({
      ...page,
      ...(stored !== undefined && { stored: this.#opened(stored) }),
      records: records.map(([key, text]) => [key, this.#unsealOf(runId, key, text)] as const),
    }));

  payloadNames: Store['payloadNames'] = (runId, after) => this.#store.payloadNames(runId, after);

  runs: Store['runs'] = (query) => chain(this.#store.runs(query), (runs) => runs.map((run) => this.#opened(run)));

  countOpen(): MaybePromise<number> {
    return this.#store.countOpen();
  }

  due: Store['due'] = (until, limit) =>
    chain(this.#store.due(until, limit), ({ timers, next }) => ({
      timers: timers.map((timer) => this.openedTimer(timer)),
      next,
    }));

  /** A timer of the store beneath. Its event is read when it is asked for: ENCRYPTED-STORE-5. */
  openedTimer(timer: StoredTimer): StoredTimer {
    const { runId, key, at, event } = timer;
    const open = (): string => this.unseal(event, placeOf(timer), runId);
    return {
      ...{ runId, key, at },
      get event() {
        return open();
      },
    };
  }

  get saved(): SavedTexts {
    const { saved } = this.#store;
    const placeOfSaved = (key: string): string => `\nsaved\n${key}`;
    return {
      get: (key) =>
        chain(saved.get(key), (text) => (text === undefined ? undefined : this.unseal(text, placeOfSaved(key)))),
      keys: () => saved.keys(),
      set: (key, text) => saved.set(key, text === null ? null : this.seal(text, placeOfSaved(key))),
    };
  }

  get inbox(): Inbox | undefined {
    const { inbox } = this.#store;
    if (inbox === undefined) return undefined;
    return {
      take: () => inbox.take().map(({ no, command }) => ({ no, command: () => this.unseal(command(), INBOX) })),
      answer: (no, text) => inbox.answer(no, this.seal(text, INBOX)),
      drop: (no) => inbox.drop(no),
    };
  }

  /** A command, as `inbox` reads it. */
  sealed(command: string): string {
    return this.seal(command, INBOX);
  }

  /** An answer, as `inbox` writes it. */
  unsealed(answer: string): string {
    return this.unseal(answer, INBOX);
  }

  remove: Store['remove'] = (runIds) => this.#store.remove(runIds);

  #sealedChange(change: RunChange): RunChange {
    const { runId, summary, writes, payloads, timers } = change;
    const seal = ([name, text]: readonly [string, string | null]): readonly [string, string | null] => [
      name,
      text === null ? null : this.seal(text, `${runId}\n${name}`),
    ];
    return {
      ...change,
      // The hash of a small message is as good as the message: it could be found by trying.
      summary: {
        ...summary,
        fingerprint: summary.fingerprint && this.#macOf(runId, summary.fingerprint),
      },
      writes: writes.map(seal),
      payloads: payloads.map(seal),
      timers: timers.map((timer) => ({
        ...timer,
        event: timer.at === null ? '' : this.seal(timer.event, placeOf({ ...timer, runId })),
      })),
    };
  }

  #opened(run: StoredRun): StoredRun {
    const { live, ...rest } = run;
    if (live === undefined) return run;
    try {
      return { ...rest, live: live.map(([key, text]) => [key, this.#unsealOf(run.runId, key, text)]) };
    } catch {
      // Who takes it up reads its records, and learns why they do not open.
      return rest;
    }
  }

  isSameFingerprint(runId: string, kept: string, given: string): boolean {
    const name = MAC.exec(kept)?.[1];
    // ENCRYPTED-STORE-4.
    return kept === (name === undefined ? given : this.#macOf(runId, given, name));
  }

  #macOf(runId: string, fingerprint: string, name = this.#current): string {
    // It came from the store.
    if (MAC.test(fingerprint)) return fingerprint;
    const mac = createHmac('sha256', this.#key(name)).update(`${runId}\nfingerprint\n${fingerprint}`);
    return `${MARK}${name}#${mac.digest('base64')}`;
  }

  saltOf(runId: string): string {
    return createHmac('sha256', this.#key(this.#current)).update(`${runId}\ncalls`).digest('base64url');
  }

  /** @param place what the text is bound to. */
  seal(text: string, place: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key(this.#current), nonce).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${MARK}${this.#current}:${sealed.toString('base64')}`;
  }

  #unsealOf(runId: string, name: string, text: string): string {
    return this.unseal(text, `${runId}\n${name}`, runId);
  }

  /** @param runId of the run that it is of, if it is one's. @throws {OnwardError} ONW4008 if no given key opens it. */
  unseal(text: string, place: string, runId?: string): string {
    if (!text.startsWith(MARK)) return text;
    const end = text.indexOf(':');
    const name = text.slice(1, end);
    const key = this.#key(name, runId);
    const sealed = Buffer.from(text.slice(end + 1), 'base64');
    const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    try {
      decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(-TAG_BYTES));
      return decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      const problem = `a text ${this.#whereOf(runId)} does not open with the key ${name}: it is another key, or the text was changed`;
      const details = { key: name, ...(runId !== undefined && { runId }) };
      throw new OnwardError('ONW4008', `${problem}; give the key that it was written with`, { details, cause });
    }
  }

  #whereOf(runId: string | undefined): string {
    return `${runId === undefined ? '' : `of run ${printable(runId)} `}in the store ${this.name}`;
  }

  #key(name: string, runId?: string): Buffer {
    const key = this.#keys.get(name);
    if (key !== undefined) return key;
    const text = `there are texts ${this.#whereOf(runId)} that were written with the key ${name}, and \`encryption.keys\` lacks it; add it, or keep it until nothing of it is left`;
    throw new OnwardError('ONW4008', text, { details: { key: name, ...(runId !== undefined && { runId }) } });
  }
}

function placeOf({ runId, key }: Pick<StoredTimer, 'runId' | 'key'>): string {
  return `${runId}\ntimer\n${key}`;
}
