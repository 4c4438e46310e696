import type { ProjectConfig } from '../config/config.ts';
import { formatDuration } from '../config/duration.ts';
import type { Finding } from '../kinds/examination.ts';
import type { ApiError } from '../modelarts/errors.ts';
import type { RateWindow } from '../modelarts/learnt-limit.ts';
import { parseRateWindow } from '../modelarts/retry-after.ts';
import type { Outcomes } from './gentle-api.ts';
import type { Overheard } from './overheard.ts';

const KINDS_OF_CREDENTIALS: Readonly<Record<ProjectConfig['auth']['kind'], string>> = {
  token: 'an IAM token',
  access_key: 'an access key with its secret key',
  password: 'an IAM user with a password',
  ecs_metadata: 'the temporary keys of an ECS agency',
  environment: 'an access key with its secret key, from the environment',
};

/** Beyond it a credential is about to end. Milliseconds. */
const ENDING_WITHIN = 3_600_000;
/** HTTP dates are whole seconds, and an answer takes its time. */
const SKEW_USUAL = 5;
const SKEW_GREAT = 60;
/** The gateway refuses signatures that are 15 minutes off. */
const SKEW_MAX = 600;

/** Whether ModelArts answers and takes the credential, and until when. */
export function credentialFindings(
  { auth, endpoint }: ProjectConfig,
  outcomes: Outcomes,
  { expiresAt }: Overheard,
  now: number,
): readonly Finding[] {
  const topic = 'credential';
  const errors = [...outcomes.values()];
  const what = KINDS_OF_CREDENTIALS[auth.kind];
  const isAccepted = errors.some(
    (error) =>
      error === undefined || (error.status !== undefined && !isAuth(error) && error.reason !== 'throttled'),
  );
  if (!isAccepted) {
    const rejection = errors.find((error) => error !== undefined && isAuth(error)) ?? errors.find(Boolean);
    if (rejection === undefined)
      return [{ topic, verdict: 'unknown', says: `${what}: nothing was asked for` }];
    const texts = [rejection.message];
    if (isAuth(rejection)) {
      const says = `${what}: rejected. Check the key, its project and the clock of this host`;
      return [{ topic, verdict: 'problem', says, texts }];
    }
    const unasked: Finding = { topic, verdict: 'unknown', says: `${what}: nobody could be asked` };
    return rejection.reason === 'throttled' ? [unasked] : [silence(endpoint, texts), unasked];
  }
  return [{ topic, verdict: 'ok', says: `${what}: accepted` }, endFinding(auth.kind, expiresAt, now)];
}

function silence(endpoint: string, texts: readonly string[]): Finding {
  const says = `${endpoint} does not answer. Check the region, the address, and the way there: DNS, proxy, firewall`;
  return { topic: 'endpoint', verdict: 'problem', says, texts };
}

function isAuth({ reason }: ApiError): boolean {
  return reason === 'auth';
}

function endFinding(
  kind: ProjectConfig['auth']['kind'],
  expiresAt: string | undefined,
  now: number,
): Finding {
  const topic = 'valid until';
  if (expiresAt !== undefined) {
    const left = Date.parse(expiresAt) - now;
    const says = `${new Date(expiresAt).toISOString()}, in ${formatDuration(Math.max(0, Math.round(left / 1000) * 1000))}; ${kind === 'token' ? 'whoever makes it has to replace it before' : 'the exporter renews it before'}`;
    return { topic, verdict: left > ENDING_WITHIN ? 'ok' : 'note', says };
  }
  if (kind === 'token')
    return {
      topic,
      verdict: 'unknown',
      says: 'IAM did not tell; it makes tokens for 24 hours. Who renews this one?',
    };
  return {
    topic,
    verdict: 'ok',
    says: 'an access key has no end of its own; a temporary one, with a security token, does not tell its end',
  };
}

/** A failure of whatever would be asked: it is told once, of the credential or the quota. */
export function isOfAll({ reason }: ApiError): boolean {
  return ['auth', 'network', 'timeout', 'throttled'].includes(reason);
}

