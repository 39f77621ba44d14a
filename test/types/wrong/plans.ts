// Wrong plans and signatures: each `wrong:` line stands above one statement, which must have exactly one error.

import { from } from 'onward';
import { order, runtime, Shop } from '../right/plans.js';

export const uses = async (): Promise<unknown> => {
  // wrong: Argument of type '"Shop.odrer"' is not assignable to parameter of type
  runtime.sign('Shop.odrer');
  // wrong: Object literal may only specify known properties, but 'centz' does not exist
  runtime.sign('Shop.order', { centz: 3 });
  // wrong: Type 'string' is not assignable to type
  runtime.sign('Shop.order', { cents: '3' });
  // wrong: Object literal may only specify known properties, and 'town' does not exist
  runtime.sign('Shop.order', { to: { town: 'x' } });
  // wrong: Object literal may only specify known properties, and 'receipt' does not exist
  runtime.sign('Mail.thank', { receipt: { id: 'x', cents: 3 } });
  // wrong: Object literal may only specify known properties, and 'error' does not exist
  runtime.sign('Mail.refuse', { error: new Error('x') });
  // wrong: Object literal may only specify known properties, and 'cents' does not exist
  runtime.sign('Shop.count', { cents: 3 });
  // wrong: ["there is no method", "odrer", "only", keyof Shop]
  runtime.sign(from(() => Shop, 'odrer'));
  // wrong: Object literal may only specify known properties, but 'centz' does not exist
  runtime.sign(from(() => Shop, 'order'), { centz: 3 });
  // wrong: Object literal may only specify known properties, but 'centz' does not exist
  runtime.sign('Shop.order').bind({ centz: 3 });
  // wrong: Type 'string' is not assignable to type
  runtime.sign('Shop.order').bind({ cents: '3' });
  // wrong: Argument of type '"Mail.bok"' is not assignable to parameter of type
  runtime.sign('Shop.order').onSuccess('Mail.bok');
  // wrong: ["the message is", undefined, "and the callback takes", Order]
  runtime.sign('Shop.count').onSuccess('Mail.book');
  // wrong: ["the value is", Receipt, "and the callback takes", string]
  runtime.sign('Shop.order').onSuccess('Shop.sum');
  // wrong: ["the value is", Receipt, "and the callback takes", Weight]
  runtime.sign('Shop.order').onSuccess('Mail.weigh');
  // wrong: ["the value is", Receipt, "and the callback takes", RunReport<unknown>]
  runtime.sign('Shop.order').onSuccess('Mail.done');
  // wrong: ["the message is", undefined, "and the callback takes", Named]
  runtime.sign('Shop.count').onError('Mail.grumble');
  // wrong: Type '"Mail.weigh"' is not assignable to type
  runtime.sequence([{ job: 'Shop.count' }], { onSuccess: 'Mail.weigh' });
  // wrong: ["nothing is bound to", "template", "of", ReceiptMail]
  runtime.sign('Shop.order').onSuccess('Mail.thank');
  // wrong: ["the value is", string, "and the field takes", Receipt]
  runtime.sign('Shop.ship').onSuccess(runtime.sign('Mail.thank', { template: 'vip' }));
  // wrong: ["the message is", Receipt, "and the callback takes", Order]
  runtime.sign('Shop.ship').onSuccess('Mail.approve');
  // wrong: ["the callback takes an error, and after a success there is none"]
  runtime.sign('Shop.order').onSuccess('Mail.sorry');
  // wrong: ["the callback takes an error, and after a success there is none"]
  runtime.sign('Shop.order').onSuccess('Mail.refuse');
  // wrong: ["the message is", Receipt, "and the callback takes", Order]
  runtime.sign('Shop.ship').onError('Mail.sorry');
  // wrong: ["nothing is bound to", "desk", "of", Refusal]
  runtime.sign('Shop.order').onError('Mail.refuse');
  // wrong: ["the callback takes a return value, and after a failure there is none"]
  runtime.sign('Shop.order').onError('Mail.thank');
  // wrong: Expected 2-3 arguments, but got
  await runtime.start(runtime.sign('Shop.order'));
  // wrong: Argument of type '{ id: string; }' is not assignable to parameter of
  await runtime.start(runtime.sign('Shop.order', { cents: 3 }), { id: 'a' });
  // wrong: Type 'string' is not assignable to type
  await runtime.start(runtime.sign('Shop.order'), { ...order, cents: '3' });
  // wrong: Type 'string' is not assignable to type
  await runtime.start(runtime.sign('Shop.order'), order, { override: { cents: '3' } });
  // wrong: Argument of type 'Signature<Nodes, HandlerType<unknown, (value:
  await runtime.start(runtime.sign('Mail.log'), order);
  // wrong: Argument of type '{}' is not assignable to parameter of type
  await runtime.start({});
  // wrong: Type '"Shop.odrer"' is not assignable to type 'PlannedJob<Nodes>'. Did you
  runtime.sequence([{ job: 'Shop.odrer', message: order }]);
  // wrong: Type '"Mail.log"' is not assignable to type
  runtime.sequence([{ job: 'Mail.log', message: order }]);
  // wrong: Type 'Signature<Nodes, HandlerType<unknown, (value: unknown) =>
  runtime.sequence([{ job: runtime.sign('Mail.log') }]);
  // wrong: Type 'Signature<Nodes, HandlerType<Receipt, (receipt: Receipt, order:
  runtime.chain(['Shop.order', runtime.sign('Mail.book')]);
  // wrong: Type 'string' is not assignable to type
  runtime.sequence([{ job: 'Shop.count' }, { job: 'Shop.order', message: { ...order, cents: '3' } }]);
  // wrong: Object literal may only specify known properties, but 'centz' does not exist
  runtime.sequence([{ job: 'Shop.order', message: { id: 'a', cents: 3, to: order.to, centz: 3 } }]);
  // wrong: Type '{ job: "Shop.order"; }' is not assignable to type
  runtime.sequence([{ job: 'Shop.order' }]);
  // wrong: Object literal may only specify known properties, and 'unless' does not exist
  runtime.sequence([{ job: 'Shop.count', unless: true }]);
  // wrong: Type 'string' is not assignable to type
  runtime.sequence([{ job: 'Shop.count', if: 'yes' }]);
  // wrong: Type '{ id: string; }' is not assignable to type 'Omit<{ id: string;
  runtime.sequence([{ job: runtime.sign('Shop.order', { cents: 3 }), message: { id: 'a' } }]);
  // wrong: Type 'string' is not assignable to type 'boolean |
  runtime.sequence([{ job: 'Shop.count' }], { keepGoing: 'yes' });
  // wrong: Type '"Mail.book"' is not assignable to type 'ReportCallback<Nodes> |
  runtime.parallel([{ job: 'Shop.count' }], { onFailure: 'Mail.book' });
  // wrong: Type 'Signature<Nodes, HandlerType<Receipt, (receipt: Receipt, order:
  runtime.parallel([{ job: 'Shop.count' }], { onFailure: runtime.sign('Mail.book') });
  // wrong: Object literal may only specify known properties, and 'onDone' does not exist
  runtime.parallel([{ job: 'Shop.count' }], { onDone: 'Mail.log' });
  // wrong: Argument of type '["Shop.order"]' is not assignable to parameter of
  runtime.chain(['Shop.order']);
  // wrong: ["the value is", number, "and the callback takes", Receipt]
  runtime.chain(['Shop.count', 'Shop.ship']);
  // wrong: ["the value is", string, "and the callback takes", Order]
  runtime.chain(['Shop.order', 'Shop.ship', 'Shop.order']);
  // wrong: Type '"Shop.shp"' is not assignable to type 'PlannedJob<Nodes>'. Did you mean
  runtime.chain(['Shop.order', 'Shop.shp']);
  // wrong: ["the value is", string, "and the callback takes", Receipt]
  runtime.chain([runtime.sign('Shop.order'), runtime.sign('Shop.ship'), runtime.sign('Shop.ship')]);
  // wrong: Expected 2-3 arguments, but got
  await runtime.start(runtime.chain(['Shop.order', 'Shop.ship']));
  // wrong: Argument of type '{ id: string; }' is not assignable to parameter of
  await runtime.start(runtime.chain(['Shop.order', 'Shop.ship']), { id: 'a' });
  // wrong: Object literal may only specify known properties, but 'concurency' does not exist
  runtime.swarm({ concurency: 3 });
  // wrong: Argument of type '"Shop.ship"' is not assignable to parameter of type
  runtime.swarm<'Shop.count'>().add('Shop.ship', { id: 'a', cents: 3 });
  // wrong: ["the swarm takes", "Shop.count"]
  runtime.swarm<'Shop.count'>().add(runtime.sign('Shop.ship', { id: 'a', cents: 3 }));
  // wrong: Argument of type 'Signature<Nodes, HandlerType<unknown, (value:
  runtime.swarm().add(runtime.sign('Mail.log'));
  // wrong: Argument of type '{ id: string; }' is not assignable to parameter of
  runtime.swarm().add('Shop.ship', { id: 'a' });
  // wrong: Expected 2 arguments, but got
  await (await runtime.start(runtime.swarm())).add('Shop.ship');
  // wrong: Argument of type '"Mail.log"' is not assignable to parameter of type
  await (await runtime.start('Shop.count')).send('Mail.log', { by: 'x' });
  // wrong: Object literal may only specify known properties, and 'byy' does not exist
  await (await runtime.start('Shop.count')).send('Mail.approve', { byy: 'x' });
  // wrong: Type 'string' is not assignable to type
  const wrong: number = await (await runtime.start(runtime.chain(['Shop.order', 'Shop.ship']), order)).value();
  // wrong: Type '[number]' is not assignable to type
  const [count]: [string] = await (await runtime.start(runtime.sequence([{ job: 'Shop.count' }]))).value();
  // wrong: Argument of type '"Mail.log"' is not assignable to parameter of type
  await runtime.schedule('Mail.log', '0 6 * * *');
  // wrong: Expected 3 arguments, but got 2
  await runtime.schedule('Shop.order', '0 6 * * *');
  // wrong: Type '"wait"' is not assignable to type
  await runtime.schedule('Shop.count', '0 6 * * *', { overlap: 'wait' });
  return [wrong, count];
};
