/** So many messages are in work at a time, on both sides. */
export const CONCURRENT_CALLS = 16;
