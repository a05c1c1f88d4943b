import { z } from 'zod'

/** Prometheus' HTTP API v1 (https://prometheus.io/docs/prometheus/latest/querying/api/), as far as we read it. A sample is [unix seconds, text]. */
const Sample = z.tuple([z.number(), z.string()])
const Labels = z.record(z.string(), z.string())
/** A native histogram; its sum and count are all that is told. */
const Histogram = z.tuple([z.number(), z.object({ count: z.string(), sum: z.string() })])

const Data = z.discriminatedUnion('resultType', [
  z.object({
    resultType: z.literal('matrix'),
    result: z.array(z.object({ metric: Labels, values: z.array(Sample).optional(), histograms: z.array(Histogram).optional() })),
  }),
  z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: Labels, value: Sample.optional(), histogram: Histogram.optional() })),
  }),
  z.object({ resultType: z.literal('scalar'), result: Sample }),
  z.object({ resultType: z.literal('string'), result: Sample }),
])

const Success = z.object({
  status: z.literal('success'),
  data: Data,
  warnings: z.array(z.string()).optional(),
  infos: z.array(z.string()).optional(),
})
const Failure = z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() })

export interface Series {
  labels: Readonly<Record<string, string>>
  /** [milliseconds since 1970, value], oldest first. Of a native histogram the number of observations. */
  points: readonly (readonly [at: number, value: number])[]
  histogram: boolean
}

export type Answer = { series: Series[]; text: string | null; warnings: string[] } | { fault: string }

/** What Prometheus answered, or its error in its own words. */
export function readAnswer(status: number, body: string): Answer {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return {
      fault: `Prometheus answered ${status} with something that is not JSON: ${body.slice(0, 200).replace(/\s+/g, ' ')}${advice(status)}`,
    }
  }
  const failure = Failure.safeParse(json)
  if (failure.success) return { fault: `Prometheus: ${failure.data.errorType}: ${failure.data.error.slice(0, 1_000)}${advice(status)}` }
  const success = Success.safeParse(json)
  if (!success.success || status >= 300)
    return { fault: `Prometheus answered ${status} with something unexpected: ${body.slice(0, 200)}${advice(status)}` }
  const { data } = success.data
  const warnings = [...(success.data.warnings ?? []), ...(success.data.infos ?? [])]
  if (data.resultType === 'string') return { series: [], text: data.result[1], warnings }
  return { series: seriesOf(data), text: null, warnings }
}

function seriesOf(data: Exclude<z.infer<typeof Data>, { resultType: 'string' }>): Series[] {
  if (data.resultType === 'scalar') return [{ labels: {}, points: [point(data.result)], histogram: false }]
  if (data.resultType === 'vector') {
    return data.result.map(({ metric, value, histogram }) => ({
      labels: metric,
      points: value ? [point(value)] : histogram ? [point([histogram[0], histogram[1].count])] : [],
      histogram: value === undefined,
    }))
  }
  return data.result.map(({ metric, values, histograms }) => ({
    labels: metric,
    points: values?.length ? values.map(point) : (histograms ?? []).map(([at, { count }]) => point([at, count])),
    histogram: !values?.length,
  }))
}

function point([at, text]: readonly [number, string]): [number, number] {
  const value = text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text)
  return [at * 1_000, value]
}

function advice(status: number): string {
  if (status === 401 || status === 403) return '. Its credentials were refused: go on without metrics and say so.'
  if (status === 404) return '. Its configured URL seems wrong: go on without metrics and say so.'
  return ''
}
