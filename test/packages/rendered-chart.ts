import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../deploy/kubernetes-compiler.ts';
import type { Manifests } from '../deploy/manifest-types.ts';
import { DEPLOY } from '../deploy/manifests.ts';
import { PROGRAMS } from '../programs.ts';

export const CHART = `${DEPLOY}helm/modelarts-exporter`;

/** Runs Helm; what it says, without its remarks on the chart's symbolic links. */
export async function helm(
  ...args: readonly string[]
): Promise<{ failed: boolean; out: string; err: string }> {
  const run = promisify(execFile)(PROGRAMS.helm, args, { maxBuffer: 16_000_000 });
  const { code, stdout, stderr } = await run.then(
    (output) => ({ ...output, code: 0 }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
  const remark = /^level=INFO msg="found symbolic link in path.*\n/gm;
  return { failed: code !== 0, out: stdout, err: stderr.replace(remark, '') };
}

/** What the chart makes of values. */
export class RenderedChart {
  readonly manifests: readonly Manifest[];

  private constructor(text: string) {
    this.manifests = parseAllDocuments(text, { strict: true, uniqueKeys: true }).map((document) => {
      const [problem] = [...document.errors, ...document.warnings];
      if (problem !== undefined) throw problem;
      return document.toJS() as Manifest;
    });
  }

  static async of(...args: readonly string[]): Promise<RenderedChart> {
    const { failed, out, err } = await helm('template', 'release', CHART, ...args);
    if (failed || err !== '') throw new Error(err);
    return new RenderedChart(out);
  }

  all<Kind extends keyof Manifests>(kind: Kind): readonly Manifests[Kind][] {
    const ofKind: readonly unknown[] = this.manifests.filter((each) => each.kind === kind);
    return ofKind as readonly Manifests[Kind][];
  }

  /** The only one of a kind. */
  one<Kind extends keyof Manifests>(kind: Kind): Manifests[Kind] {
    const [only, ...more] = this.all(kind);
    if (only === undefined || more.length > 0) throw new Error(`there is not one ${kind}`);
    return only;
  }
}
