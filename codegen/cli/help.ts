// What `onward --help`, `onward <command> --help` and `--version` say, and what each command takes.

import { showList, wrapped } from '../words.ts';
import type { ValueFlag } from './arguments.ts';

interface CommandFace {
  readonly usage: string;
  /** The one word that it takes. */
  readonly operand?: { readonly name: string; readonly example: string; readonly isNeeded: boolean };
  readonly formats?: readonly string[];
  /** It takes `--no-cache`. */
  readonly isCached?: true;
  /** It takes `--watch`. */
  readonly isWatching?: true;
  /** It takes `--client`, and `--engine` by name. */
  readonly isDeploying?: true;
  /** It takes `--allow`. */
  readonly isAllowing?: true;
  /** It is about runs, not about a project: it takes these. */
  readonly ofRuns?: readonly (ValueFlag | 'values')[];
  /** How many words it takes at most, where it takes several. */
  readonly most?: number;
  readonly text: string;
}

/** Which runs. */
const QUERY = ['status', 'job', 'node', 'tag', 'id', 'text', 'older-than', 'newer-than'] as const;
const RUN = { name: 'run', isNeeded: false } as const;
const NODES = { name: 'node or pattern', isNeeded: false } as const;
const MANY = `Without an id it is every run that the filters fit; at least one filter is needed then.`;

