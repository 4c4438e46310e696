import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Operation } from '../../src/modelarts/api.ts';
import { cannedAnswer } from '../canned-answers.ts';
import { obey } from '../subject.ts';

// A cloud that costs next to nothing: the same ready answer for every target of a kind.

let latency = 0;
let requests = 0;

const server = createServer((request, response) => {
  requests += 1;
  const body = cannedAnswer(operationOf(request.url ?? ''));
  const answer = () => {
    response.setHeader('Content-Type', 'application/json');
    response.end(body);
  };
  if (latency === 0) answer();
  else setTimeout(answer, latency);
});
server.keepAliveTimeout = 60_000;

function operationOf(url: string): Operation {
  if (url.includes('/training-jobs/')) return 'training_job_events';
  if (url.includes('/logs')) return 'service_update_logs';
  return url.includes('/services/') ? 'service_events' : 'pool_events';
}

obey({
  async url() {
    if (!server.listening) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  /** @param milliseconds that every answer takes from now on */
  answerAfter(milliseconds: number) {
    latency = milliseconds;
  },
  /** How many requests came since the last question. */
  requests() {
    const count = requests;
    requests = 0;
    return count;
  },
});
