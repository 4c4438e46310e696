import type { Problem } from '../problem.ts';

/** What ModelArts tells in a text that its level need not show. */
const TEXTS: readonly (readonly [pattern: RegExp, alertname: string, summary: string])[] = [
  [
    /\bmay be (suspended|hung|hanging)\b|\bjob\s?hang(ed)?\b|(可能|疑似).{0,8}(挂起|卡死|卡住)/i,
    'Hanging',
    'seems to hang',
  ],
  [/\b(is|was|been) preempted\b|被抢占/i, 'Preempted', 'was preempted'],
  [/\bmaximum running duration\b|最大运行时长/i, 'TimeLimit', 'was stopped, as it ran for as long as it may'],
  [
    /\bjob has been restarted\b|^\[Job: [^\]]{1,256}\] ExecuteAction: .{0,64}\bRestartJob\b|训练作业.{0,4}(已重启|被重启|重启成功)/i,
    'Restarted',
    'was restarted',
  ],
];

/** Texts say it at their beginning. */
const LOOKED_AT = 1_000;

/** The problem that a text tells of, as a warning. */
export function problemOfText(message: string): Problem | undefined {
  const beginning = message.slice(0, LOOKED_AT);
  const found = TEXTS.find(([pattern]) => pattern.test(beginning));
  if (found === undefined) return undefined;
  const [, what, summary] = found;
  return { alertname: `ModelArtsTrainingJob${what}`, severity: 'warning', summary, labels: {}, message };
}
