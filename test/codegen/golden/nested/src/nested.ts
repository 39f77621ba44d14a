// Message classes in message classes: told where class-validator would not look in.

import * as transformer from 'class-transformer';
import { Transform, Type } from 'class-transformer';
import { Allow, IsArray, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Job, OnSuccess, ReturnValue } from 'onward';

export class Unit {
  @IsString() name!: string;
}

export class Line {
  @IsInt() quantity!: number;
  // Looked into, as the lines of Right are.
  unit!: Unit;
}

/** Without validators there is nothing to check. */
export class Plain {
  note!: string;
}

function Nested(): PropertyDecorator {
  return ValidateNested();
}

export class Wrong {
  @Type(() => Line) typed!: Line[];
  @IsArray() array!: readonly Line[];
  @IsOptional() maybe?: Line | null;
  bare!: Array<Line>;
  @ValidateNested() plain!: Line;
}

export class Right {
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
  @ValidateNested() @transformer.Type(() => Line) line!: Line;
  @Allow() given!: Line;
  @Nested() own!: Line;
  @Transform(({ value }: { readonly value: Line }) => value) made!: Line;
  @IsString() text!: string;
  plain!: Plain;
}

export class Slip {
  @ReturnValue() line!: Line;
}

export class Shop {
  @Job()
  wrong(message: Wrong): void {
    void message;
  }

  @Job()
  right(message: Right): Line {
    return message.line;
  }

  @OnSuccess('right')
  print(slip: Slip): void {
    void slip;
  }
}
