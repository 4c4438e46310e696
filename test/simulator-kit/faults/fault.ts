import type { BadItem } from './bad-item.ts';

/** What a broken list is replaced by; `top` varieties replace the whole body. */
export type WrongShape =
  | 'list_is_object'
  /** As servers write an empty list whose language has no other. */
  | 'list_is_null'
  | 'list_is_missing'
  | 'list_is_string'
  | 'top_is_null'
  | 'top_is_array'
  | 'top_is_string';

/** Something that goes wrong with a request. */
export type Fault =
  /** The answer comes late by so many milliseconds; other faults still apply. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** No answer at all, until one side closes. */
  | { readonly kind: 'hang' }
  /** A status with a body of the caller's choice; without one, the gateway's error body for the status. */
  | { readonly kind: 'status'; readonly status: number; readonly body?: string }
  /** 429. `retryAfter` in seconds, told as a number or a date; `message` such as `limit:200,time:5 minute`. */
  | {
      readonly kind: 'throttled';
      readonly retryAfter?: number;
      readonly form?: 'seconds' | 'date';
      readonly message?: string;
    }
  | { readonly kind: 'reset' }
  /** Half of the body, then the connection ends. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'not_json' }
  | { readonly kind: 'truncated_json' }
  | { readonly kind: 'wrong_shape'; readonly shape: WrongShape }
  /** A JSON body of that many bytes, streamed. */
  | { readonly kind: 'huge'; readonly bytes: number }
  /** A small gzip body that unpacks to that many bytes. */
  | { readonly kind: 'gzip_bomb'; readonly bytes: number }
  /** One item that is no event, beside the good ones. */
  | { readonly kind: 'bad_item'; readonly item: BadItem };
