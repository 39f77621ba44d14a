// The signal of a context. A listener that throws is a bug of a body that is being stopped anyway.
//
// GUARDED-SIGNAL-1. What a listener throws, or rejects with, when its signal is aborted is reported: it never ends the
//     process, and the other listeners are called.
// GUARDED-SIGNAL-2. In all else it is a signal like any other: it can be passed to everything that takes one.
// GUARDED-SIGNAL-3. A signal that nobody listens to costs little more than one of Node: who takes a listener's error is
//     known while the signal is aborted, and nothing of it is kept before.

type Listener = (this: unknown, event: unknown) => void;
type Report = (thrown: unknown) => void;

/** Takes what listeners throw, while a signal is being aborted. */
let reporting: Report | undefined;

/** A field on a signal costs next to nothing from Node 22 on. On Node 20 it costs more than another prototype. */
const ARE_FIELDS_CHEAP = Number(process.versions.node.split('.')[0]) >= 22;

/** A controller whose signal is guarded. */
export function guardedController(): AbortController {
  const controller = new AbortController();
  if (ARE_FIELDS_CHEAP) guard(controller.signal);
  else Object.setPrototypeOf(controller.signal, GUARDED);
  return controller;
}

/** Setting `onabort` goes through `addEventListener`, too. */
function guard(signal: { addEventListener: unknown; removeEventListener: unknown }): void {
  signal.addEventListener = add;
  signal.removeEventListener = remove;
}

/** @param report takes what a listener throws. It must not throw. */
export function abortGuarded(controller: AbortController, reason: unknown, report: Report): void {
  const around = reporting;
  reporting = report;
  try {
    controller.abort(reason);
  } finally {
    reporting = around;
  }
}

/** By listener: the same one is removed under its own name. */
const guards = new WeakMap<object, Listener>();
/** The listeners that were set as `onabort`. */
const onabort = new WeakMap<object, unknown>();

function forward(name: 'addEventListener' | 'removeEventListener'): (...args: unknown[]) => void {
  return function (this: unknown, type: unknown, listener: unknown, options?: unknown): void {
    Reflect.apply(Reflect.get(EventTarget.prototype, name), this, [type, guardOf(listener), options]);
  };
}

function guardOf(listener: unknown): unknown {
  if ((typeof listener !== 'object' && typeof listener !== 'function') || listener === null) return listener;
  const known = guards.get(listener) ?? guarded(listener);
  guards.set(listener, known);
  return known;
}

const add = forward('addEventListener');
const remove = forward('removeEventListener');

const GUARDED: object = Object.create(AbortSignal.prototype, {
  addEventListener: { value: add },
  removeEventListener: { value: remove },
  onabort: {
    get(this: object): unknown {
      return onabort.get(this) ?? null;
    },
    set(this: object, listener: unknown) {
      remove.call(this, 'abort', onabort.get(this));
      onabort.set(this, typeof listener === 'function' ? listener : null);
      if (typeof listener === 'function') add.call(this, 'abort', listener);
    },
  },
});

/** A function, or an object with `handleEvent`. */
function guarded(listener: object): Listener {
  return function (this: unknown, event) {
    const report = reporting;
    // The body has dispatched the event itself.
    if (report === undefined) return void call(listener, this, event);
    try {
      const answer = call(listener, this, event);
      if (answer instanceof Promise) answer.catch(report);
    } catch (thrown) {
      report(thrown);
    }
  };
}

function call(listener: object, signal: unknown, event: unknown): unknown {
  return typeof listener === 'function'
    ? Reflect.apply(listener, signal, [event])
    : Reflect.apply(Reflect.get(listener, 'handleEvent'), listener, [event]);
}
