import { setTimeout as pass } from 'node:timers/promises';
import { IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import { Job } from 'onward';

export class Film {
  @IsString() roll!: string;
  @IsInt() frames!: number;
}

export class Scans {
  @IsString() roll!: string;
  @IsString({ each: true }) files!: string[];
}

export class Frame {
  @IsIn(['oak', 'none']) wood!: 'oak' | 'none';
  @IsInt() border!: number;
}

export class PrintOrder {
  @IsString() file!: string;
  @IsOptional() @IsString() paper?: string;
  @ValidateNested() @Type(() => Frame) frame!: Frame;
}

export interface Print {
  readonly file: string;
  readonly text: string;
}

export class Lab {
  constructor(private readonly say: (line: string) => void) {}

  @Job()
  develop({ roll, frames }: Film): Film {
    this.say(`developed ${roll}, ${frames} frames`);
    return { roll, frames };
  }

  @Job()
  scan({ roll, frames }: Film): Scans {
    this.say(`scanned ${roll}`);
    return { roll, files: Array.from({ length: frames }, (_, at) => `${roll}-${at + 1}`) };
  }

  @Job()
  bind({ roll, files }: Scans): string {
    return `album of ${roll}, ${files.length} pages`;
  }

  @Job()
  async print({ file, paper = 'glossy', frame }: PrintOrder): Promise<Print> {
    await pass(5);
    if (file.startsWith('moon')) throw new Error('too dark to print');
    return { file, text: `${file} on ${paper}, border ${frame.border}, ${frame.wood}` };
  }
}
