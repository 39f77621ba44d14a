export function Job(): MethodDecorator {
  return () => undefined;
}
