/** A root cause that was given, and whether it was the right one. */
export interface Claim {
  /** 0…1. */
  confidence: number
  isRight: boolean
}

/** Claims of `from` ≤ confidence < `to`; the last bin holds 1. */
export interface Bin {
  from: number
  to: number
  claims: number
  right: number
  /** Of its claims. */
  meanConfidence: number
}

export interface Calibration {
  claims: number
  /** Empty bins are left out. */
  bins: Bin[]
  /** How far confidence and truth lie apart: the mean over all claims of |share right − mean confidence| of their bin. */
  error: number
  /** Claims with a confidence of at least 0.9. */
  sure: { claims: number; right: number }
}

const EDGES = [0, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

/** Whether nine of ten causes given with 0.9 are right. Claims are of judged cases only; a false cause on a healthy cluster is one that is not right. */
export function calibrationOf(claims: readonly Claim[]): Calibration {
  const bins = EDGES.slice(0, -1).flatMap((from, i): Bin[] => {
    const to = EDGES[i + 1]!
    const within = claims.filter(({ confidence }) => confidence >= from && (confidence < to || to === 1))
    return within.length === 0
      ? []
      : [{ from, to, claims: within.length, right: rightOf(within), meanConfidence: mean(within.map((c) => c.confidence)) }]
  })
  const apart = bins.map(({ claims: n, right, meanConfidence }) => (n * Math.abs(right / n - meanConfidence)) / claims.length)
  const sure = claims.filter(({ confidence }) => confidence >= 0.9)
  return {
    claims: claims.length,
    bins,
    error: round(apart.reduce((a, b) => a + b, 0)),
    sure: { claims: sure.length, right: rightOf(sure) },
  }
}

const rightOf = (claims: readonly Claim[]): number => claims.filter(({ isRight }) => isRight).length
const round = (value: number): number => Math.round(value * 1_000) / 1_000
const mean = (values: readonly number[]): number => round(values.reduce((a, b) => a + b, 0) / values.length)
