import { IsString } from 'class-validator';
import { Job as J } from 'onward';

export class Note {
  @IsString() text!: string;
}

export class Aliased {
  @J()
  write(note: Note): string {
    return note.text;
  }
}
