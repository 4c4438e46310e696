/** Where things are found on the web. */
export interface WebPaths {
  /** Of the metrics, below the route prefix, such as `/metrics`. */
  readonly telemetry: string;
  /** What every path that the exporter answers begins with: empty, or such as `/modelarts`. */
  readonly routePrefix: string;
  /** The same as the user's browser has it, before a proxy that may change it. */
  readonly linkPrefix: string;
}

export const DEFAULT_PATHS: WebPaths = { telemetry: '/metrics', routePrefix: '', linkPrefix: '' };

/**
 * Leads the links of a page to where the browser finds them. Pages are written as if everything were at its default
 * path. Texts can't be taken for links, for their quotes are escaped.
 */
export function withPrefixedLinks(page: string, { telemetry, linkPrefix }: WebPaths): string {
  return page.replace(/ (href|src|action)="(\/(?!\/)[^"]*)"/g, (_, attribute: string, path: string) => {
    return ` ${attribute}="${linkPrefix}${path === DEFAULT_PATHS.telemetry ? telemetry : path}"`;
  });
}
