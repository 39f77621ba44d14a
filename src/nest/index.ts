// The entry `onward/nest`: Onward in a Nest application. Needs `@nestjs/common` and `@nestjs/core`, 11 or 12.

export {
  InjectOnward,
  OnwardModule,
  onwardToken,
  type OnwardAsyncOptions,
  type OnwardModuleOptions,
  type OnwardObserver,
  type OnwardSettings,
} from './onward-module.ts';
export { OnwardFilter } from './filter.ts';
export { OnwardHealthIndicator, type OnwardHealth } from './health.ts';
