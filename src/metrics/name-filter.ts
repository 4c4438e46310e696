/**
 * Keeps only the samples that are asked for by their names or by that of their family, with the metadata of these
 * families; as `name[]` of other exporters does. Chunks end with whole lines.
 */
export function* onlyNamed(chunks: Iterable<string>, names: ReadonlySet<string>): Generator<string, void> {
  let metadata: { readonly family: string; text: string } = { family: '', text: '' };
  for (const chunk of chunks) {
    let kept = '';
    for (const line of chunk.split(/(?<=\n)/)) {
      const family = /^# (?:HELP|TYPE|UNIT) (\S+)/.exec(line)?.[1];
      if (family !== undefined) {
        if (family !== metadata.family) metadata = { family, text: '' };
        metadata.text += line;
      } else if (names.has(metadata.family) || names.has(/^[^{\s]+/.exec(line)?.[0] ?? '')) {
        kept += metadata.text + line;
        metadata.text = '';
      }
    }
    if (kept !== '') yield kept;
  }
}
