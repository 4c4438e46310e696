import { keyOf, type TargetKey } from '../target-key.ts';
import { type Alert, type AlertProject, type AlertTarget, targetLabels } from './alert.ts';
import { type AlertList, type AlertOwner, AlertRevisions, type AlertSettings } from './alert-revisions.ts';
import { type Failure, NO_END, namesOf, projectDown, THROTTLED, targetDown } from './outage.ts';
import type { ProjectMemory, ProjectWatch } from './project-watch.ts';
import { ProjectWatches } from './project-watches.ts';
import type { QuietRules } from './quiet.ts';
import { type AlertState, sortedLabels } from './record.ts';
import { expire, type Observation, observe, redated, resolveAll, setDown, withoutDown } from './states.ts';
import {
  clockStepped,
  downRecord,
  prove,
  type RestoredAlerts,
  readWorked,
  restore,
  unclaimedIn,
  unclaimedOf,
  unseenSince,
  type WatchedTarget,
  watched,
} from './watched-target.ts';

export type BridgeSettings = Omit<QuietRules, 'unseenSince' | 'lastRead'> & AlertSettings;

export interface BridgeOptions {
  /** Milliseconds without a successful read after which a target is down. */
  readonly downAfter: (target: TargetKey) => number;
  /** Milliseconds without any answer after which a project is down. */
  readonly projectDownAfter: () => number;
  /** The project waits because the API answered 429. */
  readonly isThrottled: (project: string) => boolean;
  /** Milliseconds for which what a state file or a listing tells of a target may wait for a read to be sent. */
  readonly provenWithin?: () => number;
  /** Called after every change, at once. */
  readonly onChange: () => void;
  /** Called when a project is down, and when it is so no longer: no read need end meanwhile that would save it. */
  readonly onProjectChange?: () => void;
}

/** Holds the alerts of all targets and projects. */
export class AlertBridge {
  #settings: BridgeSettings;
  readonly #options: BridgeOptions;
  readonly #entries = new Map<string, WatchedTarget>();
  readonly #projects: ProjectWatches;
  readonly #revisions: AlertRevisions;

  constructor(settings: BridgeSettings, options: BridgeOptions) {
    this.#settings = settings;
    this.#options = options;
    this.#revisions = new AlertRevisions(settings, options.onChange);
    this.#projects = new ProjectWatches(this.#revisions);
  }

  /** Takes new settings; alerts whose labels differ under them run out in Alertmanager under the old ones. */
  configure(settings: BridgeSettings): void {
    this.#settings = settings;
    this.#revisions.configure(settings, this.#owners());
  }

