import { IsString } from 'class-validator';

class Ping {
  @IsString() id!: string;
}
export { Ping as PingMessage };
