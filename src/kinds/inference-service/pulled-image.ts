import type { Run } from '../service/phases.ts';
import type { PodEvent } from './pod-events.ts';

/** As Kubernetes writes it: `Successfully pulled image "X" in 1m2.5s (1m3s including waiting)`. */
const PULLED =
  /^Successfully pulled image .{0,500}? in ((?:\d{1,9}(?:\.\d{1,9})?(?:h|m|s|ms|us|µs|ns))+)(?: |\.|$)/;
const PART = /(\d+(?:\.\d+)?)(h|ms|m|us|µs|ns|s)/g;
const MILLISECONDS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** How long a pod took to pull its image, where its event says so. */
export function imagePullOf({ reason, message }: PodEvent, at: number): Run | undefined {
  const duration = reason === 'Pulled' ? PULLED.exec(message)?.[1] : undefined;
  if (duration === undefined) return undefined;
  let milliseconds = 0;
  for (const [, number, unit = ''] of duration.matchAll(PART)) {
    milliseconds += Number(number) * (MILLISECONDS[unit] ?? 0);
  }
  return { phase: 'image_pulling', end: at, milliseconds };
}
