// The type of a message that comes from outside while the run is under way.

declare const sent: unique symbol;
/** What tells a `Sent` from its message. There is no such field: it is for types only. */
export type SentMark = typeof sent;

/**
 * The message of a handler with `waits: true`: it comes by `run.send`, not from the edge that reached the handler. The
 * body gets a `Message`, and a `Message` fits it.
 */
export type Sent<Message> = Message & { readonly [sent]?: true };