  /** The wall clock was set by so many milliseconds. */
  clockStepped(by: number, now: number): void {
    for (const watch of this.#projects.all()) watch.clockStepped(by);
    for (const entry of this.#entries.values()) clockStepped(entry, by);
    for (const owner of this.#owners())
      if (owner.state.length > 0) this.#revisions.put(owner, redated(owner.state, by, now));
  }

  /** Makes these the projects that are watched, with what a state file held of them. */
  watchProjects(projects: readonly AlertProject[], now: number, before: readonly ProjectMemory[] = []): void {
    this.#projects.watch(projects, now, before);
  }

  /** What a state file is to hold of the projects. */
  projectMemories(): readonly ProjectMemory[] {
    return this.#projects.all().flatMap((watch) => watch.memory() ?? []);
  }

  /** Makes a target known, also one that was removed, with what a state file held of it. */
  watch(target: AlertTarget, now: number, { alerts = [], lastRead }: RestoredAlerts = {}): void {
    const known = this.#entries.get(keyOf(target));
    if (known !== undefined) {
      restore(known, now);
      return;
    }
    const entry = watched(target, now, { alerts, lastRead });
    // Nothing of the project could be read when the process before ended, so that nobody knows what has ended since.
    if (this.#projects.get(target.project)?.isDown) entry.blindSince ??= now;
    this.#entries.set(keyOf(target), entry);
    this.#awaitRead(entry, now);
    if (alerts.length > 0) this.#revisions.put(entry, redated(alerts, 0, now));
  }

  /**
   * Takes in what was seen of a target that is watched; one that was removed is back by that.
   * @param awaitsRead a listing shows something else than before, and the target is read next: what fires by that
   * waits for the read
   */
  observe(target: AlertTarget, observation: Observation, now: number, awaitsRead = false): void {
    const entry = this.#entries.get(keyOf(target));
    if (entry === undefined) return;
    restore(entry, now);
    entry.target = target;
    const noticedAfter = Math.min(this.#options.downAfter(target), this.#settings.resolveAfter);
    const rules = {
      ...this.#settings,
      lastRead: entry.lastRead,
      unseenSince: unseenSince(entry, noticedAfter, now),
    };
    const state = observe(entry.state, targetLabels(target), observation, now, rules);
    if (awaitsRead && state.some(({ origin, toldAt }) => origin === 'condition' && toldAt === now))
      this.#awaitRead(entry, now);
    this.#revisions.put(entry, state);
  }

  /**
   * Takes in how a read of a target went; `failure` is undefined if it worked.
   * @param began when the read began
   */
  readEnded(target: TargetKey, failure: Failure | undefined, now: number, began = now): void {
    const entry = this.#entries.get(keyOf(target));
    if (entry === undefined || entry.removed) return;
    entry.failure = failure;
    this.#prove(entry, now, began);
    this.answered(target.project, failure, now);
    if (failure !== undefined) {
      entry.failingSince ??= now;
      this.#checkTarget(entry, now);
      return;
    }
    if (readWorked(entry, began, now)) this.#revisions.touch(entry);
    const state = setDown(entry.state, targetLabels(entry.target), undefined, now, this.#settings);
    this.#revisions.put(entry, state);
  }

  /** Takes in how a read or a listing of a project went; `failure` is undefined if it worked. */
  answered(project: string, failure: Failure | undefined, now: number): void {
    const watch = this.#projects.get(project);
    if (watch === undefined) return;
    const wasDown = watch.isDown;
    watch.answered(failure, now);
    if (wasDown !== (watch.outage(this.#options.projectDownAfter(), now) !== undefined))
      this.#checkProject(watch, now);
  }

  /** Lets time pass: ends what was quiet, finds what is not read, forgets what was resolved long ago. */
  tick(now: number): void {
    for (const watch of this.#projects.all()) {
      this.#revisions.put(watch, expire(watch.state, now, this.#settings));
      this.#projects.forgetToldOf(watch);
      if (watch.removed) continue;
      if (this.#options.isThrottled(watch.project.project)) watch.answered(THROTTLED, now);
      this.#checkProject(watch, now);
    }
    for (const [key, entry] of this.#entries) {
      this.#prove(entry, now);
      this.#revisions.put(entry, expire(entry.state, now, this.#settings));
      if (entry.removed && entry.state.length === 0) this.#entries.delete(key);
      if (!entry.removed) this.#checkTarget(entry, now);
    }
  }

  /** The exporter ends: what waits for a read is sent, but of targets that this process has not looked at. */
  release(now: number): void {
    for (const entry of this.#entries.values())
      if (entry.lastSuccess !== undefined) this.#prove(entry, now, now);
  }

  /** Resolves the alerts of a target that is no longer collected; they are sent for as long as any that resolved. */
  remove(target: TargetKey, now: number): void {
    const entry = this.#entries.get(keyOf(target));
    if (entry === undefined) return;
    entry.removed = true;
    entry.unproven = undefined;
    this.#revisions.put(entry, resolveAll(entry.state, now));
  }

  /** What a state file is to hold of a target. */
  snapshot(target: TargetKey): AlertState {
    return this.#entries.get(keyOf(target))?.state ?? [];
  }

  /**
   * What is to be sent: alerts, firing or resolved lately, of the targets that changed after `revision`; 0 for all.
   * What a state file holds waits for the first read of its target: it may have ended while this process was not
   * there, and another replica may have told so. What a listing tells waits for the read that it makes due: the events
   * tell since when and why.
   */
  since(revision: number): AlertList {
    const isProven = (owner: AlertOwner) => !('target' in owner) || owner.unproven === undefined;
    return this.#revisions.since(revision, this.#owners().filter(isProven));
  }

  /** The alerts that fire. */
  active(): readonly Alert[] {
    return this.#revisions.since(0, this.#owners()).alerts.filter((alert) => alert.endsAt === undefined);
  }

  #awaitRead(entry: WatchedTarget, now: number): void {
    const { provenWithin = () => 0 } = this.#options;
    // No longer than it fires in any case, so that what is over by then is told too.
    const wait = Math.min(provenWithin(), this.#settings.keepFiringFor || Number.POSITIVE_INFINITY);
    if (wait > 0) entry.unproven ??= { since: now, until: now + wait };
  }

  #prove(entry: WatchedTarget, now: number, readBegan?: number): void {
    if (prove(entry, now, readBegan)) this.#revisions.touch(entry);
  }

  #owners(): AlertOwner[] {
    return [...this.#projects.all(), ...this.#entries.values()];
  }

  #checkProject(watch: ProjectWatch, now: number): void {
    const outage = watch.outage(this.#options.projectDownAfter(), now);
    const lastKnown = () => unclaimedIn(watch.project.project, this.#entries.values());
    const down = outage && projectDown({ ...outage, lastKnown: lastKnown() });
    const wasDown = watch.isDown;
    this.#revisions.put(
      watch,
      setDown(watch.state, sortedLabels({ ...watch.project }), down, now, this.#settings),
    );
    if (watch.isDown !== wasDown) this.#options.onProjectChange?.();
  }

  /** A target once down stays so until it is read, also across a restart, or until its whole project is down. */
  #checkTarget(entry: WatchedTarget, now: number): void {
    const { target, state, failure } = entry;
    const watch = this.#projects.get(target.project);
    const firing = downRecord(entry);
    const waitedFrom = Math.max(entry.watchedAt, entry.lastSuccess ?? 0);
    const waited = now - Math.max(waitedFrom, watch?.restoredAt ?? 0);
    if (firing === undefined && waited < this.#options.downAfter(target)) return;
    if (entry.blindSince === undefined) this.#revisions.touch(entry);
    entry.blindSince ??= now;
    if (watch?.covers(entry.failingSince)) {
      this.#revisions.put(entry, withoutDown(state));
      return;
    }
    // Restored, and no read has ended yet: what the process before knew is more.
    if (firing !== undefined && failure === undefined) return;
    const down = targetDown({
      since: firing?.startsAt ?? waitedFrom,
      failure: failure ?? (this.#options.isThrottled(target.project) ? THROTTLED : NO_END),
      lastKnown: namesOf(unclaimedOf(entry)),
    });
    this.#revisions.put(entry, setDown(state, targetLabels(target), down, now, this.#settings));
  }
}
