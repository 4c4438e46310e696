/** For `vi.waitFor`, in milliseconds. Nothing that works takes so long, however busy the machine is. */
export const WAIT = { timeout: 120_000, interval: 50 };
