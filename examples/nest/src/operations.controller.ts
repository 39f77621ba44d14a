// For those who run it: metrics for Prometheus, and health.

import { Controller, Get, Header, Inject } from '@nestjs/common';
import { HealthCheck, HealthCheckService, type HealthCheckResult } from '@nestjs/terminus';
import { OnwardHealthIndicator } from 'onward/nest';
import { metrics, type MetricsObserver } from 'onward/observers';

export const METRICS = Symbol('metrics');
export const metricsProvider = { provide: METRICS, useFactory: metrics };

@Controller()
export class OperationsController {
  constructor(
    @Inject(METRICS) private readonly counted: MetricsObserver,
    private readonly health: HealthCheckService,
    private readonly onward: OnwardHealthIndicator,
  ) {}

  @Get('metrics')
  @Header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8')
  text(): string {
    return this.counted.text();
  }

  /** 503 while open runs end: no new request is sent here then. */
  @Get('health')
  @HealthCheck()
  check(): Promise<HealthCheckResult> {
    return this.health.check([() => this.onward.isHealthy()]);
  }
}