/** How far the clocks are apart. */
export function clockFindings({ skews }: Overheard): readonly Finding[] {
  const topic = 'clock';
  if (skews.length === 0) return [{ topic, verdict: 'unknown', says: 'no answer told the time' }];
  const skew = skews.toSorted((a, b) => a - b)[Math.floor(skews.length / 2)] ?? 0;
  const seconds = Math.abs(Math.round(skew));
  if (seconds <= SKEW_USUAL)
    return [{ topic, verdict: 'ok', says: 'as that of ModelArts, to a few seconds' }];
  const says = `the clock of ModelArts is ${formatDuration(seconds * 1000)} ${skew > 0 ? 'ahead of' : 'behind'} the one of this host`;
  if (seconds <= SKEW_GREAT) return [{ topic, verdict: 'note', says }];
  const meaning = seconds >= SKEW_MAX ? '; from 15 minutes on signatures are refused' : '';
  return [{ topic, verdict: 'problem', says: `${says}${meaning}. Set the clock of this host by NTP` }];
}

/** What may be asked for how often, as far as it was told, and what that means for so many targets. */
export function quotaFindings(
  { quotas }: Overheard,
  refusal: ApiError | undefined,
  targets: number,
): readonly Finding[] {
  const topic = 'quota';
  const isUsedUp = refusal?.reason === 'throttled';
  const told = [...quotas].map(([whose, text]) => ({ whose, text, window: parseRateWindow(text) }));
  if (isUsedUp)
    told.push({ whose: 'this user, by a refusal', text: '', window: parseRateWindow(refusal.message) });
  const known = told.flatMap(({ whose, window, text }) =>
    window === undefined ? [] : [{ whose, window, text }],
  );
  if (known.length === 0 && !isUsedUp) {
    const says = 'is not told by this gateway: the exporter learns it from the first refusal (429)';
    return [{ topic, verdict: 'note', says }];
  }
  const usedUp: Finding = {
    topic,
    verdict: 'problem',
    says: 'is used up: what is left was not looked at. Who else uses this user? Run the doctor again later',
  };
  return [...(isUsedUp ? [usedUp] : []), ...windowFindings(known, targets)];
}

function windowFindings(
  known: readonly { readonly whose: string; readonly window: RateWindow; readonly text: string }[],
  targets: number,
): readonly Finding[] {
  const topic = 'quota';
  return known.map(({ whose, window, text }): Finding => {
    const remain = /\bremain:\s*(\d{1,9})\b/.exec(text)?.[1];
    const each = Math.ceil((targets * window.period) / window.limit / 1000) * 1000;
    const left = remain === undefined ? '' : `, of which ${remain} are left`;
    const pace =
      targets === 0
        ? ''
        : `. That reads each of ${targets} targets every ${formatDuration(each)} if all are read in turn`;
    const says = `of ${whose}: ${window.limit} requests in ${formatDuration(window.period)}${left}${pace}`;
    return { topic, verdict: 'ok', says };
  });
}

/** What a call needs. */
export interface Need {
  /** The actions of IAM: one, or others that documents name in its place; none where documents name none. */
  readonly actions: readonly string[];
  /** What is so where the call is refused, if the exporter does without it. */
  readonly without: string | undefined;
}

/** Each permission by its name: granted, refused, or not tried. */
export function permissionFindings(
  needs: Readonly<Record<string, Need>>,
  outcomes: Outcomes,
): readonly Finding[] {
  const byName = new Map<string, ApiError | undefined>(outcomes);
  return Object.entries(needs).map(([operation, { actions, without }]): Finding => {
    const topic = actions[0] ?? operation;
    if (!byName.has(operation))
      return { topic, verdict: 'unknown', says: `not tried: there was nothing to ask for (${operation})` };
    const error = byName.get(operation);
    if (error === undefined) return { topic, verdict: 'ok', says: `granted (${operation})` };
    const texts = [error.message];
    if (error.reason === 'forbidden') {
      const lacks = without === undefined ? '' : `: ${without}`;
      const says = `refused (${operation})${lacks}. ${adviceOn(actions)}`;
      return { topic, verdict: without === undefined ? 'problem' : 'note', says, texts };
    }
    if (error.reason === 'not_found' && without !== undefined)
      return { topic, verdict: 'note', says: `is not there (${operation}): ${without}`, texts };
    if (error.reason === 'not_found')
      return { topic, verdict: 'ok', says: `granted (${operation}): what was asked for is not there` };
    const verdict = isOfAll(error) ? 'unknown' : 'problem';
    return { topic, verdict, says: `could not be tried (${operation}, ${error.reason})`, texts };
  });
}

function adviceOn([action, ...others]: readonly string[]): string {
  if (action === undefined) return 'The documents name no action that it needs';
  const add = `Add the action ${action} to the policy of the exporter's user`;
  return [add, ...others].join('; if that does not help, also ');
}
