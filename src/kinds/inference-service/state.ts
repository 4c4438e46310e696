import { present } from '../decode.ts';
import type { Occurrence } from '../event.ts';
import type { ListingNews } from '../kind.ts';
import type { FoldContext } from '../reading.ts';
import { foldMarks, type PhaseRuns } from '../service/phase-runs.ts';
import { type Mark, markOf } from '../service/phases.ts';
import { beganWith, withTrouble } from '../trouble-events.ts';
import type { ServiceDetail } from './detail.ts';
import type { InferenceServiceDetails } from './discovery.ts';
import type { Backlog, ServiceEvent } from './events.ts';
import type { PodEvent } from './pod-events.ts';
import { inOrder, type PodTally, tallied } from './pod-tally.ts';
import { imagePullOf } from './pulled-image.ts';
import { foldDeployments, foldStatus, type StatusState } from './status.ts';

/** What a read of a service brings: its own events, and where they are asked for those of its pods. */
export type InferenceEvent = ServiceEvent | PodEvent;

/** What a service is, rather than how it does. */
interface Facts {
  readonly type?: string;
  readonly deployType?: string;
  readonly owner?: string;
}

/** What is known of an inference service beyond its event counts. */
export interface InferenceServiceState extends StatusState, PhaseRuns {
  name?: string;
  facts?: Facts;
  versions?: number;
  /** The listing shows it: what changes is told there. */
  isListed: boolean;
  /** When the detail was last read; 0: never. Something has happened since then. */
  detailAt: number;
  isStale: boolean;
  backlog?: Backlog;
  podTally: PodTally;
}

export function initialState(): InferenceServiceState {
  return {
    deployments: [],
    updates: [],
    isListed: false,
    detailAt: 0,
    isStale: true,
    runs: {},
    marks: [],
    podTally: [],
  };
}

export function isOfPod(event: InferenceEvent): event is PodEvent {
  return 'deployment' in event;
}

/** @param told undefined where ModelArts does not tell */
export function foldDetail(state: InferenceServiceState, told: ServiceDetail | undefined, now: number): void {
  state.detailAt = now;
  state.isStale = false;
  if (told === undefined) return;
  const { name, status, version, failureReason, deployments } = told;
  if (name !== undefined) state.name = name;
  foldFacts(state, told);
  foldStatus(state, present({ status, version }), now);
  foldDeployments(state, deployments, now);
  if (failureReason === undefined) delete state.failureReason;
  else state.failureReason = failureReason;
}

export function foldListed(
  state: InferenceServiceState,
  details: InferenceServiceDetails,
  now: number,
): ListingNews {
  const { versions } = details;
  const isNew = foldFacts(state, details) || !state.isListed || versions !== state.versions;
  state.isListed = true;
  if (versions !== undefined) state.versions = versions;
  const isChanged = foldStatus(state, details, now);
  if (isChanged) state.isStale = true;
  return isNew || isChanged ? 'change' : 'nothing';
}

/** @returns whether anything is new */
function foldFacts(state: InferenceServiceState, { type, deployType, owner }: Facts): boolean {
  const before = state.facts ?? {};
  const facts = { ...before, ...present({ type, deployType, owner }) };
  state.facts = facts;
  return facts.type !== before.type || facts.deployType !== before.deployType || facts.owner !== before.owner;
}

export function foldEvents(
  state: InferenceServiceState,
  occurrences: readonly Occurrence<InferenceEvent>[],
  { countingSince }: FoldContext,
): void {
  const marks: Mark[] = [];
  const ofPods: Occurrence<PodEvent>[] = [];
  for (const { event, at, count } of occurrences) {
    if (isOfPod(event)) {
      ofPods.push({ event, at, count });
      const pull = imagePullOf(event, at);
      if (pull !== undefined && at >= (state.runs.image_pulling?.end ?? 0)) state.runs.image_pulling = pull;
      continue;
    }
    const mark = markOf(at, event.message);
    if (mark !== undefined) marks.push(mark);
    const isTrouble = event.eventType === 'abnormal' || event.eventType === 'warning';
    const { message } = event;
    if (isTrouble) state.newestTrouble = withTrouble(state.newestTrouble, { at, message, count });
  }
  state.podTally = inOrder(tallied(state.podTally, ofPods, countingSince));
  // Nobody saw the service take this status: the event that explains it tells since when.
  if (state.status !== undefined) state.status.since ??= beganWith(state.newestTrouble, state.status.seenAt);
  foldMarks(state, marks);
}