/** In the order of the overview. */
export const COMMANDS = {
  generate: {
    usage: 'onward generate [--watch] [--no-cache] [--project <file>] [--json]',
    isCached: true,
    isWatching: true,
    text: `Reads the annotations of a project and writes its wiring. A file with the same text is not touched, and after an
error the old file stays. With --watch it goes on and writes after every change. The path is src/onward.gen.ts, or "onward": { "output": "…" } in package.json.`,
  },
  check: {
    usage: 'onward check [--client] [--engine bullmq|sqlite] [--no-cache] [--project <file>] [--json]',
    isCached: true,
    isDeploying: true,
    text: `Checks that the wiring matches the annotations, and writes nothing: for CI. Exits 3 if it does not, or if there is
no wiring yet. With --client it names the messages and values that would load a service in a client, with --engine what the
engine does not keep; it exits 1 if something of that would fail.`,
  },
  list: {
    usage: 'onward list [--project <file>] [--json]',
    text: `Prints every node with its kind, its message and the edges that lead to it.`,
  },
  why: {
    usage: 'onward why <node> [--project <file>] [--json]',
    operand: { name: 'node', example: 'onward why Billing.charge', isNeeded: true },
    text: `Prints every way by which a run reaches a node: the job that starts it, and the edges and calls from there, each
with its place. A node is given as Billing.charge, or as charge where only one node has that name. Billing stands for
all nodes of a service, and "Billing.charge -> Mail.book" for the ways that end with one edge.`,
  },
  graph: {
    usage: 'onward graph [--format mermaid|dot|json] [--project <file>] [--json]',
    formats: ['mermaid', 'dot', 'json'],
    text: `Prints the graph: for a picture as Mermaid or Graphviz (dot), for a program as JSON.`,
  },
  diff: {
    usage: 'onward diff <revision> [--allow <change>] [--format text|github|json] [--project <file>] [--json]',
    operand: { name: 'git revision', example: 'onward diff origin/main', isNeeded: true },
    formats: ['text', 'github', 'json'],
    isAllowing: true,
    text: `Compares the graph of a git revision with that of the work tree, and says of each change what runs in flight find:
breaking, to look at, or safe. Exits 1 if a change is breaking and not allowed. --allow Billing.refund:removed allows one
change, and may be given several times; --json has the name of each. The work tree is not touched.`,
  },
  explain: {
    usage: 'onward explain [code | file:line] [--project <file>] [--json]',
    operand: { name: 'code or line', example: 'onward explain ONW1101', isNeeded: false },
    text: `Prints what a code like ONW1101 means and what to do, or the code that a line of the wiring was written for. Without
an operand it lists all codes.`,
  },
  runs: {
    usage: 'onward runs --engine <file> [filters] [--limit <count>] [--cursor <cursor>] [--json]',
    ofRuns: ['engine', ...QUERY, 'limit', 'cursor'],
    text: `Lists the runs that are kept, the newest first: how each stands, how long it took, what failed, and
what waits for a message. Processes may work on them: nobody is kept waiting.`,
  },
  inspect: {
    usage: 'onward inspect <run> --engine <file> [--values] [--json]',
    operand: { ...RUN, isNeeded: true, example: 'onward inspect order-1 --engine onward.db' },
    ofRuns: ['engine', 'values'],
    text: `Prints one run as a tree: its steps with durations, attempts and errors, and what waits for whom. With --json and
--values messages and values are in it: of a file that is not encrypted.`,
  },
  retry: {
    usage: 'onward retry [run] --engine <file> [--from <step>] [filters] [--json]',
    operand: { ...RUN, example: 'onward retry order-1 --engine onward.db' },
    ofRuns: ['engine', 'from', ...QUERY],
    text: `Begins runs again that have failed or were cancelled: what has finished is not run again. With --from, what
completed is run again with all that follows from it: a step by its number or its key, or all steps of a node. ${MANY}`,
  },
  suspend: {
    usage: 'onward suspend [run] --engine <file> [filters] [--json]',
    operand: { ...RUN, example: 'onward suspend order-1 --engine onward.db' },
    ofRuns: ['engine', ...QUERY],
    text: `Holds runs: bodies that are under way finish, and nothing further begins until \`resume\`. ${MANY}`,
  },
  resume: {
    usage: 'onward resume [run] --engine <file> [filters] [--json]',
    operand: { ...RUN, example: 'onward resume order-1 --engine onward.db' },
    ofRuns: ['engine', ...QUERY],
    text: `Lets suspended runs go on. ${MANY}`,
  },
  cancel: {
    usage: 'onward cancel [run] --engine <file> [--reason <text>] [filters] [--json]',
    operand: { ...RUN, example: 'onward cancel order-1 --engine onward.db' },
    ofRuns: ['engine', 'reason', ...QUERY],
    text: `Cancels runs that are open. ${MANY}`,
  },
  send: {
    usage: 'onward send <run> <node> --engine <file> [--message <json>] [--message-id <id>] [--json]',
    operand: {
      name: 'run and a node',
      isNeeded: true,
      example: 'onward send order-1 Orders.approve --engine onward.db',
    },
    most: 2,
    ofRuns: ['engine', 'message', 'message-id'],
    text: `Sends a message to a node that waits for one. The same --message-id counts once.`,
  },
  pause: {
    usage: 'onward pause [nodes] --engine <file> [--json]',
    operand: { ...NODES, example: "onward pause 'Bank.*' --engine onward.db" },
    ofRuns: ['engine'],
    text: `Begins no body of these nodes until \`unpause\`: bodies that are under way finish. Without nodes it lists what is paused. In
Redis it holds in all processes, of a file in the one that has it, for as long as that lasts.`,
  },
  unpause: {
    usage: 'onward unpause [nodes] --engine <file> [--json]',
    operand: { ...NODES, example: "onward unpause 'Bank.*' --engine onward.db" },
    ofRuns: ['engine'],
    text: `Ends a pause: of the pattern that was given to \`pause\`, or of all that are paused.`,
  },
} as const satisfies Readonly<Record<string, CommandFace>>;

export type CommandName = keyof typeof COMMANDS;

export function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

/** What a command takes. */
export function faceOf(name: CommandName): CommandFace {
  return COMMANDS[name];
}

const COMMON = `  -p, --project <file>         the tsconfig to read (tsconfig.json)`;
const BEFORE_FORMAT = '      --format <format>        ';
const FORMAT = `${BEFORE_FORMAT}of \`graph\`: mermaid, dot or json (mermaid); of \`diff\`: text, github or json (text)`;
const ALLOW = `      --allow <change>         of \`diff\`: a change that is not to fail, as in Billing.refund:removed`;
const WATCH = `      --watch                  of \`generate\`: go on, and write the wiring after every change`;
const CACHE = `      --no-cache               of \`generate\` and \`check\`: read the sources also if nothing has changed`;
const DEPLOYING = `      --client                 of \`check\`: name the classes that would load a service in a client
      --engine <name>          of \`check\`: name what the engine does not keep: bullmq or sqlite`;
