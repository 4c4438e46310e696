import type { Cloud } from '../cloud.ts';
import type { Dialect } from '../dialect.ts';
import type { Project } from '../model.ts';

/** A request that the gateway let through. */
export interface Call {
  readonly cloud: Cloud;
  readonly project: Project;
  readonly dialect: Dialect;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly requestId: string;
  readonly now: number;
}
