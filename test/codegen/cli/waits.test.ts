// Handlers that wait for a message from outside, as `list` and `graph` show them.

import { expect, it } from 'vitest';
import { projectOnDisk } from '../project-on-disk.ts';

const DESK = `import { IsBoolean } from 'class-validator';
import { Handler, Job, OnSuccess, type Sent } from 'onward';

export class Approval {
  @IsBoolean() ok!: boolean;
}

export class Desk {
  @Job() ask(): void {}
  @Handler({ waits: true }) @OnSuccess('ask') approve(approval: Sent<Approval>): boolean { return approval.ok; }
  @Handler({ waits: true }) @OnSuccess('approve') allow(): void {}
  @OnSuccess('allow') close(): void {}
}
`;

const desk = () => projectOnDisk({ 'src/desk.ts': DESK });

it('lists what waits', async () => {
  expect((await desk().onward('list')).out).toMatchInlineSnapshot(`
    "Desk.ask      job
    Desk.approve  handler  Approval (waits)
      on success of Desk.ask
    Desk.allow    handler  (waits)
      on success of Desk.approve
    Desk.close    handler
      on success of Desk.allow
    "
  `);
});

it('draws what waits as a box within a box', async () => {
  expect((await desk().onward('graph')).out).toMatchInlineSnapshot(`
    "flowchart TD
      n0(["Desk.ask"])
      n1[["Desk.approve"]]
      n2[["Desk.allow"]]
      n3["Desk.close"]
      n0 -->|"success"| n1
      n1 -->|"success"| n2
      n2 -->|"success"| n3
    "
  `);
  expect((await desk().onward('graph', '--format', 'dot')).out).toMatchInlineSnapshot(`
    "digraph {
      n0 [label="Desk.ask", shape=box, style=rounded];
      n1 [label="Desk.approve", shape=box, peripheries=2];
      n2 [label="Desk.allow", shape=box, peripheries=2];
      n3 [label="Desk.close", shape=box];
      n0 -> n1 [label="success"];
      n1 -> n2 [label="success"];
      n2 -> n3 [label="success"];
    }
    "
  `);
});

it('says so in JSON, of those that wait only', async () => {
  const waiting = { id: 'Desk.approve', kind: 'handler', method: 'approve', waits: true };
  const { nodes } = JSON.parse((await desk().onward('list', '--json')).out);
  expect(nodes).toContainEqual(waiting);
  expect(nodes).toContainEqual({ id: 'Desk.close', kind: 'handler', method: 'close' });
});
