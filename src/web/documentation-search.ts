import type { Document, Section } from './documentation.ts';

export interface Finding {
  readonly document: Document;
  readonly section: Section;
  /** Some words around the first match. */
  readonly excerpt: string;
}

const FOUND_MAX = 40;
const AROUND = 90;

/** The sections that contain every word, those with a word in their heading first. */
export function search(documents: Iterable<Document>, query: string): readonly Finding[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean).slice(0, 8);
  if (words.length === 0) return [];
  const found: (Finding & { readonly score: number })[] = [];
  for (const document of documents) {
    for (const section of document.sections) {
      const title = section.title.toLowerCase();
      const text = section.text.toLowerCase();
      if (!words.every((word) => title.includes(word) || text.includes(word))) continue;
      const inTitle = words.filter((word) => title.includes(word)).length;
      const excerpt = excerptOf(section.text, words[0] ?? '');
      found.push({ document, section, excerpt, score: inTitle * 10 - section.depth });
    }
  }
  return found.sort((a, b) => b.score - a.score).slice(0, FOUND_MAX);
}

/** Whole words around the first that contains this one, without the marks of Markdown. */
function excerptOf(markdown: string, word: string): string {
  const text = markdown
    .replace(/\]\([^)]*\)/g, ' ')
    .replace(/[\s|`*[\]]+|(?<![^\s(])[#-]+(?=\s)|-{3,}/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  const first = Math.max(0, text.toLowerCase().indexOf(word));
  const from = first <= AROUND ? 0 : text.indexOf(' ', first - AROUND) + 1;
  const end = text.lastIndexOf(' ', first + word.length + AROUND);
  const to = first + word.length + AROUND >= text.length || end <= first ? text.length : end;
  return `${from > 0 ? '… ' : ''}${text.slice(from, to)}${to < text.length ? ' …' : ''}`;
}
