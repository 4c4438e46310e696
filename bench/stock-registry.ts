import { Counter, Gauge, type Registry } from 'prom-client';
import { KIND_NAMES, perKind } from '../src/kind-table.ts';
import { idsOf, type Mix, nameOf } from './fleet.ts';

/**
 * Fills a prom-client registry with the series that the exporter has of a fleet.
 * @param template the exporter's exposition of one target of each kind
 */
export function fillRegistry(registry: Registry, template: string, mix: Mix): void {
  const types = new Map(
    [...template.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]),
  );
  const ids = perKind((kind) => idsOf(kind, mix));
  const families = new Map<string, Counter | Gauge>();
  for (const [, name = '', text = '', value] of template.matchAll(/^([a-z_]+)\{(.*)\} (\S+)$/gm)) {
    const labels: Record<string, string> = Object.fromEntries(
      [...text.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, label, content]) => [label, content]),
    );
    const kind = KIND_NAMES.find((each) => Object.values(labels).includes(nameOf(each, 0)));
    if (kind === undefined) throw new Error(`no target in ${text}`);
    const family =
      families.get(name) ?? create(registry, name, types.get(name), Object.keys(labels), families);
    const idLabel = Object.keys(labels).find((label) => labels[label] === ids[kind][0]) ?? '';
    const nameLabel = Object.keys(labels).find((label) => labels[label] === nameOf(kind, 0)) ?? '';
    for (const [index, id] of ids[kind].entries()) {
      const own = { ...labels, [idLabel]: id, [nameLabel]: nameOf(kind, index) };
      if (family instanceof Counter) family.inc(own, Number(value));
      else family.set(own, Number(value));
    }
  }
}

function create(
  registry: Registry,
  name: string,
  type: string | undefined,
  labelNames: string[],
  families: Map<string, Counter | Gauge>,
): Counter | Gauge {
  const options = { name, help: 'As the exporter has it.', labelNames, registers: [registry] };
  const family = type === 'counter' ? new Counter(options) : new Gauge(options);
  families.set(name, family);
  return family;
}
