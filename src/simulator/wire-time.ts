const CHINA = 8 * 3_600_000;

/** Floors an instant to the second: training jobs and pools tell no milliseconds. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

/** As pools write it: `2022-12-30T02:16:19Z`. */
export function utcSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** As training jobs write it: `2022-11-26T16:03:41+08:00`. */
export function chinaSeconds(ms: number): string {
  return `${new Date(ms + CHINA).toISOString().slice(0, 19)}+08:00`;
}

/** As IAM and the metadata service write it: `2019-02-13T06:52:13.855000Z`. */
export function utcMicroseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

/** Reads `X-Sdk-Date`, such as `20191115T033655Z`; NaN where it is anything else. */
export function parseSdkDate(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Writes an instant as `X-Sdk-Date` does. */
export function sdkDate(ms: number): string {
  return utcSeconds(ms).replaceAll(/[-:]/g, '');
}
