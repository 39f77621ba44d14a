import { IsString } from 'class-validator';

export class Letter {
  @IsString() to!: string;
}
