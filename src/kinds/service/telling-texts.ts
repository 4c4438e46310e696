import type { TellingText } from '../telling-texts.ts';

/** What somebody should hear of although ModelArts calls it normal. */
export const TELLING_TEXTS: readonly TellingText[] = [
  [/\bhas been rolled back\b|已回滚|回滚成功/i, 'ModelArtsServiceRolledBack', 'was rolled back'],
  [
    /^service instances? (deleted|stopped)\b|实例.{0,40}(被|已)(删除|停止)/i,
    'ModelArtsServiceInstancesLost',
    'lost instances',
  ],
  [
    /\bstops when the auto stop time expires\b|自动停止时间.{0,4}到/i,
    'ModelArtsServiceAutoStopped',
    'was stopped by its auto stop',
  ],
  [
    /\blicen[sc]e\b.{0,200}\b(is to expire|expires|expired|will expire)\b|许可证?.{0,200}(到期|过期)/i,
    'ModelArtsServiceLicenceExpiring',
    'has a licence that expires',
  ],
];
