import { IsString } from 'class-validator';
import { Job, Message, OnSuccess, ReturnValue, Service } from 'onward';

export interface Merged {
  readonly extra?: string;
}
export class Merged {
  @IsString() id!: string;
}
type Both = { readonly id: string };
const Both = 'book' as const;

function observed(): MethodDecorator {
  return () => undefined;
}

@Service(undefined)
export class Desk {
  @Job(undefined)
  book(this: Desk, merged: Merged): Both {
    return merged;
  }

  @observed()
  @OnSuccess(() => Desk, Both, undefined)
  file(@ReturnValue() both: { readonly id: string }, @Message() merged?: Merged): void {
    void [both, merged];
  }

  @OnSuccess(
    () => {
      return Desk;
    },
    (`file`),
    {},
  )
  last(): void {}
}

class Renamed {
  @Job() work(): void {}
}
export { Renamed as Worker };
