import { IsInt, IsNumber, IsString } from 'class-validator';
import { ErrorValue, Handler, Job, OnCancel, OnEnd, OnError, OnStart, OnSuccess, type StepContext } from 'onward';

export class Lot {
  @IsString() name!: string;
  /** Degrees that these beans gain in a round. */
  @IsInt() gain!: number;
  /** Per cent. */
  @IsNumber() moisture!: number;
}

/** What the steps of one roast share. */
export interface Roast {
  name: string;
  gain: number;
  degrees: number;
}

/** Something is in the drum that is no bean. */
export class DrumJammed extends Error {
  override readonly name = 'DrumJammed';
}

/** What the machine does when its drum turns for a round. */
export interface Drum {
  /** @throws {DrumJammed} */
  turn(name: string): 'fine' | 'smoke';
}

export class Roaster {
  constructor(
    private readonly say: (line: string) => void,
    private readonly drum: Drum,
  ) {}

  @OnStart('load')
  preheat(): void {
    this.say('the drum is hot');
  }

  @Job()
  load({ name, gain, moisture }: Lot, context: StepContext<Roast>): void {
    // The run ends here with this value: the roast below is skipped.
    if (moisture > 12.5) context.exit(`${name} is too wet and goes back`);
    context.state.set('name', name);
    context.state.set('gain', gain);
    context.state.set('degrees', 180);
  }

  /** Two edges lead here, and one of them leads back: each round is a step of its own. */
  @Handler({ maxRounds: 6 })
  @OnSuccess('load')
  @OnSuccess('look', { when: 'pale' })
  async roast(context: StepContext<Roast>): Promise<number> {
    const { state, signal } = context;
    const turned = this.drum.turn(state.get('name') ?? '');
    state.add('degrees', state.get('gain') ?? 0);
    if (turned === 'smoke') {
      context.emit('smoke');
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    return state.get('degrees') ?? 0;
  }

  /** `exhaustive`: the wiring does not compile until every colour leads somewhere. */
  @Handler({ exhaustive: true })
  @OnSuccess('roast')
  look(degrees: number): 'pale' | 'ready' | 'burnt' {
    const colour = degrees < 205 ? 'pale' : degrees < 218 ? 'ready' : 'burnt';
    this.say(`${degrees}°, ${colour}`);
    return colour;
  }

  @OnError('roast', { when: DrumJammed })
  open(@ErrorValue() error: DrumJammed): void {
    this.say(`opened the drum: ${error.message}`);
  }

  @OnCancel('roast')
  quench(): void {
    this.say('water on the beans');
  }

  @OnEnd('roast')
  vent({ state }: StepContext<Roast>): void {
    if ((state.get('degrees') ?? 0) > 218) throw new Error('the vent is stuck');
  }
}
