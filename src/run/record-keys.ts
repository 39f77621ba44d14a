// The names of a run's records. What an event needs is named before it is loaded, so a name says what it holds.

export const RUN_KEY = 'r';
/** What the run was started with. */
export const SETTINGS_KEY = 'o';
export const STATE_KEY = 'x';
export const stepRecordKey = (id: number): string => `s/${id}`;
export const roundRecordKey = (node: string): string => `n/${node}`;
export const joinRecordKey = (join: string): string => `j/${join}`;
export const groupRecordKey = (group: string): string => `g/${group}`;
export const callRecordKey = (step: number, call: string): string => `c/${step}/${call}`;
/** Never loaded to decide: the failed attempts of a step. */
export const attemptRecordKey = (step: number, attempt: number): string => `a/${step}/${attempt}`;
/** Never loaded to decide: a value that arrived at a join. */
export const arrivalRecordKey = (join: string, source: number, number: number): string =>
  `v/${join}/${source}/${number}`;
/** Never loaded to decide: the value of an item that is kept under another name than its own. */
export const itemRecordKey = (key: string): string => `v/${key}`;
/** An entry of the plan, or its `onSuccess` or `onFailure`. */
export const entryRecordKey = (entry: number | string): string => `e/${entry}`;
/** An entry under way. */
export const rootRecordKey = (entry: number): string => `q/${entry}`;
/** Never loaded to decide: how an entry ended, by its place in the plan. */
export const outcomeRecordKey = (at: number): string => `z/${at}`;
/** What was sent to a node. */
export const mailboxRecordKey = (node: string): string => `m/${node}`;
/** One message for a node. */
export const letterRecordKey = (node: string, number: number): string => `l/${number}/${node}`;
/** A message from outside was taken. */
export const signalRecordKey = (id: string): string => `i/${id}`;
export const historyRecordKey = (slot: number): string => `h/${slot}`;
