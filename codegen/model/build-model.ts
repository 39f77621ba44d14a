// Records in, the graph's model out. Problems are reported on the way and never stop it.

import type { Report } from '../check/problem.ts';
import type { Model } from './model.ts';
import { readEdges } from './read-edges.ts';
import { readServices } from './read-services.ts';
import type { Scope } from './scope.ts';

export function buildModel(scope: Scope, report: Report): Model {
  const drafts = readServices(scope, report);
  readEdges(scope, drafts, report);
  return { services: drafts.map((draft) => draft.service) };
}
