import { z } from 'zod';
import { DURATION_PATTERN, parseDuration } from './duration.ts';

const DAY = 24 * 60 * 60 * 1000;
/** The longest period that a timer can wait for is a little under 25 days. */
export const LONGEST_TIMER = 24 * DAY;
const LONGEST = 10 * 365 * DAY;
const NOT_A_DURATION = 'expected a duration such as 500ms, 30s, 5m, 1h30m or 1d';

// Control characters break label values and headers, lone surrogates cannot be sent at all.
const PRINTABLE = /^[^\p{Cc}\p{Cs}]*$/u;
const NOT_PRINTABLE = 'must not contain control characters or line breaks';

/** A Prometheus duration, read as milliseconds. */
export function duration({ zero = false, max = LONGEST }: { zero?: boolean; max?: number } = {}) {
  return z
    .string()
    .meta({ pattern: DURATION_PATTERN.source })
    .transform((text, context) => {
      const value = parseDuration(text);
      if (value !== undefined && (value > 0 || zero) && value <= max) return value;
      if (value === undefined) context.addIssue(NOT_A_DURATION);
      else if (value === 0) context.addIssue('must be longer than 0');
      else context.addIssue(`must not be longer than ${max / DAY}d`);
      return z.NEVER;
    });
}

/** Text fit for a label value; an empty label is as good as none. */
export function label() {
  return z.string().max(256).regex(PRINTABLE, NOT_PRINTABLE);
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

/** A secret in the file itself. Line breaks at its end come from files and block scalars. */
export function secret() {
  return z
    .string()
    .overwrite((text) => text.replace(/[\r\n]+$/, ''))
    .min(1)
    .regex(PRINTABLE, NOT_PRINTABLE);
}

/** The name of a file; relative to the folder of the configuration file. */
export function filePath() {
  return z.string().regex(PRINTABLE, NOT_PRINTABLE);
}

/** An http or https URL without the slash at its end. */
export function httpUrl({ credentials = false }: { credentials?: boolean } = {}) {
  return z.string().transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !/^https?:\/\//i.test(text)) context.addIssue('expected an http or https URL');
    else if (!credentials && (url.username || url.password))
      context.addIssue(
        'credentials do not belong in a URL: they go under auth, for an Alertmanager under basic_auth',
      );
    // Of an empty query or fragment only the mark is left.
    else if (/[?#]/.test(url.href)) context.addIssue('must not have a query or a fragment');
    else return url.href.replace(/\/+$/, '');
    return z.NEVER;
  });
}

/** As httpUrl, or empty. */
export function optionalHttpUrl(options?: { credentials?: boolean }) {
  const url = httpUrl(options);
  return z.string().transform((text, context) => {
    if (text === '') return '';
    const result = url.safeParse(text);
    if (result.success) return result.data;
    context.addIssue(result.error.issues[0]?.message ?? '');
    return z.NEVER;
  });
}

/** A regular expression that has to match from start to end. */
export function anchoredRegex() {
  return z.string().transform((text, context) => {
    try {
      // Compiled alone first: `a)(b` is wrong, although it is not within the anchors.
      new RegExp(text, 'u');
      return new RegExp(`^(?:${text})$`, 'u');
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^.*\/u: /s, '') : String(error);
      context.addIssue(`not a regular expression: ${reason.toLowerCase()}`);
      return z.NEVER;
    }
  });
}

/** A whole number within limits. */
export function whole(min: number, max: number) {
  return z.int().min(min).max(max);
}

/** Lets a rule across several keys run also where one of them is wrong in itself, so that all is told at once. */
export const onMappings = {
  when: ({ value }: { value: unknown }) =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
};
export const onLists = { when: ({ value }: { value: unknown }) => Array.isArray(value) };
