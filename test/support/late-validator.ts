// A validator of class-validator that answers with a promise.

import { ValidateBy, type ValidationArguments } from 'class-validator';

/** Accepts everything but `'bad'`, a turn of the event loop later. */
export function IsLate(): PropertyDecorator {
  return ValidateBy({
    name: 'isLate',
    async: true,
    validator: {
      validate: async (value: unknown): Promise<boolean> => {
        await new Promise((resolve) => setImmediate(resolve));
        return value !== 'bad';
      },
      defaultMessage: (argument?: ValidationArguments) => `${argument?.property ?? 'it'} is bad`,
    },
  });
}
