// Draws the pictures of README.md, or of the file it is given, by real runs: the tree of a run, bars, metrics.
// `npm run pictures` writes them.
//
// PICTURES-1. Time is virtual, so that the same runs give the same pictures: what has changed is a change of Onward's.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createRuntime, Handler, Job, OnError, OnSuccess } from 'onward';
import { consoleObserver, metrics, progress } from 'onward/observers';
import { virtualClock } from 'onward/testing';
import { defineGraph } from 'onward/wiring/v1';

const clock = virtualClock();
const wait = (ms) => new Promise((resolve) => void clock.after(ms, resolve));

class Shop {
  tries = 0;

  order() {
    return ['cup', 'plate'];
  }
  // It fails at once: what fails a moment later may come behind the step beside it on a busy machine.
  charge() {
    if (++this.tries < 3) throw new Error('nobody answers');
    return wait(200);
  }
  pick(item) {
    if (item === 'plate') throw new Error('sold out');
  }
  substitute() {
    return 'bowl';
  }
  async ship() {
    await wait(300);
  }
}
class Bakery {
  mix() {
    return wait(100);
  }
  knead() {
    return wait(200);
  }
  rise() {
    return wait(300);
  }
  bake() {
    return wait(300);
  }
}
Job()(Bakery.prototype, 'mix');
OnSuccess('mix')(Bakery.prototype, 'knead');
OnSuccess('knead')(Bakery.prototype, 'rise');
OnSuccess('rise')(Bakery.prototype, 'bake');

const call = (method) => (shop, message) => shop[method](message);
Job()(Shop.prototype, 'order');
OnSuccess('order')(Shop.prototype, 'charge');
Handler({ retry: { attempts: 3, delay: 100, jitter: 0 } })(Shop.prototype, 'charge');
OnSuccess('order', { each: true })(Shop.prototype, 'pick');
OnError('pick', { recover: true })(Shop.prototype, 'substitute');
OnSuccess('charge')(Shop.prototype, 'ship');

const node = (name, kind, message) => [name, { kind, ...(message && { message }), call: call(name.split('.')[1]) }];
const edge = (on, from, to, more) => ({ on, from, to, decorator: 0, ...more });
const graph = defineGraph({
  contract: 1,
  graphHash: 'pictures',
  nodes: Object.fromEntries([
    node('Shop.order', 'job'),
    node('Shop.charge', 'handler'),
    node('Shop.pick', 'handler', true),
    node('Shop.substitute', 'handler'),
    node('Shop.ship', 'handler'),
    node('Bakery.mix', 'job'),
    node('Bakery.knead', 'handler'),
    node('Bakery.rise', 'handler'),
    node('Bakery.bake', 'handler'),
  ]),
  edges: [
    edge('success', 'Shop.order', 'Shop.charge'),
    edge('success', 'Shop.order', 'Shop.pick', { each: true }),
    edge('error', 'Shop.pick', 'Shop.substitute', { recover: true }),
    edge('success', 'Shop.charge', 'Shop.ship'),
    edge('success', 'Bakery.mix', 'Bakery.knead'),
    edge('success', 'Bakery.knead', 'Bakery.rise'),
    edge('success', 'Bakery.rise', 'Bakery.bake'),
  ],
});

// oxlint-disable-next-line no-control-regex
const CONTROL = /\r|\u001B\[\d*[A-Z]/g;

/** A stream that keeps what is written. */
const kept = (isTTY) => {
  const written = [];
  return { columns: 100, isTTY, written, write: (text) => void written.push(text) };
};

async function drawn() {
  delete process.env['CI'];
  process.env['TERM'] = 'xterm';
  const [tree, bars] = [kept(false), kept(true)];
  const counted = metrics();
  const observers = [consoleObserver({ stream: tree, colour: false }), progress({ graph, stream: bars }), counted];
  const runtime = createRuntime(graph, {
    services: { Shop: new Shop(), Bakery: new Bakery() },
    clock,
    observers,
    log: false,
  });
  await runtime.start('Shop.order', undefined, { id: 'order-1' });
  await clock.runAll();
  const first = tree.written.join('');
  await runtime.start('Bakery.mix', undefined, { id: 'bread' });
  await clock.advance(450);
  await runtime.start('Bakery.mix', undefined, { id: 'rolls' });
  await clock.advance(120);
  const frame = bars.written.findLast((text) => text.includes('\n') && !text.includes('completed in')) ?? '';
  await clock.runAll();
  await runtime.close();
  const shown = /^(# TYPE )?onward_(runs_total|runs_open|steps_total|attempts_failed_total)/;
  const text = counted
    .text()
    .split('\n')
    .filter((line) => shown.test(line) && !line.includes('node="Bakery.'));
  return { tree: first, bars: `${frame.replaceAll(CONTROL, '').trimEnd()}\n`, metrics: `${text.join('\n')}\n` };
}

const path = process.argv[2] ?? fileURLToPath(new URL('README.md', import.meta.url));
let readme = readFileSync(path, 'utf8');
for (const [name, picture] of Object.entries(await drawn())) {
  const place = new RegExp(`(<!-- drawn by pictures.js: ${name} -->\n\n\`\`\`text\n)[^]*?(\`\`\`)`);
  if (!place.test(readme)) throw new Error(`README.md has no place for the picture ${name}`);
  readme = readme.replace(place, (_all, before, after) => `${before}${picture}${after}`);
}
writeFileSync(path, readme);
