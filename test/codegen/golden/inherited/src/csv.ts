import { Importer as Base, type Import } from './base.js';

export class CsvImporter extends Base {
  override store(lines: string[], source: Import): number {
    return lines.length - source.path.length;
  }
}
