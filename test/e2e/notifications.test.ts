import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, vi } from 'vitest';
import { WAIT } from '../patience.ts';
import { testWith } from '../programs.ts';
import { folderWith } from './built-binary.ts';
import { filledInReceivers, type Labels, post, startExample } from './example-alertmanager.ts';
import { startMailServer } from './fake-mail-server.ts';

/** What an event of ModelArts could hold to deceive a template, a mail, a chat or an incident tool. */
const HOSTILE = [
  'a\r\n.\r\nQUIT',
  'Subject: forged',
  '{{ template "modelarts.title" . }} {{ .ExternalURL }}',
  '<script>alert(1)</script> <!channel> <https://evil.example|click> & "quoted" \\n',
  '\u001b[31m\u202e 服务部署失败 😀',
].join('\n');
const SUMMARY = 'Service chat (project prod) reported an abnormal event';
const RUNBOOK = 'https://exporter.example.com/docs/runbooks#modelartsserviceabnormalevent';
const DASHBOARD = 'https://grafana.example.com/d/modelarts-service?var-project=prod&var-service=s1';
const PAGE = 'https://exporter.example.com/targets/prod/service/s1';

const LABELS: Labels = {
  alertname: 'ModelArtsServiceAbnormalEvent',
  severity: 'warning',
  project: 'prod',
  kind: 'service',
  target: 's1',
};
const REST = {
  generatorURL: PAGE,
  annotations: {
    summary: SUMMARY,
    description: HOSTILE,
    event_time: '2026-01-10T12:00:00.000Z',
    events: '2',
    runbook_url: RUNBOOK,
    dashboard_url: DASHBOARD,
  },
};

/** Takes whatever is posted to it. */
async function startHook(answer: string) {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    bodies.push((await json(request)) as Record<string, unknown>);
    response.statusCode = answer === 'ok' ? 200 : 202;
    response.end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    bodies,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The example with its own receivers, at servers of the test. */
async function startServers() {
  const mail = await startMailServer();
  const chat = await startHook('ok');
  const incidents = await startHook('{"status":"success"}');
  const folder = await folderWith({ 'slack-url': chat.url, 'pagerduty-key': 'k'.repeat(32) });
  const places: Readonly<Record<string, object>> = {
    email_configs: { smarthost: mail.address, require_tls: false },
    slack_configs: { api_url_file: folder.file('slack-url') },
    pagerduty_configs: { routing_key_file: folder.file('pagerduty-key'), url: incidents.url },
  };
  const alertmanager = await startExample((name) => {
    const receiver = filledInReceivers().find((each) => each.name === name) ?? {};
    return Object.fromEntries(
      Object.entries(receiver)
        .filter(([key]) => key !== 'name')
        .map(([key, configs]) => [key, (configs as object[]).map((each) => ({ ...each, ...places[key] }))]),
    );
  });
  return {
    mail,
    chat,
    incidents,
    alertmanager,
    async [Symbol.asyncDispose]() {
      await alertmanager[Symbol.asyncDispose]();
      for (const server of [mail, chat, incidents, folder]) await server[Symbol.asyncDispose]();
    },
  };
}

testWith('alertmanager')(
  'mail, chat and incident tool are told what happened, whatever the event says, and that it is over',
  async () => {
    await using servers = await startServers();
    const { mail, chat, incidents, alertmanager } = servers;
    const critical = { ...LABELS, alertname: 'ModelArtsServiceFailed', severity: 'critical', target: 's2' };
    await post(alertmanager, [LABELS, critical], REST);

    await vi.waitFor(() => expect(mail.mails).toHaveLength(1), WAIT);
    const [first] = mail.mails;
    expect(first?.recipients).toEqual(['RCPT TO:<ml-team@example.com>']);
    expect(first?.headers.get('subject')).toBe(`WARNING: ${SUMMARY}`);
    expect(first?.headers.get('to')).toBe('ml-team@example.com');
    // What a mail program takes for a line is one, whatever the event's own are.
    const lines = (text: string) => text.split(/\r?\n/);
    expect(lines(first?.text ?? '').join('\n')).toContain(lines(HOSTILE).join('\n'));
    expect(first?.text).toContain(`What to do: ${RUNBOOK}\nDashboard: ${DASHBOARD}`);
    expect(first?.text).toContain('At 2026-01-10T12:00:00.000Z, events: 2');

    await vi.waitFor(() => expect(chat.bodies).toHaveLength(1), WAIT);
    const [attachment] = (chat.bodies[0]?.['attachments'] ?? []) as Record<string, string>[];
    expect(attachment).toMatchObject({ title: `WARNING: ${SUMMARY}`, title_link: PAGE });
    // Slack takes `<` for the beginning of a link, or of a call to everybody.
    expect(attachment?.['text']).not.toMatch(/<(?!\s)/);
    expect(attachment?.['text']).toContain('&lt;script&gt;alert(1)&lt;/script&gt; &lt;!channel&gt;');
    expect(attachment?.['text']).toContain('&amp; "quoted"');

    await vi.waitFor(() => expect(incidents.bodies).toHaveLength(1), WAIT);
    const { payload, ...event } = incidents.bodies[0] as { payload: Record<string, unknown> };
    expect(event).toMatchObject({ event_action: 'trigger', client_url: PAGE });
    expect(payload).toMatchObject({ summary: `CRITICAL: ${SUMMARY}`, severity: 'critical' });
    expect((payload['custom_details'] as Labels)['text']).toContain(HOSTILE);

    await post(alertmanager, [LABELS, critical], { ...REST, endsAt: new Date().toISOString() });
    await vi.waitFor(() => {
      expect(mail.mails[1]?.headers.get('subject')).toBe(`RESOLVED: ${SUMMARY}`);
      expect(mail.mails[1]?.text).toContain(`Resolved: ${SUMMARY}`);
      const [resolved] = (chat.bodies[1]?.['attachments'] ?? []) as Record<string, string>[];
      expect(resolved).toMatchObject({ title: `RESOLVED: ${SUMMARY}` });
      expect(incidents.bodies[1]).toMatchObject({ event_action: 'resolve', dedup_key: expect.any(String) });
    }, WAIT);
    expect([mail.mails.length, chat.bodies.length, incidents.bodies.length]).toEqual([2, 2, 2]);
  },
);
