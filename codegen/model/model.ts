// The graph as the sources say it, with a place for everything that can be wrong.

import type {
  AnnotationRecord,
  ClassRecord,
  FileRecord,
  MemberRecord,
  ParameterRecord,
  Span,
  ValueRecord,
} from '../read/file-record.ts';
import type { Folded } from './fold.ts';
import type { Declared, ImportedSymbol } from './scope.ts';
import type { GivenType, TypeName } from './type-name.ts';

export interface Place {
  readonly file: FileRecord;
  readonly at: Span;
}

export interface Model {
  /** In the order of files and of classes within them. */
  readonly services: readonly ServiceModel[];
}

export interface ServiceModel {
  readonly name: string;
  readonly place: Place;
  readonly file: FileRecord;
  readonly class: ClassRecord;
  /** The class and what it extends, nearest first. */
  readonly chain: readonly ClassPlace[];
  readonly symbol?: ImportedSymbol;
  readonly nodes: NodeModel[];
}

export interface ClassPlace {
  readonly file: FileRecord;
  readonly class: ClassRecord;
  /** What its type parameters stand for, as the base of another class. */
  readonly given?: ReadonlyMap<string, GivenType>;
}

export interface NodeModel {
  readonly id: string;
  /** The second half of the id. */
  readonly name: string;
  readonly service: ServiceModel;
  readonly method: string;
  readonly kind: 'job' | 'handler';
  readonly place: Place;
  readonly member: MemberRecord;
  /** Of `@Job` or `@Handler`. */
  readonly options?: Folded;
  readonly slots: readonly Slot[];
  readonly message?: MessageModel;
  readonly returns?: TypeName;
  /** The class of what it returns once awaited, where it is one. */
  readonly valueClass?: Declared;
  /** What its edge annotations watch for, whether or not their targets were found. */
  readonly watches: readonly EdgeModel['on'][];
  /** Edges to this node, in the order of its annotations. */
  readonly edges: EdgeModel[];
}

export type Mark = 'returnValue' | 'error' | 'message';

/** One parameter and what fills it. */
export interface Slot {
  readonly fills: Mark | 'context' | 'unmarked';
  readonly marks: readonly { readonly mark: Mark; readonly place: Place }[];
  readonly index: number;
  readonly place: Place;
  readonly parameter: ParameterRecord;
  readonly type?: TypeName;
  readonly class?: Declared;
}

/** The unmarked parameter. */
export interface MessageModel {
  readonly slot: Slot;
  /** Fields of its class, the nearest class first. Empty if it is none. */
  readonly fields: readonly FieldModel[];
  /** Whether every base class could be read. */
  readonly isComplete: boolean;
}

export interface FieldModel {
  readonly name: string;
  readonly mark?: Exclude<Mark, 'message'>;
  readonly place: Place;
  readonly isRequired: boolean;
  readonly isMethod: boolean;
  readonly hasAnnotations: boolean;
  readonly class?: Declared;
  readonly type?: TypeName;
}

export interface EdgeModel {
  readonly on: 'success' | 'error';
  readonly from: NodeModel;
  readonly to: NodeModel;
  readonly decorator: number;
  readonly place: Place;
  readonly when?: 'value' | 'pattern' | 'predicate' | 'class';
  readonly otherwise: boolean;
  readonly bind?: readonly string[] | 'function';
  readonly options: ValueRecord | undefined;
  readonly field?: FieldModel;
}

/** An annotation of ours, by the name we export it under. */
export interface Annotation {
  readonly name: string;
  readonly record: AnnotationRecord;
  readonly file: FileRecord;
}
