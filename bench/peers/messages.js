// One message of unknown data, nested: who says whether it fits, and if not, everything that is wrong with it.
//
// M1. All have the same rules, those of the class `Order`, and find the same number of problems in the bad message.
// M2. Onward, class-validator with class-transformer, and the hand-written code make an instance of the class. Zod makes
//     a copy. TypeBox and ajv look at the data and make nothing.

import { Ajv } from 'ajv';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { z } from 'zod';
import { compiled, EMAIL, kinds, runtimeOfMessages } from '../workloads/message.js';

const { messageClass: Order, byHand } = kinds.order;

/** Each gives the number of problems; the result is kept, or V8 need not make it. */
const ways = {
  async hand() {
    return (data) => ((kept = byHand(data)) === undefined ? PROBLEMS : 0);
  },
  async onward() {
    const runtime = runtimeOfMessages();
    const problems = (data) => {
      const result = runtime.safeParse('Desk.order', data);
      kept = result.success ? result.data : result.issues;
      return result.success ? 0 : result.issues.length;
    };
    const order = kinds.order.good(0);
    await compiled(() => problems(order));
    return problems;
  },
  async classValidator() {
    return (data) => {
      const order = plainToInstance(Order, data);
      kept = order;
      const errors = validateSync(order);
      return errors.length === 0 ? 0 : errors.flatMap(leavesOf).length;
    };
  },
  async typebox() {
    const check = Compile(schemaOfOrder());
    return (data) => (check.Check(data) ? 0 : (kept = [...check.Errors(data)]).length);
  },
  async ajv() {
    const validate = new Ajv({ allErrors: true }).compile(schemaOfOrder());
    return (data) => (validate(data) ? 0 : (kept = validate.errors).length);
  },
  async zod() {
    const schema = zodOrder();
    return (data) => {
      const result = schema.safeParse(data);
      kept = result.success ? result.data : result.error.issues;
      return result.success ? 0 : result.error.issues.length;
    };
  },
};

const PROBLEMS = 4;
const KEPT = 16;
let kept;

/** @param {string} peer @param {boolean} isValid */
export async function message(peer, isValid) {
  const problemsOf = await ways[peer]();
  const make = isValid ? kinds.order.good : kinds.order.bad;
  const messages = Array.from({ length: KEPT }, (_, at) => make(at));
  const wanted = isValid ? 0 : PROBLEMS;
  return async (runs) => {
    let wrong = 0;
    for (let run = 0; run < runs; run++) if (problemsOf(messages[run % KEPT]) !== wanted) wrong++;
    return kept === null ? runs : wrong;
  };
}

/** An error of class-validator holds those of the fields below it. */
const leavesOf = (error) => (error.children?.length ? error.children.flatMap(leavesOf) : [error]);

function schemaOfOrder() {
  const text = (minLength, maxLength) => Type.String({ minLength, maxLength });
  return Type.Object({
    id: text(1, 36),
    email: Type.String({ pattern: EMAIL.source }),
    age: Type.Integer({ minimum: 0, maximum: 150 }),
    active: Type.Boolean(),
    note: Type.Optional(Type.String()),
    kind: Type.Enum(['a', 'b', 'c']),
    address: Type.Object({ street: text(1, 80), city: text(1, 40), zip: text(4, 10) }),
    items: Type.Array(
      Type.Object({
        sku: Type.String(),
        qty: Type.Integer({ minimum: 1, maximum: 999 }),
        price: Type.Number({ minimum: 0 }),
      }),
      { maxItems: 100 },
    ),
  });
}

function zodOrder() {
  const text = (least, most) => z.string().min(least).max(most);
  return z.object({
    id: text(1, 36),
    email: z.string().regex(EMAIL),
    age: z.int().min(0).max(150),
    active: z.boolean(),
    note: z.string().optional(),
    kind: z.enum(['a', 'b', 'c']),
    address: z.object({ street: text(1, 80), city: text(1, 40), zip: text(4, 10) }),
    items: z.array(z.object({ sku: z.string(), qty: z.int().min(1).max(999), price: z.number().min(0) })).max(100),
  });
}
