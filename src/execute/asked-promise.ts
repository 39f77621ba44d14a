// The promises that a body gets from `call` and `spawn`: a rejection that the body does not handle is noticed.
//
// ASKED-PROMISE-1. A rejection is handled where something takes it: `await`, `catch`, `Promise.all`. `then` with one
//     function and `finally` do not take it; what they return is followed in its place.
// ASKED-PROMISE-2. None of these promises ends in an unhandled rejection of the process.

/** The promises of one attempt. */
export class AskedPromises {
  /** Those whose rejection nothing would take, with what they follow. */
  readonly #open = new Map<Promise<unknown>, Promise<unknown>>();

  get isEmpty(): boolean {
    return this.#open.size === 0;
  }

  /** The same promise, followed. */
  follow<T>(promise: Promise<T>): Promise<T> {
    const asked = new AskedPromise<T>((resolve, reject) => void promise.then(resolve, reject));
    this.#open.set(asked, promise);
    asked.followedBy(this);
    return asked;
  }

  /** Something takes the rejection, or there is none. */
  forget(asked: Promise<unknown>): void {
    this.#open.delete(asked);
  }

  /** Waits for all that nothing takes. @throws the first rejection among them, in the order in which they were asked. */
  async settled(): Promise<void> {
    for (const [asked, promise] of this.#open) {
      try {
        await promise;
      } catch (error) {
        if (this.#open.delete(asked)) throw error;
      }
      this.#open.delete(asked);
    }
  }
}

class AskedPromise<T> extends Promise<T> {
  #followers: AskedPromises | undefined;

  /** What `then` returns is a plain promise. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  followedBy(followers: AskedPromises): void {
    this.#followers = followers;
    void super.then(
      () => followers.forget(this),
      () => undefined,
    );
  }

  // oxlint-disable-next-line unicorn/no-thenable -- it is a promise
  override then<A = T, B = never>(
    onValue?: ((value: T) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    const next = super.then(onValue, onError);
    this.#followers?.forget(this);
    return typeof onError === 'function' ? next : this.#passedOn(next);
  }

  override finally(onSettled?: (() => void) | null): Promise<T> {
    return this.#passedOn(super.finally(onSettled));
  }

  #passedOn<N>(next: Promise<N>): Promise<N> {
    return this.#followers === undefined ? next : this.#followers.follow(next);
  }
}
