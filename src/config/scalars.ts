import { z } from 'zod';
import { DURATION_PATTERN, formatDuration, parseDuration } from './duration.ts';

// Each function makes the schema of a single value: how its text is read, and how it is shown to people.

const DAY = 24 * 60 * 60 * 1000;
/** The longest period that a timer can wait for is a little under 25 days. */
export const TIMER_MAX = 24 * DAY;
const DURATION_MAX = 10 * 365 * DAY;
/** What is shown in place of a secret. */
export const SECRET = '<secret>';

/** Control characters break label values and headers, lone surrogates cannot be sent at all. */
export function printable(text = z.string()) {
  return text.regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters or line breaks');
}

function readAs<T>(
  text: z.ZodString,
  read: (text: string, refuse: (message: string) => never) => T,
  show: (value: T) => string,
) {
  return z.codec(text, z.custom<T>(), {
    decode: (input, { issues }) =>
      read(input, (message) => {
        issues.push({ code: 'custom', message, input });
        return z.NEVER;
      }),
    encode: show,
  });
}

/** A Prometheus duration, read as milliseconds. */
export function duration({ zero = false, max = DURATION_MAX }: { zero?: boolean; max?: number } = {}) {
  const text = z.string().meta({ pattern: DURATION_PATTERN.source });
  return readAs<number>(
    text,
    (written, refuse) => {
      const value = parseDuration(written);
      if (value === undefined) return refuse('expected a duration such as 500ms, 30s, 5m, 1h30m or 1d');
      if (value === 0 && !zero) return refuse('must be longer than 0');
      return value > max ? refuse(`must not be longer than ${max / DAY}d`) : value;
    },
    formatDuration,
  );
}

/** Text fit for a label value; an empty label is as good as none. */
export function label() {
  return printable(z.string().max(256));
}

/** The id of a resource or the name of a project: a label that is a segment of a URL's path too. */
export function pathLabel() {
  return label()
    .min(1)
    .regex(/^(?!\.\.?$)/, 'must not be . or ..');
}

/** A display name; empty is as good as none. */
export function displayName() {
  return label().optional();
}

/** The name of a file; relative to the folder of the configuration file. */
export function filePath() {
  return printable();
}

/**
 * An http or https URL without the slash at its end.
 * @param optional empty text is none
 */
export function httpUrl({ credentials = false, optional = false } = {}) {
  return readAs<string>(
    z.string(),
    (text, refuse) => {
      if (optional && text === '') return '';
      if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return refuse('expected an http or https URL');
      const url = new URL(text);
      if (!credentials && (url.username || url.password))
        return refuse(
          'credentials do not belong in a URL: they go under auth, for an Alertmanager under basic_auth',
        );
      // Of an empty query or fragment only the mark is left.
      if (/[?#]/.test(url.href)) return refuse('must not have a query or a fragment');
      return url.href.replace(/\/+$/, '');
    },
    (url) => url.replace(/\/\/[^/@]*@/, `//${SECRET}@`),
  );
}

/** What a link may hold in braces. */
export const LINK_PLACES = ['region', 'project', 'project_id', 'kind', 'id', 'name'] as const;

/** An address with places such as `{region}`, or nothing. */
export function linkTemplate() {
  const check = (text: string): string | undefined => {
    const strange = [...text.matchAll(/\{(.*?)\}/g)]
      .map(([, place = '']) => place)
      .find((place) => !LINK_PLACES.some((known) => known === place));
    if (strange !== undefined)
      return `expected no other places than ${LINK_PLACES.map((place) => `{${place}}`).join(', ')}`;
    const url = text.replace(/\{\w+\}/g, 'x');
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return 'expected an http or https URL';
    const { username, password } = new URL(url);
    return username || password ? 'credentials do not belong in a link' : undefined;
  };
  return z.string().superRefine((text, context) => {
    const message = text === '' ? undefined : check(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

/** A regular expression that has to match from start to end. */
export function anchoredRegex() {
  return readAs<RegExp>(
    z.string(),
    (text, refuse) => {
      try {
        // Compiled alone first: `a)(b` is wrong, although it is not within the anchors.
        new RegExp(text, 'u');
        return new RegExp(`^(?:${text})$`, 'u');
      } catch (error) {
        const reason = error instanceof Error ? error.message.replace(/^.*\/u: /s, '') : String(error);
        return refuse(`not a regular expression: ${reason.toLowerCase()}`);
      }
    },
    withoutAnchors,
  );
}

/** An anchored regular expression as the configuration has it. */
export function withoutAnchors({ source }: RegExp): string {
  return source.replace(/^\^\(\?:(.*)\)\$$/s, '$1');
}

/** A whole number within limits. */
export function whole(min: number, max: number) {
  return z.int().min(min).max(max);
}
