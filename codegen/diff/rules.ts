// What a change of the graph means for runs that are in flight: the one table of kinds, which the documentation repeats.
//
// RULES-1. `breaking`: some run that was started before the change fails, stands still or loses a callback after it. `look`: it
//          goes on, and may take another way than the one it was started for. `safe`: it goes on as it would have.
// RULES-2. Each says what a run finds. docs/deploying.md has the same table. Tests deploy each kind in the middle of a run.

export type Level = 'breaking' | 'look' | 'safe';

interface Rule {
  readonly level: Level;
  /** What is said of the change, behind its subject. `%` stands for the details. */
  readonly text: string;
  /** What a run in flight finds. */
  readonly finds?: string;
  /** What to do instead. `%` stands for what is to be named. */
  readonly advice?: string;
}

/** By the kind of subject, and what has happened to it. */
export const RULES = {
  // ── nodes ──
  'node removed': {
    level: 'breaking',
    text: 'removed',
    finds: 'its live steps, and those that a run still comes to, fail with code 102',
    advice: 'keep it for one release, without the edges that lead to it',
  },
  'node renamed': {
    level: 'breaking',
    text: 'renamed to %',
    finds: 'the steps of the old name fail with code 102',
    advice: 'keep the name that runs know: { name: %name }',
  },
  'service renamed': {
    level: 'breaking',
    text: 'renamed to %',
    finds: 'the steps of all its nodes fail with code 102',
    advice: 'keep the name that runs know: @Service({ name: %name })',
  },
  'node added': { level: 'safe', text: 'added (%)' },
  'node handler': {
    level: 'look',
    text: 'was a job and is a handler',
    finds: 'runs in flight go on; starts, plans and schedules that name it are refused from now on',
  },
  'node job': { level: 'safe', text: 'was a handler and is a job' },
  'node waits': {
    level: 'breaking',
    text: 'waits for a message now',
    finds: 'runs that come to it stand still until somebody sends one',
    advice: 'give the node that waits another name',
  },
  'node waits-not': {
    level: 'breaking',
    text: 'waits for no message any more',
    finds: 'what is sent to it is refused (ONW3055): steps that wait stand still until they are cancelled',
    advice: 'keep the node that waits until nothing waits for it (`runtime.waiting()`)',
  },
  'node message': {
    level: 'breaking',
    text: 'takes % as its message',
    finds: 'messages that wait are of another form, and steps may fail with code 107',
    advice: 'take the new form under another name, and keep this one for one release',
  },
  'node wider': { level: 'safe', text: 'takes % as its message' },
  'node returns': {
    level: 'breaking',
    text: 'returns %',
    finds: 'callbacks may be given either from runs under way',
    advice: 'let the callbacks take both for one release',
  },
  'node returns-unused': { level: 'look', text: 'returns %', finds: 'who reads values of older runs may get either' },
  'node returns-more': { level: 'safe', text: 'returns %' },
  'node tags': {
    level: 'breaking',
    text: 'asks for tags that it did not: %',
    finds: 'runs that were started without them fail there with code 105',
    advice: 'start runs with the tags one release ahead',
  },
  'node tags-fewer': { level: 'safe', text: 'asks for fewer tags: %' },
  'node limit': { level: 'look', text: '%', finds: 'a run that is past the new limit fails there with code 109' },
  'node limit-raised': { level: 'safe', text: '%' },
  'node timeout': {
    level: 'look',
    text: '%',
    finds: 'attempts that begin from now on have this limit, also in runs under way',
  },
  'node option': { level: 'safe', text: '%' },
  'node schedule': { level: 'safe', text: '%' },
  // ── fields of messages ──
  'field required': {
    level: 'breaking',
    text: 'is new and required',
    finds: 'messages that wait have none: their steps fail with code 107',
    advice: 'make it @IsOptional(), or give it a value in the class, for one release',
  },
  'field now-required': {
    level: 'breaking',
    text: 'is required now',
    finds: 'messages that wait without it fail with code 107',
    advice: 'give it a value in the class, or leave it optional for one release',
  },
  'field removed': {
    level: 'breaking',
    text: 'removed',
    finds: 'messages that wait still have it, and a field that is not known fails their steps with code 107',
    advice: 'make it @IsOptional() for one release, and remove it then',
  },
  'field type': {
    level: 'breaking',
    text: 'is %',
    finds: 'messages that wait have a value of the old type: their steps may fail with code 107',
    advice: 'take both types for one release, or use another field',
  },
  'field checks': {
    level: 'look',
    text: 'has other checks: %',
    finds: 'messages that wait are checked again: what the new checks refuse fails with code 107',
  },
  'field optional': { level: 'safe', text: 'is new and optional' },
  'field now-optional': { level: 'safe', text: 'is optional now' },
  'field wider': { level: 'safe', text: 'is %' },
  // ── edges ──
  'edge added': { level: 'safe', text: 'added' },
  'edge removed': {
    level: 'breaking',
    text: 'removed',
    finds:
      'runs that have not come there go without the callback; a step that it has made is given the message of the node that it watched',
    advice: 'let the callback do nothing for one release, and remove it then',
  },
  'edge each': {
    level: 'breaking',
    text: '%',
    finds:
      'what is under way stays as it was: the callback is given an item where it takes all of them, or all of them where it takes an item',
    advice: 'add another callback, and keep this one for one release',
  },
  'edge when': { level: 'look', text: '%', finds: 'an end that is still to come may take another way' },
  'edge recover': { level: 'look', text: '%', finds: 'a failure that is still to come may end in another way' },
  'edge critical': {
    level: 'look',
    text: '%',
    finds: 'a failure that is still to come may end the run in another way',
  },
  'edge bind': { level: 'look', text: '%', finds: 'messages that are not made yet are made in the new way' },
  'edge field': { level: 'look', text: 'fills % now', finds: 'messages that are not made yet are made in the new way' },
  'edge option': { level: 'safe', text: '%' },
  // ── joins ──
  'join added': {
    level: 'look',
    text: 'added',
    finds: 'a run that is past one of its sources goes without it, or ends it as skipped (code 206)',
  },
  'join removed': {
    level: 'breaking',
    text: 'removed',
    finds: 'what has arrived is dropped, and the callback does not run',
    advice: 'let the callback do nothing for one release, and remove it then',
  },
  'join sources': {
    level: 'breaking',
    text: 'has other sources: %',
    finds: 'arrivals are counted by their place: what has arrived is taken for another source, or never completes',
    advice: 'join in another node, and keep this one for one release',
  },
  'join mode': {
    level: 'breaking',
    text: '%',
    finds: 'instances that are open fire when nobody expects it, or not at all',
    advice: 'join in another node, and keep this one for one release',
  },
  'join option': { level: 'look', text: '%', finds: 'joins that are still open end in the new way' },
} as const satisfies Readonly<Record<string, Rule>>;

export type ChangeKind = keyof typeof RULES;

/** A rule with every member that one may have. */
export function ruleOf(kind: ChangeKind): Rule {
  return RULES[kind];
}
