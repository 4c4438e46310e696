import { once } from 'node:events';
import { type Agent, get, type IncomingMessage } from 'node:http';

/** Reads an answer to its end and throws it away. @returns its status and the bytes received */
export async function scrape(
  url: string,
  options: { agent?: Agent; gzip?: boolean } = {},
): Promise<{ status: number; bytes: number }> {
  const request = get(url, {
    ...(options.agent === undefined ? {} : { agent: options.agent }),
    headers: options.gzip ? { 'accept-encoding': 'gzip' } : {},
  });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  return { status: response.statusCode ?? 0, bytes };
}

/** @throws where the answer is not 200 */
export async function scrapeText(url: string, { accept = 'text/plain' } = {}): Promise<string> {
  const response = await fetch(url, { headers: { accept } });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${text.slice(0, 200)}`);
  return text;
}
