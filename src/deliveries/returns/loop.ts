/** The field by which our own forwarding is known again when it comes back. */
export const addressLoopedBy = 'X-Loop'
