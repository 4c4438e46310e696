/** For `vi.waitFor`, in milliseconds. Nothing that works takes so long, however busy the machine is. */
export const WAIT = { timeout: 240_000, interval: 50 };
