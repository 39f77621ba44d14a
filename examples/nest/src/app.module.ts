// The application: services stay where they are, and Onward finds them by their names.

import { Module, ValidationPipe } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { OnwardFilter, OnwardModule } from 'onward/nest';
import type { Observer } from 'onward';
import { Gateway } from './gateway.ts';
import { graph } from './onward.gen.ts';
import { METRICS, metricsProvider, OperationsController } from './operations.controller.ts';
import { OrdersController } from './orders.controller.ts';
import { Billing, Mail } from './orders.ts';
import { Ended, Reports } from './reports.ts';

@Module({ providers: [Gateway, Billing, Mail], controllers: [OrdersController] })
class OrdersModule {}

@Module({ providers: [Ended, Reports, metricsProvider], exports: [metricsProvider] })
class ReportsModule {}

@Module({
  imports: [
    OnwardModule.forRootAsync({
      graph,
      imports: [ReportsModule],
      inject: [METRICS],
      useFactory: (metrics: Observer) => ({ observers: [metrics, Ended], drainMs: 20_000 }),
    }),
    TerminusModule,
    OrdersModule,
    ReportsModule,
  ],
  controllers: [OperationsController],
  providers: [
    {
      provide: APP_PIPE,
      useValue: new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true }),
    },
    { provide: APP_FILTER, useClass: OnwardFilter },
  ],
})
export class AppModule {}
