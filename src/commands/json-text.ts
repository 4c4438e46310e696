import { printable } from '../log.ts';

/** A value as indented JSON that is safe to show: a text from ModelArts cannot change the terminal. */
export function jsonText(value: unknown): string {
  // Line by line, since the line breaks between JSON's own lines are to stay.
  const lines = JSON.stringify(value, undefined, 2).split('\n');
  return `${lines.map(printable).join('\n')}\n`;
}
