/** For `vi.waitFor`, in milliseconds. Nothing that works takes so long, however busy the machine is. */
export const WAIT = { timeout: 240_000, interval: 50 };
/** The same for what makes another process work at each look, and changes every few seconds. */
export const WAIT_QUIETLY = { ...WAIT, interval: 500 };
