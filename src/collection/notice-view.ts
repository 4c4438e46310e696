import type { KindName } from '../kind-table.ts';
import type { Notice } from '../kinds/event.ts';

/** An event or update result with the target it belongs to. */
export interface NoticeView extends Notice {
  readonly project: string;
  readonly region: string;
  readonly kind: KindName;
  readonly id: string;
  readonly name: string | undefined;
}
