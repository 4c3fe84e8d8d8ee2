/** The rows of the transaction that accepts a request, by key, and the bytes of their JSON. */
export const ROW_BYTES = { request: 1_700, "history-000001": 500, "outbox-000001": 900 } as const;
