import { MappingType, type ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { COLOUR } from './colours.ts';

interface State {
  /** Label value. */
  readonly value: string;
  readonly text: string;
  readonly colour: string;
}

/** A state set: a metric with one series per state, of which one is 1. */
export interface StateSet {
  readonly metric: string;
  readonly label: string;
  /** The worse, the later: where two exporters disagree, the worse one shows. */
  readonly states: readonly State[];
}

export const UPDATE_RESULT: StateSet = {
  metric: 'modelarts_service_last_update_result',
  label: 'result',
  states: [
    { value: 'success', text: 'Success', colour: COLOUR.good },
    { value: 'running', text: 'Running', colour: COLOUR.busy },
    { value: 'fail', text: 'Failed', colour: COLOUR.bad },
  ],
};

export const SERVICE_STATUS: StateSet = {
  metric: 'modelarts_service_status',
  label: 'status',
  states: [
    { value: 'running', text: 'Running', colour: COLOUR.good },
    { value: 'finished', text: 'Finished', colour: COLOUR.ended },
    { value: 'stopped', text: 'Stopped', colour: COLOUR.ended },
    { value: 'deploying', text: 'Deploying', colour: COLOUR.busy },
    { value: 'pending', text: 'Pending', colour: COLOUR.busy },
    { value: 'waiting', text: 'Waiting', colour: COLOUR.busy },
    { value: 'stopping', text: 'Stopping', colour: COLOUR.removed },
    { value: 'deleting', text: 'Deleting', colour: COLOUR.removed },
    { value: 'concerning', text: 'Concerning', colour: COLOUR.warning },
    { value: 'failed', text: 'Failed', colour: COLOUR.bad },
  ],
};

export const INFERENCE_SERVICE_STATUS: StateSet = {
  metric: 'modelarts_inference_service_status',
  label: 'status',
  states: [
    { value: 'running', text: 'Running', colour: COLOUR.good },
    { value: 'stopped', text: 'Stopped', colour: COLOUR.ended },
    { value: 'init', text: 'Waiting', colour: COLOUR.busy },
    { value: 'deploying', text: 'Deploying', colour: COLOUR.busy },
    { value: 'upgrading', text: 'Upgrading', colour: COLOUR.busy },
    { value: 'interrupting', text: 'Interrupting', colour: COLOUR.busy },
    { value: 'stopping', text: 'Stopping', colour: COLOUR.removed },
    { value: 'deleting', text: 'Deleting', colour: COLOUR.removed },
    { value: 'concerning', text: 'Concerning', colour: COLOUR.warning },
    { value: 'error', text: 'Error', colour: COLOUR.bad },
    { value: 'failed', text: 'Failed', colour: COLOUR.bad },
  ],
};

export const TRAINING_JOB_STATUS: StateSet = {
  metric: 'modelarts_training_job_status',
  label: 'status',
  states: [
    { value: 'running', text: 'Running', colour: COLOUR.good },
    { value: 'completed', text: 'Completed', colour: COLOUR.ended },
    { value: 'creating', text: 'Creating', colour: COLOUR.busy },
    { value: 'pending', text: 'Pending', colour: COLOUR.busy },
    { value: 'terminating', text: 'Terminating', colour: COLOUR.removed },
    { value: 'terminated', text: 'Terminated', colour: COLOUR.removed },
    { value: 'abnormal', text: 'Abnormal', colour: COLOUR.bad },
    { value: 'failed', text: 'Failed', colour: COLOUR.bad },
  ],
};

export const POOL_STATUS: StateSet = {
  metric: 'modelarts_pool_status',
  label: 'status',
  states: [
    { value: 'running', text: 'Running', colour: COLOUR.good },
    { value: 'creating', text: 'Creating', colour: COLOUR.busy },
    { value: 'deleting', text: 'Deleting', colour: COLOUR.removed },
    { value: 'abnormal', text: 'Abnormal', colour: COLOUR.bad },
    { value: 'error', text: 'Error', colour: COLOUR.bad },
  ],
};

/** How the status of a target of any kind is to be taken. */
export const OUTLOOK: StateSet = {
  metric: 'modelarts_target_status',
  label: 'outlook',
  states: [
    { value: 'ended', text: 'Ended', colour: COLOUR.ended },
    { value: 'working', text: 'Working', colour: COLOUR.good },
    { value: 'other', text: 'Other', colour: COLOUR.unknown },
    { value: 'changing', text: 'Changing', colour: COLOUR.busy },
    { value: 'weakened', text: 'Weakened', colour: COLOUR.warning },
    { value: 'broken', text: 'Broken', colour: COLOUR.bad },
  ],
};

/** A number for a state of no known name. */
const UNKNOWN = 99;

/** An expression whose value is the position of the state, from 1, for `stateMappings` to give a text. */
export function stateNumber({ metric, label, states }: StateSet, matchers: string, by: string): string {
  const known = states.map(
    ({ value }, index) => `(${metric}{${matchers},${label}="${value}"} == 1) * ${index + 1}`,
  );
  const values = states.map(({ value }) => value).join('|');
  const unknown = `(${metric}{${matchers},${label}!~"${values}"} == 1) * ${UNKNOWN}`;
  return `max by (${by}) (${[...known, unknown].join(' or ')})`;
}

export function stateMappings({ states }: StateSet): ValueMapping[] {
  return [
    textMapping({
      ...Object.fromEntries(states.map(({ text, colour }, index) => [index + 1, [text, colour]])),
      [UNKNOWN]: ['Unknown', COLOUR.unknown],
    }),
  ];
}

/** The colours of the states by the label's values, for `coloured`. */
export function stateColours({ states }: StateSet): Readonly<Record<string, string>> {
  return Object.fromEntries(states.map(({ value, colour }) => [value, colour]));
}

/** Shows numbers, or words, as texts in a colour. */
export function textMapping(
  texts: Readonly<Record<string | number, readonly [text: string, colour: string]>>,
): ValueMapping {
  return {
    type: MappingType.ValueToText,
    options: Object.fromEntries(
      Object.entries(texts).map(([number, [text, color]], index) => [number, { text, color, index }]),
    ),
  };
}
