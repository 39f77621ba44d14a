// What to do about each code, for `onward explain`.

import type { ErrorCode } from '../../src/errors/codes.ts';

/** A code without advice is explained by its meaning alone. */
export const ADVICE: Readonly<Partial<Record<ErrorCode, string>>> = {
  ONW1001: 'Correct the syntax at the place shown. The wiring on disk is left as it was.',
  ONW1101:
    'Name a method that has @Job() or @Handler(), or that an edge leads to: @OnSuccess(() => Billing, "charge").',
  ONW1102:
    'Give one of the two another name: @Service({ name: "Invoices" }) on a class, @Job({ name: "send" }) on a method.',
  ONW1103: 'Names are 1 to 200 visible characters. The name of a service has no dot.',
  ONW1106:
    'One parameter may stay without a mark: it is the message. Mark each other value once, on a parameter or on a field of the message class.',
  ONW1107:
    '@ReturnValue() is filled by @OnSuccess, @ErrorValue() by @OnError, @Message() by both. A job that is only started has none of them.',
  ONW1108:
    'Beside a marked field, every required field of the message comes from `bind`. Bind it, or make the field optional.',
  ONW1109:
    '`bind` gives fields of the unmarked parameter. The marked field takes its value from the target and cannot be bound.',
  ONW1112: 'The class you name is the base of several services. Name one of those.',
  ONW1113: 'Remove one of the two: @Job or @Handler, `when` or `otherwise`.',
  ONW1120: 'The wiring calls the method from outside the class: remove `private` or `protected`.',
  ONW1121: 'Nodes are methods of an instance that createRuntime is given: remove `static`.',
  ONW1122: 'Return an array, or split the work into several nodes.',
  ONW1123:
    'Write a method: `async charge(order: ChargeCard) { … }`. Accessors and arrow functions in fields cannot be nodes.',
  ONW1124: 'Write one signature, with a union where the overloads differ.',
  ONW1125:
    'Annotate the method that has a body, and extend the abstract class: the class that extends it is the service.',
  ONW1126:
    'Nothing to do if that is what you want. Annotations on the overriding method replace all those of the base.',
  ONW1127: 'Declare the class at the top of a file, with a name: `export class Billing { … }`.',
  ONW1128: 'Write the name of the method out instead of computing it.',
  ONW1129: 'Rename the method. `then` would be called by every `await`, `toJSON` by JSON.stringify.',
  ONW1130: 'Extend the generic class with one that gives its types, and use that one.',
  ONW1131:
    '`name`, the target and the presence of `when` and `bind` are read without running your code: write literals, or name constants.',
  ONW1140:
    'Durations are milliseconds or text such as "200ms", "20s", "5m". `attempts` counts all tries and is at least 1.',
  ONW1201:
    'Write a class for the message, with validators on its fields. Interfaces and aliases do not exist at run time.',
  ONW1202: 'Write the type of the parameter: `charge(order: ChargeCard)`.',
  ONW1203: 'Add validators from class-validator to the fields: @IsString(), @IsInt(), …',
  ONW1204: 'Check the path of the import. Importing the class with `import type` is fine.',
  ONW1205: 'Messages are built from data, without arguments. Remove the constructor or give its parameters defaults.',
  ONW1206: 'Export the class: the wiring imports it.',
  ONW1301: 'Run `npx onward generate` and commit the result.',
  ONW1302: 'Run `npx onward generate` with the version of onward that runs the wiring.',
  ONW1304: 'Move the file away, or choose another path in package.json: "onward": { "output": "src/wiring.gen.ts" }.',
  ONW1305:
    'Check the folder, its permissions and the space on the disk. A link that leads outside the project is refused.',
  ONW2001: 'Give an object with the fields of the message class.',
  ONW2002: 'Give plain data: no getters that throw, no proxies.',
  ONW2003: 'Every field that does not fit is listed in `error.issues`, with its path, what was expected and what came.',
  ONW2004: 'Send less at once, for example a reference to the data, or raise the limits of createRuntime.',
  ONW2005: 'Send ids instead of objects that point at each other.',
  ONW2006: 'Correct the JSON at the place shown.',
  ONW2007: 'Send data: no functions, symbols or streams.',
  ONW2008: 'The text was cut in the middle of a character. Cut it by characters.',
  ONW2009: 'The constructor of the message class threw. Remove it or make it accept no arguments.',
  ONW2010: 'Look at the `cause`: a validator or a transform of yours threw.',
  ONW3001: 'Run `npx onward generate`, and give createRuntime the `graph` it exports.',
  ONW3002: 'The annotations have changed since the wiring was written. Run `npx onward generate`.',
  ONW3003: 'Give an instance of every service: createRuntime(graph, { services: { … } }).',
  ONW3004: 'Correct the option that the text names.',
  ONW3005: 'Jobs are called `Service.method`. `npx onward list` shows all of them.',
  ONW3006: 'The run may be past its retention, or it belongs to another engine.',
  ONW3020: 'Somebody cancelled the run, or the process closed. Start it again if it is still wanted.',
  ONW3021: 'The report of the run says why the job was skipped.',
  ONW3030: 'A run that is over does not change. Start a new one.',
  ONW3033: 'The id stands for another message. Use a new id for a new message.',
  ONW3036: 'Callbacks call each other without an end. Break the circle.',
  ONW3040: 'Start runs before close(), or make a new runtime.',
  ONW3041: 'Raise the `timeout` of the node, or stop early: `context.signal` aborts when the time is up.',
  ONW3042: 'A worker ended in the middle of the step. The step was tried again as often as its policy allows.',
  ONW3043: 'A loop may not end. Raise the limit if it has to run so often.',
  ONW3044: 'The code has changed since the run was started. Deploy a version with that node, or cancel the run.',
  ONW3045: 'Return plain data.',
  ONW6001: 'Set "experimentalDecorators": true in tsconfig.json.',
  ONW6003: 'Say which tsconfig to read: `npx onward generate --project tsconfig.app.json`.',
  ONW6010: 'Install the package with the command in the text.',
  ONW6020: 'Known is `output`, the path of the wiring: "onward": { "output": "src/onward.gen.ts" }.',
  ONW6021: '"output" is the path of a .ts file below the folder of package.json.',
  ONW6030: '`npx onward --help` lists every command and flag.',
  ONW6070: 'Please report it with the stack and, if you can, the sources that cause it.',
};
