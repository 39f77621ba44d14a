// The entry `onward/client`: runs of services that other processes have.

export { createClient, type Client, type ClientOf, type ClientOptions } from './runtime/client.ts';
