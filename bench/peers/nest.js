// Commands of @nestjs/cqrs: a handler a method, and code that executes one after another.

import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus, CommandHandler, CqrsModule } from '@nestjs/cqrs';
import { parts } from '../workloads/fan.js';

export async function chain(service) {
  const [execute, commands] = await busOf(service, stepsOf(service));
  return async (count) => {
    let last = count;
    for (const Command of commands) last = await execute(new Command(last));
    return last;
  };
}

export async function fan(service) {
  const [execute, [Split, Gather, ...commands]] = await busOf(service, ['split', 'gatherAll', ...parts]);
  return async (split) => {
    const given = await execute(new Split(split));
    await execute(new Gather(await Promise.all(commands.map((Command) => execute(new Command(given))))));
  };
}

export async function callback(shop) {
  const [execute, [Charge, Settle, Apologise]] = await busOf(shop, ['charge', 'settle', 'apologise']);
  return async (order) => {
    let receipt;
    try {
      receipt = await execute(new Charge(order));
    } catch (error) {
      await execute(new Apologise(order, error));
      throw error;
    }
    await execute(new Settle(receipt));
  };
}

const stepsOf = (service) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(service)).filter((name) => name.startsWith('step'));

/** A bus whose commands call the methods, and their classes. */
async function busOf(service, methods) {
  const commands = methods.map(
    () =>
      class {
        constructor(...given) {
          this.given = given;
        }
      },
  );
  const handlers = methods.map((method, at) => {
    class Handler {
      execute({ given }) {
        return service[method](...given);
      }
    }
    CommandHandler(commands[at])(Handler);
    return Handler;
  });
  class App {}
  Module({ imports: [CqrsModule.forRoot()], providers: handlers })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  await app.init();
  const bus = app.get(CommandBus);
  return [(command) => bus.execute(command), commands];
}
