import type { Format } from './lines.ts';

/** The Content-Type of each format. */
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/**
 * Chooses the format by an Accept header: the best quality wins, the first of equals. A header that
 * asks for neither format gets the text format, since a scraper has no use for a 406.
 */
export function acceptedFormat(accept: string | undefined): Format {
  const ranges = parse(accept ?? '')
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality);
  for (const { value, version } of ranges) {
    if (value === 'application/openmetrics-text' && (version ?? '1.0.0') === '1.0.0') return 'openmetrics';
    if (value === 'text/plain' && (version ?? '0.0.4') === '0.0.4') return 'text';
    if (value === 'text/*' || value === '*/*') return 'text';
  }
  return 'text';
}

/** Whether an Accept-Encoding header allows gzip; what it says of gzip itself outweighs `*`. */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = parse(acceptEncoding ?? '');
  const gzip = codings.find(({ value }) => value === 'gzip') ?? codings.find(({ value }) => value === '*');
  return gzip !== undefined && gzip.quality > 0;
}

interface Range {
  readonly value: string;
  readonly version: string | undefined;
  /** 0 to 1; what can't be read counts as 0. */
  readonly quality: number;
}

function parse(header: string): Range[] {
  return header
    .toLowerCase()
    .split(',')
    .map((range) => {
      const [value = '', ...rest] = range.split(';').map((part) => part.trim());
      const parameters = new Map(rest.map((part): [string, string] => split(part)));
      const quality = Number(parameters.get('q') ?? 1);
      return {
        value,
        version: parameters.get('version'),
        quality: quality >= 0 && quality <= 1 ? quality : 0,
      };
    });
}

function split(parameter: string): [string, string] {
  const [name = '', value = ''] = parameter.split('=', 2);
  return [name.trim(), value.trim().replace(/^"(.*)"$/, '$1')];
}
