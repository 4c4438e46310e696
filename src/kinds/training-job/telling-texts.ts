import type { TellingText } from '../telling-texts.ts';

/** What ModelArts tells in a text that its level need not show. */
export const TELLING_TEXTS: readonly TellingText[] = [
  [
    /\bmay be (suspended|hung|hanging)\b|\bjob\s?hang(ed)?\b|(可能|疑似).{0,8}(挂起|卡死|卡住)/i,
    'ModelArtsTrainingJobHanging',
    'seems to hang',
  ],
  [/\b(is|was|been) preempted\b|被抢占/i, 'ModelArtsTrainingJobPreempted', 'was preempted'],
  [
    /\bmaximum running duration\b|最大运行时长/i,
    'ModelArtsTrainingJobTimeLimit',
    'was stopped, as it ran for as long as it may',
  ],
  [
    /\bjob has been restarted\b|^\[Job: [^\]]{1,256}\] ExecuteAction: .{0,64}\bRestartJob\b|训练作业.{0,4}(已重启|被重启|重启成功)/i,
    'ModelArtsTrainingJobRestarted',
    'was restarted',
  ],
];
