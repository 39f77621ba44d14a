// Messages whose annotations say less than their types: reported before anything runs.

import { describe, expect, it } from 'vitest';
import { tsconfig, workspace, type Files } from './workspace.ts';

const HEAD = `import { Type, Transform, Exclude } from 'class-transformer';
import { Allow, ArrayNotEmpty, IsArray, IsDate, IsInt, IsOptional, IsString, ValidateIf, ValidateNested } from 'class-validator';
import { Job } from 'onward';
export class Line { @IsInt() quantity!: number; }
`;
const job = (messageClass: string): string =>
  `export class Shop { @Job() buy(order: ${messageClass}): string { return String(order); } }\n`;

/** What is reported about a message, line by line. */
function about(source: string, messageClass = 'Order', options: object = {}, files: Files = {}): string[] {
  const project = workspace({
    'tsconfig.json': tsconfig(options),
    'src/shop.ts': HEAD + source + job(messageClass),
    ...files,
  });
  return project.counts().split('\n').slice(1);
}

describe('PC30: a field is judged along the chain of classes', () => {
  it('is checked where a derived class annotates what its generic base declares', () => {
    const source = `export class Wrapped<T> { @IsInt() id!: number; body!: T; }
export class Order extends Wrapped<Line> { @ValidateNested() @Type(() => Line) declare body: Line; }
`;
    expect(about(source)).toEqual([]);
  });

  it.each([
    ['ValidateNested() line!: Line', 'Type(() => Line) declare line: Line'],
    ['Type(() => Line) line!: Line', 'ValidateNested() declare line: Line'],
    ['ValidateNested() @Type(() => Line) line!: Line', 'IsOptional() declare line: Line'],
  ])('is checked where each class gives one annotation: @%s, @%s', (base, derived) => {
    expect(about(`export class Base { @${base}; }\nexport class Order extends Base { @${derived}; }\n`)).toEqual([]);
  });

  it('is told once, where it is declared, if no class says it', () => {
    const source = `export class Base { @IsInt() id!: number; line!: Line; }\nexport class Order extends Base { declare line: Line; }\n`;
    expect(about(source)).toEqual([
      'ONW1207: `line` holds Line, and nothing checks its fields; write @ValidateNested() and @Type(() => Line) before it, or @Allow() to take it unchecked',
    ]);
  });
});

describe('PC25: a list and one object', () => {
  it.each([
    ['@ValidateNested() @Type(() => Line) lines!: Line[];', 'no data fits `lines`: @ValidateNested() takes one Line'],
    [
      '@ValidateNested() @Type(() => Line) lines!: Set<Line>;',
      'no data fits `lines`: @ValidateNested() takes one Line',
    ],
    [
      '@ValidateNested({ each: true }) @Type(() => Line) line!: Line;',
      'no data fits `line`: { each: true } takes a list of Line',
    ],
  ])('are told apart: %s', (field, text) => {
    const [found, ...others] = about(`export class Order { ${field} }\n`);
    expect(found).toContain(`ONW1207: ${text}`);
    expect(others).toEqual([]);
  });

  it.each([
    '@ValidateNested({ each: true }) @Type(() => Line) lines!: readonly Line[];',
    '@IsArray() @ValidateNested() @Type(() => Line) lines!: Line[];',
    '@ArrayNotEmpty() @ValidateNested() @Type(() => Line) lines!: Line[];',
    '@ValidateNested({ each: true }) @Type(() => Line) lines!: Map<string, Line>;',
    '@IsOptional() @ValidateNested() @Type(() => Line) line?: Line | null;',
  ])('are right: %s', (field) => {
    expect(about(`export class Order { ${field} }\n`)).toEqual([]);
  });
});

describe('a field that is checked less than its type says', () => {
  it.each([
    ['@IsInt() id!: number; note!: string;', '`note` has no validator'],
    ['@IsInt() id!: number; retries = 3;', '`retries` has no validator'],
    ['@IsInt() id!: number; @Type(() => Number) cents!: number;', '`cents` has no validator'],
    ['@IsInt() id!: number; at!: Date;', '`at` is a Date, and JSON has none'],
    ['@IsDate() at!: Date;', '`at` is a Date, and JSON has none'],
    ['@IsOptional() @IsDate() at?: Date | null;', '`at` is a Date, and JSON has none'],
    ['@IsDate({ each: true }) days!: Date[];', '`days` is a Date, and JSON has none'],
  ])('is a warning: %s', (fields, text) => {
    const [found, ...others] = about(`export class Order { ${fields} }\n`);
    expect(found).toContain(`ONW1208: ${text}`);
    expect(others).toEqual([]);
  });

  it('is told in nested messages and of inherited fields too', () => {
    const source = `export class Base { note!: string; }
export class Inner extends Base { @IsInt() id!: number; }
export class Order { @ValidateNested() @Type(() => Inner) inner!: Inner; }
`;
    expect(about(source)).toEqual([expect.stringContaining('ONW1208: `note` has no validator')]);
  });

  it.each([
    '@IsInt() id!: number; @Allow() note!: unknown;',
    '@IsInt() id!: number; @Exclude() note?: string;',
    '@IsInt() id!: number; @Transform(({ value }) => String(value)) note!: string;',
    '@IsInt() id!: number; private seen = 0; static readonly kind = 1; total(): number { return this.seen; }',
    '@IsDate() @Type(() => Date) at!: Date;',
    '@IsInt() id!: number; @Audited() note!: string;',
  ])('is none: %s', (fields) => {
    const own = `function Audited(): PropertyDecorator { return () => undefined; }\n`;
    expect(about(`${own}export class Order { ${fields} }\n`)).toEqual([]);
  });

  it('is a class without any validator by another warning', () => {
    expect(about('export class Order { note!: string; at!: Date; }\n')).toEqual([expect.stringContaining('ONW1203')]);
  });

  it('is what a derived class requires and its base makes optional', () => {
    const base = 'export class Base { @IsOptional() @IsString() note?: string; }\n';
    const derived = (field: string): string[] => about(`${base}export class Order extends Base { ${field} }\n`);
    const text =
      'ONW1208: `note` is required here, and @IsOptional() of Base.note still lets it be missing; write @ValidateIf(() => true) before it';
    expect(derived('declare note: string;')).toEqual([text]);
    expect(derived('@IsString() declare note: string;')).toEqual([text]);
    expect(derived('@ValidateIf(() => true) @IsString() declare note: string;')).toEqual([]);
    expect(derived('@IsString() declare note?: string;')).toEqual([]);
    expect(derived("@IsString() note = 'none';")).toEqual([]);
  });
});

