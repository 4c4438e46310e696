import { z } from 'zod';

// Rules across several values. They run also where one of the values is wrong in itself, so that all is told
// at once; so they can trust no type.

export const onMappings = {
  when: ({ value }: { value: unknown }) =>
    typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** No two items of a list have the same text under this key. */
export function unique(key: string, messageOf = (first: number) => `already listed as item ${first}`) {
  return z.superRefine<readonly unknown[]>(
    (items, context) => {
      const seen = new Map<string, number>();
      for (const [i, item] of items.entries()) {
        const text: unknown = Object.entries(item ?? {}).find(([name]) => name === key)?.[1];
        if (typeof text !== 'string') continue;
        const first = seen.get(text);
        if (first === undefined) seen.set(text, i);
        else context.addIssue({ code: 'custom', path: [i, key], message: messageOf(first) });
      }
    },
    { when: ({ value }) => Array.isArray(value) },
  );
}
