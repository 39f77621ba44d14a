// The graph as the sources say it, with a place for everything that can be wrong.

import type { EdgeOn } from '../../src/wiring/v1.ts';
import type { AnnotationRecord, ClassRecord, FileRecord, MemberRecord, ParameterRecord } from '../read/file-record.ts';
import type { Span } from '../read/span.ts';
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
  /** Those that were read now, or whose edges were, and those that an edge joins to one of them. The others are kept. */
  readonly touched: ReadonlySet<ServiceModel>;
  /** The touched services, and those that an edge of theirs comes from, or came from before. */
  readonly around: ReadonlySet<ServiceModel>;
  /** Whether a body calls a node by a written name. */
  readonly hasCalls: boolean;
  /** The classes that values of the graph may have, as far as they can be imported. By module and name. */
  readonly classes: readonly ImportedSymbol[];
  /** Every class that they may have, looked for when it is asked for. */
  readonly reached: () => readonly ReachedClass[];
}

/** A class that values of the graph may have. */
export interface ReachedClass {
  readonly declared: Declared;
  /** It has `#private` fields. */
  readonly isClosed: boolean;
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
  /** It has `@Job` or `@Handler`: bodies may call it, whatever edges lead to it. */
  readonly isDeclared: boolean;
  /** Of `@Job` or `@Handler`. */
  readonly options?: Folded;
  /** Those of its options that the graph is checked by. */
  readonly facts: NodeFacts;
  /** What its `@Schedule` annotations say, in the order of the source. */
  readonly schedules: readonly ScheduleModel[];
  readonly slots: readonly Slot[];
  readonly message?: MessageModel;
  readonly returns?: TypeName;
  /** What that is once awaited. Absent where only the compiler can tell. */
  readonly value?: TypeName;
  /** The class of what it returns once awaited, where it is one. */
  readonly valueClass?: Declared;
  /** What its edge annotations watch for, whether or not their targets were found. */
  readonly watches: readonly EdgeOn[];
  /** Edges to this node, in the order of its annotations. */
  readonly edges: EdgeModel[];
  /** Edges that watch this node, in the order of the model. */
  readonly watchedBy: EdgeModel[];
  /** The nodes whose bodies call or spawn this one by a written name. */
  readonly callers: CallerModel[];
}

/** A pattern at whose slots a job is started. */
export interface ScheduleModel {
  readonly place: Place;
  /** By itself the job and the pattern; undefined if it cannot be read. */
  readonly name?: string;
  /** Undefined if it cannot be read. */
  readonly pattern?: string;
  readonly options?: Folded;
  /** As far as it can be read. */
  readonly timezone?: string;
}

/** A body that calls or spawns a node. */
export interface CallerModel {
  readonly from: NodeModel;
  readonly how: 'call' | 'spawn';
  readonly place: Place;
  /** The compiler infers what the body returns from this call. */
  readonly isReturned?: true;
}

/** What can be read of a node's options. An option that is there and cannot be read is `hidden`. */
export interface NodeFacts {
  /** Executions in one run that the code allows. */
  readonly maxRounds?: number | 'hidden';
  readonly maxPerRun?: number | 'hidden';
  /** Every literal of its return type must be routed. */
  readonly exhaustive: boolean;
  /** Its message comes from outside, once an edge has reached it. */
  readonly waits: boolean | 'hidden';
  /** The errors it declares; `hidden` if the list cannot be read. */
  readonly throws?: readonly ClassUse[] | 'hidden';
}

/** A class that an option names. */
export interface ClassUse {
  readonly place: Place;
  /** As it is written. */
  readonly name: string;
  /** Absent for one that only the compiler knows, such as `RangeError`. */
  readonly declared?: Declared;
}

export type Mark = 'returnValue' | 'error' | 'message';

/** One parameter and what fills it. */
export interface Slot {
  readonly fills: Mark | 'context' | 'unmarked';
  readonly marks: readonly { readonly mark: Mark; readonly place: Place }[];
  readonly index: number;
  readonly place: Place;
  /** Its type without a `Sent` around it. */
  readonly parameter: ParameterRecord;
  /** Its type says that it comes from outside: `Sent<Approval>`. */
  readonly isSent: boolean;
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
  /** Its type is `RunReport`: what the callbacks of a run take. */
  readonly isReport: boolean;
}

export interface FieldModel {
  readonly name: string;
  /** Its nearest declaration. */
  readonly member: MemberRecord;
  readonly mark?: Exclude<Mark, 'message'>;
  readonly place: Place;
  readonly isRequired: boolean;
  readonly isMethod: boolean;
  readonly hasAnnotations: boolean;
  readonly class?: Declared;
  readonly type?: TypeName;
}

/** A `@Join` is one edge for each of its sources, all with one `decorator`. */
export interface EdgeModel {
  readonly on: EdgeOn;
  /** The node it watches; null for a moment of any run. For a moment of a job's runs, the job. */
  readonly from: NodeModel | null;
  readonly to: NodeModel;
  /** Position among the edge annotations of the method, from the top. */
  readonly decorator: number;
  readonly place: Place;
  /** `recorded`: only the annotation itself knows, once it has run. */
  readonly when?: 'value' | 'pattern' | 'predicate' | 'class' | 'recorded';
  /** What `when` asks for, in words; absent where there is nothing to read. */
  readonly asks?: string;
  /** What a `when` of literals takes; absent if it is none, or cannot be read. */
  readonly values?: readonly LiteralUse[];
  /** What a `when` of classes takes; absent if it is none, or cannot be read. */
  readonly caught?: readonly ClassUse[];
  readonly otherwise: boolean;
  /** One step for each item of the returned array. */
  readonly each: boolean;
  /** The callback's value replaces the failed step's. */
  readonly recover: boolean;
  /** It has a delay. */
  readonly after?: DelayUse;
  /** Of a watching edge: its failure fails the run. Of one that carries the run on, if false: it does not. */
  readonly critical?: boolean | 'hidden';
  readonly join?: JoinModel;
  readonly bind?: readonly string[] | 'function';
  /** The bound fields, of a function too; absent if they cannot be read. */
  readonly bound?: readonly string[];
  readonly options: Folded | undefined;
  /** The field that takes the return value, the error, or the value of a join's source. */
  readonly field?: FieldModel;
  /** Of an end edge, whose `field` takes the return value: the field that takes the error. */
  readonly errorField?: FieldModel;
}

/** What an edge knows of the `@Join` it is a source of. */
export interface JoinModel {
  /** The key, which is the field of the message. */
  readonly source: string;
  /** Of what stands beside the key. */
  readonly place: Place;
  /** All keys, whether or not their nodes were found. */
  readonly keys: readonly string[];
  readonly mode: 'all' | 'any' | 'hidden';
  readonly onMissing: 'skip' | 'run' | 'hidden';
  /** With its first source the others are given up. */
  readonly cancelRest: boolean | 'hidden';
}

/** A delay as it is written; without a value where it cannot be read. */
export interface DelayUse {
  readonly value?: string | number;
}

export interface LiteralUse {
  readonly place: Place;
  readonly value: string | number | boolean | null;
}

/** An annotation of ours, by the name we export it under. */
export interface Annotation {
  readonly name: string;
  /** With the arguments that it is called with in the end. */
  readonly record: AnnotationRecord;
  /** Where it stands. */
  readonly file: FileRecord;
  /** The file whose names its arguments have: that of the function which returns it. */
  readonly options: FileRecord;
}
