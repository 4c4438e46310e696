import { shippedFile } from './shipped-file.ts';

/** What this program is and what it was built of. */
export interface BuildInfo {
  readonly version: string;
  /** The commit, or `unknown`. */
  readonly revision: string;
  /** In RFC 3339. */
  readonly date: string;
}

/** @throws Error where the program was not built by `npm run build` */
export function readBuildInfo(): BuildInfo {
  const { version } = JSON.parse(shippedFile('package.json')) as { version: string };
  const { revision, date } = JSON.parse(shippedFile('dist/build.json')) as Omit<BuildInfo, 'version'>;
  return { version, revision, date };
}

/** As programs of Prometheus answer --version. */
export function formatBuildInfo({ version, revision, date }: BuildInfo): string {
  return `modelarts-exporter, version ${version} (revision: ${revision})
  build date:       ${date}
  node version:     ${process.version}
  platform:         ${process.platform}/${process.arch}
`;
}
