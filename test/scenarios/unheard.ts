// Rejections that nobody hears, as the process is told of them.

/** What the process was told of meanwhile, in the place of everybody else. */
export async function unheardDuring(play: () => Promise<void>): Promise<unknown[]> {
  const others = process.listeners('unhandledRejection');
  const heard: unknown[] = [];
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', (reason) => heard.push(reason));
  try {
    await play();
    // Node tells of them after the microtasks of a turn.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const other of others) process.on('unhandledRejection', other);
  }
  return heard;
}
