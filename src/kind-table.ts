/**
 * The kinds of ModelArts resource that have events, as label and query values spell them, in the order in
 * which people read them. What is special about a kind is in its folder below `kinds/`; here is only what
 * those need who may not know the kinds themselves: the configuration, and whoever names a kind.
 */
const KIND_TABLE = {
  service: { noun: 'Service', nouns: 'Services' },
  training_job: { noun: 'Training job', nouns: 'Training jobs' },
  pool: { noun: 'Resource pool', nouns: 'Resource pools' },
} as const;

export type KindName = keyof typeof KIND_TABLE;

export const KIND_NAMES = Object.keys(KIND_TABLE) as readonly KindName[];

/** How a kind is called in sentences and headings. */
export function nounsOf(kind: KindName): { readonly one: string; readonly many: string } {
  const { noun, nouns } = KIND_TABLE[kind];
  return { one: noun, many: nouns };
}
