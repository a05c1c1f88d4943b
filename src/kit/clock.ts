/** Where the time comes from, so that tests own it. Never read `Date.now()` in a rule, a query or a decision. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }
