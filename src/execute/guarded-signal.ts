// The signal of a context. A listener that throws is a bug of a body that is being stopped anyway.
//
// GUARDED-SIGNAL-1. What a listener throws, or rejects with, is reported: it never ends the process, and the other
//     listeners are called.
// GUARDED-SIGNAL-2. In all else it is a signal like any other: it can be passed to everything that takes one.

type Listener = (event: unknown) => void;

/** @param report takes what a listener throws. It must not throw. */
export function guardedController(report: (thrown: unknown) => void): AbortController {
  const controller = new AbortController();
  const { signal } = controller;
  const guards = new WeakMap<object, Listener>();
  const guard = (listener: unknown): unknown => {
    if ((typeof listener !== 'object' && typeof listener !== 'function') || listener === null) return listener;
    const known = guards.get(listener) ?? guarded(listener, signal, report);
    guards.set(listener, known);
    return known;
  };
  const forward =
    (name: 'addEventListener' | 'removeEventListener') =>
    (type: unknown, listener: unknown, options?: unknown): void => {
      Reflect.apply(Reflect.get(EventTarget.prototype, name), signal, [type, guard(listener), options]);
    };
  const add = forward('addEventListener');
  const remove = forward('removeEventListener');
  let onabort: unknown = null;
  Object.defineProperties(signal, {
    addEventListener: { value: add },
    removeEventListener: { value: remove },
    onabort: {
      get: () => onabort,
      set: (listener: unknown) => {
        remove('abort', onabort);
        onabort = typeof listener === 'function' ? listener : null;
        if (onabort !== null) add('abort', onabort);
      },
    },
  });
  return controller;
}

/** A function, or an object with `handleEvent`. */
function guarded(listener: object, signal: AbortSignal, report: (thrown: unknown) => void): Listener {
  return (event) => {
    try {
      const answer: unknown =
        typeof listener === 'function'
          ? Reflect.apply(listener, signal, [event])
          : Reflect.apply(Reflect.get(listener, 'handleEvent'), listener, [event]);
      if (answer instanceof Promise) answer.catch(report);
    } catch (thrown) {
      report(thrown);
    }
  };
}
