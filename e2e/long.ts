/** Generous: two cores may be shared with whatever else runs on the machine. */
export const LONG = { timeout: 120_000 };
