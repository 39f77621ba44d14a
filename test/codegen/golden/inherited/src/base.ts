import { IsString } from 'class-validator';
import { Job, Message, OnSuccess } from 'onward';

export class Import {
  @IsString() path!: string;
}

export abstract class Importer {
  @Job()
  async load(source: Import): Promise<string[]> {
    return [source.path];
  }

  @OnSuccess('load')
  store(lines: string[], @Message() source: Import): number {
    return lines.length + source.path.length;
  }

  @OnSuccess('store')
  count(stored: number): void {
    void stored;
  }
}
