// Answers that come at once or later: a store in this process makes nobody wait, and one elsewhere may.
//
// NOW-OR-LATER-1. What is there already is passed on in the same turn: no promise is made for it.

export type MaybePromise<T> = T | Promise<T>;

/** Goes on with an answer. */
export function chain<T, R>(answer: MaybePromise<T>, goOn: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return answer instanceof Promise ? answer.then(goOn) : goOn(answer);
}

/** Asks, and answers otherwise if that fails, at once or later. */
export function caught<T>(ask: () => MaybePromise<T>, otherwise: (fault: unknown) => T): MaybePromise<T> {
  try {
    const answer = ask();
    return answer instanceof Promise ? answer.catch(otherwise) : answer;
  } catch (fault) {
    return otherwise(fault);
  }
}

/** Asks; what fails is no answer. */
export function answerIfAny<T>(ask: () => MaybePromise<T>): MaybePromise<T | undefined> {
  return caught<T | undefined>(ask, () => undefined);
}

/** All answers, in their order. */
export function all<T>(answers: readonly MaybePromise<T>[]): MaybePromise<T[]> {
  const there: T[] = [];
  for (const answer of answers) {
    if (answer instanceof Promise) return Promise.all(answers);
    there.push(answer);
  }
  return there;
}

/** The items of all pages, from the first to the last. */
export function allPages<T, Next>(
  pageAfter: (
    after: Next | undefined,
  ) => MaybePromise<{ readonly items: readonly T[]; readonly next: Next | undefined }>,
): MaybePromise<T[]> {
  const found: T[] = [];
  const goOn = (after: Next | undefined): MaybePromise<T[]> =>
    chain(pageAfter(after), ({ items, next }) => {
      for (const item of items) found.push(item);
      return next === undefined ? found : goOn(next);
    });
  return goOn(undefined);
}

/** A promise of the answer; what is thrown at once rejects it. */
export async function later<T>(ask: () => MaybePromise<T>): Promise<T> {
  return ask();
}
