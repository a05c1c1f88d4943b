import type { Calibration } from './calibration.ts'
import { html, raw, type Markup } from './html.ts'

const SIZE = 260
const LEFT = 60
/** Room for half of the largest dot. */
const TOP = 24
const BOTTOM = 40
const TICKS = [0, 0.25, 0.5, 0.75, 1]

/**
 * The reliability plot: how sure it said it was against how often it was right, a dot a bin, its area by the number of causes. On the dashed
 * line confidence is the truth; below it, it is too sure of itself.
 */
export function reliabilityPlot({ bins, claims }: Calibration): Markup {
  const x = (value: number): number => LEFT + value * SIZE
  const y = (value: number): number => TOP + (1 - value) * SIZE
  const grid = TICKS.map(
    (tick) =>
      html`<line class="grid" x1="${x(0)}" x2="${x(1)}" y1="${y(tick)}" y2="${y(tick)}" />
        <line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${y(0)}" y2="${y(1)}" />
        <text class="tick" x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end">${Math.round(tick * 100)} %</text>
        <text class="tick" x="${x(tick)}" y="${y(0) + 18}" text-anchor="middle">${tick}</text>`,
  )
  const dots = bins.map((bin) => {
    const truth = bin.right / bin.claims
    const radius = 4 + 16 * Math.sqrt(bin.claims / claims)
    const said = `confidence ${bin.from} to ${bin.to}: ${bin.right} of ${bin.claims} right`
    return html`<circle class="dot" cx="${x(bin.meanConfidence)}" cy="${y(truth)}" r="${radius.toFixed(1)}"><title>${said}</title></circle>
      <text class="count" x="${x(bin.meanConfidence)}" y="${y(truth) + 4}" text-anchor="middle">${bin.claims}</text>`
  })
  return html`<svg
      viewBox="0 0 ${LEFT + SIZE + 24} ${TOP + SIZE + BOTTOM}"
      role="img"
      aria-label="Confidence against the share that is right"
    >
      ${grid}
      <line class="ideal" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" />
      ${dots}
      <text class="axis" x="${x(0.5)}" y="${y(0) + 36}" text-anchor="middle">confidence that was given</text>
      <text class="axis" transform="translate(11 ${y(0.5)}) rotate(-90)" text-anchor="middle">share that is right</text></svg
    >${bins.length === 0 ? raw('<p>No judged case was given a root cause.</p>') : raw('')}`
}
