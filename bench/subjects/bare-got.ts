import { Agent } from 'node:http';
import got from 'got';
import { costOf, inParallel } from '../cost.ts';
import { obey } from '../subject.ts';

// The least that a program that uses got can do with an answer: parse it.

const agent = { http: new Agent({ keepAlive: true }) };
const headers = { 'x-auth-token': 'token' };

async function read(url: string): Promise<void> {
  const { body } = await got(url, { agent, headers, retry: { limit: 0 } });
  JSON.parse(body);
}

obey({
  round: ({ urls, concurrency }: { urls: readonly string[]; concurrency: number }) =>
    costOf(() => inParallel(urls, concurrency, read)),
});
