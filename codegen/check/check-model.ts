// Every rule of the generator. What only types can tell is left to the user's compiler.

import type { Model } from '../model/model.ts';
import type { Scope } from '../model/scope.ts';
import type { Report } from './problem.ts';

export function checkModel(scope: Scope, model: Model, report: Report): void {
  for (const file of scope.sources.selected) {
    for (const { at, text } of file.syntaxErrors) report('ONW1001', { file, at }, text);
  }
  void model;
}