describe('a class that may not exist yet', () => {
  const lineFile = (field: string, importing = 'import { Order }'): Files => ({
    'src/line.ts': `import { Type } from 'class-transformer';
import { IsInt, IsOptional, ValidateNested } from 'class-validator';
${importing} from './shop.js';
export class Part { @IsInt() id!: number; @IsOptional() @ValidateNested() ${field} }
`,
  });
  const order = (type: string): string =>
    `import { Part } from './line.js';\ntype Late<T> = T;\nexport class Order { @ValidateNested() @Type(() => Part) part!: ${type}; }\n`;
  const metadata = { emitDecoratorMetadata: true };

  it('is told where message files import each other and types are read at load', () => {
    const files = lineFile('@Type(() => Order) order?: Order;');
    expect(about(order('Part'), 'Order', metadata, files)).toEqual([
      expect.stringContaining('ONW1209: `order` names Order, and the two files import each other'),
      expect.stringContaining('ONW1209: `part` names Part, and the two files import each other'),
    ]);
    expect(about(order('Part'), 'Order', {}, files)).toEqual([]);
  });

  it('is told where the circle is longer, and only where it is closed by values', () => {
    const unit = (importing: string): Files => ({
      ...lineFile('@Type(() => Unit) unit?: Unit;', "import { Unit } from './unit.js';\nimport type { Order }"),
      'src/unit.ts': `import { Type } from 'class-transformer';
import { IsOptional, ValidateNested } from 'class-validator';
${importing} from './shop.js';
export class Unit { @IsOptional() @ValidateNested() @Type(() => Object) order?: Order; }
`,
    });
    const circle = 'the files import each other in a circle';
    expect(about(order('Part'), 'Order', metadata, unit('import { Order }'))).toEqual([
      expect.stringContaining(`\`unit\` names Unit, and ${circle}, line.ts -> unit.ts -> shop.ts -> line.ts`),
      expect.stringContaining(`\`part\` names Part, and ${circle}, shop.ts -> line.ts -> unit.ts -> shop.ts`),
      expect.stringContaining(`\`order\` names Order, and ${circle}, unit.ts -> shop.ts -> line.ts -> unit.ts`),
    ]);
    const open = about(order('Part'), 'Order', metadata, unit('import type { Order }'));
    expect(open.filter((line) => line.startsWith('ONW1209'))).toEqual([]);
  });

  it('is told where a class is declared after the one that names it', () => {
    const source =
      'export class Order { @ValidateNested() @Type(() => Later) later!: Later; }\nexport class Later { @IsInt() id!: number; }\n';
    expect(about(source, 'Order', metadata)).toEqual([
      expect.stringContaining('ONW1209: `later` names Later, and it is declared after this class'),
    ]);
  });

  it('leads to a ReferenceError, which the advice avoids', () => {
    const run = (type: string): string => {
      const files = lineFile(`@Type(() => Order) order?: ${type};`);
      const project = workspace({
        'package.json': '{ "type": "module" }',
        'tsconfig.json': tsconfig({ ...metadata, noEmit: false, outDir: 'dist', rootDir: 'src' }),
        'src/shop.ts': HEAD + order(type === 'Order' ? 'Part' : 'Late<Part>') + job('Order'),
        'src/line.ts': `type Late<T> = T;\n${files['src/line.ts']}`,
      });
      return project.tsc() + project.node('dist/shop.js');
    };
    expect(run('Order')).toContain("ReferenceError: Cannot access 'Order' before initialization");
    expect(run('Late<Order>')).toBe('');
  });

  it.each([
    ['an alias', 'Late<Part>', '@Type(() => Order) order?: Order;', undefined],
    ['a list', 'Part', '@Type(() => Number) orders?: number;', undefined],
    ['an import of types', 'Part', '@Type(() => Object) order?: Order;', 'import type { Order }'],
  ])('is none that %s names', (_, type, field, importing) => {
    const found = about(order(type), 'Order', metadata, lineFile(field, importing));
    expect(found.filter((line) => line.startsWith('ONW1209') && line.includes('`part`'))).toEqual([]);
  });
});
