import { expect, test } from 'vitest';
import { trainingJob } from '../../../src/kinds/training-job/training-job.ts';

const { problem } = trainingJob.alerts;
const HANGS =
  'The system detects that your training job may be suspended. Go to the job details page to view the cause and handle the issue.';

test.each([
  [HANGS, 'ModelArtsTrainingJobHanging'],
  ['The training job is preempted.', 'ModelArtsTrainingJobPreempted'],
  ['The training job has been stopped. (Maximum running duration: 1 hour)', 'ModelArtsTrainingJobTimeLimit'],
  ['The training job has been restarted.', 'ModelArtsTrainingJobRestarted'],
  ['The training job has been manually stopped.', undefined],
  ['Training job is running.', undefined],
])('"%s" raises %s whatever its level, and an error stays an error', (message, alertname) => {
  const at = (level: 'info' | 'warning' | 'error') => problem({ at: 0, level, source: 'job', message });
  expect(at('info')?.alertname).toBe(alertname);
  expect(at('warning')?.alertname).toBe(alertname ?? 'ModelArtsTrainingJobWarning');
  expect(at('error')?.alertname).toBe('ModelArtsTrainingJobError');
});
