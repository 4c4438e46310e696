import { readBounded } from '../config/read-file.ts';

export interface ConfigChangeOptions {
  readonly file: string;
  /** What the configuration in force was read from; undefined where that could not be read. */
  readonly before: Buffer | undefined;
  /** Waits as long as a writer usually takes to finish a file. */
  readonly settle: () => Promise<void>;
  readonly onChange: () => Promise<unknown>;
}

/**
 * Makes a check, to be called from time to time, whether the configuration file has a new content. It goes by what
 * is found under the path, for Kubernetes does not write to the file of a ConfigMap: it replaces the symbolic link
 * `..data` that the path leads over. A content counts when it is read twice with a pause between, so that a file is
 * not read when it is half written.
 */
export function createConfigChangeCheck(options: ConfigChangeOptions): () => Promise<void> {
  const { file, settle, onChange } = options;
  let { before } = options;
  return async () => {
    const content = await contentOf(file);
    if (content === undefined || before?.equals(content)) return;
    await settle();
    if (!(await contentOf(file))?.equals(content)) return;
    before = content;
    await onChange();
  };
}

/** What a file has; undefined where it cannot be read, as when it is not there for a moment. */
export async function contentOf(file: string): Promise<Buffer | undefined> {
  return readBounded(file).catch(() => undefined);
}