const LAST = `      --json                   answer in JSON
  -h, --help                   this text, or the help of a command
  -v, --version                the version of onward

Exit codes: 0 fine, 1 problems in your code, 2 wrong usage or configuration, 3 the wiring is missing or stale,
            70 a bug of onward.
`;

const FLAGS_OF_RUNS: Readonly<Record<ValueFlag | 'values', string>> = {
  engine: `      --engine <file>          the file of sqliteEngine, or redis://127.0.0.1:6379?queue=onward, or a module that
                               exports the options of sqliteEngine, a runtime or a client`,
  status: '      --status <status>        running, suspended, completed, failed or cancelled; several with commas',
  job: '      --job <name>             by name or pattern: Billing.*',
  node: '      --node <name>            runs that have a step of this node',
  tag: '      --tag <tag>              runs that hold this tag',
  id: '      --id <pattern>           by id or pattern: order-*',
  text: '      --text <text>            part of the id, the job, a tag, or the message of an error',
  'older-than': '      --older-than <duration>  created longer ago: 2h',
  'newer-than': '      --newer-than <duration>  created no longer ago: 10m',
  limit: '      --limit <count>          runs of a page (100)',
  cursor: '      --cursor <cursor>        where the page before ended',
  from: '      --from <step>            run again, with all that follows: a step, or a node',
  reason: '      --reason <text>          why; the run keeps it',
  message: '      --message <json>         the message, as JSON',
  'message-id': '      --message-id <id>        distinguishes the message from others (made up)',
  values: '      --values                 with messages and values, in --json',
};

const OVERVIEW = `onward: typed job graphs from annotated classes

  onward generate              write the wiring
  onward check                 check that the wiring is up to date, and write nothing
  onward list                  every node with the edges that lead to it
  onward why <node>            every way by which a run reaches a node
  onward graph                 the graph for a picture or a program
  onward diff <revision>       what has changed in the graph since a git revision, and what of it breaks runs in flight
  onward explain [code]        what a code like ONW1101 or 206 means and what to do; without one, all codes
  onward explain <file:line>   the code that a line of the wiring was written for

Runs that are kept in a file or in Redis, beside the processes that have them (--engine onward.db):

  onward runs                  the runs, the newest first
  onward inspect <run>         one run as a tree
  onward retry | suspend | resume | cancel [run]
  onward send <run> <node>     a message to a node that waits for one
  onward pause | unpause [nodes]   begin no body of nodes, or go on; without nodes, what is paused, or all

${COMMON}
${FORMAT}
${ALLOW}
${WATCH}
${DEPLOYING}
${CACHE}
${LAST}`;

/** Of a command, or of all. */
export function helpOf(name: CommandName | undefined): string {
  if (name === undefined) return OVERVIEW;
  const { usage, text, formats, isCached, isWatching, isDeploying, isAllowing, ofRuns } = faceOf(name);
  const head = `${usage}\n\n${wrapped(text, WIDTH)}`;
  if (ofRuns !== undefined) return `${head}\n\n${[...ofRuns.map((flag) => FLAGS_OF_RUNS[flag]), LAST].join('\n')}`;
  const flags = [
    COMMON,
    ...(formats === undefined ? [] : [`${BEFORE_FORMAT}${showList(formats, 'or')} (${formats[0]})`]),
    ...(isAllowing === true ? [ALLOW] : []),
    ...(isWatching === true ? [WATCH] : []),
    ...(isDeploying === true ? [DEPLOYING] : []),
    ...(isCached === true ? [CACHE] : []),
    LAST,
  ];
  // Whose they are is said where they are together.
  const own = flags.map((lines) => lines.replaceAll(/of `\w+`(?: and `\w+`)?: /g, ''));
  return `${head}\n\n${own.join('\n')}`;
}

/** The flags that a command takes, as its help lists them; undefined if there is no such command. */
export function flagsOf(name: string): string[] | undefined {
  if (!isCommand(name)) return undefined;
  return [...helpOf(name).matchAll(/^ {2,6}(?:-\w, )?(?<flag>--[\w-]+)/gm)].flatMap(
    ({ groups }) => groups?.['flag'] ?? [],
  );
}

const WIDTH = 118;
