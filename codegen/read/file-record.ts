// What the generator knows of one source file.
//
// FILE-RECORD-1. Records are plain data that survive JSON: they can be cached by the file's content.
// FILE-RECORD-2. A record depends on its file's text alone. What a name stands for is decided later, in
//                `model/scope.ts`.

import type { Span } from './span.ts';

export interface FileRecord extends Body {
  /** Absolute, with `/`. */
  readonly path: string;
  readonly text: string;
  readonly syntaxErrors: readonly { readonly at: Span; readonly text: string }[];
}

/** What the statements of a file declare, or those of a namespace. */
export interface Body {
  readonly imports: readonly ImportRecord[];
  readonly exports: readonly ExportRecord[];
  readonly declarations: readonly DeclarationRecord[];
  readonly classes: readonly ClassRecord[];
}

/** `import { imported as local } from 'from'`; `imported` is `*` for a namespace, and both are empty for `import 'from'`. */
export interface ImportRecord {
  readonly local: string;
  readonly imported: string;
  readonly from: string;
  /** `import local = require('from')` */
  readonly isRequired?: true;
  /** `import type`: nothing is left of it at run time. */
  readonly isTypeOnly?: true;
}

/** What `export = name` exports, which is also the default export. */
export const ASSIGNED = 'export=';

/** `exported` is `*` for `export * from`; `from` is absent for a name of this file. */
export interface ExportRecord {
  readonly exported: string;
  readonly local: string;
  readonly from?: string;
  readonly isTypeOnly?: boolean;
  /** What it is, where the word `export` is on the declaration itself. */
  readonly kind?: DeclarationKind;
}

export type DeclarationKind = 'class' | 'interface' | 'alias' | 'enum' | 'const' | 'function' | 'namespace';

export interface DeclarationRecord {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** All of it, where it is a function or a variable. */
  readonly at?: Span;
  /** Of a `const` and of a function, and the members of an enum. */
  readonly value?: ValueRecord;
  /** Of a namespace. */
  readonly body?: Body;
  /** `import Draft = Letters.Draft` */
  readonly alias?: readonly string[];
  /** Of an alias without parameters: what it stands for. Of an interface: what is in its braces. */
  readonly type?: TypeRecord;
  /** What an interface extends. */
  readonly bases?: readonly TypeRecord[];
}

export interface ClassRecord {
  /** Undefined for an anonymous class. */
  readonly name: string | undefined;
  readonly at: Span;
  /** A declaration at the top of its file; others cannot be imported. */
  readonly isTopLevel: boolean;
  readonly isAbstract: boolean;
  readonly typeParameters: readonly string[];
  readonly base: TypeRecord | undefined;
  readonly annotations: readonly AnnotationRecord[];
  readonly members: readonly MemberRecord[];
  /** Without a default, in the constructor. */
  readonly requiredConstructorParameters: number;
}

export interface MemberRecord {
  readonly kind: 'method' | 'property' | 'accessor' | 'constructor';
  /** Undefined if it is computed, a private name or a number. */
  readonly name: string | undefined;
  readonly at: Span;
  readonly annotations: readonly AnnotationRecord[];
  readonly isStatic: boolean;
  readonly isAbstract: boolean;
  readonly visibility: 'public' | 'protected' | 'private';
  readonly isGenerator: boolean;
  readonly isOptional: boolean;
  readonly hasInitializer: boolean;
  /** Signatures beside the implementation. */
  readonly overloads: number;
  readonly typeParameters: readonly string[];
  readonly parameters: readonly ParameterRecord[];
  /** The return type of a method, the type of a property. */
  readonly type: TypeRecord | undefined;
  /** Of a method: what its body calls and spawns by a written name. */
  readonly calls: readonly CallRecord[];
}

/** `context.call(Billing, 'charge', …)` */
export interface CallRecord {
  readonly at: Span;
  /** The name before `.call`; empty where there is none. */
  readonly context: string;
  readonly how: 'call' | 'spawn';
  readonly service: readonly string[];
  readonly method: string;
  /** In a method without a written return type: the compiler infers that type from this call. */
  readonly isReturned?: true;
}

export interface ParameterRecord {
  readonly name: string | undefined;
  readonly at: Span;
  readonly annotations: readonly AnnotationRecord[];
  readonly isRest: boolean;
  /** It has a `?`, or a default. */
  readonly isOptional: boolean;
  readonly hasDefault?: true;
  readonly type: TypeRecord | undefined;
}

/** A decorator: `@path(…)`, or `@path`. The path is empty for anything else that makes a decorator. */
export interface AnnotationRecord {
  readonly path: readonly string[];
  readonly at: Span;
  /** Whether there are parentheses. */
  readonly isCalled: boolean;
  readonly arguments: readonly ValueRecord[];
}

/** A type as it was written. */
export type TypeRecord = { readonly at: Span } & (
  | { readonly kind: 'keyword'; readonly text: string }
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly path: readonly string[]; readonly arguments: readonly TypeRecord[] }
  | { readonly kind: 'array'; readonly isReadonly: boolean; readonly item: TypeRecord }
  | { readonly kind: 'union' | 'intersection'; readonly items: readonly TypeRecord[] }
  /** Of `{ … }` the fields that have to be there; `parts` are the types that are written in it. */
  | { readonly kind: 'other'; readonly fields?: readonly string[]; readonly parts?: readonly TypeRecord[] }
);

/** An expression as it was written. Nothing is ever evaluated. */
export type ValueRecord = { readonly at: Span } & (
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'name'; readonly path: readonly string[] }
  | {
      readonly kind: 'object';
      readonly entries: readonly EntryRecord[];
      readonly spreads: readonly ValueRecord[];
      /** A computed name hides further entries. */
      readonly isOpen: boolean;
    }
  | { readonly kind: 'array'; readonly items: readonly ValueRecord[] }
  | {
      readonly kind: 'function';
      readonly parameters: readonly ParameterName[];
      readonly returns?: ValueRecord;
      readonly isAsync?: true;
    }
  | { readonly kind: 'call'; readonly path: readonly string[]; readonly arguments: readonly ValueRecord[] }
  | { readonly kind: 'class' }
  | { readonly kind: 'other' }
);

/** The names that a parameter declares, and what it is where nothing is given. */
export interface ParameterName {
  readonly names: readonly string[];
  readonly default?: ValueRecord;
}

/** One property of an object literal. */
export interface EntryRecord {
  readonly key: string;
  readonly at: Span;
  readonly value: ValueRecord;
}
