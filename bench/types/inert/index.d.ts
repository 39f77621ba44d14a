// The annotations with types that judge nothing: what the live ones are compared with.

export interface StepContext {
  readonly step: { readonly key: string };
}

type Decorator = (target: object, key: string | symbol, descriptor: PropertyDescriptor) => void;
type ParameterDecorator = (target: object, key: string | symbol | undefined, index?: number) => void;

interface NodeOptions {
  readonly retry?: { readonly attempts?: number; readonly delay?: string; readonly factor?: number };
  readonly timeout?: string;
}
interface SuccessOptions {
  readonly when?: (value: any) => boolean;
  readonly bind?: object;
}
interface ErrorOptions {
  readonly when?: abstract new (...args: never) => unknown;
}

export declare function Job(options?: NodeOptions): Decorator;
export declare function OnSuccess(method: string): Decorator;
export declare function OnSuccess(service: () => unknown, method: string, options?: SuccessOptions): Decorator;
export declare function OnError(service: () => unknown, method: string, options?: ErrorOptions): Decorator;
export declare function ReturnValue(): ParameterDecorator;
export declare function ErrorValue(): ParameterDecorator;
export declare function Message(): ParameterDecorator;
