/** What a subscriber is: a status and how often they get mail. */
export const statuses = ['pending', 'active', 'unsubscribed', 'bounced', 'complained'] as const
export type Status = (typeof statuses)[number]

export const frequencies = ['daily', 'weekdays', 'weekly'] as const
export type Frequency = (typeof frequencies)[number]
