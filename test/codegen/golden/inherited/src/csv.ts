import { Importer, type Import } from './base.js';

export class CsvImporter extends Importer {
  override store(lines: string[], source: Import): number {
    return lines.length - source.path.length;
  }
}
